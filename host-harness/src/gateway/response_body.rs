//! The body of the component's response, on its way to the caller.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use tokio::task::JoinHandle;
use tracing::Instrument as _;
use wasmtime_wasi_http::Error;
use wasmtime_wasi_http::p2::body::HyperOutgoingBody;

use crate::audit::Trail;
use crate::breach::{Breach, Excess};
use crate::call_error::CallError;

/// A call that runs in a task of its own, and ends when nobody waits for it any more.
pub(super) struct RunningCall(JoinHandle<Result<(), CallError>>);

impl RunningCall {
    pub(super) fn spawn(call: impl Future<Output = Result<(), CallError>> + Send + 'static) -> Self {
        Self(tokio::spawn(call.in_current_span()))
    }
}

impl Future for RunningCall {
    type Output = Result<(), CallError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let ended = ready!(Pin::new(&mut self.0).poll(context));
        Poll::Ready(ended.unwrap_or_else(|error| Err(CallError::Trapped(wasmtime::Error::new(error)))))
    }
}

impl Drop for RunningCall {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// A body that ends as its call does: when the call failed, the body breaks off, and the caller does not take what it has
/// for the whole. One that is too long has its call end.
pub(super) struct ResponseBody {
    body: HyperOutgoingBody,
    call: Option<RunningCall>,
    breach: Breach,
    trail: Trail,
    limit: usize,
    /// Bytes that may still come; none when there were too many.
    left: Option<usize>,
}

impl ResponseBody {
    /// `limit` is the longest that the body may be, in bytes; `breach` and `trail` are those of the call.
    pub(super) fn new(body: HyperOutgoingBody, call: RunningCall, breach: Breach, trail: Trail, limit: usize) -> Self {
        Self { body, call: Some(call), breach, trail, limit, left: Some(limit) }
    }
}

impl Body for ResponseBody {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        if let Some(left) = self.left
            && let Some(frame) = ready!(Pin::new(&mut self.body).poll_frame(context))
        {
            let length = frame.as_ref().ok().and_then(Frame::data_ref).map_or(0, Bytes::len);
            self.left = left.checked_sub(length);
            if self.left.is_some() {
                return Poll::Ready(Some(frame));
            }
            self.breach.note(Excess::Answer(self.limit));
        }
        let Some(call) = &mut self.call else { return Poll::Ready(None) };
        let ended = ready!(Pin::new(call).poll(context));
        self.call = None;
        // It may have written the last of it and ended before that was read here.
        let cut_off = self.left.is_none().then_some(CallError::AnswerTooLarge { limit: self.limit });
        let failure = ended.err().or(cut_off);
        Poll::Ready(failure.map(|error| {
            self.trail.stopped(&error);
            Err(Error::InternalError(Some(error.to_string())))
        }))
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
