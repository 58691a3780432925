//! The gateway's own responses, instead of the component's.

use std::time::SystemTime;

use http::header::AUTHORIZATION;
use http::{HeaderMap, Method, Request, Response, StatusCode, Uri};
use http_body_util::Full;
use protocol::api::Api;
use protocol::frontend::{Exchange, Head, Refusal};
use uuid::Uuid;
use wasmtime_wasi_http::p2::bindings::http::types::ErrorCode;

use super::response_body::{ResponseBody, to_response_body};
use crate::sandbox::call_error::CallError;
use crate::tenants::callers::caller_registry::LoginRefusal;
use crate::tenants::callers::login_throttle::LockedOut;

/// The head of a request, kept for the response that refuses it.
pub(super) struct RequestHead {
    method: Method,
    uri: Uri,
    headers: HeaderMap,
}

impl RequestHead {
    /// Returns the head of a request, without the caller's credential.
    pub(super) fn of<B>(request: &Request<B>) -> Self {
        let mut headers = request.headers().clone();
        headers.remove(AUTHORIZATION);
        Self { method: request.method().clone(), uri: request.uri().clone(), headers }
    }

    /// Returns it as the API's rules take it.
    pub(super) fn as_head(&self) -> Head<'_> {
        Head { method: &self.method, uri: &self.uri, headers: &self.headers }
    }
}

/// Returns the response that refuses a request, in the form of its API.
pub(super) fn refuse(refusal: &Refusal, api: Api, head: &RequestHead) -> Response<ResponseBody> {
    let exchange = Exchange { request_id: Uuid::new_v4().to_string(), now: SystemTime::now() };
    let response = api.frontend().refuse(refusal, head.as_head(), &exchange);
    response.map(|body| to_response_body(Full::from(body)))
}

impl From<LockedOut> for Refusal {
    fn from(LockedOut { remaining }: LockedOut) -> Self {
        // Rounded up, to the end of the lockout.
        Refusal::LockedOut { retry_after: remaining.as_secs() + 1 }
    }
}

impl From<LoginRefusal> for Refusal {
    fn from(refusal: LoginRefusal) -> Self {
        match refusal {
            LoginRefusal::LockedOut(locked_out) => locked_out.into(),
            LoginRefusal::Busy => Refusal::TooManyLogins,
        }
    }
}

impl From<CallError> for Refusal {
    fn from(error: CallError) -> Self {
        let status = match error {
            CallError::TimedOut { .. } | CallError::OutOfCpuTime { .. } => StatusCode::GATEWAY_TIMEOUT,
            // Only this call is affected; the next one may succeed.
            _ => StatusCode::SERVICE_UNAVAILABLE,
        };
        Refusal::host(status, error.to_string())
    }
}

/// Returns the refusal where the component gave an error code.
pub(super) fn of_error_code(code: &ErrorCode) -> Refusal {
    Refusal::host(StatusCode::INTERNAL_SERVER_ERROR, format!("the component returned an error instead of a response: {code:?}"))
}
