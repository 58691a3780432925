//! References to directory objects: `$ref`, `@odata.id`.

use http::StatusCode;
use serde_json::{Value, json};

use crate::directory::object::Object;
use crate::directory::object_kind::ObjectKind;
use crate::directory::registry::Directory;
use crate::odata::edm::Version;
use crate::odata::error::{GraphError, Outcome};
use crate::odata::json_body;
use crate::odata::percent::{self, Plus};
use crate::odata::request::GraphRequest;
use crate::odata::response::GraphResponse;

/// The tenant in references, an arbitrary id.
const TENANT: &str = "84841066-274d-4ec0-a5c1-276be684bdd3";

/// Builds the reference to an object, in the form of microsoftgraph/microsoft-graph-explorer-v4#1029.
pub(crate) fn build_link(request: &GraphRequest, object: &Object) -> String {
    let name = match object.kind {
        ObjectKind::User => "User",
        // That it keeps the name of Azure AD Graph is unverified.
        ObjectKind::OrgContact => "Contact",
        ObjectKind::Group => "Group",
    };
    format!("{}/v2/{TENANT}/directoryObjects/{}/Microsoft.DirectoryServices.{name}", request.origin, object.id)
}

/// Responds with the reference to one object. The contexts are OData's (JSON Format 4.01, 14).
pub(crate) fn render_reference(request: &GraphRequest, version: Version, object: &Object) -> GraphResponse {
    let context = format!("{}/{}/$metadata#$ref", request.origin, version.segment());
    GraphResponse::json(StatusCode::OK, &json!({"@odata.context": context, "@odata.id": build_link(request, object)}))
}

/// Responds with references to all objects. That there are no pages is unverified.
pub(crate) fn render_references(request: &GraphRequest, version: Version, objects: &[&Object]) -> GraphResponse {
    let context = format!("{}/{}/$metadata#Collection($ref)", request.origin, version.segment());
    let links: Vec<Value> = objects.iter().map(|object| json!({"@odata.id": build_link(request, object)})).collect();
    GraphResponse::json(StatusCode::OK, &json!({"@odata.context": context, "value": links}))
}

/// Parses the reference in a body and returns the object's id: `{"@odata.id": "https://graph.microsoft.com/v1.0/users/{id}"}`
/// (<https://learn.microsoft.com/graph/api/user-post-manager>).
pub(crate) fn parse_reference(directory: &Directory, request: &GraphRequest) -> Outcome<String> {
    let body = json_body::parse_object(&request.headers, &request.body)?;
    // msgraph-sdk-java#575, where the member was missing.
    let missing = || {
        GraphError::directory_bad_request(
            "An unexpected 'EndOfInput' node was found when reading from the JSON reader. A 'StartObject' node was expected.",
        )
    };
    if let Some(name) = body.keys().find(|name| !name.contains('@')) {
        return Err(GraphError::undeclared(name, "directoryObject").into_directory_error());
    }
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
        let user = directory.find_user(Some(&key)).ok_or_else(|| GraphError::unknown_resource(&key))?;
        return Ok(user.id.clone());
    }
    directory.find(&key).map(|object| object.id.clone())
}
