//! Counts what happens in one tenant's sandboxes.

use std::sync::Arc;
use std::time::{Duration, Instant};

use http::StatusCode;
use wasmtime_wasi_http::Error;

use super::counters::Metrics;
use super::families::{LimitLabels, RequestLabels, TenantLabel, TokenLabels, WaitLabels};

/// Counts for one tenant. The default counts nothing, for a gateway without tenants. Clones count together.
#[derive(Clone, Default)]
pub(crate) struct Meter(Option<(Metrics, Arc<str>)>);

/// What a call or request waits for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Queue {
    /// A sandbox permit.
    Sandbox,
    /// The end of another call that writes to the same.
    Write,
    /// A rate limit.
    Rate,
    /// A mailbox permit.
    Mailbox,
}

impl Queue {
    fn name(self) -> &'static str {
        match self {
            Self::Sandbox => "place",
            Self::Write => "write",
            Self::Rate => "rate",
            Self::Mailbox => "mailbox",
        }
    }
}

/// The outcome of a request for an access token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TokenOutcome {
    Issued,
    Refused,
    Unavailable,
}

impl TokenOutcome {
    fn name(self) -> &'static str {
        match self {
            Self::Issued => "ok",
            Self::Refused => "refused",
            Self::Unavailable => "unavailable",
        }
    }
}

impl Meter {
    /// Creates a meter for a tenant.
    pub(crate) fn new(metrics: &Metrics, tenant: &str) -> Self {
        Self(Some((metrics.clone(), Arc::from(tenant))))
    }

    /// Measures how long `wait` takes, even if it is cancelled.
    pub(crate) async fn measure_wait<T>(&self, queue: Queue, wait: impl Future<Output = T>) -> T {
        let _timer = WaitTimer { meter: self, queue, started: Instant::now() };
        wait.await
    }

    /// Counts a sandbox as live until the result is dropped.
    pub(crate) fn count_sandbox(&self) -> LiveSandbox {
        if let Some((metrics, tenant)) = &self.0 {
            metrics.families().sandboxes.get_or_create(&TenantLabel { tenant: Arc::clone(tenant) }).inc();
        }
        LiveSandbox(self.clone())
    }

    /// Counts a request, with its outcome, when the result is dropped.
    pub(crate) fn start_request(&self, class: &'static str, is_retry: bool) -> RequestMeter {
        if is_retry && let Some((metrics, tenant)) = &self.0 {
            metrics.families().retries.get_or_create(&TenantLabel { tenant: Arc::clone(tenant) }).inc();
            metrics.update(tenant, |figures| figures.retries += 1);
        }
        RequestMeter { meter: self.clone(), class, status: "given_up" }
    }

    /// Counts an error of a request, or of a response's body, if a size limit caused it.
    pub(crate) fn count_size_limit(&self, error: &Error) {
        match error {
            Error::HttpRequestBodySize(_) => self.count_limit("request-bytes"),
            Error::HttpResponseBodySize(_) => self.count_limit("response-bytes"),
            _ => {}
        }
    }

    /// Counts a request for an access token.
    pub(crate) fn count_token_request(&self, outcome: TokenOutcome) {
        let Some((metrics, tenant)) = &self.0 else { return };
        let labels = TokenLabels { tenant: Arc::clone(tenant), outcome: outcome.name() };
        metrics.families().tokens.get_or_create(&labels).inc();
        metrics.update(tenant, |figures| figures.token_failures += u64::from(outcome != TokenOutcome::Issued));
    }

    /// Counts a call or request that a limit ended or refused.
    pub(crate) fn count_limit(&self, limit: &'static str) {
        let Some((metrics, tenant)) = &self.0 else { return };
        metrics.families().limits.get_or_create(&LimitLabels { tenant: Arc::clone(tenant), limit }).inc();
        metrics.update(tenant, |figures| *figures.limits_hit.entry(limit).or_default() += 1);
    }

    fn record_wait(&self, queue: Queue, time: Duration) {
        let Some((metrics, tenant)) = &self.0 else { return };
        let labels = WaitLabels { tenant: Arc::clone(tenant), queue: queue.name() };
        metrics.families().waits.get_or_create(&labels).observe(time.as_secs_f64());
    }
}

/// Records a wait when it is dropped.
struct WaitTimer<'m> {
    meter: &'m Meter,
    queue: Queue,
    started: Instant,
}

impl Drop for WaitTimer<'_> {
    fn drop(&mut self) {
        self.meter.record_wait(self.queue, self.started.elapsed());
    }
}

/// A sandbox that counts as live.
pub(crate) struct LiveSandbox(Meter);

impl Drop for LiveSandbox {
    fn drop(&mut self) {
        if let Some((metrics, tenant)) = &self.0.0 {
            metrics.families().sandboxes.get_or_create(&TenantLabel { tenant: Arc::clone(tenant) }).dec();
        }
    }
}

/// A request in flight. It counts as given up unless an outcome is recorded.
pub(crate) struct RequestMeter {
    meter: Meter,
    class: &'static str,
    status: &'static str,
}

impl RequestMeter {
    /// Records a response; `is_throttled` if the service asks to slow down.
    pub(crate) fn record_response(&mut self, status: StatusCode, is_throttled: bool) {
        self.status = match status.as_u16() {
            ..300 => "2xx",
            300..400 => "3xx",
            400..500 => "4xx",
            _ => "5xx",
        };
        if is_throttled && let Some((metrics, tenant)) = &self.meter.0 {
            metrics.families().throttled.get_or_create(&TenantLabel { tenant: Arc::clone(tenant) }).inc();
            metrics.update(tenant, |figures| figures.throttled += 1);
        }
    }

    /// Records an error in place of a response.
    pub(crate) fn record_error(&mut self, error: &Error) {
        self.status = match error {
            Error::HttpRequestDenied | Error::HttpRequestUriInvalid => "refused",
            _ => "failed",
        };
        self.meter.count_size_limit(error);
    }
}

impl Drop for RequestMeter {
    fn drop(&mut self) {
        let Some((metrics, tenant)) = &self.meter.0 else { return };
        let labels = RequestLabels { tenant: Arc::clone(tenant), method: self.class, status: self.status };
        metrics.families().requests.get_or_create(&labels).inc();
        metrics.update(tenant, |figures| figures.requests += 1);
    }
}
