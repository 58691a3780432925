//! The counters of one gateway.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use prometheus_client::encoding::text;

use super::families::{CallLabels, ConnectionLabel, DurationLabels, Families, LogLabel, ReloadLabels};
use super::figures::{Figures, History};
use crate::observability::log_queue::LogQueue;
use protocol::operation::Operation;

/// The label of a call without a known caller or tenant. No tenant's name begins like this.
pub(crate) const NO_TENANT: &str = "-";

/// The counters of one gateway since its start. Clones are the same counters.
#[derive(Clone)]
pub struct Metrics(Arc<Inner>);

struct Inner {
    registry: prometheus_client::registry::Registry,
    families: Families,
    started: Instant,
    started_at: Timestamp,
    histories: Mutex<Histories>,
    /// The logs whose lost lines are counted.
    logs: Mutex<Vec<(&'static str, LogQueue)>>,
}

#[derive(Default)]
pub(super) struct Histories {
    pub(super) by_tenant: BTreeMap<Arc<str>, History>,
    /// The tenants of the current configuration.
    pub(super) tenants: Vec<Arc<str>>,
}

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Ok,
    ClientError,
    ServerError,
    /// The caller got no response, or not all of it.
    Aborted,
}

impl Outcome {
    /// Derives the outcome from the status of the response, and from whether all of it was sent.
    pub(crate) fn new(status: Option<u16>, complete: bool) -> Self {
        match status {
            Some(500..) => Self::ServerError,
            Some(400..) => Self::ClientError,
            Some(_) if complete => Self::Ok,
            _ => Self::Aborted,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::ClientError => "client_error",
            Self::ServerError => "server_error",
            Self::Aborted => "broken_off",
        }
    }
}

impl Default for Metrics {
    fn default() -> Self {
        let (registry, families) = Families::register();
        let (started, started_at) = (Instant::now(), Timestamp::now());
        Self(Arc::new(Inner { registry, families, started, started_at, histories: Mutex::default(), logs: Mutex::default() }))
    }
}

impl Metrics {
    /// Encodes the counters in the text format of OpenMetrics 1.0, which Prometheus reads.
    pub fn encode(&self) -> String {
        for (log, queue) in self.0.logs.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            let counter = self.0.families.lost_log_lines.get_or_create(&LogLabel { log });
            counter.inner().store(queue.lost(), Ordering::Relaxed);
        }
        let mut text = String::new();
        // Writing to a string does not fail.
        let _ = text::encode(&mut text, &self.0.registry);
        text
    }

    /// Sets the tenants of the configuration, which the status page shows even before their first call.
    pub(crate) fn set_tenants<'n>(&self, tenants: impl Iterator<Item = &'n str>) {
        self.histories().tenants = tenants.map(Arc::from).collect();
    }

    /// Records a completed call to the gateway.
    pub(crate) fn record_call(&self, tenant: Option<&str>, operation: Option<Operation>, outcome: Outcome, duration: Duration) {
        let tenant: Arc<str> = Arc::from(tenant.unwrap_or(NO_TENANT));
        let operation = operation.map_or(NO_TENANT, Operation::name);
        let families = &self.0.families;
        let labels = CallLabels { tenant: Arc::clone(&tenant), operation, outcome: outcome.name() };
        families.calls.get_or_create(&labels).inc();
        let labels = DurationLabels { tenant: Arc::clone(&tenant), operation };
        families.call_duration.get_or_create(&labels).observe(duration.as_secs_f64());
        self.update(&tenant, |figures| {
            figures.calls += 1;
            match outcome {
                Outcome::Ok => {}
                Outcome::ClientError => figures.client_errors += 1,
                Outcome::ServerError => figures.server_errors += 1,
                Outcome::Aborted => figures.aborted += 1,
            }
            figures.record_duration(duration);
        });
    }

    /// Counts the lost lines of a log, `audit` or `process`.
    pub fn watch_log(&self, name: &'static str, queue: &LogQueue) {
        self.0.logs.lock().unwrap_or_else(PoisonError::into_inner).push((name, queue.clone()));
    }

    /// Counts a connection that was `evicted`, in favour of a new one, or `refused`.
    pub(crate) fn count_connection(&self, closed: &'static str) {
        self.0.families.connections_closed.get_or_create(&ConnectionLabel { closed }).inc();
    }

    /// Counts a call whose first write left without a line in the audit log before it.
    pub(crate) fn count_unaudited_call(&self) {
        self.0.families.unaudited_calls.inc();
    }

    /// Records a successful or failed reload of the configuration.
    pub(crate) fn record_reload(&self, ok: bool) {
        self.0.families.reloads.get_or_create(&ReloadLabels::new(ok)).inc();
    }

    /// Changes the figures of a tenant, both the totals and those of the current minute.
    pub(super) fn update(&self, tenant: &Arc<str>, change: impl Fn(&mut Figures)) {
        let minute = self.current_minute();
        let mut histories = self.histories();
        let history = match histories.by_tenant.get_mut(tenant) {
            Some(history) => history,
            None => histories.by_tenant.entry(Arc::clone(tenant)).or_default(),
        };
        history.update(minute, change);
    }

    /// Returns the number of whole minutes since the start.
    pub(super) fn current_minute(&self) -> u64 {
        self.0.started.elapsed().as_secs() / 60
    }

    pub(super) fn families(&self) -> &Families {
        &self.0.families
    }

    pub(super) fn started_at(&self) -> Timestamp {
        self.0.started_at
    }

    pub(super) fn histories(&self) -> MutexGuard<'_, Histories> {
        self.0.histories.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
