//! The audit log: who did what to which object, and the outcome. A line for each call at its end, and for one that writes also before its
//! first write. No attribute, no value, no secret.

use std::io::Write;
use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::log_queue::LogQueue;

/// Where the lines are written. Clones are the same log.
///
/// A thread writes them, so that no call waits for a full disk or a slow reader, except a call's first write.
#[derive(Clone)]
pub struct AuditLog(LogQueue);

impl AuditLog {
    /// Appends lines of JSON to a file, which is created if it does not exist, for its owner only.
    ///
    /// # Errors
    ///
    /// If the file cannot be opened for writing.
    pub fn to_file(file: &Path) -> anyhow::Result<Self> {
        let queue = LogQueue::to_file(file, describe_loss);
        Ok(Self(queue.with_context(|| format!("cannot write the audit log {}", file.display()))?))
    }

    /// Writes lines of JSON to a writer, in a thread of its own.
    pub fn to_writer(writer: impl Write + Send + 'static) -> Self {
        Self(LogQueue::to_writer(writer, describe_loss))
    }

    /// Opens the file again before the next line, because another program may have renamed it.
    pub fn reopen(&self) {
        self.0.reopen();
    }

    /// Returns whether lines are being written.
    pub fn is_healthy(&self) -> bool {
        self.0.is_healthy()
    }

    /// Waits until all lines are written, but not longer than `time`. Returns whether they are.
    pub async fn flush(&self, time: Duration) -> bool {
        self.0.flush(time).await
    }

    pub(crate) fn queue(&self) -> &LogQueue {
        &self.0
    }

    /// Adds a line.
    pub(super) fn push(&self, line: Vec<u8>) {
        self.0.push(line);
    }

    /// Adds a line and waits until it is written. Returns false if that takes longer than `time`.
    pub(super) async fn push_and_wait(&self, line: Vec<u8>, time: Duration) -> bool {
        self.0.push_and_wait(line, time).await
    }
}

/// Returns the line that says how many lines were lost before it.
fn describe_loss(count: u64) -> String {
    json!({"time": Timestamp::now().to_string(), "event": "lost", "lines": count}).to_string()
}

/// Returns a line with the members of two objects; those of the second replace those of the first.
pub(super) fn to_line(head: &Value, more: Value) -> Vec<u8> {
    let mut line = head.clone();
    if let (Value::Object(line), Value::Object(more)) = (&mut line, more) {
        line.extend(more);
    }
    format!("{line}\n").into_bytes()
}
