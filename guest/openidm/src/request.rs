//! A request about objects of a class.

use connector::bounded_json::{self, JsonError};
use connector::operations::icf::object_class::ObjectClass;
use connector::operations::icf::patch::{self, PatchOperation};
use http::request::Parts;
use http::{Method, StatusCode};
use protocol::openidm::failure::Failure;
use protocol::openidm::parameters::Parameters;
use serde_json::{Map, Value, json};

use crate::headers::Condition;

/// A request about objects of a class. Its caller is known.
pub(crate) struct ObjectRequest<'a> {
    pub(crate) request: &'a Parts,
    pub(crate) parameters: Parameters,
    pub(crate) condition: Condition,
    /// The name of the system.
    pub(crate) system: &'a str,
    pub(crate) class: ObjectClass,
    /// The id in the path. `None` for the object class as a whole.
    pub(crate) id: Option<String>,
    /// Whether the JSON of the response is indented.
    pub(crate) is_pretty: bool,
}

impl ObjectRequest<'_> {
    /// Returns the class as OpenIDM's messages have it: `system/azuread/user`.
    pub(crate) fn path(&self) -> String {
        format!("system/{}/{}", self.system, self.class.name())
    }
}

/// Returns OpenIDM's name for the type of a request.
pub(crate) fn request_type(method: &Method, parameters: &Parameters) -> &'static str {
    match method.as_str() {
        "GET" if parameters.is_query() => "QUERY",
        "GET" => "READ",
        "PUT" => "UPDATE",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        _ if parameters.action().is_some_and(|action| !action.eq_ignore_ascii_case("create")) => "ACTION",
        _ => "CREATE",
    }
}

/// Returns the revision that a `PUT` updates. `None` for any revision.
pub(crate) fn require_update(condition: Condition) -> Result<Option<String>, Failure> {
    let refuse = |message: &str| Err(Failure::new(StatusCode::INTERNAL_SERVER_ERROR, message));
    match condition {
        Condition::IfMatch(revision) => Ok(revision),
        Condition::IfAbsent => refuse("Create with client provided ID is not supported."),
        Condition::None | Condition::IfNoneMatch(_) => {
            refuse("UPSERT (i.e. PUT without the 'if-match' nor 'if-none-match' header) is not supported. Send If-Match: *")
        }
    }
}

/// Checks that a body is a JSON object, and returns it.
pub(crate) fn to_object(content: Value) -> Result<Map<String, Value>, Failure> {
    match content {
        Value::Object(object) => Ok(object),
        _ => {
            let problem = "The request could not be processed because the provided content is not a JSON object";
            Err(Failure::new(StatusCode::BAD_REQUEST, problem))
        }
    }
}

/// Parses the body of a patch.
pub(crate) fn parse_patch(content: &Value) -> Result<Vec<PatchOperation>, Failure> {
    patch::parse(content).map_err(|error| Failure::new(StatusCode::BAD_REQUEST, error.message))
}

/// Returns the revision that a patch or deletion is for. `None` for any revision.
pub(crate) fn get_revision(condition: &Condition) -> Option<&str> {
    match condition {
        Condition::IfMatch(revision) => revision.as_deref(),
        _ => None,
    }
}

/// Parses a body.
pub(crate) fn parse_json(body: &[u8]) -> Result<Value, Failure> {
    let bad = |message: &str| Failure::new(StatusCode::BAD_REQUEST, message);
    if body.is_empty() {
        return Err(bad("The request could not be processed because it did not contain any JSON content"));
    }
    match bounded_json::parse(body) {
        Ok(value) => Ok(value),
        Err(JsonError::TooManyValues) => {
            let problem = format!("The request's body is too large: {}", JsonError::TooManyValues);
            Err(Failure::new(StatusCode::PAYLOAD_TOO_LARGE, problem))
        }
        Err(error) => {
            let problem = "The request could not be processed because the provided content is not valid JSON";
            Err(bad(problem).with_detail(json!(error.to_string())))
        }
    }
}
