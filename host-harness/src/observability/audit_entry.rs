//! What the audit log and the metrics know of a call.

use std::sync::Arc;
use std::time::Instant;

use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::sync::OwnedSemaphorePermit;

use super::audit_log::{AuditLog, to_line};
use super::audited_write::AuditedWrite;
use super::call_audit::CallAudit;
use super::call_trail::CallTrail;
use super::metrics::counters::{Metrics, Outcome};
use super::trace_context::TraceId;
use protocol::operation::Operation;

/// What is known of a call. Dropping it counts the call, and writes its line.
pub(crate) struct AuditEntry {
    log: Option<AuditLog>,
    metrics: Metrics,
    started: Instant,
    time: Timestamp,
    trace: TraceId,
    pub(crate) tenant: Option<String>,
    /// Whether the caller is one of the tenant's. Otherwise its metrics do not count the call.
    pub(crate) is_tenants_own: bool,
    pub(crate) caller: Option<Arc<str>>,
    pub(crate) operation: Option<Operation>,
    /// The object class and the id in the path.
    pub(crate) target: Option<(String, Option<String>)>,
    pub(crate) trail: CallTrail,
    /// The HTTP status of the response; `None` if the caller disconnected before.
    pub(crate) status: Option<u16>,
    /// Whether the whole response was sent.
    pub(crate) complete: bool,
    /// The caller's permit for the call.
    pub(crate) permit: Option<OwnedSemaphorePermit>,
}

impl AuditEntry {
    pub(crate) fn start(log: Option<AuditLog>, metrics: Metrics, trace: TraceId) -> Self {
        Self {
            log,
            metrics,
            started: Instant::now(),
            time: Timestamp::now(),
            trace,
            tenant: None,
            is_tenants_own: false,
            caller: None,
            operation: None,
            target: None,
            trail: CallTrail::default(),
            status: None,
            complete: false,
            permit: None,
        }
    }

    /// Has the writes of the call recorded before they leave. Without a line before it, a write is refused if the log `is_required`,
    /// else counted.
    pub(crate) fn record_writes(&self, is_required: bool) {
        let (log, metrics) = (self.log.clone(), self.metrics.clone());
        self.trail.set_audit(CallAudit { log, metrics, is_required, head: self.describe("begun") });
    }

    /// Returns the members that all lines of the call have.
    fn describe(&self, event: &str) -> Value {
        let (class, id) = self.target.as_ref().map(|(class, id)| (class, id.as_ref())).unzip();
        json!({
            "time": self.time.to_string(),
            "event": event,
            "traceId": self.trace.to_string(),
            "tenant": self.tenant,
            "caller": self.caller.as_deref(),
            "operation": self.operation.map(Operation::name),
            "objectClass": class,
            "id": id.flatten(),
        })
    }
}

impl Drop for AuditEntry {
    fn drop(&mut self) {
        let outcome = Outcome::new(self.status, self.complete);
        let counted = self.tenant.as_deref().filter(|_| self.is_tenants_own);
        self.metrics.record_call(counted, self.operation, outcome, self.started.elapsed());
        let Some(log) = &self.log else { return };
        let marks = self.trail.marks();
        let ended = json!({
            "status": self.status,
            "complete": self.complete,
            "stopped": marks.failure,
            "milliseconds": u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX),
            "writes": marks.writes.iter().map(AuditedWrite::to_json).collect::<Vec<_>>(),
            "clientRequestIds": marks.client_request_ids,
            "graphRequestIds": marks.request_ids,
        });
        log.push(to_line(&self.describe("ended"), ended));
    }
}
