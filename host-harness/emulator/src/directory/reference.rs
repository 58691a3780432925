//! References to directory objects: `$ref`, `@odata.id`.

use http::StatusCode;
use serde_json::{Value, json};

use super::Directory;
use super::kind::Kind;
use super::object::Object;
use crate::answer::Answer;
use crate::body;
use crate::error::{GraphError, Outcome};
use crate::percent::{self, Plus};
use crate::schema::Version;
use crate::service::Call;

/// The tenant in references; it is any id.
const TENANT: &str = "84841066-274d-4ec0-a5c1-276be684bdd3";

/// What an object is called in a reference: the form that microsoftgraph/microsoft-graph-explorer-v4#1029 shows.
pub(super) fn link(call: &Call, object: &Object) -> String {
    let name = match object.kind {
        Kind::User => "User",
        // That it has the name of Azure AD Graph here is unverified.
        Kind::OrgContact => "Contact",
        Kind::Group => "Group",
    };
    format!("{}/v2/{TENANT}/directoryObjects/{}/Microsoft.DirectoryServices.{name}", call.origin, object.id)
}

/// An answer with the reference to one object. The contexts are OData's (JSON Format 4.01, 14).
pub(super) fn one(call: &Call, version: Version, object: &Object) -> Answer {
    let context = format!("{}/{}/$metadata#$ref", call.origin, version.segment());
    Answer::json(StatusCode::OK, &json!({"@odata.context": context, "@odata.id": link(call, object)}))
}

/// An answer with references to all objects; that it has no pages is unverified.
pub(super) fn all(call: &Call, version: Version, objects: &[&Object]) -> Answer {
    let context = format!("{}/{}/$metadata#Collection($ref)", call.origin, version.segment());
    let links: Vec<Value> = objects.iter().map(|object| json!({"@odata.id": link(call, object)})).collect();
    Answer::json(StatusCode::OK, &json!({"@odata.context": context, "value": links}))
}

/// The id of the object that a body refers to: `{"@odata.id": "https://graph.microsoft.com/v1.0/users/{id}"}`
/// (<https://learn.microsoft.com/graph/api/user-post-manager>).
pub(super) fn read(directory: &Directory, call: &Call) -> Outcome<String> {
    let body = body::object(&call.headers, &call.body)?;
    // msgraph-sdk-java#575, where the member was missing.
    let missing = || {
        GraphError::directory_bad_request(
            "An unexpected 'EndOfInput' node was found when reading from the JSON reader. A 'StartObject' node was expected.",
        )
    };
    let url = body.get("@odata.id").and_then(Value::as_str).ok_or_else(missing)?;
    // Status and text are unverified.
    let invalid = || GraphError::directory_bad_request("Invalid URL format specified in payload.");
    let segments: Vec<&str> = url.split('?').next().unwrap_or_default().split('/').collect();
    let (set, key) = segments
        .windows(2)
        .find_map(|pair| match pair {
            [set, key]
                if ["users", "contacts", "groups", "directoryObjects"].iter().any(|name| name.eq_ignore_ascii_case(set)) =>
            {
                Some((*set, *key))
            }
            _ => None,
        })
        .ok_or_else(invalid)?;
    let key = percent::decode(key, Plus::Literal).filter(|key| !key.is_empty()).ok_or_else(invalid)?;
    if set.eq_ignore_ascii_case("users") {
        let user = directory.user(Some(&key)).ok_or_else(|| GraphError::unknown_resource(&key))?;
        return Ok(user.id.clone());
    }
    directory.find(&key).map(|object| object.id.clone())
}
