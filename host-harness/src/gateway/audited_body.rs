//! A response whose end completes an entry in the audit log.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::Response;
use http_body_util::BodyExt as _;
use hyper::body::{Body, Frame, SizeHint};
use wasmtime_wasi_http::Error;

use super::response_body::ResponseBody;
use crate::egress::headers::content_length;
use crate::observability::audit_entry::AuditEntry;

/// Records the status of a response, and whether all of it is sent.
pub(super) fn audit_response(response: Response<ResponseBody>, mut entry: AuditEntry) -> Response<ResponseBody> {
    entry.status = Some(response.status().as_u16());
    // The server does not poll an empty body.
    entry.complete = response.body().is_end_stream();
    let announced = content_length(response.headers());
    response.map(|body| AuditedBody { remaining: announced.or(body.size_hint().exact()), body, entry }.boxed_unsync())
}

struct AuditedBody {
    body: ResponseBody,
    /// The remaining bytes, if known: the server does not poll for the end after the last of them.
    remaining: Option<u64>,
    entry: AuditEntry,
}

impl Body for AuditedBody {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        match &frame {
            None => self.entry.complete = true,
            Some(Ok(frame)) => {
                let length = frame.data_ref().map_or(0, Bytes::len) as u64;
                self.remaining = self.remaining.map(|remaining| remaining.saturating_sub(length));
                self.entry.complete = self.remaining == Some(0);
            }
            Some(Err(_)) => self.entry.complete = false,
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
