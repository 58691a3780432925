//! How many requests may leave in a period.

use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::middleware::NoOpMiddleware;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use tokio::sync::Mutex;

/// How many requests may leave in a second, a minute or an hour, written `30/sec`, `100/min` or `5000/hour`, as in Ping's
/// connector for Microsoft Graph.
///
/// After an idle period that many requests may leave at once; further ones are spread evenly. Clones share one limit: all calls
/// with the same [`Settings`](crate::Settings), or with a copy of them.
#[derive(Clone)]
pub struct RateLimit(Arc<Limiter<DefaultClock>>);

struct Limiter<C: Clock> {
    requests: u32,
    unit: Unit,
    clock: C,
    limiter: RateLimiter<NotKeyed, InMemoryState, C, NoOpMiddleware<C::Instant>>,
    /// First come, first served: single requests cannot overtake a batch forever.
    queue: Mutex<()>,
}

#[derive(Debug, Clone, Copy)]
enum Unit {
    Second,
    Minute,
    Hour,
}

impl RateLimit {
    /// Waits until `count` more requests may leave. A cancelled wait does not return what it acquired.
    pub(crate) async fn acquire(&self, count: usize) {
        let _first = self.0.queue.lock().await;
        for _ in 0..count {
            while let Some(wait) = self.0.try_acquire() {
                tokio::time::sleep(wait).await;
            }
        }
    }
}

impl<C: Clock + Clone> Limiter<C> {
    fn new(requests: NonZeroU32, unit: Unit, clock: C) -> Self {
        let quota = match unit {
            Unit::Second => Quota::per_second(requests),
            Unit::Minute => Quota::per_minute(requests),
            Unit::Hour => Quota::per_hour(requests),
        };
        let limiter = RateLimiter::direct_with_clock(quota, clock.clone());
        Self { requests: requests.get(), unit, clock, limiter, queue: Mutex::default() }
    }

    /// Counts a request that may leave now, else returns the time to wait before the next attempt.
    fn try_acquire(&self) -> Option<Duration> {
        self.limiter.check().err().map(|not_yet| not_yet.wait_time_from(self.clock.now()))
    }
}

impl FromStr for RateLimit {
    type Err = RateLimitError;

    fn from_str(text: &str) -> Result<Self, RateLimitError> {
        let error = |problem: &'static str| RateLimitError { text: text.to_owned(), problem };
        let (number, unit) = text.split_once('/').ok_or_else(|| error("has no slash between number and unit"))?;
        let number = number.trim().parse().map_err(|_| error("does not begin with a whole number of requests, at least 1"))?;
        let unit = match unit.trim() {
            "sec" => Unit::Second,
            "min" => Unit::Minute,
            "hour" => Unit::Hour,
            _ => return Err(error("has a unit other than sec, min and hour")),
        };
        Ok(Self(Arc::new(Limiter::new(number, unit, DefaultClock::default()))))
    }
}

impl fmt::Display for RateLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = match self.0.unit {
            Unit::Second => "sec",
            Unit::Minute => "min",
            Unit::Hour => "hour",
        };
        write!(f, "{}/{unit}", self.0.requests)
    }
}

impl fmt::Debug for RateLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RateLimit({self})")
    }
}

/// Why a text is not a rate limit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the rate {text:?} {problem}: write it as 30/sec")]
pub struct RateLimitError {
    text: String,
    problem: &'static str,
}

#[cfg(test)]
mod tests {
    use governor::clock::FakeRelativeClock;

    use super::*;

    fn limiter(text: &str) -> (Limiter<FakeRelativeClock>, FakeRelativeClock) {
        let clock = FakeRelativeClock::default();
        let rate: RateLimit = text.parse().unwrap();
        (Limiter::new(NonZeroU32::new(rate.0.requests).unwrap(), rate.0.unit, clock.clone()), clock)
    }

    #[test]
    fn burst_is_followed_by_even_rate() {
        for (text, between) in [("2/sec", 500), ("2/min", 30_000), ("2/hour", 1_800_000)] {
            let between = Duration::from_millis(between);
            let (limiter, clock) = limiter(text);
            assert_eq!((limiter.try_acquire(), limiter.try_acquire()), (None, None), "{text}");
            assert_eq!(limiter.try_acquire(), Some(between), "{text}");
            clock.advance(between - Duration::from_millis(1));
            assert_eq!(limiter.try_acquire(), Some(Duration::from_millis(1)), "{text}");
            clock.advance(Duration::from_millis(1));
            assert_eq!((limiter.try_acquire(), limiter.try_acquire()), (None, Some(between)), "{text}");
            clock.advance(between * 10);
            assert_eq!((limiter.try_acquire(), limiter.try_acquire()), (None, None), "an idle period saves no more: {text}");
            assert_eq!(limiter.try_acquire(), Some(between), "{text}");
        }
    }

    #[test]
    fn rate_limit_displays_as_parsed() {
        for text in ["30/sec", "100/min", "5000/hour"] {
            assert_eq!(text.parse::<RateLimit>().unwrap().to_string(), text);
        }
        assert_eq!(format!("{:?}", " 1 / sec ".parse::<RateLimit>().unwrap()), "RateLimit(1/sec)");
    }

    #[test]
    fn invalid_rate_error_shows_example() {
        for (text, expected) in [
            ("", "no slash"),
            ("30", "no slash"),
            ("/sec", "whole number"),
            ("0/sec", "whole number"),
            ("-1/sec", "whole number"),
            ("1.5/sec", "whole number"),
            ("4294967296/sec", "whole number"),
            ("30/day", "sec, min and hour"),
            ("30/", "sec, min and hour"),
        ] {
            let error = text.parse::<RateLimit>().unwrap_err().to_string();
            assert!(error.contains(expected) && error.contains("30/sec") && error.contains(&format!("{text:?}")), "{error}");
        }
    }

    #[tokio::test]
    async fn clones_share_limit_and_cancelled_wait_leaves_queue() {
        let limit: RateLimit = "3/hour".parse().unwrap();
        limit.clone().acquire(1).await;
        limit.acquire(2).await;
        assert!(limit.0.try_acquire().is_some());
        let first = tokio::spawn({
            let limit = limit.clone();
            async move { limit.acquire(1).await }
        });
        while limit.0.queue.try_lock().is_ok() {
            tokio::task::yield_now().await;
        }
        first.abort();
        assert!(first.await.unwrap_err().is_cancelled());
        assert!(limit.0.queue.try_lock().is_ok());
    }
}
