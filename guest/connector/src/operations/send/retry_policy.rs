//! Whether and when to repeat a request: one policy, as a pure function.
//!
//! Graph's own advice: wait as `Retry-After` says, and where it says nothing, longer each time.
//! <https://learn.microsoft.com/en-us/graph/throttling>,
//! <https://github.com/microsoftgraph/msgraph-sdk-design/blob/main/middleware/RetryHandler.md>

use std::time::Duration;

use crate::error::{Error, ErrorKind};
use crate::graph::request::RequestEffect;

/// How often to repeat a request, and how long to wait where the service does not say.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RetryPolicy {
    /// Repetitions at most, after the first attempt; 0 for none.
    pub max_retries: u32,
    /// The wait before the first repetition. It doubles with each one.
    pub initial_backoff: Duration,
}

impl RetryPolicy {
    /// No wait of the policy's own is longer. Graph's is followed however long it is, where the deadline allows it.
    pub const LONGEST: Duration = Duration::from_secs(180);

    /// The wait before the next attempt; `None` where there is to be none.
    ///
    /// `attempt` counts from 1, and failed with `error`; `left` is the time until the operation's deadline, which no wait
    /// overruns; `chance` is from 0 to 1, and spreads the waits of many callers over half of each.
    pub fn wait(&self, attempt: u32, effect: RequestEffect, error: &Error, left: Duration, chance: f64) -> Option<Duration> {
        let most = match error.kind {
            ErrorKind::Throttled | ErrorKind::ConnectionFailed => self.retries,
            // An error inside Graph is as likely to stay as it is to pass.
            ErrorKind::Unavailable if status(error) == Some(500) => self.retries.min(1),
            ErrorKind::Unavailable if is_transient(error) => self.retries,
            _ => 0,
        };
        // A creation that may have taken effect is not sent again here: it has to be searched for first.
        let is_safe = effect.is_safe_to_retry() || !error.may_have_taken_effect;
        if attempt > most || !is_safe {
            return None;
        }
        let wait = error.retry_after().unwrap_or_else(|| self.backoff(attempt, chance));
        (wait < left).then_some(wait)
    }

    /// The wait after that attempt, where the service names none.
    pub fn backoff(&self, attempt: u32, chance: f64) -> Duration {
        let doubled = self.delay.saturating_mul(2u32.saturating_pow(attempt.saturating_sub(1))).min(Self::LONGEST);
        doubled.mul_f64(0.5 + chance.clamp(0.0, 1.0) / 2.0)
    }
}

fn status(error: &Error) -> Option<u16> {
    error.exchange.as_ref()?.http_status
}

/// Whether the failure may pass by itself: a busy or broken service, or an answer that did not arrive whole.
fn is_transient(error: &Error) -> bool {
    match status(error) {
        Some(status) => matches!(status, 200..=299 | 408 | 502 | 503 | 504 | 509),
        None => true,
    }
}
