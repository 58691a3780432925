//! A failure as HTTP status and Azure AD Graph's error body.
//!
//! The codes are from Microsoft's client library for the API. Microsoft Graph's directory still has most of them.
//! <https://learn.microsoft.com/en-us/previous-versions/azure/ad/graph/howto/azure-ad-graph-api-error-codes-and-error-handling>

use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde_json::{Value, json};

use super::address::{Address, PathError};
use crate::shorten::shorten;

/// A failure, ready to be sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    /// The HTTP status.
    pub status: StatusCode,
    /// Azure AD Graph's code.
    pub code: &'static str,
    /// What is wrong, and what to do.
    pub message: String,
    /// Pairs of an item and its value, which say more about the failure.
    pub values: Vec<(&'static str, String)>,
    /// Seconds until the caller may try again.
    pub retry_after: Option<u64>,
    /// The methods that the resource has, where the request has another one.
    pub allow: Option<String>,
}

impl Failure {
    /// Creates a failure with a status and a code.
    pub fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Failure {
        Failure { status, code, message: message.into(), values: Vec::new(), retry_after: None, allow: None }
    }

    /// 400 `Request_BadRequest`: the request is wrong.
    pub fn bad_request(message: impl Into<String>) -> Failure {
        Failure::new(StatusCode::BAD_REQUEST, "Request_BadRequest", message)
    }

    /// 400 `Request_UnsupportedQuery`: the resource does not support a query option.
    pub fn unsupported_query(message: impl Into<String>) -> Failure {
        Failure::new(StatusCode::BAD_REQUEST, "Request_UnsupportedQuery", message)
    }

    /// 400 `Request_BadRequest`: the value of a property is wrong.
    pub fn invalid_property(name: &str, problem: impl std::fmt::Display) -> Failure {
        let name = shorten(name);
        let message = format!("{name}: {problem}");
        let values = vec![("PropertyName", name), ("PropertyErrorCode", "InvalidValue".to_owned())];
        Failure { values, ..Failure::bad_request(message) }
    }

    /// 404 `Request_ResourceNotFound`, with a message.
    pub fn not_found(message: impl Into<String>) -> Failure {
        Failure::new(StatusCode::NOT_FOUND, "Request_ResourceNotFound", message)
    }

    /// 404 `Request_ResourceNotFound`, in the service's words: a segment of the path, or the object of a relation, does not exist.
    pub fn missing_resource(name: &str) -> Failure {
        let name = shorten(name);
        let message =
            format!("Resource '{name}' does not exist or one of its queried reference-property objects are not present.");
        Failure::not_found(message)
    }

    /// 501: Azure AD Graph had the resource, and the connector does not serve it.
    pub fn not_served(message: impl Into<String>) -> Failure {
        Failure::new(StatusCode::NOT_IMPLEMENTED, "Request_UnsupportedQuery", message)
    }

    /// 400: the directory does not exist, or it is not the caller's. The response does not say which.
    pub fn unknown_directory() -> Failure {
        Failure::bad_request("Invalid domain name in the request url.")
    }

    /// Creates the failure for a path that does not name a resource.
    pub fn from_path_error(error: &PathError) -> Failure {
        match error {
            PathError::NotUtf8 => Failure::new(StatusCode::BAD_REQUEST, "Request_InvalidRequestUrl", "The path is not UTF-8."),
            PathError::InvalidKey(segment) => Failure::bad_request(format!(
                "Error in query syntax: '{}': expected one key in parentheses, such as users('ID'). Write a quote in the key twice.",
                shorten(segment)
            )),
            PathError::Unknown(name) => Failure::missing_resource(name),
            PathError::NotServed(name) => Failure::not_served(format!(
                "The gateway does not serve '{name}', but users, contacts and directoryObjects, with manager, directReports and \
                 memberOf. Use Microsoft Graph for it."
            )),
            PathError::NoMembers => Failure::bad_request(
                "The property 'members' is not valid for users and contacts. The gateway does not serve groups, which have it.",
            ),
        }
    }

    /// 405: the resource does not have the method.
    pub fn method_not_allowed(method: &http::Method, address: &Address) -> Failure {
        let methods = address.methods().join(", ");
        let message = format!("The resource does not allow the method {method}; allowed: {methods}.");
        Failure { allow: Some(methods), ..Failure::new(StatusCode::METHOD_NOT_ALLOWED, "Request_BadRequest", message) }
    }

    /// Returns the failure with a text before its message.
    pub fn with_prefix(self, before: &str) -> Failure {
        Failure { message: format!("{before}: {}", self.message), ..self }
    }

    /// Returns the failure with Azure AD Graph's names of properties. `names` has pairs of Microsoft Graph's and Azure AD Graph's name.
    pub fn with_legacy_names(mut self, names: &[(&'static str, &'static str)]) -> Failure {
        for (_, name) in self.values.iter_mut().filter(|(item, _)| *item == "PropertyName") {
            let mut known = names.iter().filter(|(graph, _)| graph == name);
            // Several properties can come from one of Microsoft Graph's. Then it is unknown which one is meant.
            if let (Some((_, legacy)), None) = (known.next(), known.next()) {
                *name = (*legacy).to_owned();
            }
        }
        self
    }

    /// 401: the request does not prove who calls.
    pub fn unknown_caller() -> Failure {
        Failure::new(
            StatusCode::UNAUTHORIZED,
            "Authentication_MissingOrMalformed",
            "Access Token missing or malformed: send a token of this gateway as Authorization: Bearer.",
        )
    }

    /// Returns the failure with a time to try again.
    pub fn with_retry_after(self, seconds: u64) -> Failure {
        Failure { retry_after: Some(seconds), ..self }
    }

    /// Returns the failure with one more item and its value.
    pub fn with_value(mut self, item: &'static str, value: impl Into<String>) -> Failure {
        self.values.push((item, value.into()));
        self
    }

    /// Returns the headers of the response.
    pub fn to_headers(&self) -> HeaderMap {
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

    /// Returns the body. Verbose JSON has `error` where the other formats have `odata.error`.
    pub fn to_body(&self, verbose: bool, request_id: &str, date: &str) -> Value {
        let message = json!({"lang": "en", "value": self.message});
        let mut error = json!({"code": self.code, "message": message, "requestId": request_id, "date": date});
        if !self.values.is_empty() {
            error["values"] = self.values.iter().map(|(item, value)| json!({"item": item, "value": value})).collect();
        }
        if verbose { json!({"error": error}) } else { json!({"odata.error": error}) }
    }
}
