//! What leaves: requests of the component to Microsoft Graph, and nothing else.
//!
//! The host decides in one place, before a name is looked up: the address must be the [`Endpoint`]'s, and method and path must be
//! among those that the connector needs (`graph::needed` of its library); the credential is put
//! on, and the request goes through the process's one client with its pool of connections.

mod batch;
mod client;
mod connect_timeout;
mod fault;
mod headers;
mod mailboxes;
mod metered;
mod public_addresses;
mod rates;

use std::sync::Arc;
use std::time::Duration;

use graph_contacts::graph::needed::is_needed;
use http::header::{AUTHORIZATION, CONTENT_LENGTH, HOST};
use http::{HeaderMap, HeaderName, Request, Response, StatusCode};
use http_body_util::{BodyDataStream, BodyExt, Limited};
use hyper::body::Body as _;
use reqwest::Url;
use tower_http::timeout::TimeoutBody;
use tracing::Instrument as _;
use wasmtime_wasi_http::{DEFAULT_FORBIDDEN_HEADERS, Error, ForbiddenHeaderFilter, RequestOptions, WasiBody, WasiHttpHooks};

use self::batch::Item;
pub(crate) use self::client::client;
#[cfg(test)]
pub(crate) use self::client::client_builder;
pub(crate) use self::mailboxes::Mailboxes;
use self::mailboxes::Turn;
use self::metered::Metered;
use self::rates::Rates;
use crate::audit::Trail;
use crate::breach::{Breach, Excess};
use crate::credential::{Credential, TokenError};
use crate::endpoint::Endpoint;
use crate::limits::Limits;
use crate::metrics::{Meter, Queue};
use crate::settings::Settings;

/// By which Microsoft's support finds a request.
const REQUEST_ID: &str = "request-id";
/// The same, made by the component.
const CLIENT_REQUEST_ID: &str = "client-request-id";

/// What is left to do for a request that is on its way.
pub(crate) type Transmission = Box<dyn Future<Output = Result<(), Error>> + Send>;
/// A request that is being sent.
pub(crate) type Sending = Box<dyn Future<Output = Result<(Response<WasiBody>, Transmission), Error>> + Send>;

/// One sandbox's way out.
pub(crate) struct Outbound {
    client: reqwest::Client,
    mailboxes: Arc<Mailboxes>,
    endpoint: Option<Endpoint>,
    credential: Credential,
    rates: Rates,
    limits: OutboundLimits,
    trail: Trail,
    made: usize,
    breach: Breach,
    metered: Metered,
    /// Whether a directory is served.
    directory: bool,
}

#[derive(Clone, Copy)]
struct OutboundLimits {
    connect: Duration,
    first_byte: Duration,
    between_bytes: Duration,
    requests: usize,
    headers: usize,
    request: usize,
    response: usize,
}

impl Outbound {
    /// Requests go to the endpoint of `settings`, or to Microsoft Graph's global service, with their credential and as fast as
    /// they say. `breach` hears of the one that is too many.
    pub(crate) fn new(
        client: reqwest::Client,
        mailboxes: Arc<Mailboxes>,
        settings: &Settings,
        limits: &Limits,
        breach: Breach,
    ) -> Self {
        let limits = OutboundLimits {
            connect: limits.connect_timeout,
            first_byte: limits.first_byte_timeout,
            between_bytes: limits.between_bytes_timeout,
            requests: limits.requests,
            headers: limits.header_bytes,
            request: limits.request_bytes,
            response: limits.response_bytes,
        };
        let rates = Rates { read: settings.read_rate_limit.clone(), write: settings.write_rate_limit.clone() };
        let (endpoint, credential) = (settings.address(), settings.credential.clone());
        let trail = Trail::default();
        let (metered, directory) = (Metered::default(), !settings.directory.is_empty());
        Self { client, mailboxes, endpoint, credential, rates, limits, trail, made: 0, breach, metered, directory }
    }

    /// Has requests counted.
    pub(crate) fn metered(self, meter: Meter) -> Self {
        Self { metered: Metered::new(meter), ..self }
    }

    /// Has the ids of requests noted.
    pub(crate) fn follow(&mut self, trail: Trail) {
        self.trail = trail;
    }

