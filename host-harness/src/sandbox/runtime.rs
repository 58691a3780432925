//! Where sandboxes come from, and how a call in one ends.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::Context as _;
use tokio::sync::Semaphore;
use wasmtime::Engine;
use wasmtime::component::{Component, InstancePre, Linker};

use super::call_error::CallError;
use super::context::{Console, Sandbox};
use super::engine::{create_engine, to_anyhow};
use super::lease::SandboxLease;
use super::permit::SandboxPermit;
use super::sandbox_pool::SandboxPool;
use super::write_permits::{WritePermit, WritePermits};
use crate::egress::hook::EgressHook;
use crate::egress::mailbox_permits::MailboxPermits;
use crate::http_client::client::build_client;
use crate::http_client::egress_config::EgressConfig;
use crate::limit_signal::LimitSignal;
use crate::limits::Limits;
use crate::observability::metrics::meter::{Meter, Queue};
use crate::settings::Settings;
use protocol::write_target::WriteTarget;

/// How a component becomes machine code.
pub(crate) type Compile<'c> = &'c dyn Fn(&Engine, &[u8]) -> anyhow::Result<Component>;

/// What calls share: the engine, the HTTP client with its connections, and the permits.
pub(crate) struct Runtime {
    engine: Engine,
    limits: Limits,
    client: reqwest::Client,
    mailbox_permits: Arc<MailboxPermits>,
    sandbox_pool: Arc<SandboxPool>,
    /// A tenant's own permits; its calls need one of these as well.
    tenant_permits: Option<Arc<Semaphore>>,
    /// Of all tenants, so that a tenant whose configuration changes keeps those of its calls in progress.
    write_permits: Arc<WritePermits>,
    /// The tenant's name; empty where there is one party.
    tenant: Arc<str>,
    live: Arc<AtomicUsize>,
    meter: Meter,
}

impl Runtime {
    pub(crate) fn new(limits: Limits) -> anyhow::Result<Self> {
        Ok(Self {
            engine: create_engine(&limits)?,
            client: build_client(&EgressConfig::default()).context("cannot set up the HTTP client")?,
            mailbox_permits: Arc::new(MailboxPermits::new(limits.mailbox_concurrency)),
            sandbox_pool: Arc::new(SandboxPool::new(limits.concurrency)),
            tenant_permits: None,
            write_permits: Arc::default(),
            tenant: Arc::from(""),
            live: Arc::default(),
            meter: Meter::default(),
            limits,
        })
    }

    /// Returns a runtime for one tenant that shares engine, connections and permits. Its limits must not be higher than these.
    /// Its mailboxes are counted separately, so that no tenant can take another's permits.
    pub(crate) fn for_tenant(&self, tenant: &str, limits: Limits, meter: Meter) -> Self {
        Self {
            engine: self.engine.clone(),
            client: self.client.clone(),
            mailbox_permits: Arc::new(MailboxPermits::new(limits.mailbox_concurrency)),
            sandbox_pool: Arc::clone(&self.sandbox_pool),
            tenant_permits: Some(Arc::new(Semaphore::new(limits.concurrency))),
            write_permits: Arc::clone(&self.write_permits),
            tenant: Arc::from(tenant),
            live: Arc::clone(&self.live),
            meter,
            limits,
        }
    }

    /// Returns a runtime with another HTTP client.
    pub(crate) fn with_egress(&self, config: &EgressConfig) -> anyhow::Result<Self> {
        let client = build_client(config).context("cannot set up the HTTP client")?;
        let shared = self.for_tenant(&self.tenant, self.limits.clone(), self.meter.clone());
        Ok(Self { client, tenant_permits: self.tenant_permits.clone(), ..shared })
    }

