//! The figures of a tenant on the status page: totals since the start, and each minute of the last hour.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use serde::Serialize;

/// The upper bounds of the duration buckets in seconds: from a response without a request to Microsoft Graph, to the longest
/// deadlines in use.
pub(super) const BUCKET_BOUNDS: [f64; 11] = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];
/// The number of minutes in the history.
pub(super) const HISTORY_MINUTES: u64 = 60;

/// The counts of a period.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Figures {
    pub(crate) calls: u64,
    /// Calls with a status from 400 to 499.
    pub(crate) client_errors: u64,
    /// Calls with a status from 500.
    pub(crate) server_errors: u64,
    /// Calls whose response was not sent completely.
    #[serde(rename = "brokenOff")]
    pub(crate) aborted: u64,
    /// Requests to Microsoft Graph.
    pub(crate) requests: u64,
    pub(crate) throttled: u64,
    pub(crate) retries: u64,
    pub(crate) token_failures: u64,
    pub(crate) limits_hit: BTreeMap<&'static str, u64>,
    /// The calls in each duration bucket; the last is for longer ones.
    #[serde(skip)]
    durations: [u64; BUCKET_BOUNDS.len() + 1],
}

impl Figures {
    pub(super) fn record_duration(&mut self, duration: Duration) {
        let slot = BUCKET_BOUNDS.partition_point(|bound| *bound < duration.as_secs_f64());
        if let Some(count) = self.durations.get_mut(slot) {
            *count += 1;
        }
    }

    /// Returns a percentile of the durations in seconds, rounded up to one of [`BUCKET_BOUNDS`]; infinite beyond the last. `None`
    /// without calls.
    pub(crate) fn percentile(&self, share: f64) -> Option<f64> {
        let all: u64 = self.durations.iter().sum();
        #[allow(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "counts of calls"
        )]
        let rank = (all as f64 * share).ceil().max(1.0) as u64;
        let mut reached = 0;
        let bounds = BUCKET_BOUNDS.into_iter().chain([f64::INFINITY]);
        bounds.zip(self.durations).find_map(|(bound, count)| {
            reached += count;
            (reached >= rank).then_some(bound)
        })
    }

    /// Returns the number of calls without a successful and complete response.
    pub(crate) fn errors(&self) -> u64 {
        self.client_errors + self.server_errors + self.aborted
    }
}

/// The figures of one tenant over time.
#[derive(Debug, Default)]
pub(super) struct History {
    total: Figures,
    /// The minutes with any activity, oldest first.
    minutes: VecDeque<(u64, Figures)>,
}

impl History {
    pub(super) fn update(&mut self, minute: u64, change: impl Fn(&mut Figures)) {
        change(&mut self.total);
        // Two threads may be on either side of the end of a minute: both then count for the later one.
        if self.minutes.back().is_none_or(|(last, _)| *last < minute) {
            self.minutes.push_back((minute, Figures::default()));
        }
        if let Some((_, figures)) = self.minutes.back_mut() {
            change(figures);
        }
        while self.minutes.front().is_some_and(|(first, _)| *first + HISTORY_MINUTES <= minute) {
            self.minutes.pop_front();
        }
    }

    pub(super) fn total(&self) -> Figures {
        self.total.clone()
    }

    /// Returns the figures of each minute of the hour that ends with `minute`, oldest first.
    pub(super) fn last_hour(&self, minute: u64) -> Vec<Figures> {
        let figures_of = |minute: Option<u64>| {
            let known = self.minutes.iter().find(|(known, _)| Some(*known) == minute);
            known.map(|(_, figures)| figures.clone()).unwrap_or_default()
        };
        (0..HISTORY_MINUTES).rev().map(|ago| figures_of(minute.checked_sub(ago))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentile_is_upper_bound_of_bucket() {
        let mut figures = Figures::default();
        assert_eq!(figures.percentile(0.5), None);
        for milliseconds in [1, 10, 11, 40, 31_000] {
            figures.record_duration(Duration::from_millis(milliseconds));
        }
        assert_eq!(figures.percentile(0.0), Some(0.01));
        assert_eq!(figures.percentile(0.4), Some(0.01), "a bound belongs to its own bucket");
        assert_eq!(figures.percentile(0.5), Some(0.025));
        assert_eq!(figures.percentile(0.8), Some(0.05));
        assert_eq!(figures.percentile(0.95), Some(f64::INFINITY));
    }

    #[test]
    fn history_keeps_one_hour() {
        let mut history = History::default();
        for minute in [0, 0, 3, 61] {
            history.update(minute, |figures| figures.calls += 1);
        }
        let calls = |minute| history.last_hour(minute).iter().map(|figures| figures.calls).collect::<Vec<_>>();
        assert_eq!(history.total().calls, 4);
        assert_eq!(calls(61).len(), 60);
        assert_eq!((calls(61)[59], calls(61)[1], calls(61).iter().sum::<u64>()), (1, 1, 2));
        assert_eq!(calls(63).iter().sum::<u64>(), 1);
        assert_eq!(history.minutes.len(), 2);
        history.update(60, |figures| figures.calls += 1);
        assert_eq!(history.minutes.len(), 2, "a clock that was read a moment earlier");
    }
}