    /// Where the request goes, if it may.
    ///
    /// The judgement is on the URL that the client will connect to, as its own parser reads it: two parsers that disagree
    /// about a host would be a way round the policy.
    fn destination(&self, request: &Request<WasiBody>) -> Result<Url, Error> {
        let url = Url::parse(&request.uri().to_string()).map_err(|_| Error::HttpRequestUriInvalid)?;
        let covered = match &self.endpoint {
            Some(endpoint) => endpoint.covers(&url),
            None => Endpoint::GLOBAL.parse::<Endpoint>().is_ok_and(|endpoint| endpoint.covers(&url)),
        };
        if !covered {
            let allowed = self.endpoint.as_ref().map_or(Endpoint::GLOBAL, Endpoint::as_str);
            tracing::warn!(
                refused = %url.origin().ascii_serialization(),
                method = %request.method(),
                "refused a request of the component: it may call {allowed} alone; another address is set with --endpoint or GRAPH_ENDPOINT"
            );
            return Err(Error::HttpRequestDenied);
        }
        // The parser drops `.` and `..`, so that a contact with the id `..` would become its parent.
        if url.path().split('/').count() != request.uri().path().split('/').count() {
            tracing::warn!(method = %request.method(), "refused a request of the component: its path has a segment that is `.` or `..`");
            return Err(Error::HttpRequestUriInvalid);
        }
        if !is_needed(request.method().as_str(), url.path(), self.directory) {
            tracing::warn!(method = %request.method(), "refused a request of the component: the connector needs none to such a path");
            return Err(Error::HttpRequestDenied);
        }
        Ok(url)
    }

    /// The request as it leaves, and its body, which is still with the component.
    fn prepare(&self, request: Request<WasiBody>) -> Result<(reqwest::Request, WasiBody), Error> {
        let url = self.destination(&request)?;
        let (parts, body) = request.into_parts();
        let mut outgoing = reqwest::Request::new(parts.method, url);
        *outgoing.headers_mut() = parts.headers;
        let headers = outgoing.headers_mut();
        // The client writes it from the URL that was judged.
        headers.remove(HOST);
        headers.remove(AUTHORIZATION);
        headers::of_request(headers);
        if let Some(announced) = content_length(headers)
            && announced > self.limits.request as u64
        {
            return Err(Error::HttpRequestBodySize(Some(announced)));
        }
        Ok((outgoing, body))
    }
}

impl WasiHttpHooks for Outbound {
    fn is_forbidden_header(&mut self, name: &HeaderName) -> bool {
        is_forbidden(name)
    }

    // GHSA-jxcf-8qw5-5c33: trailers go by this one.
    fn forbidden_header_filter(&mut self) -> ForbiddenHeaderFilter {
        Arc::new(is_forbidden)
    }

    fn send_request(&mut self, request: Request<WasiBody>, options: Option<RequestOptions>, _: Transmission) -> Sending {
        // Those that are refused count as well: they cost the host the judgement.
        self.made += 1;
        if self.made > self.limits.requests {
            self.breach.note(Excess::Requests(self.limits.requests));
            // An answer would have the component go on, and say in words of its own what it takes this for.
            return Box::new(std::future::pending());
        }
        let limits = self.limits.lowered(options.unwrap_or_default());
        let (metered, method, directory) = (self.metered.clone(), request.method().clone(), self.directory);
        match self.prepare(request) {
            Ok((mut request, body)) => {
                let (client, mailboxes, rates) = (self.client.clone(), Arc::clone(&self.mailboxes), self.rates.clone());
                let (credential, trail) = (self.credential.clone(), self.trail.clone());
                let (meter, target) = (metered.meter.clone(), (method, request.url().clone()));
                // In the call's span, as wasmtime runs it in a task of its own.
                Box::new(
                    metered
                        .sending(target, async move {
                            let items = take_body(&mut request, body, limits.request, directory).await?;
                            // First, so that nobody keeps a place at a mailbox while waiting here.
                            meter.waiting(Queue::Rate, rates.turn(request.method(), items.as_deref())).await;
                            let request = authorized(request, &credential).await?;
                            if let Some(id) = request.headers().get(CLIENT_REQUEST_ID).and_then(|id| id.to_str().ok()) {
                                trail.sent(id);
                                tracing::debug!(client_request_id = id, "a request leaves for Microsoft Graph");
                            }
                            let authorization = request.headers().get(AUTHORIZATION).cloned();
                            let turn = meter.waiting(Queue::Mailbox, mailboxes.turn(&request, items.as_deref())).await;
                            let (response, transmission) = send(client, request, limits, turn).await?;
                            if let Some(id) = response.headers().get(REQUEST_ID).and_then(|id| id.to_str().ok()) {
                                trail.answered(id);
                            }
                            if response.status() == StatusCode::UNAUTHORIZED
                                && let Some(authorization) = authorization
                            {
                                credential.refused(&authorization);
                            }
                            Ok((response, transmission))
                        })
                        .in_current_span(),
                )
            }
            Err(error) => {
                metered.refused(&method, &error);
                Box::new(std::future::ready(Err(error)))
            }
        }
    }
}

