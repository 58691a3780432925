//! What goes wrong, as HTTP status and Azure AD Graph's error body.
//!
//! The codes are those of Microsoft's own client library for the API; Microsoft Graph's directory has most of them still.
//! <https://learn.microsoft.com/en-us/previous-versions/azure/ad/graph/howto/azure-ad-graph-api-error-codes-and-error-handling>

use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde_json::{Value, json};

use super::address::{Address, Strange};
use crate::shorten::shorten;

/// A failure, ready to be told.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    /// The HTTP status.
    pub status: StatusCode,
    /// Azure AD Graph's code.
    pub code: &'static str,
    /// What was wrong, where, and what to do.
    pub message: String,
    /// What else is to be known: pairs of a name and a value.
    pub values: Vec<(&'static str, String)>,
    /// Seconds until the caller may try again.
    pub retry_after: Option<u64>,
    /// The methods that the resource has, where the request has another one.
    pub allow: Option<String>,
}

impl Failure {
    /// A failure of that status and code.
    pub fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Failure {
        Failure { status, code, message: message.into(), values: Vec::new(), retry_after: None, allow: None }
    }

    /// 400 `Request_BadRequest`: something about the request is wrong.
    pub fn bad_request(message: impl Into<String>) -> Failure {
        Failure::new(StatusCode::BAD_REQUEST, "Request_BadRequest", message)
    }

    /// 400 `Request_UnsupportedQuery`: a query option that is not there, or not for this.
    pub fn unsupported_query(message: impl Into<String>) -> Failure {
        Failure::new(StatusCode::BAD_REQUEST, "Request_UnsupportedQuery", message)
    }

    /// 400 `Request_BadRequest` about a property.
    pub fn property(name: &str, problem: impl std::fmt::Display) -> Failure {
        let name = shorten(name);
        let message = format!("The value of the property '{name}' is wrong: {problem}");
        let values = vec![("PropertyName", name), ("PropertyErrorCode", "InvalidValue".to_owned())];
        Failure { values, ..Failure::bad_request(message) }
    }

    /// 404 `Request_ResourceNotFound`: there is no such object.
    pub fn not_found(message: impl Into<String>) -> Failure {
        Failure::new(StatusCode::NOT_FOUND, "Request_ResourceNotFound", message)
    }

    /// The same in the service's words: of a segment of the path, or of what a relation leads to.
    pub fn missing(name: &str) -> Failure {
        let name = shorten(name);
        let message =
            format!("Resource '{name}' does not exist or one of its queried reference-property objects are not present.");
        Failure::not_found(message)
    }

    /// 501: Azure AD Graph had it, and it cannot be had here.
    pub fn not_served(message: impl Into<String>) -> Failure {
        Failure::new(StatusCode::NOT_IMPLEMENTED, "Request_UnsupportedQuery", message)
    }

    /// The path's directory is none of the gateway's, or of the caller's.
    pub fn unknown_directory() -> Failure {
        Failure::bad_request("Invalid domain name in the request url.")
    }

    /// The path names nothing here.
    pub fn of_path(strange: &Strange) -> Failure {
        match strange {
            Strange::NotText => Failure::new(StatusCode::BAD_REQUEST, "Request_InvalidRequestUrl", "The path is not UTF-8."),
            Strange::Unknown(name) => Failure::missing(name),
            Strange::NotServed(name) => Failure::not_served(format!(
                "'{name}' is not served here: the connector has users, contacts and directoryObjects, with manager, directReports and \
                 memberOf. Use Microsoft Graph for it."
            )),
            Strange::NoMembers => Failure::bad_request(
                "The property 'members' is not valid for users and contacts; groups, which have it, are not served here.",
            ),
        }
    }

    /// The method is none of those that the address has.
    pub fn of_method(method: &http::Method, address: &Address) -> Failure {
        let methods = address.methods().join(", ");
        let message = format!("The method {method} is not allowed here; there are {methods}.");
        Failure { allow: Some(methods), ..Failure::new(StatusCode::METHOD_NOT_ALLOWED, "Request_BadRequest", message) }
    }

    /// The same, with something said before its message.
    pub fn saying(self, before: &str) -> Failure {
        Failure { message: format!("{before}: {}", self.message), ..self }
    }

    /// The same about a write of properties of these names: first Microsoft Graph's, then Azure AD Graph's.
    pub fn about(mut self, names: &[(&'static str, &'static str)]) -> Failure {
        for (_, name) in self.values.iter_mut().filter(|(item, _)| *item == "PropertyName") {
            let mut known = names.iter().filter(|(graph, _)| graph == name);
            // Of several that are in the same place it is not known which is meant.
            if let (Some((_, legacy)), None) = (known.next(), known.next()) {
                *name = (*legacy).to_owned();
            }
        }
        self
    }

    /// 401: who calls is not known.
    pub fn unknown_caller() -> Failure {
        Failure::new(
            StatusCode::UNAUTHORIZED,
            "Authentication_MissingOrMalformed",
            "Access Token missing or malformed: send one of this gateway's as Authorization: Bearer.",
        )
    }

    /// Returns the failure with a time to try again.
    pub fn with_retry_after(self, seconds: u64) -> Failure {
        Failure { retry_after: Some(seconds), ..self }
    }

    /// Adds what else is to be known.
    pub fn with(mut self, item: &'static str, value: impl Into<String>) -> Failure {
        self.values.push((item, value.into()));
        self
    }

    /// The headers that go with it.
    pub fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        if let Some(Ok(allow)) = self.allow.as_ref().map(HeaderValue::try_from) {
            headers.insert(header::ALLOW, allow);
        }
        if self.status == StatusCode::UNAUTHORIZED {
            let challenge = HeaderValue::from_static("Bearer realm=\"graph-contacts\"");
            headers.insert(header::WWW_AUTHENTICATE, challenge);
        }
        headers
    }

    /// The body: in verbose JSON without the prefix that the others have.
    pub fn body(&self, verbose: bool, request_id: &str, date: &str) -> Value {
        let message = json!({"lang": "en", "value": self.message});
        let mut error = json!({"code": self.code, "message": message, "requestId": request_id, "date": date});
        if !self.values.is_empty() {
            error["values"] = self.values.iter().map(|(item, value)| json!({"item": item, "value": value})).collect();
        }
        if verbose { json!({"error": error}) } else { json!({"odata.error": error}) }
    }
}
