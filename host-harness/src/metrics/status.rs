//! What the status page shows, as it is at a moment.

use jiff::Timestamp;
use serde::Serialize;

use super::families::{Of, Reload};
use super::{Figures, MINUTES, Metrics, NONE};

/// A gateway at a moment.
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
    /// In the order of their names; at the end the calls that were for none of them.
    pub(crate) tenants: Vec<TenantStatus>,
}

/// One tenant of it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TenantStatus {
    /// `-` for no tenant.
    pub(crate) name: String,
    pub(crate) sandboxes: i64,
    /// Since the start.
    pub(crate) total: Figures,
    /// Each minute of the last hour, oldest first; the last one is not over.
    pub(crate) minutes: Vec<Figures>,
}

impl Metrics {
    pub(crate) fn status(&self) -> Status {
        let (families, minute) = (&self.0.families, self.minute());
        let seconds = |time: Timestamp| time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        let reloads = |ok| families.reloads.get(&Reload::of(ok)).map_or(0, |count| count.get());
        let record = self.record();
        let shown = record.tenants.iter().cloned().chain([NONE.into()]);
        let tenants = shown.map(|name| {
            let past = record.by_tenant.get(&name);
            TenantStatus {
                name: name.to_string(),
                sandboxes: families.sandboxes.get(&Of { tenant: name }).map_or(0, |count| count.get()),
                total: past.map(|past| past.total()).unwrap_or_default(),
                minutes: past.map_or_else(|| vec![Figures::default(); MINUTES as usize], |past| past.hour(minute)),
            }
        });
        Status {
            as_of: seconds(Timestamp::now()),
            started: seconds(self.0.started_at),
            minutes_kept: MINUTES,
            reloads: reloads(true),
            failed_reloads: reloads(false),
            tenants: tenants.collect(),
        }
    }
}
