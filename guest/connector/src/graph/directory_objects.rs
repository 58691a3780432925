//! The operations on objects of the directory: users, organizational contacts, groups, and whatever else there is.
//! <https://learn.microsoft.com/en-us/graph/api/resources/directoryobject?view=graph-rest-1.0>

use http::HeaderName;
use serde_json::{Map, Value, json};

use super::address::{encode, object_path};
use super::filter_text::FilterText;
use super::photo;
use super::request::GraphRequest;
use super::service::Service;
use crate::error::{Error, ErrorKind, Result};

/// Objects a page, the most that there can be.
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
    /// Its name in paths.
    pub fn name(self) -> &'static str {
        match self {
            Collection::Users => "users",
            Collection::Contacts => "contacts",
            Collection::Groups => "groups",
            Collection::DirectoryObjects => "directoryObjects",
        }
    }
}

/// An object, as an address names it.
#[derive(Clone, Debug, PartialEq)]
pub enum Key {
    /// The signed-in user.
    Me,
    /// The object of that id in a collection; of a user the user principal name will do.
    Of(Collection, String),
}

impl Key {
    fn address(&self, service: &Service, rest: &str) -> Result<String> {
        let path = match self {
            Key::Me => "/me".to_owned(),
            Key::Of(collection, id) => object_path(collection.name(), id)?,
        };
        Ok(service.address(&format!("{path}{rest}")))
    }
}

/// The query options of a request. What is text here is encoded for an address already.
/// <https://learn.microsoft.com/en-us/graph/query-parameters>
#[derive(Clone, Debug, Default, PartialEq)]
pub struct QueryOptions {
    /// Properties; none for the default ones.
    pub select: Vec<&'static str>,
    /// A relation whose objects come along, with these properties.
    pub expand: Option<(&'static str, Vec<&'static str>)>,
    /// A condition.
    pub filter: Option<FilterText>,
    /// Words.
    pub search: Option<String>,
    /// What the objects are sorted by.
    pub order_by: Option<String>,
    /// Objects a page, at most [`MAX_PAGE_SIZE`].
    pub top: Option<u32>,
    /// Where to go on, as the page before says it.
    pub skip_token: Option<String>,
    /// Whether this is one of the advanced queries: those with a search, some filters, some orders. They count the objects, too.
    /// <https://learn.microsoft.com/en-us/graph/aad-advanced-queries>
    pub advanced: bool,
}

impl QueryOptions {
    /// `?...`, or nothing.
    fn query(&self) -> String {
        let expand = self.expand.as_ref().map(|(relation, select)| format!("{relation}($select={})", select.join(",")));
        let options = [
            ("$top", self.top.map(|top| top.to_string())),
            ("$select", (!self.select.is_empty()).then(|| self.select.join(","))),
            ("$expand", expand),
            ("$filter", self.filter.as_ref().map(FilterText::to_string)),
            ("$search", self.search.clone()),
            ("$orderby", self.order_by.clone()),
            ("$count", self.advanced.then(|| "true".to_owned())),
            ("$skiptoken", self.skip_token.as_deref().map(encode)),
        ];
        let given = options.into_iter().filter_map(|(name, value)| Some(format!("{name}={}", value?)));
        let query = given.collect::<Vec<_>>().join("&");
        if query.is_empty() { query } else { format!("?{query}") }
    }
}

/// The name of the type that an object says it is of, such as `user`.
pub fn type_name(object: &Map<String, Value>) -> Option<&str> {
    object.get("@odata.type")?.as_str()?.strip_prefix("#microsoft.graph.")
}

/// `GET` of one object.
/// <https://learn.microsoft.com/en-us/graph/api/directoryobject-get?view=graph-rest-1.0>
pub fn get(service: &Service, key: &Key, options: &QueryOptions) -> Result<GraphRequest> {
    GraphRequest::get(key.address(service, &options.query())?, &[])
}

/// `GET` of a collection. <https://learn.microsoft.com/en-us/graph/api/user-list?view=graph-rest-1.0>
pub fn list(service: &Service, collection: Collection, options: &QueryOptions) -> Result<GraphRequest> {
    listed(service.address(&format!("/{}{}", collection.name(), options.query())), options)
}

/// `GET {object}/{relation}`: `manager`, `directReports` or `memberOf`.
/// <https://learn.microsoft.com/en-us/graph/api/user-list-manager?view=graph-rest-1.0>
pub fn related(service: &Service, key: &Key, relation: &str, options: &QueryOptions) -> Result<GraphRequest> {
    listed(key.address(service, &format!("/{relation}{}", options.query()))?, options)
}

/// `POST /users` <https://learn.microsoft.com/en-us/graph/api/user-post-users?view=graph-rest-1.0>
pub fn create_user(service: &Service, user: Map<String, Value>) -> Result<GraphRequest> {
    GraphRequest::post(service.address("/users"), &[], user.into())
}

/// `PATCH` of an object. <https://learn.microsoft.com/en-us/graph/api/user-update?view=graph-rest-1.0>
pub fn update(service: &Service, key: &Key, changes: Map<String, Value>) -> Result<GraphRequest> {
    GraphRequest::patch(key.address(service, "")?, &[], changes.into())
}

