//! The wasmtime engine: how components are compiled, where their memory comes from, and the clock that stops them.

use anyhow::Context as _;
use wasmtime::{Config, Engine, InstanceAllocationStrategy, PoolingAllocationConfig};

use crate::limits::Limits;

/// Core instances and tables that one component may consist of. The toolchain links a handful of adapters to the one module
/// that does the work; the rest is room.
pub(crate) const PARTS: u32 = 20;
/// Memories that one component may have: its own, and an adapter's.
pub(crate) const MEMORIES: u32 = 2;
/// Stack, in bytes, that functions of the host have which the component calls, after its own.
const HOST_STACK: usize = 1536 << 10;

/// An engine whose pool holds as many sandboxes as may run at a time, each with as much memory as a sandbox may have.
///
/// # Errors
///
/// If the machine cannot reserve the address space: the error says how much was asked for.
pub(crate) fn engine(limits: &Limits) -> anyhow::Result<Engine> {
    let sandboxes = u32::try_from(limits.concurrency).context("Limits::concurrency is more than the pool can hold")?;
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(sandboxes)
        .total_stacks(sandboxes)
        .total_core_instances(sandboxes.saturating_mul(PARTS))
        .max_core_instances_per_component(PARTS)
        .total_tables(sandboxes.saturating_mul(PARTS))
        .max_tables_per_component(PARTS)
        .table_elements(limits.table_elements)
        .total_memories(sandboxes.saturating_mul(MEMORIES))
        .max_memories_per_component(MEMORIES)
        .max_memory_size(limits.memory);
    let mut config = Config::new();
    config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool)).memory_init_cow(true).epoch_interruption(true);
    config.max_wasm_stack(limits.stack).async_stack_size(limits.stack.saturating_add(HOST_STACK));
    let engine = Engine::new(&config).map_err(in_anyhow).with_context(|| {
        format!("could not set up {sandboxes} sandboxes of {} MiB: lower Limits::concurrency", limits.memory >> 20)
    })?;
    start_ticker(&engine)?;
    Ok(engine)
}

/// Counts up the engine's epoch as long as there is an engine.
fn start_ticker(engine: &Engine) -> anyhow::Result<()> {
    let engine = engine.weak();
    let tick = move || {
        while let Some(engine) = engine.upgrade() {
            engine.increment_epoch();
            drop(engine);
            std::thread::sleep(Limits::TICK);
        }
    };
    let thread = std::thread::Builder::new().name("epoch ticker".to_owned());
    thread.spawn(tick).context("could not start the thread that limits computing time")?;
    Ok(())
}

/// wasmtime has an error type of its own.
pub(crate) fn in_anyhow(error: wasmtime::Error) -> anyhow::Error {
    anyhow::Error::from_boxed(error.into_boxed_dyn_error())
}
