//! The body of the component's response on its way to the caller.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use tokio::task::JoinHandle;
use tracing::Instrument as _;
use wasmtime_wasi_http::Error;
use wasmtime_wasi_http::p2::body::HyperOutgoingBody;

use crate::limit_signal::{ExceededLimit, LimitSignal};
use crate::observability::call_trail::CallTrail;
use crate::sandbox::call_error::CallError;

/// A call in a task of its own. Dropping it ends the call.
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

/// A body that ends as its call does: if the call fails, the body is aborted, so that the caller does not take it for complete.
/// If the body is too long, the call ends.
pub(super) struct ComponentBody {
    body: HyperOutgoingBody,
    call: Option<RunningCall>,
    limit_signal: LimitSignal,
    trail: CallTrail,
    limit: usize,
    /// The bytes up to the limit; `None` once it is exceeded.
    remaining: Option<usize>,
}

impl ComponentBody {
    /// Creates the body of a call, with its limit in bytes.
    pub(super) fn new(
        body: HyperOutgoingBody,
        call: RunningCall,
        limit_signal: LimitSignal,
        trail: CallTrail,
        limit: usize,
    ) -> Self {
        Self { body, call: Some(call), limit_signal, trail, limit, remaining: Some(limit) }
    }
}

impl Body for ComponentBody {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        if let Some(remaining) = self.remaining
            && let Some(frame) = ready!(Pin::new(&mut self.body).poll_frame(context))
        {
            let length = frame.as_ref().ok().and_then(Frame::data_ref).map_or(0, Bytes::len);
            self.remaining = remaining.checked_sub(length);
            if self.remaining.is_some() {
                return Poll::Ready(Some(frame));
            }
            self.limit_signal.raise(ExceededLimit::ResponseBytes(self.limit));
        }
        let Some(call) = &mut self.call else { return Poll::Ready(None) };
        let ended = ready!(Pin::new(call).poll(context));
        self.call = None;
        // The call may have written everything and completed before it was read here.
        let cut_off = self.remaining.is_none().then_some(CallError::ResponseTooLarge { limit: self.limit });
        let failure = ended.err().or(cut_off);
        Poll::Ready(failure.map(|error| {
            self.trail.record_failure(error.name());
            Err(Error::InternalError(Some(error.to_string())))
        }))
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
