//! `/distributionLists`, which only beta of the worldwide service has: the collection, one list, and the changes of its members.
//! <https://learn.microsoft.com/graph/api/resources/distributionlist?view=graph-rest-beta>

use http::{Method, StatusCode};
use serde_json::{Map, Value, json};

use crate::mailbox::context::{DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE, add_select, build_user_context, build_user_path};
use crate::mailbox::distribution_list::{DistributionList, MEMBERS, MemberNames, PROPERTIES, parse_members};
use crate::mailbox::path::UserKey;
use crate::odata::edm::Version;
use crate::odata::error::{GraphError, Outcome};
use crate::odata::json_body;
use crate::odata::page::{self, Paging};
use crate::odata::percent;
use crate::odata::request::GraphRequest;
use crate::odata::response::GraphResponse;
use crate::store::Store;
use crate::variation::kind::VariationKind;

/// A resource of distribution lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum DistributionListPath {
    Collection,
    Item(String),
    AddMembers(String),
    DeleteMembers(String),
}

/// Handles a request. v1.0 and the national clouds do not have the segment.
pub(crate) fn handle(
    store: &mut Store,
    request: &GraphRequest,
    version: Version,
    user: &UserKey,
    path: &DistributionListPath,
) -> Outcome<GraphResponse> {
    if version != Version::Beta || !store.features.permanent_delete {
        return Err(GraphError::unknown_segment("distributionLists"));
    }
    match path {
        DistributionListPath::Collection => handle_collection(store, request, version, user),
        DistributionListPath::Item(id) => handle_item(store, request, version, user, id),
        DistributionListPath::AddMembers(id) => change_members(store, request, version, user, id, DistributionList::add),
        DistributionListPath::DeleteMembers(id) => {
            change_members(store, request, version, user, id, |list, members| list.remove(&members))
        }
    }
}

/// `GET` and `POST` on the lists of a mailbox.
fn handle_collection(store: &mut Store, request: &GraphRequest, version: Version, user: &UserKey) -> Outcome<GraphResponse> {
    let mailbox = store.find_mailbox(user)?;
    let context = build_context(request, version, user);
    match request.method {
        Method::GET => {
            request.query.allow_only(&["count", "expand", "select", "skip", "skiptoken", "top"])?;
            let select = parse_selection(request)?;
            let paging = Paging::by_skip(&request.query, page::resolve_page_size(request, MAX_PAGE_SIZE, DEFAULT_PAGE_SIZE)?)?;
            let rows: Vec<&DistributionList> = mailbox.distribution_lists.iter().collect();
            let names = choose_names(request);
            let context = add_select(context, select.as_deref());
            let body = paging.render(request, context, &rows, |list| list.render(select.as_deref(), names))?;
            Ok(GraphResponse::json(StatusCode::OK, &body))
        }
        Method::POST => {
            // "You can specify the following properties when you create a distributionList": the page has only the name.
            let (name, members) = parse_body(request)?;
            if members.is_some() {
                return Err(GraphError::invalid_argument("A new distribution list has no members: add them."));
            }
            let name = name.ok_or_else(|| GraphError::invalid_argument("A distribution list needs a displayName."))?;
            let list = mailbox.create_distribution_list(name).clone();
            let base = build_user_path(request, version, user);
            let location = format!("{base}/distributionLists('{}')", percent::encode(&list.id));
            let response = render_entity(StatusCode::CREATED, &list, request, context, None);
            Ok(response.with_header(http::header::LOCATION, &location))
        }
        _ => Err(GraphError::method_not_allowed()),
    }
}

/// `GET`, `PATCH` and `DELETE` on one list.
fn handle_item(store: &mut Store, request: &GraphRequest, version: Version, user: &UserKey, id: &str) -> Outcome<GraphResponse> {
    let mailbox = store.find_mailbox(user)?;
    let context = build_context(request, version, user);
    match request.method {
        Method::GET => {
            request.query.allow_only(&["expand", "select"])?;
            let select = parse_selection(request)?;
            Ok(render_entity(StatusCode::OK, mailbox.find_distribution_list(id)?, request, context, select.as_deref()))
        }
        Method::PATCH => {
            let (name, members) = parse_body(request)?;
            let changed = mailbox.change_distribution_list(id, |list| {
                list.check_if_match(&request.headers)?;
                list.display_name = name.unwrap_or(std::mem::take(&mut list.display_name));
                if let Some(members) = members {
                    list.members.clear();
                    list.add(members);
                }
                Ok(())
            })?;
            Ok(render_entity(StatusCode::OK, changed, request, context, None))
        }
        Method::DELETE => {
            mailbox.delete_distribution_list(id, |list| list.check_if_match(&request.headers))?;
            Ok(GraphResponse::no_content())
        }
        _ => Err(GraphError::method_not_allowed()),
    }
}

