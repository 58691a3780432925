//! What goes wrong, as HTTP status and Azure AD Graph's error body.
//!
//! The codes are those of Microsoft's own client library for the API; Microsoft Graph's directory has most of them still.
//! <https://learn.microsoft.com/en-us/previous-versions/azure/ad/graph/howto/azure-ad-graph-api-error-codes-and-error-handling>

use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde_json::{Value, json};

use super::address::{Address, Strange};
use crate::error::{Error, Kind as ErrorKind};
use crate::operations::network::BodyFault;

/// The codes that Microsoft Graph's directory and Azure AD Graph have in common.
const SHARED: &[&str] = &[
    "Authorization_IdentityNotFound",
    "Authorization_RequestDenied",
    "Directory_ConcurrencyViolation",
    "Directory_ExpiredPageToken",
    "Directory_ObjectNotFound",
    "Directory_QuotaExceeded",
    "Directory_ReplicaUnavailable",
    "Request_BadRequest",
    "Request_MultipleObjectsWithSameKeyValue",
    "Request_ResourceNotFound",
    "Request_UnsupportedQuery",
    "Service_InternalServerError",
];

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
    values: Vec<(&'static str, String)>,
    retry_after_seconds: Option<u64>,
    allow: Option<String>,
}

impl Failure {
    /// A failure of that status and code.
    pub fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Failure {
        Failure { status, code, message: message.into(), values: Vec::new(), retry_after_seconds: None, allow: None }
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
        let name = crate::error::shortened(name);
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
        let name = crate::error::shortened(name);
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

    /// The body could not be read.
    pub fn of_body(fault: BodyFault) -> Failure {
        match fault {
            BodyFault::TooLarge(limit) => Failure::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "Request_BadRequest",
                format!("The request's body is larger than {limit} bytes."),
            ),
            BodyFault::Incomplete => {
                Failure::new(StatusCode::REQUEST_TIMEOUT, "Request_BadRequest", "The request's body did not arrive in full.")
            }
        }
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

    /// The same, to be tried again after so many seconds.
    pub fn retry_after(self, seconds: u64) -> Failure {
        Failure { retry_after_seconds: Some(seconds), ..self }
    }

    /// Adds what else is to be known.
    pub fn with(mut self, item: &'static str, value: impl Into<String>) -> Failure {
        self.values.push((item, value.into()));
        self
    }

    /// The headers that go with it.
    pub fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        if let Some(seconds) = self.retry_after_seconds {
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

impl From<Error> for Failure {
    /// Status and code by the kind of error, or as Microsoft Graph's directory says; the message is the connector's.
    fn from(error: Error) -> Failure {
        let graph = error.graph_code().and_then(|code| SHARED.iter().find(|shared| shared.eq_ignore_ascii_case(code)));
        let (status, code) = match error.kind {
            ErrorKind::UnknownUid => (StatusCode::NOT_FOUND, "Request_ResourceNotFound"),
            ErrorKind::AlreadyExists | ErrorKind::InvalidAttributeValue => (StatusCode::BAD_REQUEST, "Request_BadRequest"),
            ErrorKind::PermissionDenied => (StatusCode::FORBIDDEN, "Authorization_RequestDenied"),
            ErrorKind::PreconditionFailed | ErrorKind::PreconditionRequired => {
                (StatusCode::PRECONDITION_FAILED, "Directory_ConcurrencyViolation")
            }
            ErrorKind::Throttled => (StatusCode::SERVICE_UNAVAILABLE, "Request_ThrottledTemporarily"),
            ErrorKind::ResyncRequired => (StatusCode::BAD_REQUEST, "Directory_ExpiredPageToken"),
            ErrorKind::Unsupported => (StatusCode::NOT_IMPLEMENTED, "Request_UnsupportedQuery"),
            // The credential is the connector's, and not the caller's: 401 would have the caller get itself another.
            ErrorKind::Unavailable | ErrorKind::Timeout | ErrorKind::ConnectionFailed | ErrorKind::InvalidCredential => {
                (StatusCode::SERVICE_UNAVAILABLE, "Directory_ReplicaUnavailable")
            }
            ErrorKind::Configuration | ErrorKind::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "Service_InternalServerError"),
        };
        // The service behind both has the same words for the same.
        let said = error.exchange.as_deref().and_then(|exchange| exchange.said.clone());
        let said = said.filter(|_| graph.is_some() && matches!(status.as_u16(), 400 | 404));
        let mut failure = Failure::new(status, graph.copied().unwrap_or(code), said.unwrap_or_else(|| error.message.clone()));
        failure.retry_after_seconds = error.retry_after().map(|wait| wait.as_secs() + u64::from(wait.subsec_nanos() > 0));
        failure.values = error.attributes.iter().map(|name| ("PropertyName", name.clone())).collect();
        let exchange = error.exchange.as_deref();
        failure.values.extend(exchange.and_then(|exchange| exchange.detail_code.clone()).map(|code| ("PropertyErrorCode", code)));
        let ids = [
            ("GraphRequestId", exchange.and_then(|exchange| exchange.request_id.clone())),
            ("GraphClientRequestId", exchange.and_then(|exchange| exchange.client_request_id.clone())),
            ("MayHaveTakenEffect", error.may_have_taken_effect.then(|| "true".to_owned())),
        ];
        failure.values.extend(ids.into_iter().filter_map(|(name, value)| Some((name, value?))));
        failure
    }
}
