//! A sandbox together with the permit to run it.

use wasmtime::{Engine, Store, UpdateDeadline};

use super::context::Sandbox;
use super::permit::SandboxPermit;
use crate::limits::Limits;

/// A sandbox and its permit. The permit is released after the sandbox is dropped.
pub(crate) struct SandboxLease {
    pub(crate) store: Store<Sandbox>,
    _permit: SandboxPermit,
}

impl SandboxLease {
    /// Creates a store that shares nothing with any other call.
    pub(crate) fn new(permit: SandboxPermit, engine: &Engine, sandbox: Sandbox, limits: &Limits) -> Self {
        let mut store = Store::new(engine, sandbox);
        store.limiter(|sandbox| sandbox.allocation_limiter());
        store.set_hostcall_fuel(limits.hostcall_bytes);
        store.set_max_component_handles(limits.handles);
        let max_ticks = limits.cpu_time.as_nanos() / Limits::TICK.as_nanos();
        let mut ticks = 0;
        // An epoch is a tick of the wall clock. The callback runs only when the component computes at that tick, so waiting does
        // not count. Yielding in between lets other calls run, and ends a call whose future was dropped.
        store.set_epoch_deadline(1);
        store.epoch_deadline_callback(move |_| {
            ticks += 1;
            Ok(if ticks > max_ticks {
                UpdateDeadline::Interrupt
            } else {
                UpdateDeadline::YieldCustom(1, Box::pin(tokio::task::yield_now()))
            })
        });
        Self { store, _permit: permit }
    }
}