/// `POST .../addMembers` and `.../deleteMembers`. The pages of both return the list; the page of the type says that they return nothing.
fn change_members(
    store: &mut Store,
    request: &GraphRequest,
    version: Version,
    user: &UserKey,
    id: &str,
    change: impl FnOnce(&mut DistributionList, Vec<Map<String, Value>>),
) -> Outcome<GraphResponse> {
    if request.method != Method::POST {
        return Err(GraphError::method_not_allowed());
    }
    let body = json_body::parse_object(&request.headers, &request.body)?;
    let members = parse_members(body.get(MEMBERS).unwrap_or(&Value::Null))?;
    let changed = store.find_mailbox(user)?.change_distribution_list(id, |list| {
        change(list, members);
        Ok(())
    })?;
    if request.choices.has(VariationKind::MemberNames) {
        return Ok(GraphResponse::no_content());
    }
    Ok(render_entity(StatusCode::OK, changed, request, build_context(request, version, user), None))
}

/// The name and the members in a body.
type ListBody = (Option<String>, Option<Vec<Map<String, Value>>>);

/// Parses the name and the members of a body.
fn parse_body(request: &GraphRequest) -> Outcome<ListBody> {
    let (mut name, mut members) = (None, None);
    for (property, value) in json_body::parse_object(&request.headers, &request.body)? {
        match property.as_str() {
            "displayName" => match value {
                Value::String(text) if !text.trim().is_empty() => name = Some(text),
                _ => return Err(GraphError::invalid_argument("The displayName is a text that is not empty.")),
            },
            MEMBERS => members = Some(parse_members(&value)?),
            other if other.contains('@') => {}
            other if PROPERTIES.contains(&other) => {
                return Err(GraphError::invalid_argument("The service assigns this property of a distribution list."));
            }
            other => return Err(GraphError::undeclared(other, "distributionList")),
        }
    }
    Ok((name, members))
}

/// Parses `$select`, and `$expand=members` of the pages on which the members are a relationship. Where responses vary, only one of the
/// two returns members.
fn parse_selection(request: &GraphRequest) -> Outcome<Option<Vec<String>>> {
    let check = |clause: &str, name: &str| {
        let is_known = PROPERTIES.contains(&name) || name == MEMBERS;
        if is_known { Ok(()) } else { Err(GraphError::unknown_property(clause, name, "distributionList")) }
    };
    let mut select = page::parse_select(&request.query, check)?;
    let is_relationship = request.choices.has_always(VariationKind::MemberNames);
    match request.query.get("expand") {
        None if is_relationship => {
            if let Some(names) = &mut select {
                names.retain(|name| name != MEMBERS);
            }
        }
        None => {}
        Some(name) if name.eq_ignore_ascii_case(MEMBERS) => {
            let names = select.get_or_insert_with(|| PROPERTIES.map(str::to_owned).to_vec());
            names.push(MEMBERS.to_owned());
        }
        Some(name) => {
            return Err(GraphError::unknown_property("Parsing OData Select and Expand failed", name, "distributionList"));
        }
    }
    Ok(select)
}

fn choose_names(request: &GraphRequest) -> MemberNames {
    match request.choices.has(VariationKind::MemberNames) {
        false => MemberNames::Type,
        true if request.choices.pick(VariationKind::MemberNames, 2) == 0 => MemberNames::NewerType,
        true => MemberNames::Text,
    }
}

fn render_entity(
    status: StatusCode,
    list: &DistributionList,
    request: &GraphRequest,
    context: String,
    select: Option<&[String]>,
) -> GraphResponse {
    let mut body = Map::from_iter([("@odata.context".to_owned(), json!(format!("{context}/$entity")))]);
    body.extend(list.render(select, choose_names(request)));
    GraphResponse::json(status, &Value::Object(body))
}

fn build_context(request: &GraphRequest, version: Version, user: &UserKey) -> String {
    format!("{}/distributionLists", build_user_context(request, version, user))
}
