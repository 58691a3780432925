//! A request whose caller is known and whose path names a resource.

use connector::bounded_json::{self, JsonError};
use http::{HeaderMap, Method, StatusCode, header};
use protocol::azure_ad_graph::address::Address;
use protocol::azure_ad_graph::failure::Failure;
use protocol::shorten::shorten;
use serde_json::{Map, Value};

use crate::json_type::name_type;

/// A request of the API.
pub struct ApiRequest<'r> {
    /// The method. The resource has it.
    pub method: Method,
    /// The address of the resource.
    pub address: Address,
    /// The query, as on the wire.
    pub query: &'r str,
    /// The headers.
    pub headers: &'r HeaderMap,
    /// The body.
    pub body: Vec<u8>,
}

impl ApiRequest<'_> {
    /// Checks that no header changes the meaning of the request. Ignoring such a header would do what the caller does not mean.
    pub(super) fn check_headers(&self) -> Result<(), Failure> {
        let is_wildcard = |name: &str, value: &[u8]| matches!(name, "if-match") && value == b"*";
        let refused = ["if-match", "if-none-match", "x-http-method", "x-http-method-override"];
        let is_given = |name: &&&str| self.headers.get(**name).is_some_and(|value| !is_wildcard(name, value.as_bytes()));
        match refused.iter().find(is_given) {
            None => Ok(()),
            Some(name) => {
                let message = format!("Header {name} is not currently supported.");
                Err(Failure::new(StatusCode::BAD_REQUEST, "Headers_HeaderNotSupported", message))
            }
        }
    }

    /// Parses the body, which must be a JSON object.
    pub(super) fn parse_object(&self) -> Result<Map<String, Value>, Failure> {
        let unsupported = |found: &str| {
            let message =
                format!("Content-Type: expected application/json, found {}. The API does not read XML.", shorten(found));
            Failure::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Request_BadRequest", message)
        };
        let media_type = self.headers.get(header::CONTENT_TYPE).map(|value| String::from_utf8_lossy(value.as_bytes()));
        let media_type = media_type.ok_or_else(|| unsupported("no header"))?;
        if !media_type.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json") {
            return Err(unsupported(&media_type));
        }
        match bounded_json::parse(&self.body) {
            Ok(Value::Object(object)) => Ok(object),
            Ok(other) => Err(Failure::bad_request(format!("The body: expected an object, found {}.", name_type(&other)))),
            Err(JsonError::TooManyValues) => {
                let message = format!("The body is too large: {}.", JsonError::TooManyValues);
                Err(Failure::new(StatusCode::PAYLOAD_TOO_LARGE, "Request_BadRequest", message))
            }
            Err(problem) => Err(Failure::bad_request(format!("The body is not JSON: {problem}."))),
        }
    }

    /// Checks whether the caller prefers this, such as `return-content`. OData 3 writes preferences without a value.
    pub(super) fn prefers(&self, preference: &str) -> bool {
        let values = self.headers.get_all("prefer").iter().filter_map(|value| value.to_str().ok());
        values.flat_map(|value| value.split([',', ';'])).any(|given| given.trim().eq_ignore_ascii_case(preference))
    }
}

/// Returns a member of a body that must be a string.
pub(super) fn read_string<'b>(body: &'b Map<String, Value>, name: &str) -> Result<&'b str, Failure> {
    match body.get(name) {
        Some(Value::String(text)) => Ok(text),
        other => Err(unexpected(name, "a string", other)),
    }
}

/// Returns a member of a body that must be a collection of strings.
pub(super) fn read_strings(body: &Map<String, Value>, name: &str) -> Result<Vec<String>, Failure> {
    let value = body.get(name).map(|value| value.get("results").unwrap_or(value));
    let items = match value {
        Some(Value::Array(items)) => items.iter().map(|item| item.as_str().map(str::to_owned)).collect(),
        _ => None,
    };
    items.ok_or_else(|| unexpected(name, "a collection of strings", value))
}

/// Creates the failure for a member of a body that is missing or has another type.
pub(super) fn unexpected(name: &str, expected: &str, found: Option<&Value>) -> Failure {
    Failure::invalid_property(name, format!("expected {expected}, found {}", found.map_or("nothing", name_type)))
}
