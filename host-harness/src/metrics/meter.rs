//! Where what happens in one tenant's sandboxes is counted.

use std::sync::Arc;
use std::time::{Duration, Instant};

use http::StatusCode;
use wasmtime_wasi_http::Error;

use super::Metrics;
use super::families::{LimitHit, Of, Request, TokenRequest, Wait};
use crate::call_error::CallError;
use crate::credential::TokenError;

/// One tenant's way to the counts; the default counts nothing, where there is one party alone. Clones are the same.
#[derive(Clone, Default)]
pub(crate) struct Meter(Option<(Metrics, Arc<str>)>);

/// What is waited for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Queue {
    /// A place to run.
    Place,
    /// A rate limit.
    Rate,
    /// A turn at a mailbox.
    Mailbox,
}

impl Queue {
    fn name(self) -> &'static str {
        match self {
            Self::Place => "place",
            Self::Rate => "rate",
            Self::Mailbox => "mailbox",
        }
    }
}

impl Meter {
    /// Counts for a tenant.
    pub(crate) fn new(metrics: &Metrics, tenant: &str) -> Self {
        Self(Some((metrics.clone(), Arc::from(tenant))))
    }

    /// Waits, and counts how long. A wait that is given up counts, too.
    pub(crate) async fn waiting<T>(&self, queue: Queue, wait: impl Future<Output = T>) -> T {
        let _waiting = Waiting { meter: self, queue, since: Instant::now() };
        wait.await
    }

    /// A sandbox that counts as live until this is dropped.
    pub(crate) fn live(&self) -> Live {
        if let Some((metrics, tenant)) = &self.0 {
            metrics.0.families.sandboxes.get_or_create(&Of { tenant: Arc::clone(tenant) }).inc();
        }
        Live(self.clone())
    }

    /// A call that gave no answer of its own.
    pub(crate) fn failed(&self, error: &CallError) {
        self.limit(error.name());
    }

    /// A request that is about to be sent: what becomes of it counts when [`Sent`] is told, or dropped.
    pub(crate) fn request(&self, method: &'static str, again: bool) -> Sent {
        if again && let Some((metrics, tenant)) = &self.0 {
            metrics.0.families.retries.get_or_create(&Of { tenant: Arc::clone(tenant) }).inc();
            metrics.note(tenant, |figures| figures.retries += 1);
        }
        Sent { meter: self.clone(), method, status: "given_up" }
    }

    /// An error of a request or of its answer's body that a limit may have made.
    pub(crate) fn limited(&self, error: &Error) {
        match error {
            Error::HttpRequestBodySize(_) => self.limit("request_bytes"),
            Error::HttpResponseBodySize(_) => self.limit("response_bytes"),
            _ => {}
        }
    }

    /// An access token was asked for.
    pub(crate) fn token(&self, error: Option<&TokenError>) {
        let Some((metrics, tenant)) = &self.0 else { return };
        let outcome = match error {
            None => "ok",
            Some(TokenError::Refused { .. }) => "refused",
            Some(TokenError::Unavailable { .. }) => "unavailable",
        };
        metrics.0.families.tokens.get_or_create(&TokenRequest { tenant: Arc::clone(tenant), outcome }).inc();
        metrics.note(tenant, |figures| figures.token_failures += u64::from(error.is_some()));
    }

    fn limit(&self, limit: &'static str) {
        let Some((metrics, tenant)) = &self.0 else { return };
        metrics.0.families.limits.get_or_create(&LimitHit { tenant: Arc::clone(tenant), limit }).inc();
        metrics.note(tenant, |figures| *figures.limits_hit.entry(limit).or_default() += 1);
    }

    fn waited(&self, queue: Queue, time: Duration) {
        let Some((metrics, tenant)) = &self.0 else { return };
        let wait = Wait { tenant: Arc::clone(tenant), queue: queue.name() };
        metrics.0.families.waits.get_or_create(&wait).observe(time.as_secs_f64());
    }
}

struct Waiting<'m> {
    meter: &'m Meter,
    queue: Queue,
    since: Instant,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.meter.waited(self.queue, self.since.elapsed());
    }
}

/// A sandbox while it lives.
pub(crate) struct Live(Meter);

impl Drop for Live {
    fn drop(&mut self) {
        if let Some((metrics, tenant)) = &self.0.0 {
            metrics.0.families.sandboxes.get_or_create(&Of { tenant: Arc::clone(tenant) }).dec();
        }
    }
}

/// A request on its way.
pub(crate) struct Sent {
    meter: Meter,
    method: &'static str,
    status: &'static str,
}

impl Sent {
    /// There is an answer. `throttled` is one by which the service says that there is too much.
    pub(crate) fn answered(&mut self, status: StatusCode, throttled: bool) {
        self.status = match status.as_u16() {
            ..300 => "2xx",
            300..400 => "3xx",
            400..500 => "4xx",
            _ => "5xx",
        };
        if throttled && let Some((metrics, tenant)) = &self.meter.0 {
            metrics.0.families.throttled.get_or_create(&Of { tenant: Arc::clone(tenant) }).inc();
            metrics.note(tenant, |figures| figures.throttled += 1);
        }
    }

    /// There is none.
    pub(crate) fn failed(&mut self, error: &Error) {
        self.status = match error {
            Error::HttpRequestDenied | Error::HttpRequestUriInvalid => "refused",
            _ => "failed",
        };
        self.meter.limited(error);
    }
}

impl Drop for Sent {
    fn drop(&mut self) {
        let Some((metrics, tenant)) = &self.meter.0 else { return };
        let request = Request { tenant: Arc::clone(tenant), method: self.method, status: self.status };
        metrics.0.families.requests.get_or_create(&request).inc();
        metrics.note(tenant, |figures| figures.requests += 1);
    }
}
