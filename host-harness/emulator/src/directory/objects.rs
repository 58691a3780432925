//! Collections of directory objects, and one object.

use http::header::LOCATION;
use http::{Method, StatusCode};
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::directory::expand::ObjectExpand;
use crate::directory::list;
use crate::directory::object::Object;
use crate::directory::object_body::{self, ObjectValues};
use crate::directory::object_kind::ObjectKind;
use crate::directory::object_log::Removal;
use crate::directory::references;
use crate::directory::registry::Directory;
use crate::directory::resource::Key;
use crate::directory::select;
use crate::odata::edm::Version;
use crate::odata::error::{GraphError, Outcome};
use crate::odata::expression::is_same;
use crate::odata::request::GraphRequest;
use crate::odata::response::GraphResponse;
use crate::store::Store;

/// `GET` and `POST` on `/users`, `/contacts` and `/groups`.
pub(crate) fn handle_collection(
    store: &mut Store,
    request: &GraphRequest,
    version: Version,
    kind: ObjectKind,
) -> Outcome<GraphResponse> {
    match (&request.method, kind) {
        (&Method::POST, ObjectKind::User) => create_user(&mut store.directory, request, version),
        // "You cannot create organizational contacts" in Azure AD Graph; Graph has no such operation either. The refusal is
        // unverified, its text is that of the other operations.
        (&Method::POST, ObjectKind::OrgContact) => Err(GraphError::data_contract("Create", kind.resource())),
        (&Method::POST, ObjectKind::Group) => Err(GraphError::not_emulated("the creation of groups")),
        _ => list::list_of_kind(&store.directory, request, version, kind, store.directory.list_kind(kind)),
    }
}

/// `GET`, `PATCH` and `DELETE` on one object.
pub(crate) fn handle_object(store: &mut Store, request: &GraphRequest, version: Version, key: &Key) -> Outcome<GraphResponse> {
    let object = store.find_object(key)?;
    let (kind, id) = (object.kind, object.id.clone());
    match request.method {
        Method::GET => get_object(&store.directory, request, version, object, matches!(key, Key::Any(_))),
        Method::PATCH if matches!(key, Key::Any(_)) => Err(GraphError::directory_method_not_allowed()),
        Method::PATCH | Method::DELETE if kind == ObjectKind::Group => Err(GraphError::not_emulated("changes to groups")),
        Method::PATCH => {
            check_writable(&store.directory, version, object, "Update")?;
            let values = object_body::parse_body(kind, request, version)?;
            if kind == ObjectKind::User {
                check_user(&store.directory, &values, Some(object))?;
            }
            store.directory.apply(&id, values)?;
            Ok(GraphResponse::no_content())
        }
        Method::DELETE => {
            check_writable(&store.directory, version, object, "Delete")?;
            // A user can be restored for 30 days (<https://learn.microsoft.com/graph/api/user-delete>). "Restore deleted item"
            // does not name contacts.
            store.directory.remove(&id, if kind == ObjectKind::User { Removal::Changed } else { Removal::Deleted })?;
            Ok(GraphResponse::no_content())
        }
        _ => Err(GraphError::directory_method_not_allowed()),
    }
}

/// Responds with an object. `typed` is true if the client did not name its type.
pub(crate) fn get_object(
    directory: &Directory,
    request: &GraphRequest,
    version: Version,
    object: &Object,
    typed: bool,
) -> Outcome<GraphResponse> {
    request.query.allow_only(&["expand", "select"])?;
    let select = select::parse_select(&request.query, &[object.kind])?;
    let expand = request.query.get("expand").map(|text| ObjectExpand::parse(object.kind, version, text, false)).transpose()?;
    let set = if typed { "directoryObjects" } else { object.kind.segment() };
    let selected = select::render_context(select.as_deref());
    let context = format!("{}/{}/$metadata#{set}{selected}/$entity", request.origin, version.segment());
    let mut body = Map::from_iter([("@odata.context".to_owned(), json!(context))]);
    body.extend(if typed { object.render_typed(select.as_deref()) } else { object.render(select.as_deref()) });
    if let Some(expand) = expand {
        expand.add_related(directory, object, &mut body);
    }
    Ok(GraphResponse::json(StatusCode::OK, &Value::Object(body)))
}

