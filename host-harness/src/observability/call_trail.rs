//! What one call leaves for the audit log.

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use tokio::sync::OnceCell;

use super::audited_write::AuditedWrite;
use super::call_audit::{AuditUnavailable, CallAudit};

/// Request ids kept of one call.
const MAX_REQUEST_IDS: usize = 100;
/// Longer ids are not kept: they are GUIDs.
const MAX_ID_BYTES: usize = 64;

/// The writes of a call, the ids of its requests to Microsoft Graph, and what ended it. Clones belong to the same call.
#[derive(Clone, Default)]
pub(crate) struct CallTrail(Arc<Trail>);

#[derive(Default)]
struct Trail {
    marks: Mutex<Marks>,
    /// Not set for calls that no audit log records.
    audit: OnceLock<CallAudit>,
    /// Whether the line before the first write is written.
    begun: OnceCell<Result<(), AuditUnavailable>>,
}

/// What is recorded.
#[derive(Debug, Default)]
pub(crate) struct Marks {
    /// Those that no line has yet.
    pub(crate) writes: Vec<AuditedWrite>,
    /// Created by the component, one for each request.
    pub(crate) client_request_ids: Vec<String>,
    /// Created by Microsoft Graph, one for each response.
    pub(crate) request_ids: Vec<String>,
    /// Why the component returned no response, or an incomplete one.
    pub(crate) failure: Option<&'static str>,
}

impl CallTrail {
    /// Has writes recorded in an audit log. Only the first one is set.
    pub(super) fn set_audit(&self, audit: CallAudit) {
        let _ = self.0.audit.set(audit);
    }

    /// Records what a request writes, before it leaves.
    ///
    /// # Errors
    ///
    /// If the audit log is required and cannot be written. Then the request must not leave.
    pub(crate) async fn record_writes(&self, writes: Vec<AuditedWrite>) -> Result<(), AuditUnavailable> {
        let Some(audit) = self.0.audit.get().filter(|_| !writes.is_empty()) else { return Ok(()) };
        // Requests that are sent at the same time wait for the same line.
        (*self.0.begun.get_or_init(|| audit.begin(&writes)).await)?;
        audit.keep(&mut self.marks().writes, writes);
        Ok(())
    }

    /// Records the id of a response from Microsoft Graph.
    pub(crate) fn record_request_id(&self, id: &str) {
        add(&mut self.marks().request_ids, id);
    }

    /// Records the id of a request as it leaves.
    pub(crate) fn record_client_request_id(&self, id: &str) {
        add(&mut self.marks().client_request_ids, id);
    }

    /// Records why the component returned no response, or an incomplete one. Only the first reason is kept.
    pub(crate) fn record_failure(&self, name: &'static str) {
        self.marks().failure.get_or_insert(name);
    }

    pub(crate) fn marks(&self) -> MutexGuard<'_, Marks> {
        self.0.marks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn add(ids: &mut Vec<String>, id: &str) {
    if ids.len() < MAX_REQUEST_IDS && id.len() <= MAX_ID_BYTES {
        ids.push(id.to_owned());
    }
}
