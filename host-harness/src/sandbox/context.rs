//! The host's state for one call: what the component gets of WASI.

use wasmtime::component::ResourceTable;
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::{WasiHttpCtx, WasiHttpCtxView, WasiHttpHooks, WasiHttpView};

use super::allocation_limiter::AllocationLimiter;
use super::guest_log::GuestLog;
use crate::egress::hook::EgressHook;
use crate::limit_signal::LimitSignal;
use crate::limits::Limits;
use crate::observability::call_trail::CallTrail;
use crate::settings::Settings;

/// The host's state for one call of the component: a few environment variables, a log, and outbound HTTP under the egress
/// policy. No file, no directory, no socket and no argument.
pub struct Sandbox {
    wasi: WasiCtx,
    http: WasiHttpCtx,
    table: ResourceTable,
    egress: EgressHook,
    allocation_limiter: AllocationLimiter,
    limit_signal: LimitSignal,
}

/// Where a call reads and writes.
pub(crate) enum Console<'a> {
    /// No input or output; standard error goes to the host's log.
    Log,
    /// The process's own terminal, with these arguments.
    Inherited(&'a [String]),
}

impl Sandbox {
    pub(crate) fn new(
        settings: &Settings,
        console: Console<'_>,
        egress: EgressHook,
        limit_signal: LimitSignal,
        limits: &Limits,
    ) -> Self {
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
        let allocation_limiter = AllocationLimiter::new(limits, limit_signal.clone());
        Self { wasi: wasi.build(), http, table, egress, allocation_limiter, limit_signal }
    }

    /// Has the ids of requests to Microsoft Graph recorded in `trail`.
    pub(crate) fn set_trail(&mut self, trail: CallTrail) {
        self.egress.set_trail(trail);
    }

    pub(crate) fn limit_signal(&self) -> LimitSignal {
        self.limit_signal.clone()
    }

    pub(crate) fn allocation_limiter(&mut self) -> &mut AllocationLimiter {
        &mut self.allocation_limiter
    }

    /// Returns the view of wasi:http with other hooks than those of the egress policy.
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
        WasiHttpCtxView { ctx: &mut self.http, table: &mut self.table, hooks: &mut self.egress }
    }
}
