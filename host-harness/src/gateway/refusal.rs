//! What the gateway says where the component has not answered.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{Response, StatusCode};
use http_body_util::Full;
use serde_json::{Value, json};
use wasmtime_wasi_http::p2::bindings::http::types::ErrorCode;

use crate::call_error::CallError;
use crate::callers::TooMany;

/// An answer of the host's own.
#[derive(Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    message: String,
    challenge: bool,
    /// In seconds.
    retry_after: Option<u64>,
    api: Api,
    /// Azure AD Graph's code, where it is not that of the status.
    code: Option<&'static str>,
}

/// In whose form the host speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Api {
    /// OpenIDM's.
    OpenIdm,
    /// The Azure AD Graph API's.
    AzureAdGraph,
}

impl Api {
    /// The API that a path is of, where directories are served.
    pub(super) fn of(path: &str) -> Self {
        let first = path.trim_start_matches('/').split('/').next();
        if first == Some("openidm") { Self::OpenIdm } else { Self::AzureAdGraph }
    }
}

impl Refusal {
    pub(super) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, message: message.into(), challenge: false, retry_after: None, api: Api::OpenIdm, code: None }
    }

    /// The caller is not known; the words are the component's.
    pub(super) fn unknown_caller() -> Self {
        Self { challenge: true, ..Self::new(StatusCode::UNAUTHORIZED, "Access Denied") }
    }

    /// The caller has tried too many passwords.
    pub(super) fn too_many_passwords(TooMany { wait }: TooMany) -> Self {
        // To the end of the wait.
        let seconds = wait.as_secs() + 1;
        let message = format!("Too many wrong passwords: try again in {seconds} s");
        Self { retry_after: Some(seconds), ..Self::new(StatusCode::TOO_MANY_REQUESTS, message) }
    }

    /// The same with a code of Azure AD Graph's.
    pub(super) fn with_code(self, code: &'static str) -> Self {
        Self { code: Some(code), ..self }
    }

    /// The same in the form of that API.
    pub(super) fn in_form_of(self, api: Api) -> Self {
        Self { api, ..self }
    }

    fn body(&self) -> Value {
        match self.api {
            Api::OpenIdm => {
                let reason = self.status.canonical_reason().unwrap_or_default();
                json!({"code": self.status.as_u16(), "reason": reason, "message": self.message})
            }
            Api::AzureAdGraph => {
                let of_status = match self.status.as_u16() {
                    400 => "Request_BadRequest",
                    401 => "Authentication_MissingOrMalformed",
                    403 => "Authorization_RequestDenied",
                    404 => "Request_ResourceNotFound",
                    429 => "Request_ThrottledTemporarily",
                    500 => "Service_InternalServerError",
                    503 | 504 => "Directory_ReplicaUnavailable",
                    _ => "Request_BadRequest",
                };
                let code = self.code.unwrap_or(of_status);
                json!({"odata.error": {"code": code, "message": {"lang": "en", "value": self.message}}})
            }
        }
    }

    /// The answer, with the error body of its API.
    pub(super) fn into_response(self) -> Response<Full<Bytes>> {
        let body = self.body();
        let mut response = Response::new(Full::from(body.to_string()));
        *response.status_mut() = self.status;
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json;charset=utf-8"));
        if self.challenge {
            let challenge = HeaderValue::from_static(match self.api {
                Api::OpenIdm => "Basic realm=\"OpenIDM\", charset=\"UTF-8\"",
                Api::AzureAdGraph => "Bearer realm=\"graph-contacts\"",
            });
            response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
        }
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(RETRY_AFTER, seconds.into());
        }
        response
    }
}

impl From<CallError> for Refusal {
    fn from(error: CallError) -> Self {
        let status = match error {
            CallError::TimedOut { .. } | CallError::OutOfCpuTime { .. } => StatusCode::GATEWAY_TIMEOUT,
            // Of this call and its tenant: the gateway is well, and so is what the next call gets.
            _ => StatusCode::SERVICE_UNAVAILABLE,
        };
        Self::new(status, error.to_string())
    }
}

impl From<ErrorCode> for Refusal {
    fn from(code: ErrorCode) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, format!("the component gave an error in place of a response: {code:?}"))
    }
}
