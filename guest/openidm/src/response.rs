//! A response about objects.

use http::{HeaderValue, Response, StatusCode, header};
use protocol::openidm::failure;
use serde_json::{Map, Value};

/// A response about objects, before it is written.
pub(crate) struct ObjectResponse {
    pub(crate) status: StatusCode,
    pub(crate) body: Value,
    /// The revision of the object, for `ETag`.
    pub(crate) revision: Option<String>,
    /// The path of a new object.
    pub(crate) location: Option<String>,
}

impl ObjectResponse {
    /// Creates a response with 200 and an object.
    pub(crate) fn ok(body: Map<String, Value>) -> ObjectResponse {
        ObjectResponse { status: StatusCode::OK, body: Value::Object(body), revision: None, location: None }
    }

    /// Returns the response as it is sent. `is_pretty`: the JSON is indented.
    pub(crate) fn write(self, is_pretty: bool) -> Response<Vec<u8>> {
        let body = match self.status {
            StatusCode::NOT_MODIFIED => String::new(),
            _ if is_pretty => format!("{:#}", self.body),
            _ => self.body.to_string(),
        };
        let mut response = Response::new(body.into_bytes());
        *response.status_mut() = self.status;
        failure::add_headers(response.headers_mut());
        let headers =
            [(header::ETAG, self.revision.map(|revision| format!("\"{revision}\""))), (header::LOCATION, self.location)];
        for (name, value) in headers {
            if let Some(Ok(value)) = value.map(HeaderValue::try_from) {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }
}
