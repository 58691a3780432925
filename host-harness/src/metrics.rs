//! What a gateway of several tenants counts, for Prometheus and for the status page.
//!
//! Labels are names of tenants, as the configuration has them, and words of a fixed list: no id, no name of a person, no value.

mod families;
mod figures;
mod meter;
mod status;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use prometheus_client::encoding::text;

use self::families::{Call, Families, Reload, Timed};
pub(crate) use self::figures::Figures;
use self::figures::{MINUTES, Past};
pub(crate) use self::meter::{Live, Meter, Queue};
pub(crate) use self::status::{Status, TenantStatus};
use crate::operation::Operation;

/// Where a label has no value: a call of nobody known, or for no tenant. No tenant's name begins so.
pub(crate) const NONE: &str = "-";

/// The counts of one gateway since it was started. Clones are the same counts.
#[derive(Clone)]
pub struct Metrics(Arc<Inner>);

struct Inner {
    registry: prometheus_client::registry::Registry,
    families: Families,
    started: Instant,
    started_at: Timestamp,
    record: Mutex<Record>,
}

#[derive(Default)]
struct Record {
    by_tenant: BTreeMap<Arc<str>, Past>,
    /// Those that the configuration has just now.
    tenants: Vec<Arc<str>>,
}

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Ok,
    ClientError,
    ServerError,
    BrokenOff,
}

impl Outcome {
    /// By the status of the answer, and whether all of it went out.
    pub(crate) fn of(status: Option<u16>, complete: bool) -> Self {
        match status {
            Some(500..) => Self::ServerError,
            Some(400..) => Self::ClientError,
            Some(_) if complete => Self::Ok,
            _ => Self::BrokenOff,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::ClientError => "client_error",
            Self::ServerError => "server_error",
            Self::BrokenOff => "broken_off",
        }
    }
}

impl Default for Metrics {
    fn default() -> Self {
        let (registry, families) = Families::registered();
        let (started, started_at) = (Instant::now(), Timestamp::now());
        Self(Arc::new(Inner { registry, families, started, started_at, record: Mutex::default() }))
    }
}

impl Metrics {
    /// The counts in the text format of OpenMetrics 1.0, which Prometheus reads.
    pub fn exposition(&self) -> String {
        let mut text = String::new();
        // Writing into a string does not fail.
        let _ = text::encode(&mut text, &self.0.registry);
        text
    }

    /// The tenants of a configuration, which are shown also before anybody has called.
    pub(crate) fn serve<'n>(&self, tenants: impl Iterator<Item = &'n str>) {
        self.record().tenants = tenants.map(Arc::from).collect();
    }

    /// A call to the gateway has ended.
    pub(crate) fn call(&self, tenant: Option<&str>, operation: Option<Operation>, outcome: Outcome, took: Duration) {
        let tenant: Arc<str> = Arc::from(tenant.unwrap_or(NONE));
        let operation = operation.map_or(NONE, Operation::name);
        let families = &self.0.families;
        let call = Call { tenant: Arc::clone(&tenant), operation, outcome: outcome.name() };
        families.calls.get_or_create(&call).inc();
        let timed = Timed { tenant: Arc::clone(&tenant), operation };
        families.call_duration.get_or_create(&timed).observe(took.as_secs_f64());
        self.note(&tenant, |figures| {
            figures.calls += 1;
            match outcome {
                Outcome::Ok => {}
                Outcome::ClientError => figures.client_errors += 1,
                Outcome::ServerError => figures.server_errors += 1,
                Outcome::BrokenOff => figures.broken_off += 1,
            }
            figures.took(took);
        });
    }

    /// The configuration was read again, or was not taken.
    pub(crate) fn reloaded(&self, ok: bool) {
        self.0.families.reloads.get_or_create(&Reload::of(ok)).inc();
    }

    fn note(&self, tenant: &Arc<str>, change: impl Fn(&mut Figures)) {
        let minute = self.minute();
        let mut record = self.record();
        let past = match record.by_tenant.get_mut(tenant) {
            Some(past) => past,
            None => record.by_tenant.entry(Arc::clone(tenant)).or_default(),
        };
        past.note(minute, change);
    }

    /// Whole minutes since the start.
    fn minute(&self) -> u64 {
        self.0.started.elapsed().as_secs() / 60
    }

    fn record(&self) -> MutexGuard<'_, Record> {
        self.0.record.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
