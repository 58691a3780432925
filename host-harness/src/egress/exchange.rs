//! One request and its response: the limits on both, and the client that carries them.

use http::Response;
use http::header::AUTHORIZATION;
use http_body_util::{BodyDataStream, BodyExt as _, Limited};
use hyper::body::Body as _;
use tokio::sync::OwnedSemaphorePermit;
use tower_http::timeout::TimeoutBody;
use wasmtime_wasi_http::{Error, WasiBody};

use super::batch::{self, BatchItem};
use super::limits::EgressLimits;
use super::policy::EgressPolicy;
use super::redaction::{self, RedactedBody};
use super::request_body::RequestBody;
use super::{error_code, headers};
use crate::http_client::connect_timeout;

/// The rest of a request that is still being sent.
pub(crate) type Transmission = Box<dyn Future<Output = Result<(), Error>> + Send>;
/// The response to a request, once there is one.
pub(crate) type PendingResponse = Box<dyn Future<Output = Result<(Response<WasiBody>, Transmission), Error>> + Send>;

/// Gives the request its body. The body of a batch is read whole, because its items are checked before it leaves; returns them.
pub(super) async fn attach_body(
    request: &mut reqwest::Request,
    body: WasiBody,
    limit: usize,
    policy: &EgressPolicy,
) -> Result<Option<Vec<BatchItem>>, Error> {
    let announced = headers::content_length(request.headers());
    let is_empty = body.is_end_stream();
    let body = RequestBody::new(Limited::new(body, limit), announced);
    let is_batch = batch::is_batch(request.url());
    if !is_batch && is_empty {
        return Ok(None);
    }
    // The client takes a request without content for complete at its head, so that any surplus has to be found before.
    if !is_batch && announced != Some(0) {
        *request.body_mut() = Some(reqwest::Body::wrap_stream(BodyDataStream::new(body)));
        return Ok(None);
    }
    let body = body.collect().await.map_err(|error| error_code::from_request_body_error(error, limit))?.to_bytes();
    if !is_batch {
        return Ok(None);
    }
    let items = batch::parse(&body, policy).map_err(|error| {
        tracing::warn!("refused a batch of the component: {error}");
        Error::HttpRequestDenied
    })?;
    *request.body_mut() = Some(body.into());
    Ok(Some(items))
}

/// Sends a request, and holds `permits` until the response's body ends. Dropping the future cancels the request.
pub(super) async fn send(
    client: reqwest::Client,
    request: reqwest::Request,
    limits: EgressLimits,
    permits: Vec<OwnedSemaphorePermit>,
) -> Result<(Response<WasiBody>, Transmission), Error> {
    let token = redaction::token_of(request.headers().get(AUTHORIZATION));
    let exchange = connect_timeout::with_limit(limits.connect_timeout, client.execute(request));
    // A connection from the pool takes no time, a new one its own.
    let response = tokio::time::timeout(limits.connect_timeout + limits.first_byte_timeout, exchange)
        .await
        .map_err(|_| Error::HttpResponseTimeout)?
        .map_err(|error| error_code::from_client_error(&error))?;
    let mut response = Response::<reqwest::Body>::from(response);
    if let Some(announced) = headers::content_length(response.headers())
        && announced > limits.response_bytes as u64
    {
        return Err(Error::HttpResponseBodySize(Some(announced)));
    }
    headers::filter_response(response.headers_mut(), limits.header_bytes)?;
    if let Some(token) = &token {
        redaction::redact_headers(response.headers_mut(), token);
    }
    let response = response.map(|body| {
        let limited =
            Limited::new(TimeoutBody::new(limits.between_bytes_timeout, body), limits.response_bytes).map_err(move |error| {
                // Captured, so that the permits live as long as this closure, which is as long as the body.
                let _ = &permits;
                error_code::from_response_body_error(error, limits.response_bytes)
            });
        let limited = limited.boxed_unsync();
        match token {
            Some(token) => RedactedBody::new(limited, token).boxed_unsync(),
            None => limited,
        }
    });
    let transmission: Transmission = Box::new(std::future::ready(Ok(())));
    Ok((response, transmission))
}
