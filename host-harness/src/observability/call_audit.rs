//! The writes of a call in the audit log, before they leave.

use std::time::Duration;

use serde_json::{Value, json};

use super::audit_log::{AuditLog, to_line};
use super::audited_write::AuditedWrite;
use super::metrics::counters::Metrics;

/// How long a write waits for the line before it.
const WAIT_FOR_LINE: Duration = Duration::from_secs(5);
/// Writes of a call that are kept until its end; a line is written when there are as many.
const MAX_KEPT_WRITES: usize = 100;

/// Where the writes of a call are recorded before they leave.
pub(crate) struct CallAudit {
    pub(super) log: Option<AuditLog>,
    pub(super) metrics: Metrics,
    /// Whether a write may leave only after its line.
    pub(super) is_required: bool,
    /// The members that all lines of the call have.
    pub(super) head: Value,
}

/// A write may not leave, because the audit log cannot be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct AuditUnavailable;

impl CallAudit {
    /// Writes the line before the first write of a call, and waits for it: what follows is in the log even if the process is killed.
    pub(super) async fn begin(&self, writes: &[AuditedWrite]) -> Result<(), AuditUnavailable> {
        let Some(log) = &self.log else { return if self.is_required { Err(AuditUnavailable) } else { Ok(()) } };
        let line = self.line("begun", writes);
        // A log that is known to fail keeps no call waiting.
        let is_written = if log.is_healthy() {
            log.push_and_wait(line, WAIT_FOR_LINE).await
        } else {
            if !self.is_required {
                log.push(line);
            }
            false
        };
        if is_written {
            return Ok(());
        }
        if self.is_required {
            return Err(AuditUnavailable);
        }
        self.metrics.count_unaudited_call();
        Ok(())
    }

    /// Adds writes to those that the line at the end has, which is written early when there are many.
    pub(super) fn keep(&self, kept: &mut Vec<AuditedWrite>, writes: Vec<AuditedWrite>) {
        let Some(log) = &self.log else { return };
        kept.extend(writes);
        if kept.len() >= MAX_KEPT_WRITES {
            log.push(self.line("continued", &std::mem::take(kept)));
        }
    }

    fn line(&self, event: &str, writes: &[AuditedWrite]) -> Vec<u8> {
        let writes: Vec<_> = writes.iter().map(AuditedWrite::to_json).collect();
        to_line(&self.head, json!({"event": event, "writes": writes}))
    }
}
