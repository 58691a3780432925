//! The gateway's own responses, instead of the component's.

use std::time::SystemTime;

use bytes::Bytes;
use graph_contacts::frontends::azure_ad_graph::failure::Failure;
use graph_contacts::frontends::azure_ad_graph::{self, Ids};
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderMap, Request, Response, StatusCode};
use http_body_util::Full;
use serde_json::json;
use uuid::Uuid;
use wasmtime_wasi_http::p2::bindings::http::types::ErrorCode;

use crate::sandbox::call_error::CallError;
use crate::tenants::callers::login_throttle::LockedOut;

/// A response of the host's own.
#[derive(Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    message: String,
    challenge: bool,
    /// In seconds.
    retry_after: Option<u64>,
    /// The component's own wording, if it has one.
    failure: Option<Box<Failure>>,
}

/// The API of a request, whose form the host's responses have.
#[derive(Debug, Clone)]
pub(super) enum Api {
    OpenIdm,
    /// With the headers of the request.
    AzureAdGraph(HeaderMap),
}

impl Api {
    /// Returns the API of a request by the component's own rule; `serves_directories` is whether the Azure AD Graph API is
    /// served.
    pub(super) fn of_request<B>(request: &Request<B>, serves_directories: bool) -> Self {
        let first = request.uri().path().trim_start_matches('/').split('/').next();
        if !serves_directories || first == Some("openidm") {
            return Self::OpenIdm;
        }
        let mut headers = request.headers().clone();
        headers.remove(AUTHORIZATION);
        Self::AzureAdGraph(headers)
    }
}

impl Refusal {
    pub(super) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, message: message.into(), challenge: false, retry_after: None, failure: None }
    }

    /// Refuses an unknown caller, with the component's words.
    pub(super) fn unknown_caller() -> Self {
        Self { challenge: true, ..Self::new(StatusCode::UNAUTHORIZED, "Access Denied") }
    }

    /// Refuses a caller that is locked out.
    pub(super) fn locked_out(LockedOut { remaining }: LockedOut) -> Self {
        // Rounded up, to the end of the lockout.
        let seconds = remaining.as_secs() + 1;
        let message = format!("Too many failed logins: try again in {seconds} s");
        Self { retry_after: Some(seconds), ..Self::new(StatusCode::TOO_MANY_REQUESTS, message) }
    }

    /// Refuses an Azure AD Graph API request with the component's words.
    pub(super) fn from_failure(failure: Failure) -> Self {
        let refusal = Self::new(failure.status, failure.message.clone());
        Self { failure: Some(Box::new(failure)), ..refusal }
    }

    /// Converts it to a response in the form of an API.
    pub(super) fn into_response(self, api: &Api) -> Response<Full<Bytes>> {
        match api {
            Api::OpenIdm => self.into_openidm(),
            Api::AzureAdGraph(headers) => self.into_azure_ad_graph(headers).map(Full::from),
        }
    }

    /// Converts it as the component does.
    fn into_azure_ad_graph(self, headers: &HeaderMap) -> Response<Vec<u8>> {
        let of_status = match self.status.as_u16() {
            403 => "Authorization_RequestDenied",
            404 => "Request_ResourceNotFound",
            429 => "Request_ThrottledTemporarily",
            500 => "Service_InternalServerError",
            503 | 504 => "Directory_ReplicaUnavailable",
            _ => "Request_BadRequest",
        };
        let failure = match (self.challenge, self.failure) {
            (true, _) => Failure::unknown_caller(),
            (false, Some(failure)) => *failure,
            (false, None) => Failure::new(self.status, of_status, self.message),
        };
        let failure = self.retry_after.into_iter().fold(failure, Failure::retry_after);
        let ids = Ids::of(headers, Uuid::new_v4().to_string(), SystemTime::now());
        azure_ad_graph::refused(&failure, headers, &ids)
    }

    fn into_openidm(self) -> Response<Full<Bytes>> {
        let reason = self.status.canonical_reason().unwrap_or_default();
        let body = json!({"code": self.status.as_u16(), "reason": reason, "message": self.message});
        let mut response = Response::new(Full::from(body.to_string()));
        *response.status_mut() = self.status;
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json;charset=utf-8"));
        if self.challenge {
            let challenge = HeaderValue::from_static("Basic realm=\"OpenIDM\", charset=\"UTF-8\"");
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
            // Only this call is affected; the next one may succeed.
            _ => StatusCode::SERVICE_UNAVAILABLE,
        };
        Self::new(status, error.to_string())
    }
}

impl From<ErrorCode> for Refusal {
    fn from(code: ErrorCode) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, format!("the component returned an error instead of a response: {code:?}"))
    }
}
