//! The audit log: a line for each call, with who did what to which object, and the outcome. No attribute, no value, no secret.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use anyhow::Context as _;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::call_trail::CallTrail;
use super::metrics::counters::{Metrics, Outcome};
use super::trace_context::TraceId;
use protocol::operation::Operation;

/// Where the lines are written. Clones are the same log.
#[derive(Clone)]
pub struct AuditLog(Arc<Mutex<dyn Write + Send>>);

impl AuditLog {
    /// Appends lines of JSON to a file, which is created if it does not exist.
    ///
    /// # Errors
    ///
    /// If the file cannot be opened for writing.
    pub fn to_file(file: &Path) -> anyhow::Result<Self> {
        let open = OpenOptions::new().create(true).append(true).open(file);
        Ok(Self::to_writer(open.with_context(|| format!("cannot write the audit log {}", file.display()))?))
    }

    /// Writes lines of JSON to a writer, which should not block for long.
    pub fn to_writer(writer: impl Write + Send + 'static) -> Self {
        Self(Arc::new(Mutex::new(writer)))
    }

    /// Writes a line at once, so that the lines of two processes do not mix.
    fn write(&self, line: &Value) {
        let mut writer = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let written = writer.write_all(format!("{line}\n").as_bytes()).and_then(|()| writer.flush());
        if let Err(error) = written {
            tracing::error!("a line of the audit log is lost: {error}");
        }
    }
}

/// What is known of a call. Dropping it counts the call, and writes its line.
pub(crate) struct AuditEntry {
    log: Option<AuditLog>,
    metrics: Metrics,
    started: Instant,
    time: Timestamp,
    trace: TraceId,
    pub(crate) tenant: Option<String>,
    pub(crate) caller: Option<Arc<str>>,
    pub(crate) operation: Option<Operation>,
    /// The object class and the id in the path.
    pub(crate) target: Option<(String, Option<String>)>,
    pub(crate) trail: CallTrail,
    /// The HTTP status of the response; `None` if the caller disconnected before.
    pub(crate) status: Option<u16>,
    /// Whether the whole response was sent.
    pub(crate) complete: bool,
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
            caller: None,
            operation: None,
            target: None,
            trail: CallTrail::default(),
            status: None,
            complete: false,
        }
    }
}

impl Drop for AuditEntry {
    fn drop(&mut self) {
        let outcome = Outcome::new(self.status, self.complete);
        self.metrics.record_call(self.tenant.as_deref(), self.operation, outcome, self.started.elapsed());
        let Some(log) = &self.log else { return };
        let (class, id) = self.target.as_ref().map(|(class, id)| (class, id.as_ref())).unzip();
        let marks = self.trail.marks();
        log.write(&json!({
            "time": self.time.to_string(),
            "traceId": self.trace.to_string(),
            "tenant": self.tenant,
            "caller": self.caller.as_deref(),
            "operation": self.operation.map(Operation::name),
            "objectClass": class,
            "id": id.flatten(),
            "status": self.status,
            "complete": self.complete,
            "stopped": marks.failure,
            "milliseconds": u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX),
            "clientRequestIds": marks.client_request_ids,
            "graphRequestIds": marks.request_ids,
        }));
    }
}