/// `DELETE` of an object. <https://learn.microsoft.com/en-us/graph/api/directoryobject-delete?view=graph-rest-1.0>
pub fn delete(service: &Service, key: &Key) -> Result<GraphRequest> {
    GraphRequest::delete(key.address(service, "")?, &[])
}

/// `PUT {object}/manager/$ref`: the object of that id becomes the manager.
/// <https://learn.microsoft.com/en-us/graph/api/user-post-manager?view=graph-rest-1.0>
pub fn set_manager(service: &Service, key: &Key, manager: &str) -> Result<GraphRequest> {
    let manager = Key::Of(Collection::DirectoryObjects, manager.to_owned()).address(service, "")?;
    GraphRequest::put(key.address(service, "/manager/$ref")?, json!({"@odata.id": manager}))
}

/// `DELETE {object}/manager/$ref` <https://learn.microsoft.com/en-us/graph/api/user-delete-manager?view=graph-rest-1.0>
pub fn clear_manager(service: &Service, key: &Key) -> Result<GraphRequest> {
    GraphRequest::delete(key.address(service, "/manager/$ref")?, &[])
}

/// `POST {object}/{action}`: `checkMemberGroups`, `getMemberGroups` or `getMemberObjects`.
/// <https://learn.microsoft.com/en-us/graph/api/directoryobject-checkmembergroups?view=graph-rest-1.0>
pub fn act(service: &Service, key: &Key, action: &str, arguments: Value) -> Result<GraphRequest> {
    GraphRequest::post_read_only(key.address(service, &format!("/{action}"))?, arguments)
}

/// `POST /directoryObjects/getByIds`: those of at most 1,000 ids that are of one of these types, or of any; with the properties that are
/// selected, or the default ones.
/// <https://learn.microsoft.com/en-us/graph/api/directoryobject-getbyids?view=graph-rest-1.0>
pub fn get_by_ids(service: &Service, ids: &[String], types: &[&str], select: &[&str]) -> Result<GraphRequest> {
    let body = if types.is_empty() { json!({"ids": ids}) } else { json!({"ids": ids, "types": types}) };
    GraphRequest::post_read_only(service.address(&format!("/directoryObjects/getByIds{}", selection(select))), body)
}

/// `?$select=...`, where properties are named.
pub(super) fn selection(select: &[&str]) -> String {
    if select.is_empty() { String::new() } else { format!("?$select={}", select.join(",")) }
}

/// Where to go on with changes of a collection.
#[derive(Clone, Debug, PartialEq)]
pub enum DeltaStart {
    /// From the beginning: every object there is.
    Ever,
    /// From now on: none of the objects there are.
    Now,
    /// From the page before: its `$skiptoken`.
    Page(String),
    /// From the last time: its `$deltatoken`.
    Last(String),
}

/// Objects of a page of changes: a user can have a hundred plans.
const CHANGES_PAGE: &str = "odata.maxpagesize=100";

/// `GET /{collection}/delta`; of `minimal` the changed properties alone. What is selected, a token knows by itself.
/// <https://learn.microsoft.com/en-us/graph/api/user-delta?view=graph-rest-1.0>
pub fn delta(
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
    let prefer: &[&str] = if minimal { &[CHANGES_PAGE, "return=minimal"] } else { &[CHANGES_PAGE] };
    GraphRequest::get(service.address(&format!("/{}/delta?{query}", collection.name())), prefer)
}

/// `GET /users/{id}/photo/$value` <https://learn.microsoft.com/en-us/graph/api/profilephoto-get?view=graph-rest-1.0>
pub fn get_photo(service: &Service, key: &Key) -> Result<GraphRequest> {
    GraphRequest::get_picture(key.address(service, "/photo/$value")?, &[])
}

/// `PUT /users/{id}/photo/$value` <https://learn.microsoft.com/en-us/graph/api/profilephoto-update?view=graph-rest-1.0>
pub fn put_photo(service: &Service, key: &Key, jpeg: Vec<u8>) -> Result<GraphRequest> {
    photo::put_to(key.address(service, "/photo/$value")?, jpeg, &[])
}

/// `GET` of a list with these options.
fn listed(address: String, options: &QueryOptions) -> Result<GraphRequest> {
    let mut request = GraphRequest::get(address, &[])?;
    if options.advanced {
        request = request.with_header(HeaderName::from_static("consistencylevel"), "eventual");
    }
    if options.search.is_some() {
        // Without it v1.0 refuses an ampersand in what is searched for, however it is encoded.
        // <https://developer.microsoft.com/en-us/graph/known-issues/?search=18185>
        request = request.with_header(HeaderName::from_static("prefer"), "legacySearch=false");
    }
    Ok(request)
}

/// The ids that such a question is answered with.
pub fn ids(mut answer: Map<String, Value>) -> Result<Vec<String>> {
    let strange = || Error::new(ErrorKind::Unavailable, "Microsoft Graph answered something else than a list of ids");
    let Some(Value::Array(values)) = answer.remove("value") else { return Err(strange()) };
    let text = |value| if let Value::String(id) = value { Ok(id) } else { Err(strange()) };
    values.into_iter().map(text).collect()
}
