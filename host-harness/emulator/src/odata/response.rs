//! Responses, before the server adds the headers of every response of Graph.

use bytes::Bytes;
use http::StatusCode;
use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::odata::error::GraphError;

/// The media type of a successful JSON response.
const JSON: &str = "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8";
/// The members are those of a response of Graph in microsoft-graph-docs#14794.
const DIAGNOSTIC: &str =
    r#"{"ServerInfo":{"DataCenter":"Emulator","Slice":"E","Ring":"0","ScaleUnit":"000","RoleInstance":"EMULATOR"}}"#;
/// From microsofthackathons/tdi#24. The client id is that of Microsoft Graph itself.
const CHALLENGE: &str = "Bearer realm=\"\", authorization_uri=\"https://login.microsoftonline.com/common/oauth2/authorize\", \
                         client_id=\"00000003-0000-0000-c000-000000000000\"";

/// A response.
#[derive(Debug, Clone)]
pub(crate) struct GraphResponse {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl GraphResponse {
    pub(crate) fn json(status: StatusCode, value: &Value) -> Self {
        Self::new(status, Bytes::from(value.to_string()))
            .with_header(header::CONTENT_TYPE, JSON)
            .with_header(HeaderName::from_static("odata-version"), "4.0")
    }

    pub(crate) fn text(text: String) -> Self {
        Self::new(StatusCode::OK, Bytes::from(text)).with_header(header::CONTENT_TYPE, "text/plain")
    }

    /// Creates a response with bytes; the caller sets their media type.
    pub(crate) fn bytes(bytes: Bytes) -> Self {
        Self::new(StatusCode::OK, bytes)
    }

    pub(crate) fn no_content() -> Self {
        Self::new(StatusCode::NO_CONTENT, Bytes::new())
    }

    /// Creates a response with Graph's error body and the identifiers of this exchange
    /// (<https://learn.microsoft.com/graph/errors>).
    pub(crate) fn error(error: &GraphError, request_id: &str, client_request_id: &str) -> Self {
        let mut body = json!({"error": {
            "code": error.code,
            "message": error.message,
            "innerError": {
                "date": Timestamp::now().strftime("%Y-%m-%dT%H:%M:%S").to_string(),
                "request-id": request_id,
                "client-request-id": client_request_id,
            },
        }});
        if let Some((code, target)) = &error.detail {
            body["error"]["details"] = json!([{"target": target, "code": code}]);
        }
        let response =
            Self::new(error.status, Bytes::from(body.to_string())).with_header(header::CONTENT_TYPE, "application/json");
        let response = error.headers.iter().fold(response, |response, (name, value)| response.with_header(name.clone(), value));
        if error.status == StatusCode::UNAUTHORIZED {
            response.with_header(header::WWW_AUTHENTICATE, CHALLENGE)
        } else {
            response
        }
    }

    fn new(status: StatusCode, body: Bytes) -> Self {
        Self { status, headers: HeaderMap::new(), body }
    }

    /// Sets a header. Ignores a value that HTTP cannot carry.
    pub(crate) fn with_header(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(name, value);
        }
        self
    }

    /// Adds the headers of every response of Graph. `Date` is the server's.
    pub(crate) fn with_identifiers(self, request_id: &str, client_request_id: &str) -> Self {
        self.with_header(header::CACHE_CONTROL, "private")
            .with_header(HeaderName::from_static("request-id"), request_id)
            .with_header(HeaderName::from_static("client-request-id"), client_request_id)
            .with_header(HeaderName::from_static("x-ms-ags-diagnostic"), DIAGNOSTIC)
    }
}
