//! A request about the objects of a class, and what it carries.

use connector::bounded_json::{self, Unreadable};
use connector::operations::icf::object_class::ObjectClass;
use connector::operations::icf::patch::{self, PatchOperation};
use http::request::Parts;
use http::{Method, StatusCode};
use protocol::openidm::failure::Failure;
use protocol::openidm::parameters::Parameters;
use serde_json::{Map, Value, json};

use crate::headers::Condition;

/// A request about objects whose caller is known, taken apart.
pub(crate) struct ObjectRequest<'a> {
    pub(crate) request: &'a Parts,
    pub(crate) parameters: Parameters,
    pub(crate) condition: Condition,
    /// The system's name.
    pub(crate) system: &'a str,
    pub(crate) class: ObjectClass,
    /// The id in the path; `None` where the object class as a whole is meant.
    pub(crate) id: Option<String>,
    /// Whether the answer is to be read by people.
    pub(crate) pretty: bool,
}

impl ObjectRequest<'_> {
    /// The class as OpenIDM's messages have it: `system/azuread/user`.
    pub(crate) fn path(&self) -> String {
        format!("system/{}/{}", self.system, self.class.name())
    }
}

/// The name that OpenIDM gives the kind of request that a method makes.
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

/// The revision that a `PUT` is for; `None` for any.
pub(crate) fn update_of(condition: Condition) -> Result<Option<String>, Failure> {
    let refuse = |message: &str| Err(Failure::new(StatusCode::INTERNAL_SERVER_ERROR, message));
    match condition {
        Condition::Match(revision) => Ok(revision),
        Condition::New => refuse("Create with client provided ID is not supported."),
        Condition::None | Condition::NoneMatch(_) => {
            refuse("UPSERT (i.e. PUT without the 'if-match' nor 'if-none-match' header) is not supported. Send If-Match: *")
        }
    }
}

/// The JSON object that a body is.
pub(crate) fn object(content: Value) -> Result<Map<String, Value>, Failure> {
    match content {
        Value::Object(object) => Ok(object),
        _ => {
            let problem = "The request could not be processed because the provided content is not a JSON object";
            Err(Failure::new(StatusCode::BAD_REQUEST, problem))
        }
    }
}

/// The operations that the body of a patch has.
pub(crate) fn operations(content: &Value) -> Result<Vec<PatchOperation>, Failure> {
    patch::parse(content).map_err(|error| Failure::new(StatusCode::BAD_REQUEST, error.message))
}

/// The revision that a patch or deletion is for; `None` for any.
pub(crate) fn revision_of(condition: &Condition) -> Option<&str> {
    match condition {
        Condition::Match(revision) => revision.as_deref(),
        _ => None,
    }
}

/// The JSON in a body.
pub(crate) fn parse_json(body: &[u8]) -> Result<Value, Failure> {
    let bad = |message: &str| Failure::new(StatusCode::BAD_REQUEST, message);
    if body.is_empty() {
        return Err(bad("The request could not be processed because it did not contain any JSON content"));
    }
    match bounded_json::read(body) {
        Ok(value) => Ok(value),
        Err(Unreadable::TooMany) => {
            let problem = format!("The request's body is too large: {}", Unreadable::TooMany);
            Err(Failure::new(StatusCode::PAYLOAD_TOO_LARGE, problem))
        }
        Err(error) => {
            let problem = "The request could not be processed because the provided content is not valid JSON";
            Err(bad(problem).with_detail(json!(error.to_string())))
        }
    }
}
