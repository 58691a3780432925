//! Actions on directory objects: checks of membership, and objects by their ids.

use http::{Method, StatusCode};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::directory::object::Object;
use crate::directory::object_kind::ObjectKind;
use crate::directory::relation::Relation;
use crate::directory::resource::{Action, Key};
use crate::directory::select;
use crate::odata::edm::Version;
use crate::odata::error::{GraphError, Outcome};
use crate::odata::json_body;
use crate::odata::request::GraphRequest;
use crate::odata::response::GraphResponse;
use crate::store::Store;

/// "You can check up to a maximum of 20 groups per request" (<https://learn.microsoft.com/graph/api/directoryobject-checkmembergroups>).
const MAX_CHECKED_IDS: usize = 20;
/// "You can specify up to 1000 ids" (<https://learn.microsoft.com/graph/api/directoryobject-getbyids>).
const MAX_RESOLVED_IDS: usize = 1000;

/// "The API can return up to 11,000 groups" (<https://learn.microsoft.com/graph/api/directoryobject-getmembergroups>); 2,046 until
/// 2021.
const MAX_FOUND_GROUPS: usize = 11_000;

/// Handles an action on an object.
pub(crate) fn handle(
    store: &Store,
    request: &GraphRequest,
    version: Version,
    key: &Key,
    action: Action,
) -> Outcome<GraphResponse> {
    if request.method != Method::POST {
        return Err(GraphError::directory_method_not_allowed());
    }
    let object = store.find_object(key)?;
    let groups = store.directory.list_related(object, Relation::TransitiveMemberOf);
    let found: Vec<&str> = match action {
        Action::CheckMemberGroups | Action::CheckMemberObjects => {
            let member = if action == Action::CheckMemberGroups { "groupIds" } else { "ids" };
            let ids = parse_ids(&parse_parameters(request, action.name(), &[member])?, member, MAX_CHECKED_IDS)?;
            groups.iter().filter(|group| ids.iter().any(|id| group.has_id(id))).map(|group| group.id.as_str()).collect()
        }
        Action::GetMemberGroups | Action::GetMemberObjects => {
            let body = parse_parameters(request, action.name(), &["securityEnabledOnly"])?;
            let only = match body.get("securityEnabledOnly") {
                Some(Value::Bool(only)) => *only,
                // That the parameter is optional is unverified.
                None | Some(Value::Null) => false,
                Some(_) => return Err(GraphError::directory_bad_request("Invalid value specified for 'securityEnabledOnly'.")),
            };
            if only && object.kind != ObjectKind::User {
                // "The function can only be called on a user if the parameter is true". The text is unverified.
                return Err(GraphError::directory_bad_request("'securityEnabledOnly' can only be true for users."));
            }
            let is_included = |group: &&&Object| !only || group.get("securityEnabled") == json!(true);
            groups.iter().filter(is_included).map(|group| group.id.as_str()).collect()
        }
        // <https://learn.microsoft.com/graph/api/orgcontact-retryserviceprovisioning>
        Action::RetryServiceProvisioning => {
            json_body::check_no_parameters(&request.headers, &request.body, action.name())
                .map_err(GraphError::into_directory_error)?;
            return Ok(GraphResponse::no_content());
        }
    };
    check_result_size(found.len())?;
    let context = format!("{}/{}/$metadata#Collection(Edm.String)", request.origin, version.segment());
    Ok(GraphResponse::json(StatusCode::OK, &json!({"@odata.context": context, "value": found})))
}

/// Fails if an object is a member of more groups than a response has.
pub(crate) fn check_result_size(groups: usize) -> Outcome<()> {
    if groups > MAX_FOUND_GROUPS { Err(GraphError::result_too_large()) } else { Ok(()) }
}

/// `POST /directoryObjects/getByIds`: the existing objects with all their properties. Users in v1.0 have only "a limited set"
/// (Microsoft's known issues, as quoted in microsoft-graph-docs#6841, and microsoft-graph-docs-contrib#8798). That this set is
/// the default properties is unverified.
pub(crate) fn get_by_ids(store: &Store, request: &GraphRequest, version: Version) -> Outcome<GraphResponse> {
    if request.method != Method::POST {
        return Err(GraphError::directory_method_not_allowed());
    }
    if request.query.allow_only(&["select"]).is_err() {
        // kubeguard/guard#133; "GetByIds now supports $select" (microsoft-graph-docs#6783).
        return Err(GraphError::directory_bad_request(
            "The following query options are not supported by this request method or cannot be applied to the requested resource: \
             $filter,$expand,$orderby,$count,$inlinecount,$skiptoken,$skip,$top",
        ));
    }
    let select = select::parse_select(&request.query, &ObjectKind::ALL)?;
    let body = parse_parameters(request, "getByIds", &["ids", "types"])?;
    let ids = parse_ids(&body, "ids", MAX_RESOLVED_IDS)?;
    let types = parse_strings(&body, "types")?.unwrap_or_default();
    // Types that the emulator does not have are valid and match nothing.
    let any = types.is_empty() || types.iter().any(|name| name.eq_ignore_ascii_case("directoryObject"));
    let kinds: Vec<ObjectKind> = types.iter().filter_map(|name| ObjectKind::from_name(name)).collect();
    let objects = store.directory.objects.iter().filter(|object| any || kinds.contains(&object.kind));
    let found = objects.filter(|object| ids.iter().any(|id| object.has_id(id)));
    let value: Vec<Value> = found
        .map(|object| {
            let all: Vec<String> = object.kind.properties().iter().map(|property| property.name.to_owned()).collect();
            let is_limited = object.kind == ObjectKind::User && version == Version::V1;
            let names = select.as_deref().or((!is_limited).then_some(all.as_slice()));
            Value::Object(object.render_typed(names))
        })
        .collect();
    let context = format!("{}/{}/$metadata#directoryObjects", request.origin, version.segment());
    Ok(GraphResponse::json(StatusCode::OK, &json!({"@odata.context": context, "value": value})))
}

/// Parses the parameters of an action.
fn parse_parameters(request: &GraphRequest, action: &str, names: &[&str]) -> Outcome<Map<String, Value>> {
    json_body::parse_parameters(&request.headers, &request.body, action, names)
}

/// Parses the ids in a body. Refuses a value that is not a GUID (microsoft-graph-docs#7063 for getByIds, unverified for the
/// others). The text for too many ids is unverified.
fn parse_ids(body: &Map<String, Value>, member: &str, max: usize) -> Outcome<Vec<String>> {
    let ids = parse_strings(body, member)?.ok_or_else(|| GraphError::required(member))?;
    if ids.len() > max {
        return Err(GraphError::directory_bad_request(format!("The number of ids in '{member}' exceeds the limit of {max}.")));
    }
    if ids.iter().any(|id| Uuid::parse_str(id).is_err()) {
        return Err(GraphError::directory_bad_request("Invalid GUID specified."));
    }
    Ok(ids)
}

fn parse_strings(body: &Map<String, Value>, member: &str) -> Outcome<Option<Vec<String>>> {
    let Some(value) = body.get(member).filter(|value| !value.is_null()) else { return Ok(None) };
    let items =
        value.as_array().map(|items| items.iter().map(|item| item.as_str().map(str::to_owned)).collect::<Option<Vec<_>>>());
    items.flatten().map(Some).ok_or_else(|| json_body::type_mismatch(value, member).into_directory_error())
}
