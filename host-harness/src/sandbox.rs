//! What one call runs in.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::OwnedSemaphorePermit;
use wasmtime::component::ResourceTable;
use wasmtime::{Engine, Store, UpdateDeadline};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::{WasiHttpCtx, WasiHttpCtxView, WasiHttpHooks, WasiHttpView};

use crate::audit::Trail;
use crate::breach::{Allocations, Breach};
use crate::guest_log::GuestLog;
use crate::limits::Limits;
use crate::metrics::Live;
use crate::outbound::Outbound;
use crate::settings::Settings;

/// What the host keeps for one call of the component: an environment of a few variables, a log, and the one way out. No
/// file, no directory, no socket, no argument.
pub struct Sandbox {
    wasi: WasiCtx,
    http: WasiHttpCtx,
    table: ResourceTable,
    outbound: Outbound,
    allocations: Allocations,
    breach: Breach,
}

/// Where a call reads and writes.
pub(crate) enum Console<'a> {
    /// Nowhere; standard error goes to the host's log.
    Log,
    /// The process's own terminal, with these arguments.
    Inherited(&'a [String]),
}

/// A sandbox and its place in the pool. The place is given back after the sandbox is gone, whatever way it goes.
pub(crate) struct Lease {
    pub(crate) store: Store<Sandbox>,
    _place: Place,
}

/// One of the [`Limits::concurrency`] places, counted while it is taken.
pub(crate) struct Place {
    taken: Arc<AtomicUsize>,
    _permits: Vec<OwnedSemaphorePermit>,
    _live: Live,
}

impl Place {
    pub(crate) fn new(taken: Arc<AtomicUsize>, permits: Vec<OwnedSemaphorePermit>, live: Live) -> Self {
        taken.fetch_add(1, Ordering::SeqCst);
        Self { taken, _permits: permits, _live: live }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.taken.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Lease {
    /// A fresh sandbox, with nothing of any other call in it.
    pub(crate) fn new(place: Place, engine: &Engine, sandbox: Sandbox, limits: &Limits) -> Self {
        let mut store = Store::new(engine, sandbox);
        store.limiter(|sandbox| &mut sandbox.allocations);
        store.set_hostcall_fuel(limits.hostcall_bytes);
        store.set_max_component_handles(limits.handles);
        let ticks = limits.cpu_time.as_nanos() / Limits::TICK.as_nanos();
        let mut computed = 0;
        // An epoch is a tick of the clock, waiting included. So each lets the call run one tick on, and only those in which
        // it ran are counted. In between others get their turn, and a call that nobody waits for any more ends.
        store.set_epoch_deadline(1);
        store.epoch_deadline_callback(move |_| {
            computed += 1;
            Ok(if computed > ticks {
                UpdateDeadline::Interrupt
            } else {
                UpdateDeadline::YieldCustom(1, Box::pin(tokio::task::yield_now()))
            })
        });
        Self { store, _place: place }
    }
}

impl Sandbox {
    pub(crate) fn new(settings: &Settings, console: Console<'_>, outbound: Outbound, breach: Breach, limits: &Limits) -> Self {
        let mut wasi = WasiCtx::builder();
        wasi.max_random_size(limits.random_bytes).allow_tcp(false).allow_udp(false).allow_ip_name_lookup(false);
        for (name, value) in settings.environment() {
            wasi.env(name, value);
        }
        match console {
            Console::Log => wasi.stderr(GuestLog::default()),
            Console::Inherited(arguments) => wasi.inherit_stdio().args(arguments),
        };
        let mut http = WasiHttpCtx::new();
        http.set_field_size_limit(limits.header_bytes);
        let mut table = ResourceTable::new();
        table.set_max_capacity(limits.resources);
        let allocations = Allocations::new(limits, breach.clone());
        Self { wasi: wasi.build(), http, table, outbound, allocations, breach }
    }
}

impl Sandbox {
    /// Has the ids of its requests to Microsoft Graph noted.
    pub(crate) fn follow(&mut self, trail: Trail) {
        self.outbound.follow(trail);
    }

    /// Where it is noted that the call goes beyond a limit.
    pub(crate) fn breach(&self) -> Breach {
        self.breach.clone()
    }

    /// The view of wasi:http with other hooks than those of the way out.
    pub(crate) fn http_with<'a>(&'a mut self, hooks: &'a mut dyn WasiHttpHooks) -> WasiHttpCtxView<'a> {
        WasiHttpCtxView { ctx: &mut self.http, table: &mut self.table, hooks }
    }
}

impl WasiView for Sandbox {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

impl WasiHttpView for Sandbox {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView { ctx: &mut self.http, table: &mut self.table, hooks: &mut self.outbound }
    }
}
