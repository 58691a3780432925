//! Collections of directory objects, and one object.

use http::header::LOCATION;
use http::{Method, StatusCode};
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::address::Key;
use super::change::Removal;
use super::expand::Expand;
use super::kind::Kind;
use super::object::Object;
use super::{Directory, list, reference, select, write};
use crate::answer::Answer;
use crate::error::{GraphError, Outcome};
use crate::filter;
use crate::schema::Version;
use crate::service::Call;
use crate::store::Store;

/// `GET` and `POST` on `/users`, `/contacts` and `/groups`.
pub(super) fn collection(store: &mut Store, call: &Call, version: Version, kind: Kind) -> Outcome<Answer> {
    match (&call.method, kind) {
        (&Method::POST, Kind::User) => create_user(&mut store.directory, call, version),
        // "You cannot create organizational contacts", in Azure AD Graph as here. How it is told is unverified; the text is that of
        // the other operations.
        (&Method::POST, Kind::OrgContact) => Err(GraphError::data_contract("Create", kind.resource())),
        (&Method::POST, Kind::Group) => Err(GraphError::not_emulated("the creation of groups")),
        _ => list::of_kind(&store.directory, call, version, kind, store.directory.of_kind(kind)),
    }
}

/// `GET`, `PATCH` and `DELETE` on one object.
pub(super) fn one(store: &mut Store, call: &Call, version: Version, key: &Key) -> Outcome<Answer> {
    let object = store.object(key)?;
    let (kind, id) = (object.kind, object.id.clone());
    match call.method {
        Method::GET => get(&store.directory, call, version, object, matches!(key, Key::Any(_))),
        Method::PATCH if matches!(key, Key::Any(_)) => Err(GraphError::directory_method_not_allowed()),
        Method::PATCH | Method::DELETE if kind == Kind::Group => Err(GraphError::not_emulated("changes to groups")),
        Method::PATCH => {
            check_writable(&store.directory, version, object, "Update")?;
            let values = write::body(kind, call, version)?;
            if kind == Kind::User {
                check_user(&store.directory, &values, Some(object))?;
            }
            store.directory.apply(&id, values)?;
            Ok(Answer::no_content())
        }
        Method::DELETE => {
            check_writable(&store.directory, version, object, "Delete")?;
            // A user can be restored for 30 days (<https://learn.microsoft.com/graph/api/user-delete>); contacts are not among what
            // "Restore deleted item" names.
            store.directory.remove(&id, if kind == Kind::User { Removal::Changed } else { Removal::Deleted })?;
            Ok(Answer::no_content())
        }
        _ => Err(GraphError::directory_method_not_allowed()),
    }
}

/// An object as an answer; `typed` says that the client did not name its type.
pub(super) fn get(directory: &Directory, call: &Call, version: Version, object: &Object, typed: bool) -> Outcome<Answer> {
    call.query.only(&["expand", "select"])?;
    let select = select::of(&call.query, &[object.kind])?;
    let expand = call.query.get("expand").map(|text| Expand::read(object.kind, version, text, false)).transpose()?;
    let set = if typed { "directoryObjects" } else { object.kind.segment() };
    let selected = select::in_context(select.as_deref());
    let context = format!("{}/{}/$metadata#{set}{selected}/$entity", call.origin, version.segment());
    let mut body = Map::from_iter([("@odata.context".to_owned(), json!(context))]);
    body.extend(if typed { object.render_typed(select.as_deref()) } else { object.render(select.as_deref()) });
    if let Some(expand) = expand {
        expand.add(directory, object, &mut body);
    }
    Ok(Answer::json(StatusCode::OK, &Value::Object(body)))
}

/// Fails where an object is not written through Graph.
///
/// Organizational contacts are "read-only in Microsoft Graph" (<https://learn.microsoft.com/graph/api/resources/orgcontact>): v1.0
/// answered a `DELETE` with 400 in 2024 and 2025 (entra-powershell#1102, msgraph-sdk-powershell#3238), where beta deleted a contact
/// that was not synchronized (msgraph-metadata#244). `PATCH` is taken to go the same way, which is unverified.
pub(super) fn check_writable(directory: &Directory, version: Version, object: &Object, operation: &str) -> Outcome<()> {
    if object.kind == Kind::OrgContact {
        if version != Version::Beta && !directory.writable_contacts {
            return Err(GraphError::data_contract(operation, object.kind.resource()));
        }
        // Azure AD Graph wrote "those contacts that are not currently synced"; the refusal is the one that users meet.
        if object.is_synced() {
            return Err(GraphError::synchronized());
        }
    }
    Ok(())
}

/// `POST /users` (<https://learn.microsoft.com/graph/api/user-post-users>). The user has no licence, and so no mailbox.
fn create_user(directory: &mut Directory, call: &Call, version: Version) -> Outcome<Answer> {
    let values = write::body(Kind::User, call, version)?;
    // In which order they are missed is unverified.
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
    let mut user = Object::new(Kind::User, Uuid::new_v4().to_string(), managed);
    values.apply(&mut user);
    let location = reference::link(call, &user);
    let mut body = Map::from_iter([(
        "@odata.context".to_owned(),
        json!(format!("{}/{}/$metadata#users/$entity", call.origin, version.segment())),
    )]);
    body.extend(user.render(None));
    directory.add(user);
    Ok(Answer::json(StatusCode::CREATED, &Value::Object(body)).header(LOCATION, &location))
}

/// What a user has to be among the others; `object` is the one that is changed.
fn check_user(directory: &Directory, values: &write::Values, object: Option<&Object>) -> Outcome<()> {
    // What is mastered on premises is read-only here (<https://learn.microsoft.com/graph/api/user-update>); which properties beside
    // usageLocation are not is unverified.
    if object.is_some_and(Object::is_synced) && values.names().any(|name| name != "usageLocation") {
        return Err(GraphError::synchronized());
    }
    // "It cannot be cleared during updates", "not nullable" (<https://learn.microsoft.com/graph/api/user-update>). That the other three
    // that a new user has to have are told so too, and the text, are unverified.
    let kept = ["accountEnabled", "displayName", "mailNickname", "usageLocation", "userPrincipalName"];
    if let Some(name) = values.names().find(|name| kept.contains(name) && values.get(name).is_none()) {
        return Err(GraphError::required(name));
    }
    let Some(name) = values.get("userPrincipalName").and_then(Value::as_str) else { return Ok(()) };
    if !name.split_once('@').is_some_and(|(alias, domain)| !alias.is_empty() && !domain.is_empty()) {
        return Err(GraphError::invalid_value("userPrincipalName", Kind::User.resource()));
    }
    let taken = directory.users().any(|other| {
        let theirs = other.property("userPrincipalName");
        theirs.as_str().is_some_and(|theirs| filter::same(theirs, name)) && object.is_none_or(|object| !object.has_id(&other.id))
    });
    if taken { Err(GraphError::object_conflict("userPrincipalName")) } else { Ok(()) }
}
