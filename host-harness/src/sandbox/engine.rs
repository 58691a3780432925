//! The wasmtime engine: how components are compiled, where their memory comes from, and the clock that interrupts them.

use anyhow::Context as _;
use wasmtime::component::Component;
use wasmtime::{Config, Engine, InstanceAllocationStrategy, PoolingAllocationConfig};

use crate::limits::Limits;

/// Core instances, and tables, of one component. The toolchain links a handful of adapters to the main module; the rest is
/// reserve.
pub(crate) const MAX_CORE_INSTANCES: u32 = 20;
/// Memories of one component: its own, and an adapter's.
pub(crate) const MAX_MEMORIES: u32 = 2;
/// Stack in bytes for host functions that the component calls, on top of the component's own.
const HOST_STACK_BYTES: usize = 1536 << 10;

/// Creates an engine whose pool holds [`Limits::concurrency`] sandboxes of [`Limits::memory`] each.
///
/// # Errors
///
/// If the machine cannot reserve the address space. The error names the amount.
pub(crate) fn create_engine(limits: &Limits) -> anyhow::Result<Engine> {
    let sandboxes = u32::try_from(limits.concurrency).context("Limits::concurrency exceeds what the pool can hold")?;
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(sandboxes)
        .total_stacks(sandboxes)
        .total_core_instances(sandboxes.saturating_mul(MAX_CORE_INSTANCES))
        .max_core_instances_per_component(MAX_CORE_INSTANCES)
        .total_tables(sandboxes.saturating_mul(MAX_CORE_INSTANCES))
        .max_tables_per_component(MAX_CORE_INSTANCES)
        .table_elements(limits.table_elements)
        .total_memories(sandboxes.saturating_mul(MAX_MEMORIES))
        .max_memories_per_component(MAX_MEMORIES)
        .max_memory_size(limits.memory);
    let mut config = Config::new();
    config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool)).memory_init_cow(true).epoch_interruption(true);
    config.max_wasm_stack(limits.stack).async_stack_size(limits.stack.saturating_add(HOST_STACK_BYTES));
    let engine = Engine::new(&config).map_err(to_anyhow).with_context(|| {
        format!("cannot reserve {sandboxes} sandboxes of {} MiB: lower Limits::concurrency", limits.memory >> 20)
    })?;
    start_ticker(&engine)?;
    Ok(engine)
}

/// Compiles a component.
pub(crate) fn compile(engine: &Engine, bytes: &[u8]) -> anyhow::Result<Component> {
    Component::new(engine, bytes).map_err(to_anyhow).context("this is not a WebAssembly component")
}

/// Increments the engine's epoch for as long as the engine exists.
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
    thread.spawn(tick).context("cannot start the thread that limits CPU time")?;
    Ok(())
}

/// Converts wasmtime's own error type.
pub(crate) fn to_anyhow(error: wasmtime::Error) -> anyhow::Error {
    anyhow::Error::from_boxed(error.into_boxed_dyn_error())
}