impl OutboundLimits {
    fn lowered(self, options: RequestOptions) -> Self {
        let lower = |limit: Duration, wish: Option<Duration>| wish.map_or(limit, |wish| wish.min(limit));
        Self {
            connect: lower(self.connect, options.connect_timeout),
            first_byte: lower(self.first_byte, options.first_byte_timeout),
            between_bytes: lower(self.between_bytes, options.between_bytes_timeout),
            ..self
        }
    }
}

/// Puts the credential on. What the component is told when there is none does not say why, as that is not for callers: the
/// log does.
async fn authorized(mut request: reqwest::Request, credential: &Credential) -> Result<reqwest::Request, Error> {
    let value = credential.authorization().await.map_err(|error| match error {
        TokenError::Refused { .. } => Error::ConfigurationError,
        TokenError::Unavailable { .. } => Error::DestinationUnavailable,
    })?;
    if let Some(value) = value {
        request.headers_mut().insert(AUTHORIZATION, value);
    }
    Ok(request)
}

fn is_forbidden(name: &HeaderName) -> bool {
    *name == AUTHORIZATION || DEFAULT_FORBIDDEN_HEADERS.contains(name)
}

/// Gives the request its body. That of a batch is read whole first, because what is in it is to be judged before it leaves;
/// gives its items.
async fn take_body(
    request: &mut reqwest::Request,
    body: WasiBody,
    limit: usize,
    directory: bool,
) -> Result<Option<Vec<Item>>, Error> {
    let is_batch = batch::is_batch(request.url());
    let body = Limited::new(body, limit);
    if !is_batch {
        if !body.is_end_stream() {
            *request.body_mut() = Some(reqwest::Body::wrap_stream(BodyDataStream::new(body)));
        }
        return Ok(None);
    }
    let body = body.collect().await.map_err(|error| fault::of_request_body(error, limit))?.to_bytes();
    let items = batch::read(&body, directory).map_err(|error| {
        tracing::warn!("refused a batch of the component: {error}");
        Error::HttpRequestDenied
    })?;
    *request.body_mut() = Some(body.into());
    Ok(Some(items))
}

/// Dropping the future cancels the request.
async fn send(
    client: reqwest::Client,
    request: reqwest::Request,
    limits: OutboundLimits,
    turn: Turn,
) -> Result<(Response<WasiBody>, Transmission), Error> {
    let exchange = connect_timeout::limited(limits.connect, client.execute(request));
    // A connection from the pool takes no time, a new one its own.
    let response = tokio::time::timeout(limits.connect + limits.first_byte, exchange)
        .await
        .map_err(|_| Error::HttpResponseTimeout)?
        .map_err(|error| fault::of_request(&error))?;
    let mut response = Response::<reqwest::Body>::from(response);
    if let Some(announced) = content_length(response.headers())
        && announced > limits.response as u64
    {
        return Err(Error::HttpResponseBodySize(Some(announced)));
    }
    headers::of_response(response.headers_mut(), limits.headers)?;
    let response = response.map(|body| {
        Limited::new(TimeoutBody::new(limits.between_bytes, body), limits.response)
            .map_err(move |error| {
                // The turn is over when the body is: it lives as long as this closure does.
                let _ = &turn;
                fault::of_body(error, limits.response)
            })
            .boxed_unsync()
    });
    let transmission: Transmission = Box::new(std::future::ready(Ok(())));
    Ok((response, transmission))
}

/// The length that a message announces of its body, in bytes.
pub(crate) fn content_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

#[cfg(test)]
mod tests;
