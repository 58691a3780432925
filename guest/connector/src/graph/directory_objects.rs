//! The operations on objects of the directory: users, organizational contacts, groups, and other objects.
//! <https://learn.microsoft.com/en-us/graph/api/resources/directoryobject?view=graph-rest-1.0>

use http::HeaderName;
use serde_json::{Map, Value, json};

use super::address::{build_object_path, encode};
use super::filter_text::FilterText;
use super::page::get_link_option;
use super::photo;
use super::request::GraphRequest;
use super::service::Service;
use crate::error::{Error, ErrorKind, Result};

/// The maximum page size.
pub const MAX_PAGE_SIZE: u32 = 999;

/// A collection of the directory.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Collection {
    /// `/users`
    Users,
    /// `/contacts`: organizational contacts.
    Contacts,
    /// `/groups`
    Groups,
    /// `/directoryObjects`: objects of every type.
    DirectoryObjects,
}

impl Collection {
    /// Returns the name in paths.
    pub fn name(self) -> &'static str {
        match self {
            Collection::Users => "users",
            Collection::Contacts => "contacts",
            Collection::Groups => "groups",
            Collection::DirectoryObjects => "directoryObjects",
        }
    }
}

/// The key of an object in an address.
#[derive(Clone, Debug, PartialEq)]
pub enum Key {
    /// The signed-in user.
    Me,
    /// The object with this id in a collection. A user principal name can stand for the id of a user.
    Of(Collection, String),
}

impl Key {
    fn address(&self, service: &Service, rest: &str) -> Result<String> {
        let path = match self {
            Key::Me => "/me".to_owned(),
            Key::Of(collection, id) => build_object_path(collection.name(), id)?,
        };
        Ok(service.address(&format!("{path}{rest}")))
    }
}

/// The query options of a request. Strings are encoded for an address.
/// <https://learn.microsoft.com/en-us/graph/query-parameters>
#[derive(Clone, Debug, Default, PartialEq)]
pub struct QueryOptions {
    /// The properties. None stand for the default ones.
    pub select: Vec<&'static str>,
    /// A relation whose objects are returned too, with these properties.
    pub expand: Option<(&'static str, Vec<&'static str>)>,
    /// The condition.
    pub filter: Option<FilterText>,
    /// The search clause.
    pub search: Option<String>,
    /// The order of the objects.
    pub order_by: Option<String>,
    /// The page size, at most [`MAX_PAGE_SIZE`].
    pub top: Option<u32>,
    /// The token of the page, which the page before gave; see [`find_page_token`].
    pub skip_token: Option<String>,
    /// Whether this is an advanced query: one with a search, or with certain filters or orders. It counts the objects too.
    /// <https://learn.microsoft.com/en-us/graph/aad-advanced-queries>
    pub advanced: bool,
}

impl QueryOptions {
    /// Returns `?...`, or an empty string.
    fn query(&self) -> String {
        let expand = self.expand.as_ref().map(|(relation, select)| format!("{relation}($select={})", select.join(",")));
        let page = if self.skip_token.as_deref().is_some_and(|token| token.starts_with(SKIP)) { "$skip" } else { "$skiptoken" };
        let options = [
            ("$top", self.top.map(|top| top.to_string())),
            ("$select", (!self.select.is_empty()).then(|| self.select.join(","))),
            ("$expand", expand),
            ("$filter", self.filter.as_ref().map(FilterText::to_string)),
            ("$search", self.search.clone()),
            ("$orderby", self.order_by.clone()),
            ("$count", self.advanced.then(|| "true".to_owned())),
            (page, self.skip_token.as_deref().map(|token| encode(token.strip_prefix(SKIP).unwrap_or(token)))),
        ];
        let given = options.into_iter().filter_map(|(name, value)| Some(format!("{name}={}", value?)));
        let query = given.collect::<Vec<_>>().join("&");
        if query.is_empty() { query } else { format!("?{query}") }
    }
}

/// The beginning of a token that is a number of rows.
const SKIP: &str = "$skip=";

/// Returns the token in a link to a page: the value of `$skiptoken`, or `$skip=` and a number of rows.
/// <https://learn.microsoft.com/en-us/graph/paging>
pub fn find_page_token(link: &str) -> Option<String> {
    let number = || get_link_option(link, "$skip").map(|number| format!("{SKIP}{number}"));
    get_link_option(link, "$skiptoken").or_else(number)
}

