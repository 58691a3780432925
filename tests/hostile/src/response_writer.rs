//! Responses, written to the host in pieces.

use serde_json::Value;

use crate::bindings::wasi::http::types::{Fields, OutgoingBody, OutgoingResponse, ResponseOutparam};
use crate::bindings::wasi::io::streams::OutputStream;

/// The writer of a response whose head was sent.
pub struct ResponseWriter {
    // Must be dropped before its body.
    stream: Option<OutputStream>,
    body: Option<OutgoingBody>,
}

impl ResponseWriter {
    pub fn start(out: ResponseOutparam) -> ResponseWriter {
        ResponseWriter::begin(Fields::new(), out)
    }

    /// Starts a response with a `Content-Length`.
    pub fn with_content_length(length: u64, out: ResponseOutparam) -> ResponseWriter {
        let fields = Fields::new();
        let _ = fields.append("content-length", length.to_string().as_bytes());
        ResponseWriter::begin(fields, out)
    }

    fn begin(fields: Fields, out: ResponseOutparam) -> ResponseWriter {
        let response = OutgoingResponse::new(fields);
        let body = response.body().ok();
        ResponseOutparam::set(out, Ok(response));
        ResponseWriter { stream: body.as_ref().and_then(|body| body.write().ok()), body }
    }

    /// Writes up to 4,096 bytes.
    pub fn write(&self, bytes: &[u8]) {
        if let Some(stream) = &self.stream {
            // The component continues after its caller has disconnected.
            let _ = stream.blocking_write_and_flush(bytes);
        }
    }

    pub fn end(mut self) {
        drop(self.stream.take());
        if let Some(body) = self.body.take() {
            let _ = OutgoingBody::finish(body, None);
        }
    }
}

/// Writes a whole JSON response.
pub fn write_json(value: &Value, out: ResponseOutparam) {
    let writer = ResponseWriter::start(out);
    for piece in value.to_string().as_bytes().chunks(4096) {
        writer.write(piece);
    }
    writer.end();
}
