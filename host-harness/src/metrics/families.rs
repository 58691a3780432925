//! The metrics as Prometheus has them: their names, what they mean, and their labels.

use std::sync::Arc;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use super::figures::BOUNDS;

type Histograms<L> = Family<L, Histogram, fn() -> Histogram>;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct Call {
    pub(super) tenant: Arc<str>,
    pub(super) operation: &'static str,
    pub(super) outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct Timed {
    pub(super) tenant: Arc<str>,
    pub(super) operation: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct Request {
    pub(super) tenant: Arc<str>,
    /// read, write or batch.
    pub(super) method: &'static str,
    /// 2xx to 5xx, failed, refused or given_up.
    pub(super) status: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct Of {
    pub(super) tenant: Arc<str>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct LimitHit {
    pub(super) tenant: Arc<str>,
    pub(super) limit: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct TokenRequest {
    pub(super) tenant: Arc<str>,
    pub(super) outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct Wait {
    pub(super) tenant: Arc<str>,
    pub(super) queue: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct Reload {
    outcome: &'static str,
}

impl Reload {
    pub(super) fn of(ok: bool) -> Self {
        Self { outcome: if ok { "ok" } else { "failed" } }
    }
}

pub(super) struct Families {
    pub(super) calls: Family<Call, Counter>,
    pub(super) call_duration: Histograms<Timed>,
    pub(super) requests: Family<Request, Counter>,
    pub(super) throttled: Family<Of, Counter>,
    pub(super) retries: Family<Of, Counter>,
    pub(super) limits: Family<LimitHit, Counter>,
    pub(super) tokens: Family<TokenRequest, Counter>,
    pub(super) sandboxes: Family<Of, Gauge>,
    pub(super) waits: Histograms<Wait>,
    pub(super) reloads: Family<Reload, Counter>,
}

impl Families {
    pub(super) fn registered() -> (Registry, Self) {
        let families = Self {
            calls: Family::default(),
            call_duration: Family::new_with_constructor(histogram),
            requests: Family::default(),
            throttled: Family::default(),
            retries: Family::default(),
            limits: Family::default(),
            tokens: Family::default(),
            sandboxes: Family::default(),
            waits: Family::new_with_constructor(histogram),
            reloads: Family::default(),
        };
        let mut registry = Registry::with_prefix("graph_contacts");
        let r = &mut registry;
        r.register("calls", "Calls to the gateway that have ended", families.calls.clone());
        let help = "How long calls to the gateway took, to the end of the answer";
        r.register_with_unit("call_duration", help, Unit::Seconds, families.call_duration.clone());
        r.register("outbound_requests", "Requests of the component to Microsoft Graph", families.requests.clone());
        let help = "Answers of Microsoft Graph with status 429, or 503 with Retry-After; items of a batch are not seen";
        r.register("throttled", help, families.throttled.clone());
        let help = "Requests with method and address of one that failed or was throttled before in the same call";
        r.register("outbound_retries", help, families.retries.clone());
        r.register("limits_hit", "Calls and requests that were ended or refused by a limit", families.limits.clone());
        r.register("token_requests", "Requests for an access token", families.tokens.clone());
        r.register("sandboxes_live", "Calls that are in their sandboxes just now", families.sandboxes.clone());
        let help = "Waits for a place to run, for a rate limit, and for a turn at a mailbox";
        r.register_with_unit("queue_wait", help, Unit::Seconds, families.waits.clone());
        r.register("config_reloads", "Times that the configuration was read again", families.reloads.clone());
        for ok in [true, false] {
            // There from the start, so that a rise from nothing is one.
            drop(families.reloads.get_or_create(&Reload::of(ok)));
        }
        (registry, families)
    }
}

fn histogram() -> Histogram {
    Histogram::new(BOUNDS)
}
