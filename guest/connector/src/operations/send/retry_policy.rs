//! The policy of retries: whether and when to send a request again, as a pure function.
//!
//! Graph's advice: wait as long as `Retry-After` says. Without it, wait longer each time.
//! <https://learn.microsoft.com/en-us/graph/throttling>,
//! <https://github.com/microsoftgraph/msgraph-sdk-design/blob/main/middleware/RetryHandler.md>

use std::time::Duration;

use crate::error::{Error, RetryAdvice};
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
        let limit = self.get_limit(error.retry);
        // A creation that may have taken effect is not sent again here: it has to be searched for first.
        let is_safe = effect.is_safe_to_retry() || !error.may_have_taken_effect;
        if attempt > limit || !is_safe {
            return None;
        }
        let delay = error.retry_after().unwrap_or_else(|| self.compute_backoff(attempt, jitter));
        (delay < remaining).then_some(delay)
    }

    /// Returns the maximum number of retries of a failure with that advice.
    pub fn get_limit(&self, advice: RetryAdvice) -> u32 {
        match advice {
            RetryAdvice::Never => 0,
            RetryAdvice::Once => self.max_retries.min(1),
            RetryAdvice::Repeatedly => self.max_retries,
        }
    }

    /// Returns the delay after an attempt, if the service does not name one.
    pub fn compute_backoff(&self, attempt: u32, jitter: f64) -> Duration {
        let doubled = self.initial_backoff.saturating_mul(2u32.saturating_pow(attempt.saturating_sub(1))).min(Self::MAX_BACKOFF);
        doubled.mul_f64(0.5 + jitter.clamp(0.0, 1.0) / 2.0)
    }
}