/// Returns the name of the type of an object, such as `user`, if the object names it.
pub fn get_type_name(object: &Map<String, Value>) -> Option<&str> {
    let name = object.get("@odata.type")?.as_str()?;
    // OData 4.01 writes a type without `#`, or as the fragment of an address (JSON Format, 4.6.3).
    let (namespace, name) = name.rsplit('#').next()?.rsplit_once('.')?;
    namespace.eq_ignore_ascii_case("microsoft.graph").then_some(name)
}

/// Creates `GET` of one object.
/// <https://learn.microsoft.com/en-us/graph/api/directoryobject-get?view=graph-rest-1.0>
pub fn get(service: &Service, key: &Key, options: &QueryOptions) -> Result<GraphRequest> {
    GraphRequest::get(key.address(service, &options.query())?, &[])
}

/// Creates `GET` of an object's id and properties with these names, which come from a caller.
pub fn get_properties(service: &Service, key: &Key, names: &[&str]) -> Result<GraphRequest> {
    let names: Vec<String> = std::iter::once("id").chain(names.iter().copied()).map(encode).collect();
    GraphRequest::get(key.address(service, &format!("?$select={}", names.join(",")))?, &[])
}

/// Creates `GET` of a collection. <https://learn.microsoft.com/en-us/graph/api/user-list?view=graph-rest-1.0>
pub fn list(service: &Service, collection: Collection, options: &QueryOptions) -> Result<GraphRequest> {
    build_list(service.address(&format!("/{}{}", collection.name(), options.query())), options)
}

/// Creates `GET {object}/{relation}`: `manager`, `directReports` or `memberOf`.
/// <https://learn.microsoft.com/en-us/graph/api/user-list-manager?view=graph-rest-1.0>
pub fn list_related(service: &Service, key: &Key, relation: &str, options: &QueryOptions) -> Result<GraphRequest> {
    build_list(key.address(service, &format!("/{relation}{}", options.query()))?, options)
}

/// Creates `POST /users` <https://learn.microsoft.com/en-us/graph/api/user-post-users?view=graph-rest-1.0>
pub fn create_user(service: &Service, user: Map<String, Value>) -> Result<GraphRequest> {
    GraphRequest::post(service.address("/users"), &[], user.into())
}

/// Creates `PATCH` of an object. <https://learn.microsoft.com/en-us/graph/api/user-update?view=graph-rest-1.0>
pub fn update(service: &Service, key: &Key, changes: Map<String, Value>) -> Result<GraphRequest> {
    GraphRequest::patch(key.address(service, "")?, &[], changes.into())
}

/// Creates `DELETE` of an object. <https://learn.microsoft.com/en-us/graph/api/directoryobject-delete?view=graph-rest-1.0>
pub fn delete(service: &Service, key: &Key) -> Result<GraphRequest> {
    GraphRequest::delete(key.address(service, "")?, &[])
}

/// Creates `PUT {object}/manager/$ref`: sets the manager to the object with that id.
/// <https://learn.microsoft.com/en-us/graph/api/user-post-manager?view=graph-rest-1.0>
pub fn set_manager(service: &Service, key: &Key, manager: &str) -> Result<GraphRequest> {
    let manager = Key::Of(Collection::DirectoryObjects, manager.to_owned()).address(service, "")?;
    GraphRequest::put(key.address(service, "/manager/$ref")?, json!({"@odata.id": manager}))
}

/// Creates `DELETE {object}/manager/$ref` <https://learn.microsoft.com/en-us/graph/api/user-delete-manager?view=graph-rest-1.0>
pub fn clear_manager(service: &Service, key: &Key) -> Result<GraphRequest> {
    GraphRequest::delete(key.address(service, "/manager/$ref")?, &[])
}

/// Creates `POST {object}/{action}`: `checkMemberGroups`, `getMemberGroups` or `getMemberObjects`.
/// <https://learn.microsoft.com/en-us/graph/api/directoryobject-checkmembergroups?view=graph-rest-1.0>
pub fn call_action(service: &Service, key: &Key, action: &str, arguments: Value) -> Result<GraphRequest> {
    GraphRequest::post_read_only(key.address(service, &format!("/{action}"))?, arguments)
}

