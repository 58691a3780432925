//! Throttling: how many requests a mailbox takes at once and in a time, and how many it had.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

use super::error::{GraphError, Outcome};

/// The limits that Outlook sets for one application on one mailbox
/// (<https://learn.microsoft.com/graph/throttling-limits#outlook-service-limits>). What goes over them has no effect and is
/// answered with 429 `ApplicationThrottled`; it counts all the same, as "retrying early still accrues usage".
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Throttle {
    concurrent: Option<usize>,
    window: Option<(usize, Duration)>,
    retry_after: Option<String>,
}

impl Throttle {
    /// No limit, and no `Retry-After`.
    pub fn new() -> Self {
        Self::default()
    }

    /// The limits of the documentation: 4 requests at once, 10,000 in 10 minutes. How long Graph asks to wait is not documented;
    /// here it is a second.
    pub fn outlook() -> Self {
        Self::new().concurrent(4).requests(10_000, Duration::from_secs(600)).retry_after("1")
    }

    /// At most this many requests at once. An item of a batch is a request, the batch around it is not.
    #[must_use]
    pub fn concurrent(mut self, limit: usize) -> Self {
        self.concurrent = Some(limit);
        self
    }

    /// At most this many requests in every span of that length.
    #[must_use]
    pub fn requests(mut self, limit: usize, span: Duration) -> Self {
        self.window = Some((limit, span));
        self
    }

    /// The value of `Retry-After`, as it is to be on the wire: seconds (`10`), a fraction (`2.128`, as in Graph's article on
    /// throttling), or an HTTP date. Without this the header is absent.
    #[must_use]
    pub fn retry_after(mut self, value: impl Into<String>) -> Self {
        self.retry_after = Some(value.into());
        self
    }

    fn refusal(&self, limit: &str) -> GraphError {
        let error = GraphError::throttled(limit);
        match &self.retry_after {
            Some(value) => error.with_header(http::header::RETRY_AFTER, value.as_str()),
            None => error,
        }
    }
}

/// The requests on their way, by the id of the mailbox's user.
#[derive(Debug, Default)]
pub(super) struct Traffic {
    pub(super) throttle: Throttle,
    mailboxes: HashMap<String, Gauge>,
}

#[derive(Debug, Default)]
struct Gauge {
    /// Admitted, and without an answer yet.
    now: usize,
    /// The most that were there at once, refused ones included.
    most: usize,
    /// When the requests of the last window came.
    recent: VecDeque<Instant>,
}

impl Traffic {
    /// Lets a request in, which has to [`Traffic::leave`] later, or refuses it.
    pub(super) fn enter(&mut self, mailbox: &str) -> Outcome<()> {
        let gauge = self.mailboxes.entry(mailbox.to_owned()).or_default();
        gauge.most = gauge.most.max(gauge.now + 1);
        if let Some((limit, span)) = self.throttle.window {
            let now = Instant::now();
            gauge.recent.push_back(now);
            while gauge.recent.front().is_some_and(|time| now.duration_since(*time) >= span) {
                gauge.recent.pop_front();
            }
            if gauge.recent.len() > limit {
                return Err(self.throttle.refusal("RequestCount"));
            }
        }
        if self.throttle.concurrent.is_some_and(|limit| gauge.now >= limit) {
            return Err(self.throttle.refusal("MailboxConcurrency"));
        }
        gauge.now += 1;
        Ok(())
    }

    pub(super) fn leave(&mut self, mailbox: &str) {
        if let Some(gauge) = self.mailboxes.get_mut(mailbox) {
            gauge.now = gauge.now.saturating_sub(1);
        }
    }

    pub(super) fn most(&self, mailbox: &str) -> usize {
        self.mailboxes.get(mailbox).map_or(0, |gauge| gauge.most)
    }

    /// Forgets how many there were, but not those on their way.
    pub(super) fn clear(&mut self) {
        for gauge in self.mailboxes.values_mut() {
            gauge.most = gauge.now;
            gauge.recent.clear();
        }
    }
}
