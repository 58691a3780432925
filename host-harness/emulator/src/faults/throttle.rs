//! Throttling: limits of requests to a mailbox and to the directory, and counts of the requests.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

use crate::odata::error::{GraphError, Outcome};

/// What a limit counts in a time span.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Usage {
    /// Requests to a mailbox.
    Requests,
    /// Bytes of the bodies of requests to a mailbox.
    UploadedBytes,
    /// Requests for open extensions, in all mailboxes.
    Extensions,
    /// Resource units of requests to the directory, and of those that write.
    DirectoryUnits,
    DirectoryWrites,
}

impl Usage {
    /// Returns the name in the message of a refusal: graph.microsoft.com calls the first two so (errors.json of Graph's
    /// "MailboxConcurrency", "RequestCount", "IncomingBytes").
    fn limit_name(self) -> Option<&'static str> {
        match self {
            Self::Requests => Some("RequestCount"),
            Self::UploadedBytes => Some("IncomingBytes"),
            Self::Extensions | Self::DirectoryUnits | Self::DirectoryWrites => None,
        }
    }
}

/// The limits of one application (<https://learn.microsoft.com/graph/throttling-limits>), on each mailbox unless stated otherwise. A
/// request over a limit has no effect and gets 429. It counts too: "retrying early still accrues usage".
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Throttle {
    concurrent: Option<usize>,
    windows: Vec<(Usage, usize, Duration)>,
    retry_after: Option<String>,
}

impl Throttle {
    /// Creates a throttle without limits and without `Retry-After`.
    pub fn new() -> Self {
        Self::default()
    }

    /// Creates a throttle with the documented limits of Outlook: 4 requests at once, 10,000 in 10 minutes, 150 MB of bodies in 5
    /// minutes; and 455 requests for open extensions in 10 seconds. Microsoft does not document the `Retry-After`; here it is one
    /// second.
    pub fn outlook() -> Self {
        let (ten_seconds, five_minutes) = (Duration::from_secs(10), Duration::from_secs(300));
        let requests = Self::new().concurrent(4).requests(10_000, Duration::from_secs(600));
        requests.upload(150_000_000, five_minutes).extensions(455, ten_seconds).retry_after("1")
    }

    /// Limits the requests in flight. An item of a batch is a request; the batch itself is not.
    #[must_use]
    pub fn concurrent(mut self, limit: usize) -> Self {
        self.concurrent = Some(limit);
        self
    }

    /// Limits the requests in every time span of this length.
    #[must_use]
    pub fn requests(self, limit: usize, span: Duration) -> Self {
        self.limit(Usage::Requests, limit, span)
    }

    /// Limits the bytes of the bodies of requests in every time span of this length.
    #[must_use]
    pub fn upload(self, bytes: usize, span: Duration) -> Self {
        self.limit(Usage::UploadedBytes, bytes, span)
    }

    /// Limits the requests for open extensions in every time span of this length, in all mailboxes together.
    #[must_use]
    pub fn extensions(self, limit: usize, span: Duration) -> Self {
        self.limit(Usage::Extensions, limit, span)
    }

    /// Limits the resource units of requests to the directory in every time span of this length: 3,500, 5,000 or 8,000 in 10
    /// seconds, by the size of the tenant.
    #[must_use]
    pub fn directory(self, units: usize, span: Duration) -> Self {
        self.limit(Usage::DirectoryUnits, units, span)
    }

    /// Limits the requests that write to the directory in every time span of this length: 3,000 in 150 seconds.
    #[must_use]
    pub fn directory_writes(self, limit: usize, span: Duration) -> Self {
        self.limit(Usage::DirectoryWrites, limit, span)
    }

    fn limit(mut self, usage: Usage, limit: usize, span: Duration) -> Self {
        self.windows.retain(|(other, ..)| *other != usage);
        self.windows.push((usage, limit, span));
        self
    }