/// Creates `POST /directoryObjects/getByIds`: the objects with these ids, at most 1,000, of these types, or of any type; with the
/// selected properties, or the default ones.
/// <https://learn.microsoft.com/en-us/graph/api/directoryobject-getbyids?view=graph-rest-1.0>
pub fn get_by_ids(service: &Service, ids: &[String], types: &[&str], select: &[&str]) -> Result<GraphRequest> {
    let body = if types.is_empty() { json!({"ids": ids}) } else { json!({"ids": ids, "types": types}) };
    GraphRequest::post_read_only(service.address(&format!("/directoryObjects/getByIds{}", build_select(select))), body)
}

/// Returns `?$select=...`, or an empty string.
pub(super) fn build_select(select: &[&str]) -> String {
    if select.is_empty() { String::new() } else { format!("?$select={}", select.join(",")) }
}

/// The start of a delta query.
#[derive(Clone, Debug, PartialEq)]
pub enum DeltaStart {
    /// The beginning: every object is a change.
    Beginning,
    /// Now: no object is a change.
    Now,
    /// The `$skiptoken` of the page before.
    SkipToken(String),
    /// The `$deltatoken` of the last query.
    DeltaToken(String),
}

/// The preference for the page size. It is small, because a user can have a hundred plans.
const PREFER_PAGE_SIZE: &str = "odata.maxpagesize=100";

/// Creates `GET /{collection}/delta`, with only the changed properties if `minimal`. A token includes the selection.
/// <https://learn.microsoft.com/en-us/graph/api/user-delta?view=graph-rest-1.0>
pub fn get_delta(
    service: &Service,
    collection: Collection,
    select: &[&str],
    since: &DeltaStart,
    minimal: bool,
) -> Result<GraphRequest> {
    let query = match since {
        DeltaStart::Beginning => format!("$select={}", select.join(",")),
        DeltaStart::Now => format!("$select={}&$deltatoken=latest", select.join(",")),
        DeltaStart::SkipToken(page) => format!("$skiptoken={}", encode(page)),
        DeltaStart::DeltaToken(last) => format!("$deltatoken={}", encode(last)),
    };
    let prefer: &[&str] = if minimal { &[PREFER_PAGE_SIZE, "return=minimal"] } else { &[PREFER_PAGE_SIZE] };
    GraphRequest::get(service.address(&format!("/{}/delta?{query}", collection.name())), prefer)
}

/// Creates `GET /users/{id}/photo/$value` <https://learn.microsoft.com/en-us/graph/api/profilephoto-get?view=graph-rest-1.0>
pub fn get_photo(service: &Service, key: &Key) -> Result<GraphRequest> {
    GraphRequest::get_picture(key.address(service, "/photo/$value")?, &[])
}

/// Creates `PUT /users/{id}/photo/$value` <https://learn.microsoft.com/en-us/graph/api/profilephoto-update?view=graph-rest-1.0>
pub fn put_photo(service: &Service, key: &Key, jpeg: Vec<u8>) -> Result<GraphRequest> {
    photo::put_to(key.address(service, "/photo/$value")?, jpeg, &[])
}

/// Creates `GET` of a list with options.
fn build_list(address: String, options: &QueryOptions) -> Result<GraphRequest> {
    let mut request = GraphRequest::get(address, &[])?;
    if options.advanced {
        request = request.with_header(HeaderName::from_static("consistencylevel"), "eventual");
    }
    if options.search.is_some() {
        // Without it v1.0 rejects an ampersand in the words, however it is encoded.
        // <https://developer.microsoft.com/en-us/graph/known-issues/?search=18185>
        request = request.with_header(HeaderName::from_static("prefer"), "legacySearch=false");
    }
    Ok(request)
}

/// Parses a response that is a list of ids.
pub fn parse_ids(mut body: Map<String, Value>) -> Result<Vec<String>> {
    let error = || Error::new(ErrorKind::Unavailable, "expected a list of ids in the response of Microsoft Graph");
    let Some(Value::Array(values)) = body.remove("value") else { return Err(error()) };
    let text = |value| if let Value::String(id) = value { Ok(id) } else { Err(error()) };
    values.into_iter().map(text).collect()
}
