//! The policy of retries: whether and when to send a request again, as a pure function.
//!
//! Graph's advice: wait as long as `Retry-After` says. Without it, wait longer each time.
//! <https://learn.microsoft.com/en-us/graph/throttling>,
//! <https://github.com/microsoftgraph/msgraph-sdk-design/blob/main/middleware/RetryHandler.md>

use std::time::Duration;

use crate::error::{Error, ErrorKind};
use crate::graph::request::RequestEffect;

/// The policy of retries.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RetryPolicy {
    /// The maximum number of retries after the first attempt.
    pub max_retries: u32,
    /// The backoff before the first retry. It doubles with each retry.
    pub initial_backoff: Duration,
}

impl RetryPolicy {
    /// The maximum backoff. A longer `Retry-After` is followed, if the deadline allows it.
    pub const MAX_BACKOFF: Duration = Duration::from_secs(180);

    /// Returns the delay before the next attempt. `None` after the last attempt.
    ///
    /// `attempt` counts from 1, and failed with `error`. `remaining` is the time until the deadline of the operation, which no
    /// delay exceeds. `jitter` is from 0 to 1: it spreads the delays of many callers over half of each.
    pub fn compute_delay(
        &self,
        attempt: u32,
        effect: RequestEffect,
        error: &Error,
        remaining: Duration,
        jitter: f64,
    ) -> Option<Duration> {
        let limit = match error.kind {
            ErrorKind::Throttled | ErrorKind::ConnectionFailed => self.max_retries,
            // An internal error of Graph is as likely permanent as transient.
            ErrorKind::Unavailable if get_status(error) == Some(500) => self.max_retries.min(1),
            ErrorKind::Unavailable if is_transient(error) => self.max_retries,
            _ => 0,
        };
        // The same response would be too long again.
        let limit = if error.is_response_too_long() { 0 } else { limit };
        // A creation that may have taken effect is not sent again here: it has to be searched for first.
        let is_safe = effect.is_safe_to_retry() || !error.may_have_taken_effect;
        if attempt > limit || !is_safe {
            return None;
        }
        let delay = error.retry_after().unwrap_or_else(|| self.compute_backoff(attempt, jitter));
        (delay < remaining).then_some(delay)
    }

    /// Returns the delay after an attempt, if the service does not name one.
    pub fn compute_backoff(&self, attempt: u32, jitter: f64) -> Duration {
        let doubled = self.initial_backoff.saturating_mul(2u32.saturating_pow(attempt.saturating_sub(1))).min(Self::MAX_BACKOFF);
        doubled.mul_f64(0.5 + jitter.clamp(0.0, 1.0) / 2.0)
    }
}

fn get_status(error: &Error) -> Option<u16> {
    error.exchange.as_ref()?.http_status
}

/// Checks whether a failure is transient: the service is busy or broken, or the response is incomplete.
fn is_transient(error: &Error) -> bool {
    match get_status(error) {
        Some(status) => matches!(status, 200..=299 | 408 | 502 | 503 | 504 | 509),
        None => true,
    }
}
