//! Limits that the host counts itself, and how a call that goes beyond one is brought to an end.
//!
//! Some are found where no error reaches wasmtime: a request that is one too many is one that the component need not wait for,
//! and an answer is counted after it has left the sandbox. So whoever finds it notes it here, and whoever runs the call hears of it.

use std::sync::Arc;

use tokio::sync::SetOnce;
use wasmtime::ResourceLimiter;

use crate::engine::{MEMORIES, PARTS};
use crate::limits::Limits;

/// What a call wanted more of than it may have. Numbers are those of the limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("beyond a limit: {self:?}")]
pub(crate) enum Excess {
    /// Bytes of linear memory.
    Memory(usize),
    /// Entries of a table.
    TableElements(usize),
    /// Requests to Microsoft Graph.
    Requests(usize),
    /// Bytes of the answer.
    Answer(usize),
}

/// Whether a call has gone beyond a limit, and which was the first. Clones are of the same call.
#[derive(Clone, Default)]
pub(crate) struct Breach(Arc<SetOnce<Excess>>);

impl Breach {
    /// The call is to end. Only the first is kept.
    pub(crate) fn note(&self, excess: Excess) {
        // Whoever comes later changes nothing.
        let _ = self.0.set(excess);
    }

    pub(crate) fn found(&self) -> Option<Excess> {
        self.0.get().copied()
    }

    /// Waits until there is one; it may never come.
    pub(crate) async fn happens(&self) -> Excess {
        *self.0.wait().await
    }
}

/// Bounds what wasmtime allocates for one sandbox. A component that is told of a failure to grow mostly traps for a reason that
/// names nothing, so the call ends at the attempt.
pub(crate) struct Allocations {
    memory: usize,
    table_elements: usize,
    breach: Breach,
}

impl Allocations {
    pub(crate) fn new(limits: &Limits, breach: Breach) -> Self {
        Self { memory: limits.memory, table_elements: limits.table_elements, breach }
    }

    fn end(&self, excess: Excess) -> wasmtime::Error {
        self.breach.note(excess);
        wasmtime::Error::new(excess)
    }
}

impl ResourceLimiter for Allocations {
    fn memory_growing(&mut self, _: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        if desired > self.memory { Err(self.end(Excess::Memory(self.memory))) } else { Ok(true) }
    }

    /// The machine has no more, or the component's own bound is lower than the limit.
    fn memory_grow_failed(&mut self, error: wasmtime::Error) -> wasmtime::Result<()> {
        Err(error.context("the memory could not grow"))
    }

    fn table_growing(&mut self, _: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        if desired > self.table_elements { Err(self.end(Excess::TableElements(self.table_elements))) } else { Ok(true) }
    }

    fn table_grow_failed(&mut self, error: wasmtime::Error) -> wasmtime::Result<()> {
        Err(error.context("a table could not grow"))
    }

    fn instances(&self) -> usize {
        PARTS as usize
    }

    fn tables(&self) -> usize {
        PARTS as usize
    }

    fn memories(&self) -> usize {
        MEMORIES as usize
    }
}
