//! The errors of the sign-in service.

use http::StatusCode;
use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

/// An error of the sign-in service.
#[derive(Debug)]
pub(crate) struct TokenError {
    pub(crate) status: StatusCode,
    error: &'static str,
    description: String,
    code: Option<i64>,
}

impl TokenError {
    pub(crate) fn new(status: StatusCode, error: &'static str, code: i64) -> Self {
        Self { status, error, description: format!("AADSTS{code}: Refused by the emulator."), code: Some(code) }
    }

    /// Creates an error of the metadata service, which has no numbers.
    pub(crate) fn without_code(error: &'static str, description: &str) -> Self {
        Self { status: StatusCode::BAD_REQUEST, error, description: description.to_owned(), code: None }
    }

    pub(crate) fn body(&self) -> Value {
        let mut body = json!({"error": self.error, "error_description": self.description});
        if let Some(code) = self.code {
            body["error_codes"] = json!([code]);
            body["timestamp"] = json!(Timestamp::now().strftime("%Y-%m-%d %H:%M:%SZ").to_string());
            body["trace_id"] = json!(Uuid::new_v4().to_string());
            body["correlation_id"] = json!(Uuid::new_v4().to_string());
        }
        body
    }
}
