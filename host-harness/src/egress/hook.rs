//! The hook through which every request of a sandbox leaves.
//!
//! The host decides in one place, before a name is resolved: [`EgressPolicy`] checks the address, the method and the path. Then
//! the request waits for its permits, gets the credential, and leaves through the process's HTTP client.

use std::sync::Arc;

use http::header::{AUTHORIZATION, HOST};
use http::{HeaderName, Request, Response, StatusCode};
use tracing::Instrument as _;
use wasmtime_wasi_http::{Error, ForbiddenHeaderFilter, RequestOptions, WasiBody, WasiHttpHooks};

use super::audited_writes::list_writes;
use super::exchange::{self, PendingResponse, Transmission};
use super::headers;
use super::limits::EgressLimits;
use super::mailbox_permits::MailboxPermits;
use super::metering::CallMeter;
use super::policy::EgressPolicy;
use super::rate_limits::RateLimits;
use crate::credentials::credential::Credential;
use crate::credentials::token_error::TokenError;
use crate::limit_signal::{ExceededLimit, LimitSignal};
use crate::limits::Limits;
use crate::observability::call_trail::CallTrail;
use crate::observability::metrics::meter::{Meter, Queue};
use crate::settings::Settings;

/// Microsoft Graph's id of a request, which its support asks for.
const REQUEST_ID: &str = "request-id";
/// The component's id of a request.
const CLIENT_REQUEST_ID: &str = "client-request-id";

/// Sends the requests of one sandbox.
pub(crate) struct EgressHook {
    sender: RequestSender,
    limits: EgressLimits,
    request_count: usize,
}

/// What each request is sent with.
#[derive(Clone)]
struct RequestSender {
    client: reqwest::Client,
    policy: EgressPolicy,
    credential: Credential,
    rate_limits: RateLimits,
    mailbox_permits: Arc<MailboxPermits>,
    trail: CallTrail,
    meter: CallMeter,
    limit_signal: LimitSignal,
}

impl EgressHook {
    /// Creates a hook with the endpoint, the credential and the rate limits of `settings`. It raises `limit_signal` at the
    /// request that is one too many.
    pub(crate) fn new(
        client: reqwest::Client,
        mailbox_permits: Arc<MailboxPermits>,
        settings: &Settings,
        limits: &Limits,
        limit_signal: LimitSignal,
    ) -> Self {
        let sender = RequestSender {
            client,
            policy: EgressPolicy::new(settings),
            credential: settings.credential.clone(),
            rate_limits: RateLimits { read: settings.read_rate_limit.clone(), write: settings.write_rate_limit.clone() },
            mailbox_permits,
            trail: CallTrail::default(),
            meter: CallMeter::default(),
            limit_signal,
        };
        Self { sender, limits: EgressLimits::new(limits), request_count: 0 }
    }

    /// Has requests counted.
    pub(crate) fn with_meter(mut self, meter: Meter) -> Self {
        self.sender.meter = CallMeter::new(meter);
        self
    }

    /// Has the ids of requests recorded.
    pub(crate) fn set_trail(&mut self, trail: CallTrail) {
        self.sender.trail = trail;
    }

    /// Returns the request as it may leave, and its body, which the component may still be writing.
    fn prepare(&self, request: Request<WasiBody>) -> Result<(reqwest::Request, WasiBody), Error> {
        let url = self.sender.policy.authorize(request.method(), request.uri())?;
        let (parts, body) = request.into_parts();
        let mut outgoing = reqwest::Request::new(parts.method, url);
        *outgoing.headers_mut() = parts.headers;
        let outgoing_headers = outgoing.headers_mut();
        // The client writes it from the URL that was checked.
        outgoing_headers.remove(HOST);
        outgoing_headers.remove(AUTHORIZATION);
        headers::filter_request(outgoing_headers);
        if let Some(announced) = headers::content_length(outgoing_headers)
            && announced > self.limits.request_bytes as u64
        {
            return Err(Error::HttpRequestBodySize(Some(announced)));
        }
        Ok((outgoing, body))
    }
}

impl WasiHttpHooks for EgressHook {
    fn is_forbidden_header(&mut self, name: &HeaderName) -> bool {
        headers::is_forbidden(name)
    }

    // GHSA-jxcf-8qw5-5c33: trailers are checked by this one.
    fn forbidden_header_filter(&mut self) -> ForbiddenHeaderFilter {
        Arc::new(headers::is_forbidden)
    }

    fn send_request(&mut self, request: Request<WasiBody>, options: Option<RequestOptions>, _: Transmission) -> PendingResponse {
        // Refused requests count as well, because checking them costs the host time.
        self.request_count += 1;
        if self.request_count > self.limits.requests {
            self.sender.limit_signal.raise(ExceededLimit::Requests(self.limits.requests));
            // With an error the component would go on, and report another cause in its own words.
            return Box::new(std::future::pending());
        }
        let limits = self.limits.lowered_by(options.unwrap_or_default());
        let (meter, method) = (self.sender.meter.clone(), request.method().clone());
        match self.prepare(request) {
            Ok((request, body)) => {
                let target = (method, request.url().clone());
                let sent = self.sender.clone().send(request, body, limits);
                // In the call's span, because wasmtime runs it in a task of its own.
                Box::new(meter.measure(target, sent).in_current_span())
            }
            Err(error) => {
                meter.count_refused(&method, &error);
                Box::new(std::future::ready(Err(error)))
            }
        }
    }
}

impl RequestSender {
    async fn send(
        self,
        mut request: reqwest::Request,
        body: WasiBody,
        limits: EgressLimits,
    ) -> Result<(Response<WasiBody>, Transmission), Error> {
        let items = exchange::attach_body(&mut request, body, limits.request_bytes, &self.policy).await?;
        if self.trail.record_writes(list_writes(&request, items.as_deref())).await.is_err() {
            self.limit_signal.raise(ExceededLimit::AuditLog);
            return std::future::pending().await;
        }
        let meter = self.meter.meter();
        // First, so that no request holds a mailbox permit while it waits here.
        meter.measure_wait(Queue::Rate, self.rate_limits.wait(request.method(), items.as_deref())).await;
        add_credential(&mut request, &self.credential).await?;
        if let Some(id) = request.headers().get(CLIENT_REQUEST_ID).and_then(|id| id.to_str().ok()) {
            self.trail.record_client_request_id(id);
            tracing::debug!(client_request_id = id, "sending a request to Microsoft Graph");
        }
        let authorization = request.headers().get(AUTHORIZATION).cloned();
        let permits = self.mailbox_permits.acquire(&request, items.as_deref());
        let permits = meter.measure_wait(Queue::Mailbox, permits).await;
        let (response, transmission) = exchange::send(self.client, request, limits, permits).await?;
        if let Some(id) = response.headers().get(REQUEST_ID).and_then(|id| id.to_str().ok()) {
            self.trail.record_request_id(id);
        }
        if response.status() == StatusCode::UNAUTHORIZED
            && let Some(authorization) = authorization
        {
            self.credential.discard(&authorization);
        }
        Ok((response, transmission))
    }
}

/// Adds the credential to a request. The component does not learn why there is none, because callers must not; the log does.
async fn add_credential(request: &mut reqwest::Request, credential: &Credential) -> Result<(), Error> {
    let value = credential.authorization().await.map_err(|error| match error {
        TokenError::Refused { .. } => Error::ConfigurationError,
        TokenError::Unavailable { .. } => Error::DestinationUnavailable,
    })?;
    if let Some(value) = value {
        request.headers_mut().insert(AUTHORIZATION, value);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
