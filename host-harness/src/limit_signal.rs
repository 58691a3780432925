//! The signal that a call exceeded a limit which the host counts itself.
//!
//! Some limits are exceeded where no error reaches wasmtime: the component need not wait for the request that is one too many,
//! and the size of a response is counted after it has left the sandbox. The counter raises the signal; the runtime, which runs
//! the call, waits for it and ends the call.

use std::sync::Arc;

use tokio::sync::SetOnce;

/// The limit that a call exceeded, with its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("limit exceeded: {self:?}")]
pub(crate) enum ExceededLimit {
    /// Bytes of linear memory.
    Memory(usize),
    /// Entries of a table.
    TableElements(usize),
    /// Requests to Microsoft Graph.
    Requests(usize),
    /// Bytes of the gateway's response.
    ResponseBytes(usize),
    /// None of the audit log's lines could be written, and the call wanted to write.
    AuditLog,
}

/// The first limit that a call exceeded, if any. Clones belong to the same call.
#[derive(Clone, Default)]
pub(crate) struct LimitSignal(Arc<SetOnce<ExceededLimit>>);

impl LimitSignal {
    /// Has the call end. Only the first limit is kept.
    pub(crate) fn raise(&self, exceeded: ExceededLimit) {
        // Fails only if another limit was exceeded before.
        let _ = self.0.set(exceeded);
    }

    pub(crate) fn exceeded(&self) -> Option<ExceededLimit> {
        self.0.get().copied()
    }

    /// Waits until a limit is exceeded, which may never happen.
    pub(crate) async fn wait(&self) -> ExceededLimit {
        *self.0.wait().await
    }
}
