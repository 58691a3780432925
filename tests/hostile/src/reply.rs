//! Answers, written to the host piece by piece.

use serde_json::Value;

use crate::bindings::wasi::http::types::{Fields, OutgoingBody, OutgoingResponse, ResponseOutparam};
use crate::bindings::wasi::io::streams::OutputStream;

/// An answer whose head has left.
pub struct Reply {
    // Goes before the body that it is of.
    stream: Option<OutputStream>,
    body: Option<OutgoingBody>,
}

impl Reply {
    pub fn streaming(out: ResponseOutparam) -> Reply {
        Reply::begin(Fields::new(), out)
    }

    /// One whose length is said beforehand.
    pub fn announcing(length: u64, out: ResponseOutparam) -> Reply {
        let fields = Fields::new();
        let _ = fields.append("content-length", length.to_string().as_bytes());
        Reply::begin(fields, out)
    }

    fn begin(fields: Fields, out: ResponseOutparam) -> Reply {
        let response = OutgoingResponse::new(fields);
        let body = response.body().ok();
        ResponseOutparam::set(out, Ok(response));
        Reply { stream: body.as_ref().and_then(|body| body.write().ok()), body }
    }

    /// Up to 4,096 bytes.
    pub fn write(&self, bytes: &[u8]) {
        if let Some(stream) = &self.stream {
            // A caller that has gone is no reason to stop.
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

/// A whole answer.
pub fn json(value: &Value, out: ResponseOutparam) {
    let reply = Reply::streaming(out);
    for piece in value.to_string().as_bytes().chunks(4096) {
        reply.write(piece);
    }
    reply.end();
}
