//! The audit log: one line for each call, of who did what to which object and how it ended. No attribute, no value, no secret.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use anyhow::Context as _;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::call_error::CallError;
use crate::metrics::{Metrics, Outcome};
use crate::operation::Operation;
use crate::trace_context::TraceId;

/// As many request ids of Microsoft Graph are kept of one call.
const REQUEST_IDS: usize = 100;
/// Longer ones are none: they are GUIDs.
const ID_BYTES: usize = 64;

/// Where the lines go. Clones are the same log.
#[derive(Clone)]
pub struct Audit(Arc<Mutex<dyn Write + Send>>);

impl Audit {
    /// Lines of JSON at the end of a file, which is made where there is none.
    ///
    /// # Errors
    ///
    /// If the file cannot be opened for writing.
    pub fn to_file(file: &Path) -> anyhow::Result<Self> {
        let open = OpenOptions::new().create(true).append(true).open(file);
        Ok(Self::to(open.with_context(|| format!("cannot write the audit log {}", file.display()))?))
    }

    /// Lines of JSON on a writer of one's own, which should not keep its callers waiting.
    pub fn to(writer: impl Write + Send + 'static) -> Self {
        Self(Arc::new(Mutex::new(writer)))
    }

    /// In one piece, so that the lines of two processes do not mix.
    fn write(&self, line: &Value) {
        let mut writer = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let written = writer.write_all(format!("{line}\n").as_bytes()).and_then(|()| writer.flush());
        if let Err(error) = written {
            tracing::error!("a line of the audit log is lost: {error}");
        }
    }
}

/// What one call leaves behind: what its requests to Microsoft Graph are known by, and what ended it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Trail(Arc<Mutex<Marks>>);

#[derive(Debug, Default)]
struct Marks {
    /// Made by the component, for each request.
    client: Vec<String>,
    /// Made by Microsoft Graph, for each that it answered.
    graph: Vec<String>,
    stopped: Option<&'static str>,
}

impl Trail {
    /// The service has answered a request under this id.
    pub(crate) fn answered(&self, request_id: &str) {
        add(&mut self.marks().graph, request_id);
    }

    /// A request leaves under this id.
    pub(crate) fn sent(&self, client_request_id: &str) {
        add(&mut self.marks().client, client_request_id);
    }

    /// The component gave no answer of its own, or not all of it.
    pub(crate) fn stopped(&self, why: &CallError) {
        self.marks().stopped.get_or_insert(why.name());
    }

    fn marks(&self) -> MutexGuard<'_, Marks> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn add(ids: &mut Vec<String>, id: &str) {
    if ids.len() < REQUEST_IDS && id.len() <= ID_BYTES {
        ids.push(id.to_owned());
    }
}

/// A call, as far as it is known: the line is written when this is dropped.
pub(crate) struct Entry {
    audit: Option<Audit>,
    metrics: Metrics,
    began: Instant,
    time: Timestamp,
    trace: TraceId,
    pub(crate) tenant: Option<String>,
    pub(crate) caller: Option<Arc<str>>,
    pub(crate) operation: Option<Operation>,
    /// The object class, and the id, as they are in the path.
    pub(crate) target: Option<(String, Option<String>)>,
    pub(crate) trail: Trail,
    /// The HTTP status of the answer; none where the caller went before there was one.
    pub(crate) status: Option<u16>,
    /// Whether the whole answer went out.
    pub(crate) complete: bool,
}

impl Entry {
    pub(crate) fn begin(audit: Option<Audit>, metrics: Metrics, trace: TraceId) -> Self {
        Self {
            audit,
            metrics,
            began: Instant::now(),
            time: Timestamp::now(),
            trace,
            tenant: None,
            caller: None,
            operation: None,
            target: None,
            trail: Trail::default(),
            status: None,
            complete: false,
        }
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        let outcome = Outcome::of(self.status, self.complete);
        self.metrics.call(self.tenant.as_deref(), self.operation, outcome, self.began.elapsed());
        let Some(audit) = &self.audit else { return };
        let (class, id) = self.target.as_ref().map(|(class, id)| (class, id.as_ref())).unzip();
        let marks = self.trail.marks();
        audit.write(&json!({
            "time": self.time.to_string(),
            "traceId": self.trace.to_string(),
            "tenant": self.tenant,
            "caller": self.caller.as_deref(),
            "operation": self.operation.map(Operation::name),
            "objectClass": class,
            "id": id.flatten(),
            "status": self.status,
            "complete": self.complete,
            "stopped": marks.stopped,
            "milliseconds": u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX),
            "clientRequestIds": marks.client,
            "graphRequestIds": marks.graph,
        }));
    }
}
