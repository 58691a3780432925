//! An answer whose end is the end of an entry in the audit log.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::Response;
use http::header::CONTENT_LENGTH;
use http_body_util::BodyExt as _;
use hyper::body::{Body, Frame, SizeHint};
use wasmtime_wasi_http::Error;

use super::exchange::Answer;
use crate::audit::Entry;

/// Notes what is answered, and whether all of it goes out.
pub(super) fn audited(response: Response<Answer>, mut entry: Entry) -> Response<Answer> {
    entry.status = Some(response.status().as_u16());
    // Nothing of such a body is asked for.
    entry.complete = response.body().is_end_stream();
    let announced = response.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    response.map(|body| AuditedBody { left: announced.or(body.size_hint().exact()), body, entry }.boxed_unsync())
}

struct AuditedBody {
    body: Answer,
    /// Bytes to come, where that is known: the server does not ask for the end after the last of them.
    left: Option<u64>,
    entry: Entry,
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
                self.left = self.left.map(|left| left.saturating_sub(length));
                self.entry.complete = self.left == Some(0);
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
