//! The body of the component's response, on its way to the caller.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use tokio::task::JoinHandle;
use tracing::Instrument as _;
use wasmtime_wasi_http::Error;
use wasmtime_wasi_http::p2::body::HyperOutgoingBody;

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
/// for the whole.
pub(super) struct ResponseBody {
    body: HyperOutgoingBody,
    call: Option<RunningCall>,
}

impl ResponseBody {
    pub(super) fn new(body: HyperOutgoingBody, call: RunningCall) -> Self {
        Self { body, call: Some(call) }
    }
}

impl Body for ResponseBody {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        if let Some(frame) = ready!(Pin::new(&mut self.body).poll_frame(context)) {
            return Poll::Ready(Some(frame));
        }
        let Some(call) = &mut self.call else { return Poll::Ready(None) };
        let ended = ready!(Pin::new(call).poll(context));
        self.call = None;
        Poll::Ready(ended.err().map(|error| Err(Error::InternalError(Some(error.to_string())))))
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