    /// Sets the value of `Retry-After`, as on the wire: seconds (`10`), a fraction (`2.128`, as in Graph's article on throttling)
    /// or an HTTP date. By default, the header is absent.
    #[must_use]
    pub fn retry_after(mut self, value: impl Into<String>) -> Self {
        self.retry_after = Some(value.into());
        self
    }

    fn throttled(&self, limit: Option<&str>) -> GraphError {
        let error = limit.map_or_else(GraphError::too_many_requests, GraphError::throttled);
        match &self.retry_after {
            Some(value) => error.with_header(http::header::RETRY_AFTER, value.as_str()),
            None => error,
        }
    }
}

/// The usage of one request.
#[derive(Debug, Default)]
pub(crate) struct RequestUsage {
    /// The id of the mailbox's user.
    pub(crate) mailbox: Option<String>,
    /// How much the request uses of what.
    pub(crate) amounts: Vec<(Usage, usize)>,
}

/// The requests in flight and the usage, by the id of the mailbox's user.
#[derive(Debug, Default)]
pub(crate) struct Traffic {
    pub(crate) throttle: Throttle,
    mailboxes: HashMap<String, Gauge>,
    /// Recent usage, of a mailbox or of the application as a whole.
    windows: HashMap<(Option<String>, Usage), Window>,
}

#[derive(Debug, Default)]
struct Gauge {
    /// Admitted requests without a response.
    in_flight: usize,
    /// The largest number at once, throttled requests included.
    peak: usize,
}

/// The usage in the last time span.
#[derive(Debug, Default)]
struct Window {
    recent: VecDeque<(Instant, usize)>,
    sum: usize,
}

impl Window {
    /// Adds usage, and returns the sum in the time span that ends now.
    fn add(&mut self, amount: usize, span: Duration) -> usize {
        let now = Instant::now();
        self.recent.push_back((now, amount));
        self.sum += amount;
        while let Some((_, old)) = self.recent.pop_front_if(|(time, _)| now.duration_since(*time) >= span) {
            self.sum -= old;
        }
        self.sum
    }
}

impl Traffic {
    /// Admits a request, or refuses it. An admitted request to a mailbox calls [`Traffic::leave`] at its end.
    pub(crate) fn enter(&mut self, request: &RequestUsage) -> Outcome<()> {
        if let Some(mailbox) = &request.mailbox {
            let gauge = self.mailboxes.entry(mailbox.clone()).or_default();
            gauge.peak = gauge.peak.max(gauge.in_flight + 1);
        }
        for (usage, limit, span) in &self.throttle.windows {
            let used = request.amounts.iter().find(|(used, _)| used == usage);
            let Some((_, amount)) = used else { continue };
            // Only limits of a mailbox have a name.
            let of_mailbox = usage.limit_name().and(request.mailbox.clone());
            if self.windows.entry((of_mailbox, *usage)).or_default().add(*amount, *span) > *limit {
                return Err(self.throttle.throttled(usage.limit_name()));
            }
        }
        let Some(gauge) = request.mailbox.as_ref().and_then(|mailbox| self.mailboxes.get_mut(mailbox)) else { return Ok(()) };
        if self.throttle.concurrent.is_some_and(|limit| gauge.in_flight >= limit) {
            return Err(self.throttle.throttled(Some("MailboxConcurrency")));
        }
        gauge.in_flight += 1;
        Ok(())
    }

    pub(crate) fn leave(&mut self, mailbox: &str) {
        if let Some(gauge) = self.mailboxes.get_mut(mailbox) {
            gauge.in_flight = gauge.in_flight.saturating_sub(1);
        }
    }

    pub(crate) fn peak(&self, mailbox: &str) -> usize {
        self.mailboxes.get(mailbox).map_or(0, |gauge| gauge.peak)
    }

    /// Resets the counts, except for requests in flight.
    pub(crate) fn clear(&mut self) {
        for gauge in self.mailboxes.values_mut() {
            gauge.peak = gauge.in_flight;
        }
        self.windows.clear();
    }
}
