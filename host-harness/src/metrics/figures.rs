//! What the status page shows of a tenant: all since the start, and each minute of the last hour.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use serde::Serialize;

/// The upper bounds of durations, in seconds: from an answer without a request to the longest deadlines in use.
pub(super) const BOUNDS: [f64; 11] = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];
/// How many minutes are kept.
pub(super) const MINUTES: u64 = 60;

/// Counts of some time.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Figures {
    pub(crate) calls: u64,
    /// Answered with a status from 400 to 499.
    pub(crate) client_errors: u64,
    /// Answered with a status from 500.
    pub(crate) server_errors: u64,
    /// Of which not the whole answer went out.
    pub(crate) broken_off: u64,
    /// Requests to Microsoft Graph.
    pub(crate) requests: u64,
    pub(crate) throttled: u64,
    pub(crate) retries: u64,
    pub(crate) token_failures: u64,
    pub(crate) limits_hit: BTreeMap<&'static str, u64>,
    /// Calls by duration: up to each of [`BOUNDS`], and longer.
    #[serde(skip)]
    durations: [u64; BOUNDS.len() + 1],
}

impl Figures {
    pub(super) fn took(&mut self, duration: Duration) {
        let slot = BOUNDS.partition_point(|bound| *bound < duration.as_secs_f64());
        if let Some(count) = self.durations.get_mut(slot) {
            *count += 1;
        }
    }

    /// The seconds within which a share of the calls ended, as the next of [`BOUNDS`]; infinite beyond the last. `None`
    /// where there were no calls.
    pub(crate) fn within(&self, share: f64) -> Option<f64> {
        let all: u64 = self.durations.iter().sum();
        #[allow(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "counts of calls"
        )]
        let wanted = (all as f64 * share).ceil().max(1.0) as u64;
        let mut reached = 0;
        let bounds = BOUNDS.into_iter().chain([f64::INFINITY]);
        bounds.zip(self.durations).find_map(|(bound, count)| {
            reached += count;
            (reached >= wanted).then_some(bound)
        })
    }

    /// Calls that did not end well.
    pub(crate) fn errors(&self) -> u64 {
        self.client_errors + self.server_errors + self.broken_off
    }
}

/// One tenant's counts.
#[derive(Debug, Default)]
pub(super) struct Past {
    total: Figures,
    /// Minutes in which there was something, oldest first.
    minutes: VecDeque<(u64, Figures)>,
}

impl Past {
    pub(super) fn note(&mut self, minute: u64, change: impl Fn(&mut Figures)) {
        change(&mut self.total);
        // Two threads may be on either side of a minute's end: the later one counts for both.
        if self.minutes.back().is_none_or(|(last, _)| *last < minute) {
            self.minutes.push_back((minute, Figures::default()));
        }
        if let Some((_, figures)) = self.minutes.back_mut() {
            change(figures);
        }
        while self.minutes.front().is_some_and(|(first, _)| *first + MINUTES <= minute) {
            self.minutes.pop_front();
        }
    }

    pub(super) fn total(&self) -> Figures {
        self.total.clone()
    }

    /// The hour that ends with `minute`, oldest first.
    pub(super) fn hour(&self, minute: u64) -> Vec<Figures> {
        let of = |minute: Option<u64>| {
            let known = self.minutes.iter().find(|(known, _)| Some(*known) == minute);
            known.map(|(_, figures)| figures.clone()).unwrap_or_default()
        };
        (0..MINUTES).rev().map(|ago| of(minute.checked_sub(ago))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_of_the_calls_ends_within_a_bound() {
        let mut figures = Figures::default();
        assert_eq!(figures.within(0.5), None);
        for milliseconds in [1, 10, 11, 40, 31_000] {
            figures.took(Duration::from_millis(milliseconds));
        }
        assert_eq!(figures.within(0.0), Some(0.01));
        assert_eq!(figures.within(0.4), Some(0.01), "a bound is within itself");
        assert_eq!(figures.within(0.5), Some(0.025));
        assert_eq!(figures.within(0.8), Some(0.05));
        assert_eq!(figures.within(0.95), Some(f64::INFINITY));
    }

    #[test]
    fn an_hour_is_kept_and_no_more() {
        let mut past = Past::default();
        for minute in [0, 0, 3, 61] {
            past.note(minute, |figures| figures.calls += 1);
        }
        let calls = |minute| past.hour(minute).iter().map(|figures| figures.calls).collect::<Vec<_>>();
        assert_eq!(past.total().calls, 4);
        assert_eq!(calls(61).len(), 60);
        assert_eq!((calls(61)[59], calls(61)[1], calls(61).iter().sum::<u64>()), (1, 1, 2));
        assert_eq!(calls(63).iter().sum::<u64>(), 1);
        assert_eq!(past.minutes.len(), 2);
        past.note(60, |figures| figures.calls += 1);
        assert_eq!(past.minutes.len(), 2, "a clock that was read a moment earlier");
    }
}
