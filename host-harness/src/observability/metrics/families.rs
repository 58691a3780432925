//! The metric families of Prometheus: names, help and labels.

use std::sync::Arc;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use super::figures::BUCKET_BOUNDS;

type Histograms<L> = Family<L, Histogram, fn() -> Histogram>;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct CallLabels {
    pub(super) tenant: Arc<str>,
    pub(super) operation: &'static str,
    pub(super) outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct DurationLabels {
    pub(super) tenant: Arc<str>,
    pub(super) operation: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct RequestLabels {
    pub(super) tenant: Arc<str>,
    /// `read`, `write` or `batch`.
    pub(super) method: &'static str,
    /// `2xx` to `5xx`, `failed`, `refused` or `given_up`.
    pub(super) status: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct TenantLabel {
    pub(super) tenant: Arc<str>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct LimitLabels {
    pub(super) tenant: Arc<str>,
    pub(super) limit: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct TokenLabels {
    pub(super) tenant: Arc<str>,
    pub(super) outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct WaitLabels {
    pub(super) tenant: Arc<str>,
    pub(super) queue: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct LogLabel {
    /// `audit` or `process`.
    pub(super) log: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct ConnectionLabel {
    /// `evicted` or `refused`.
    pub(super) closed: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct ReloadLabels {
    outcome: &'static str,
}

impl ReloadLabels {
    pub(super) fn new(ok: bool) -> Self {
        Self { outcome: if ok { "ok" } else { "failed" } }
    }
}

pub(super) struct Families {
    pub(super) calls: Family<CallLabels, Counter>,
    pub(super) call_duration: Histograms<DurationLabels>,
    pub(super) requests: Family<RequestLabels, Counter>,
    pub(super) throttled: Family<TenantLabel, Counter>,
    pub(super) retries: Family<TenantLabel, Counter>,
    pub(super) limits: Family<LimitLabels, Counter>,
    pub(super) tokens: Family<TokenLabels, Counter>,
    pub(super) sandboxes: Family<TenantLabel, Gauge>,
    pub(super) waits: Histograms<WaitLabels>,
    pub(super) reloads: Family<ReloadLabels, Counter>,
    pub(super) lost_log_lines: Family<LogLabel, Counter>,
    pub(super) unaudited_calls: Counter,
    pub(super) connections_closed: Family<ConnectionLabel, Counter>,
}

impl Families {
    pub(super) fn register() -> (Registry, Self) {
        let families = Self {
            calls: Family::default(),
            call_duration: Family::new_with_constructor(create_histogram),
            requests: Family::default(),
            throttled: Family::default(),
            retries: Family::default(),
            limits: Family::default(),
            tokens: Family::default(),
            sandboxes: Family::default(),
            waits: Family::new_with_constructor(create_histogram),
            reloads: Family::default(),
            lost_log_lines: Family::default(),
            unaudited_calls: Counter::default(),
            connections_closed: Family::default(),
        };
        let mut registry = Registry::with_prefix("graph_contacts");
        let r = &mut registry;
        r.register("calls", "Completed calls to the gateway", families.calls.clone());
        let help = "Duration of calls to the gateway, to the end of the response";
        r.register_with_unit("call_duration", help, Unit::Seconds, families.call_duration.clone());
        r.register("outbound_requests", "Requests of the component to Microsoft Graph", families.requests.clone());
        let help = "Responses of Microsoft Graph with status 429, or 503 with Retry-After, except items of a batch";
        r.register("throttled", help, families.throttled.clone());
        let help = "Requests with the method and URL of a failed or throttled request of the same call";
        r.register("outbound_retries", help, families.retries.clone());
        r.register("limits_hit", "Calls and requests that were ended or refused by a limit", families.limits.clone());
        r.register("token_requests", "Requests for an access token", families.tokens.clone());
        r.register("sandboxes_live", "Calls that hold a sandbox", families.sandboxes.clone());
        let help = "Waits for other writes, a sandbox, a rate limit or a mailbox";
        r.register_with_unit("queue_wait", help, Unit::Seconds, families.waits.clone());
        r.register("config_reloads", "Reloads of the configuration", families.reloads.clone());
        let help = "Lines of the audit log and of the process's log that were lost";
        r.register("log_lines_lost", help, families.lost_log_lines.clone());
        let help = "Calls whose first write left without a line in the audit log before it";
        r.register("unaudited_calls", help, families.unaudited_calls.clone());
        let help = "Connections that were closed without a request in favour of a new one, or refused";
        r.register("connections_closed", help, families.connections_closed.clone());
        for ok in [true, false] {
            // Exists from the start, so that the first increment shows as an increase.
            drop(families.reloads.get_or_create(&ReloadLabels::new(ok)));
        }
        (registry, families)
    }
}

fn create_histogram() -> Histogram {
    Histogram::new(BUCKET_BOUNDS)
}