    pub(crate) fn client(&self) -> reqwest::Client {
        self.client.clone()
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Compiles a component with `compile`, or loads its artifact, and links it to WASI.
    pub(crate) fn load(&self, bytes: &[u8], compile: Compile<'_>) -> anyhow::Result<InstancePre<Sandbox>> {
        let component = compile(&self.engine, bytes)?;
        let mut linker = Linker::new(&self.engine);
        wasmtime_wasi::p2::add_to_linker_async(&mut linker).map_err(to_anyhow)?;
        wasmtime_wasi_http::p2::add_only_http_to_linker_async(&mut linker).map_err(to_anyhow)?;
        let pre = linker.instantiate_pre(&component).map_err(to_anyhow);
        pre.context("the component imports more than WASI 0.2 and wasi:http")
    }

    /// Waits until a call may write to a target: until the calls that came before and write to the same have ended.
    pub(crate) async fn acquire_write(&self, settings: &Settings, target: &WriteTarget) -> Result<WritePermit, CallError> {
        let (waited, party) = (settings.deadline, self.write_permits.party(&self.tenant, settings));
        let permit = tokio::time::timeout(waited, self.write_permits.acquire(&party, target));
        let permit = self.meter.measure_wait(Queue::Write, permit).await;
        permit.map_err(|_| self.count_failure(CallError::TargetBusy { waited }))
    }

    /// Waits for a permit, and creates a sandbox.
    pub(crate) async fn acquire(&self, settings: &Settings, console: Console<'_>) -> Result<SandboxLease, CallError> {
        let waited = self.limits.queue_timeout;
        let deadline = tokio::time::Instant::now() + waited;
        // The tenant's own permit first: a tenant that waits for itself holds no sandbox that others need.
        let own = async {
            match &self.tenant_permits {
                // The semaphore is never closed.
                Some(permits) => Arc::clone(permits).acquire_owned().await.ok(),
                None => None,
            }
        };
        let permits = async {
            let busy = CallError::Busy { concurrency: self.limits.concurrency, waited };
            let own = tokio::time::timeout_at(deadline, own).await.map_err(|_| busy)?;
            let shared = tokio::time::timeout_at(deadline, self.sandbox_pool.acquire(&self.tenant)).await;
            let shared = shared.map_err(|_| match self.tenant_permits {
                Some(_) => CallError::OthersBusy { waited },
                None => CallError::Busy { concurrency: self.limits.concurrency, waited },
            })?;
            Ok::<_, CallError>((own, shared))
        };
        let (own, shared) = self.meter.measure_wait(Queue::Sandbox, permits).await.map_err(|error| self.count_failure(error))?;
        let permit = SandboxPermit::new(Arc::clone(&self.live), own, shared, self.meter.count_sandbox());
        let signal = LimitSignal::default();
        let egress =
            EgressHook::new(self.client.clone(), Arc::clone(&self.mailbox_permits), settings, &self.limits, signal.clone());
        let sandbox = Sandbox::new(settings, console, egress.with_meter(self.meter.clone()), signal, &self.limits);
        Ok(SandboxLease::new(permit, &self.engine, sandbox, &self.limits))
    }

    /// Runs a call until it completes, exceeds a limit, or exceeds `deadline` and the grace after it. Epochs cannot interrupt a
    /// call that waits in the host, hence the timeout.
    pub(crate) async fn run_within<T>(
        &self,
        deadline: Duration,
        signal: LimitSignal,
        call: impl Future<Output = wasmtime::Result<T>>,
    ) -> Result<T, CallError> {
        let limit = deadline + self.limits.grace;
        match tokio::time::timeout(limit, self.run_until_limit(signal, call)).await {
            Ok(result) => result,
            Err(_) => {
                let error = CallError::TimedOut { after: limit };
                tracing::error!("{error}");
                Err(self.count_failure(error))
            }
        }
    }

    /// Runs a call until it completes or exceeds a limit.
    pub(crate) async fn run_until_limit<T>(
        &self,
        signal: LimitSignal,
        call: impl Future<Output = wasmtime::Result<T>>,
    ) -> Result<T, CallError> {
        let exceeded = tokio::select! {
            biased;
            result = call => match (result, signal.exceeded()) {
                (Ok(result), None) => return Ok(result),
                (Err(error), _) => return Err(self.log_failure(error, &signal)),
                // It completed before it could be ended.
                (Ok(_), Some(exceeded)) => exceeded,
            },
            exceeded = signal.wait() => exceeded,
        };
        let error = CallError::from(exceeded);
        tracing::error!("{error}");
        Err(self.count_failure(error))
    }

    /// Logs an error of wasmtime with its backtrace in the component, and converts it.
    fn log_failure(&self, error: wasmtime::Error, signal: &LimitSignal) -> CallError {
        tracing::error!("a call of the component failed: {error:?}");
        self.count_failure(CallError::from_wasmtime(error, &self.limits, signal))
    }

    fn count_failure(&self, error: CallError) -> CallError {
        self.meter.count_limit(error.name());
        error
    }

    /// Returns the number of calls that hold a sandbox.
    pub(crate) fn live_sandboxes(&self) -> usize {
        self.live.load(Ordering::SeqCst)
    }
}

#[cfg(test)]
mod tests;
