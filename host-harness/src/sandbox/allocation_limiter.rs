//! Bounds what wasmtime allocates for one sandbox.

use wasmtime::ResourceLimiter;

use super::engine::{MAX_CORE_INSTANCES, MAX_MEMORIES};
use crate::limit_signal::{ExceededLimit, LimitSignal};
use crate::limits::Limits;

/// Bounds what wasmtime allocates for one sandbox.
///
/// The call ends at the attempt to exceed a limit. A component that sees an allocation fail usually traps, and the trap
/// does not name the limit.
pub(crate) struct AllocationLimiter {
    memory: usize,
    /// Bytes of all memories of the sandbox together.
    allocated: usize,
    /// The last growth, which may still fail.
    growth: usize,
    table_elements: usize,
    signal: LimitSignal,
}

impl AllocationLimiter {
    pub(crate) fn new(limits: &Limits, signal: LimitSignal) -> Self {
        Self { memory: limits.memory, allocated: 0, growth: 0, table_elements: limits.table_elements, signal }
    }

    fn end_call(&self, exceeded: ExceededLimit) -> wasmtime::Error {
        self.signal.raise(exceeded);
        wasmtime::Error::new(exceeded)
    }
}

impl ResourceLimiter for AllocationLimiter {
    fn memory_growing(&mut self, current: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        self.growth = desired.saturating_sub(current);
        self.allocated = self.allocated.saturating_add(self.growth);
        if self.allocated > self.memory { Err(self.end_call(ExceededLimit::Memory(self.memory))) } else { Ok(true) }
    }

    /// The machine is out of memory, or the component's own maximum is lower than the limit.
    fn memory_grow_failed(&mut self, error: wasmtime::Error) -> wasmtime::Result<()> {
        self.allocated = self.allocated.saturating_sub(std::mem::take(&mut self.growth));
        Err(error.context("the memory could not grow"))
    }

    fn table_growing(&mut self, _: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        if desired > self.table_elements {
            Err(self.end_call(ExceededLimit::TableElements(self.table_elements)))
        } else {
            Ok(true)
        }
    }

    fn table_grow_failed(&mut self, error: wasmtime::Error) -> wasmtime::Result<()> {
        Err(error.context("a table could not grow"))
    }

    fn instances(&self) -> usize {
        MAX_CORE_INSTANCES as usize
    }

    fn tables(&self) -> usize {
        MAX_CORE_INSTANCES as usize
    }

    fn memories(&self) -> usize {
        MAX_MEMORIES as usize
    }
}
