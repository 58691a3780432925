//! HTTP/1.1 on a TCP listener: connections, and truncated responses.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, HeaderValue};
use http::{Response, StatusCode};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Body, Frame, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::Sleep;

use crate::odata::response::GraphResponse;
use crate::server::dispatch;
use crate::server::incoming::{ConnectionClosed, IncomingRequest};
use crate::server::shared::Shared;

/// The largest request body, in bytes. A contact has a few kilobytes. Graph's gateway accepts 4 MB.
const MAX_BODY_BYTES: usize = 4 * 1024 * 1024;
/// The pause after the last byte of a truncated response, so that the bytes leave before the connection closes.
const TRUNCATION_PAUSE: Duration = Duration::from_millis(20);

/// Serves until the task is aborted. The connections end with it.
pub(crate) async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => { connections.spawn(serve_connection(stream, Arc::clone(&shared))); }
                // For example too many open files: another client can succeed after a pause.
                Err(error) => {
                    tracing::warn!(%error, "the emulator cannot accept a connection");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn serve_connection(stream: TcpStream, shared: Arc<Shared>) {
    // Responses are small, and clients wait for them.
    let _ = stream.set_nodelay(true);
    let exchange = service_fn(move |request| handle_request(Arc::clone(&shared), request));
    let served = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), exchange).await;
    if let Err(error) = served {
        tracing::debug!(%error, "a connection to the emulator ended early");
    }
}

async fn handle_request(
    shared: Arc<Shared>,
    request: http::Request<Incoming>,
) -> Result<Response<ResponseBody>, ConnectionClosed> {
    let (mut parts, body) = request.into_parts();
    let body = Limited::new(body, MAX_BODY_BYTES).collect().await.ok().map(http_body_util::Collected::to_bytes);
    if let Some(response) = shared.sign_in.handle(&mut parts, body.as_ref(), shared.token.as_deref()) {
        return Ok(to_http_response(response, None));
    }
    let (response, cut) = dispatch::carry_out(shared, IncomingRequest { parts, body, item: None }).await?;
    Ok(to_http_response(response, cut))
}

fn to_http_response(response: GraphResponse, cut: Option<usize>) -> Response<ResponseBody> {
    let GraphResponse { status, headers, mut body } = response;
    let announced = body.len();
    let pause = cut.map(|length| {
        body.truncate(length);
        Box::pin(tokio::time::sleep(TRUNCATION_PAUSE))
    });
    let announced = HeaderValue::from(announced.max(body.len() + 1));
    let cut_short = pause.is_some();
    let mut response = Response::new(ResponseBody { full: Full::new(body), pause });
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    if cut_short && status != StatusCode::NO_CONTENT {
        response.headers_mut().insert(CONTENT_LENGTH, announced);
    }
    response
}

/// A body that is complete, or that fails after its last byte.
struct ResponseBody {
    full: Full<Bytes>,
    pause: Option<Pin<Box<Sleep>>>,
}

impl Body for ResponseBody {
    type Data = Bytes;
    type Error = ConnectionClosed;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, ConnectionClosed>>> {
        let frame = Pin::new(&mut self.full).poll_frame(context).map_err(|never: Infallible| match never {});
        match (&mut self.pause, frame) {
            (Some(pause), Poll::Ready(None)) => pause.as_mut().poll(context).map(|()| Some(Err(ConnectionClosed))),
            (_, frame) => frame,
        }
    }

    fn is_end_stream(&self) -> bool {
        self.pause.is_none() && self.full.is_end_stream()
    }

    fn size_hint(&self) -> hyper::body::SizeHint {
        if self.pause.is_some() { hyper::body::SizeHint::default() } else { self.full.size_hint() }
    }
}