/// Fails if Graph does not write the object.
///
/// Organizational contacts are "read-only in Microsoft Graph" (<https://learn.microsoft.com/graph/api/resources/orgcontact>).
/// v1.0 refused a `DELETE` with 400 in 2024 and 2025 (entra-powershell#1102, msgraph-sdk-powershell#3238). Beta deleted a
/// contact that was not synchronized (msgraph-metadata#244). That `PATCH` behaves the same is unverified.
pub(crate) fn check_writable(directory: &Directory, version: Version, object: &Object, operation: &str) -> Outcome<()> {
    if object.kind == ObjectKind::OrgContact {
        if version != Version::Beta && !directory.writable_contacts {
            return Err(GraphError::data_contract(operation, object.kind.resource()));
        }
        // Azure AD Graph wrote "those contacts that are not currently synced". The refusal is the one for users.
        if object.is_synced() {
            return Err(GraphError::synchronized());
        }
    }
    Ok(())
}

/// `POST /users` (<https://learn.microsoft.com/graph/api/user-post-users>). The user has no licence, and therefore no mailbox.
fn create_user(directory: &mut Directory, request: &GraphRequest, version: Version) -> Outcome<GraphResponse> {
    let values = object_body::parse_body(ObjectKind::User, request, version)?;
    // The order of the checks is unverified.
    for name in ["accountEnabled", "displayName", "mailNickname", "userPrincipalName"] {
        if values.get(name).is_none_or(|value| value == "") {
            return Err(GraphError::required(name));
        }
    }
    let password = values.get("passwordProfile").and_then(|profile| profile.get("password")).and_then(Value::as_str);
    if password.is_none_or(str::is_empty) {
        return Err(GraphError::password_required());
    }
    check_user(directory, &values, None)?;
    let created = Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let managed = Map::from_iter([("createdDateTime".to_owned(), json!(created)), ("userType".to_owned(), json!("Member"))]);
    let mut user = Object::new(ObjectKind::User, Uuid::new_v4().to_string(), managed);
    values.apply(&mut user);
    let location = references::build_link(request, &user);
    let mut body = Map::from_iter([(
        "@odata.context".to_owned(),
        json!(format!("{}/{}/$metadata#users/$entity", request.origin, version.segment())),
    )]);
    body.extend(user.render(None));
    directory.add(user);
    Ok(GraphResponse::json(StatusCode::CREATED, &Value::Object(body)).with_header(LOCATION, &location))
}

/// Checks the values of a user against the other users. `object` is the user to change.
fn check_user(directory: &Directory, values: &ObjectValues, object: Option<&Object>) -> Outcome<()> {
    // Properties mastered on premises are read-only (<https://learn.microsoft.com/graph/api/user-update>). That usageLocation is
    // the only exception is unverified.
    if object.is_some_and(Object::is_synced) && values.names().any(|name| name != "usageLocation") {
        return Err(GraphError::synchronized());
    }
    // "It cannot be cleared during updates", "not nullable" (<https://learn.microsoft.com/graph/api/user-update>). The same
    // refusal for the other three required properties, and the text, are unverified.
    let kept = ["accountEnabled", "displayName", "mailNickname", "usageLocation", "userPrincipalName"];
    if let Some(name) = values.names().find(|name| kept.contains(name) && values.get(name).is_none()) {
        return Err(GraphError::required(name));
    }
    let Some(name) = values.get("userPrincipalName").and_then(Value::as_str) else { return Ok(()) };
    if !name.split_once('@').is_some_and(|(alias, domain)| !alias.is_empty() && !domain.is_empty()) {
        return Err(GraphError::invalid_value("userPrincipalName", ObjectKind::User.resource()));
    }
    let taken = directory.users().any(|other| {
        let theirs = other.get("userPrincipalName");
        theirs.as_str().is_some_and(|theirs| is_same(theirs, name)) && object.is_none_or(|object| !object.has_id(&other.id))
    });
    if taken { Err(GraphError::object_conflict("userPrincipalName")) } else { Ok(()) }
}
