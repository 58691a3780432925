//! A failure as HTTP status and OpenIDM's error body.

use http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, header};
use serde_json::{Value, json};

/// A failure, ready to be sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    /// The HTTP status.
    pub status: StatusCode,
    /// What is wrong, and what to do. It may quote the caller: the body has it escaped.
    pub message: String,
    /// Seconds until the caller may try again.
    pub retry_after: Option<u64>,
    /// What a program needs to know.
    pub detail: Option<Value>,
}

impl Failure {
    /// Creates a failure of the request itself.
    pub fn new(status: StatusCode, message: impl Into<String>) -> Failure {
        Failure { status, message: message.into(), retry_after: None, detail: None }
    }

    /// 401: the request does not prove who calls.
    pub fn unknown_caller() -> Failure {
        Failure::new(StatusCode::UNAUTHORIZED, "Access Denied")
    }

    /// 404: `resource`, a path without `/openidm/`, does not exist.
    pub fn not_found(resource: &str) -> Failure {
        Failure::new(StatusCode::NOT_FOUND, format!("Resource '{resource}' not found"))
    }

    /// 405: no resource has the method.
    pub fn unknown_method(method: &Method) -> Failure {
        Failure::new(StatusCode::METHOD_NOT_ALLOWED, format!("Method {method} is not known here"))
    }

    /// Returns the failure with a `detail`.
    pub fn with_detail(self, detail: Value) -> Failure {
        Failure { detail: Some(detail), ..self }
    }

    /// Returns the failure with a time to try again.
    pub fn with_retry_after(self, seconds: u64) -> Failure {
        Failure { retry_after: Some(seconds), ..self }
    }

    /// Returns the body: `code`, `reason`, `message` and `detail`.
    pub fn body(&self) -> Value {
        let reason = self.status.canonical_reason().unwrap_or_default();
        let mut body = json!({"code": self.status.as_u16(), "reason": reason, "message": escape(&self.message)});
        if let Some(detail) = &self.detail {
            body["detail"] = detail.clone();
        }
        body
    }

    /// Returns the response.
    pub fn response(&self) -> Response<Vec<u8>> {
        let mut response = Response::new(self.body().to_string().into_bytes());
        *response.status_mut() = self.status;
        add_headers(response.headers_mut());
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        if self.status == StatusCode::UNAUTHORIZED {
            let challenge = HeaderValue::from_static("Basic realm=\"OpenIDM\", charset=\"UTF-8\"");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        }
        response
    }
}

/// Adds the headers that every response has.
pub fn add_headers(headers: &mut HeaderMap) {
    for (name, value) in [
        (header::CONTENT_TYPE, "application/json; charset=UTF-8"),
        (header::CACHE_CONTROL, "no-cache"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (HeaderName::from_static("content-api-version"), "protocol=2.1,resource=1.0"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

/// OpenIDM escapes messages for HTML, because pages show them and they quote what callers send.
fn escape(message: &str) -> String {
    message.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}
