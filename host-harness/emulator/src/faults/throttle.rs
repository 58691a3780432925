//! Throttling: limits of requests to a mailbox, and counts of its requests.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

use crate::odata::error::{GraphError, Outcome};

/// The limits of one application on one mailbox
/// (<https://learn.microsoft.com/graph/throttling-limits#outlook-service-limits>). A request over a limit has no effect and gets
/// 429 `ApplicationThrottled`. It counts too: "retrying early still accrues usage".
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Throttle {
    concurrent: Option<usize>,
    window: Option<(usize, Duration)>,
    retry_after: Option<String>,
}

impl Throttle {
    /// Creates a throttle without limits and without `Retry-After`.
    pub fn new() -> Self {
        Self::default()
    }

    /// Creates a throttle with the documented limits of Outlook: 4 requests at once, 10,000 in 10 minutes. Microsoft does not
    /// document the `Retry-After`; here it is one second.
    pub fn outlook() -> Self {
        Self::new().concurrent(4).requests(10_000, Duration::from_secs(600)).retry_after("1")
    }

    /// Limits the requests in flight. An item of a batch is a request; the batch itself is not.
    #[must_use]
    pub fn concurrent(mut self, limit: usize) -> Self {
        self.concurrent = Some(limit);
        self
    }

    /// Limits the requests in every time span of this length.
    #[must_use]
    pub fn requests(mut self, limit: usize, span: Duration) -> Self {
        self.window = Some((limit, span));
        self
    }

    /// Sets the value of `Retry-After`, as on the wire: seconds (`10`), a fraction (`2.128`, as in Graph's article on throttling)
    /// or an HTTP date. By default, the header is absent.
    #[must_use]
    pub fn retry_after(mut self, value: impl Into<String>) -> Self {
        self.retry_after = Some(value.into());
        self
    }

    fn throttled(&self, limit: &str) -> GraphError {
        let error = GraphError::throttled(limit);
        match &self.retry_after {
            Some(value) => error.with_header(http::header::RETRY_AFTER, value.as_str()),
            None => error,
        }
    }
}

/// The requests in flight, by the id of the mailbox's user.
#[derive(Debug, Default)]
pub(crate) struct Traffic {
    pub(crate) throttle: Throttle,
    mailboxes: HashMap<String, Gauge>,
}

#[derive(Debug, Default)]
struct Gauge {
    /// Admitted requests without a response.
    in_flight: usize,
    /// The largest number at once, throttled requests included.
    peak: usize,
    /// The arrival times of the requests in the last window.
    recent: VecDeque<Instant>,
}

impl Traffic {
    /// Admits a request, or refuses it. An admitted request calls [`Traffic::leave`] at its end.
    pub(crate) fn enter(&mut self, mailbox: &str) -> Outcome<()> {
        let gauge = self.mailboxes.entry(mailbox.to_owned()).or_default();
        gauge.peak = gauge.peak.max(gauge.in_flight + 1);
        if let Some((limit, span)) = self.throttle.window {
            let now = Instant::now();
            gauge.recent.push_back(now);
            while gauge.recent.front().is_some_and(|time| now.duration_since(*time) >= span) {
                gauge.recent.pop_front();
            }
            if gauge.recent.len() > limit {
                return Err(self.throttle.throttled("RequestCount"));
            }
        }
        if self.throttle.concurrent.is_some_and(|limit| gauge.in_flight >= limit) {
            return Err(self.throttle.throttled("MailboxConcurrency"));
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
            gauge.recent.clear();
        }
    }
}
