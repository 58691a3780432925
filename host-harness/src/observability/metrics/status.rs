//! A snapshot of the counters, for the status page.

use jiff::Timestamp;
use serde::Serialize;

use super::counters::{Metrics, NO_TENANT};
use super::families::{ReloadLabels, TenantLabel};
use super::figures::{Figures, HISTORY_MINUTES};

/// A snapshot of a gateway's counters.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Status {
    /// RFC 3339.
    pub(crate) as_of: String,
    /// RFC 3339.
    pub(crate) started: String,
    pub(crate) minutes_kept: u64,
    pub(crate) reloads: u64,
    pub(crate) failed_reloads: u64,
    /// In the order of their names; the last one has the calls for none of them.
    pub(crate) tenants: Vec<TenantStatus>,
}

/// The figures of one tenant.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TenantStatus {
    /// `-` for no tenant.
    pub(crate) name: String,
    pub(crate) sandboxes: i64,
    /// Since the start.
    pub(crate) total: Figures,
    /// The minutes of the last hour, oldest first; the last one is not over.
    pub(crate) minutes: Vec<Figures>,
}

impl Metrics {
    /// Takes a snapshot of the counters.
    pub(crate) fn status(&self) -> Status {
        let (families, minute) = (self.families(), self.current_minute());
        let format = |time: Timestamp| time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        let reloads = |ok| families.reloads.get(&ReloadLabels::new(ok)).map_or(0, |count| count.get());
        let histories = self.histories();
        let shown = histories.tenants.iter().cloned().chain([NO_TENANT.into()]);
        let tenants = shown.map(|name| {
            let history = histories.by_tenant.get(&name);
            TenantStatus {
                name: name.to_string(),
                sandboxes: families.sandboxes.get(&TenantLabel { tenant: name }).map_or(0, |count| count.get()),
                total: history.map(|history| history.total()).unwrap_or_default(),
                minutes: history
                    .map_or_else(|| vec![Figures::default(); HISTORY_MINUTES as usize], |history| history.last_hour(minute)),
            }
        });
        Status {
            as_of: format(Timestamp::now()),
            started: format(self.started_at()),
            minutes_kept: HISTORY_MINUTES,
            reloads: reloads(true),
            failed_reloads: reloads(false),
            tenants: tenants.collect(),
        }
    }
}
