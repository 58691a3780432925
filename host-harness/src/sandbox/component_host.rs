//! The compiled component in the host, ready to be called.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use wasmtime::Store;
use wasmtime_wasi::I32Exit;
use wasmtime_wasi_http::p2::bindings::{Proxy, ProxyPre};

#[cfg(feature = "artifacts")]
use super::artifacts::Artifacts;
use super::bindings;
use super::call_error::CallError;
use super::context::{Console, Sandbox};
use super::engine::{compile, to_anyhow};
use super::lease::SandboxLease;
use super::runtime::{Compile, Runtime};
use super::write_permits::WritePermit;
use crate::http_client::egress_config::EgressConfig;
use crate::limit_signal::LimitSignal;
use crate::limits::Limits;
use crate::observability::metrics::meter::Meter;
use crate::settings::Settings;
use protocol::write_target::WriteTarget;

/// The graph-contacts component, compiled once and called any number of times, each time in a new sandbox.
///
/// Clones share the compiled component, the connections and the limits.
#[derive(Clone)]
pub struct ComponentHost {
    runtime: Arc<Runtime>,
    typed: bindings::ComponentPre<Sandbox>,
    http: ProxyPre<Sandbox>,
}

impl ComponentHost {
    /// Loads the component from a file.
    ///
    /// # Errors
    ///
    /// If the file cannot be read, if it is not the component that this host was built for, or if the machine cannot reserve
    /// the memory that `limits` ask for.
    pub fn from_file(path: &Path, limits: Limits) -> anyhow::Result<Self> {
        Self::load(path, limits, &compile)
    }

    /// Loads the component from a file, and keeps its compiled form in `artifacts`: later starts load that instead of compiling.
    ///
    /// # Errors
    ///
    /// As [`ComponentHost::from_file`].
    #[cfg(feature = "artifacts")]
    pub fn from_file_or_artifact(path: &Path, limits: Limits, artifacts: &Artifacts) -> anyhow::Result<Self> {
        Self::load(path, limits, &|engine, bytes| artifacts.load(engine, bytes))
    }

    fn load(path: &Path, limits: Limits, compile: Compile<'_>) -> anyhow::Result<Self> {
        let bytes = std::fs::read(path)
            .with_context(|| format!("cannot read the component {}: build it with `make build`", path.display()))?;
        Self::new(&bytes, limits, compile).with_context(|| format!("{} cannot be used", path.display()))
    }

    /// Loads the component from memory.
    ///
    /// # Errors
    ///
    /// As [`ComponentHost::from_file`].
    pub fn from_bytes(bytes: &[u8], limits: Limits) -> anyhow::Result<Self> {
        Self::new(bytes, limits, &compile)
    }

    fn new(bytes: &[u8], limits: Limits, compile: Compile<'_>) -> anyhow::Result<Self> {
        let runtime = Runtime::new(limits)?;
        let pre = runtime.load(bytes, compile)?;
        let foreign = "the component is not graph-contacts, or has another version: build it with `make build`";
        let typed = bindings::ComponentPre::new(pre.clone()).map_err(to_anyhow).context(foreign)?;
        let http = ProxyPre::new(pre).map_err(to_anyhow).context(foreign)?;
        Ok(Self { runtime: Arc::new(runtime), typed, http })
    }

    /// Calls the component's typed interfaces: `call` gets the instance and its sandbox. The inner result is the component's
    /// own, errors included.
    ///
    /// # Errors
    ///
    /// If the component returned nothing: no sandbox was free, the call exceeded a limit, or the component failed.
    pub async fn call<T>(
        &self,
        settings: &Settings,
        call: impl AsyncFnOnce(&bindings::Component, &mut Store<Sandbox>) -> wasmtime::Result<T>,
    ) -> Result<T, CallError> {
        let mut lease = self.acquire(settings).await?;
        let signal = lease.store.data().limit_signal();
        let exchange = async {
            let instance = self.typed.instantiate_async(&mut lease.store).await?;
            call(&instance, &mut lease.store).await
        };
        self.run_within(settings.deadline, signal, exchange).await
    }

    /// Calls as [`ComponentHost::call`] does, and alone among the writes to a mailbox: after those in progress and before later ones,
    /// of the gateway as well. `call` itself says nothing of what it writes to.
    ///
    /// `mailbox` is the id of a user or the user principal name, in any case. The host does not know which id belongs to which name,
    /// so that writers have to use the same.
    ///
    /// # Errors
    ///
    /// As [`ComponentHost::call`], and if the other writes took longer than the deadline of `settings`.
    pub async fn call_for_mailbox<T>(
        &self,
        settings: &Settings,
        mailbox: &str,
        call: impl AsyncFnOnce(&bindings::Component, &mut Store<Sandbox>) -> wasmtime::Result<T>,
    ) -> Result<T, CallError> {
        let _permit = self.acquire_write(settings, &WriteTarget::owner(mailbox)).await?;
        self.call(settings, call).await
    }

    /// Runs the component's command line with the standard input, output and error of the process, and returns its exit status.
    /// `arguments` are those after the program's name.
    ///
    /// Only the component's requests have a deadline, because the command may wait for its input.
    ///
    /// # Errors
    ///
    /// If the component failed instead of exiting.
    pub async fn run_command(&self, arguments: &[String], settings: &Settings) -> Result<ExitCode, CallError> {
        let arguments = [&["graph-contacts".to_owned()], arguments].concat();
        let mut lease = self.runtime.acquire(settings, Console::Inherited(&arguments)).await?;
        let signal = lease.store.data().limit_signal();
        let run = async {
            let instance = self.typed.instantiate_async(&mut lease.store).await?;
            match instance.wasi_cli_run().call_run(&mut lease.store).await {
                Ok(Ok(())) => Ok(ExitCode::SUCCESS),
                Ok(Err(())) => Ok(ExitCode::FAILURE),
                Err(error) => match error.downcast_ref::<I32Exit>() {
                    Some(I32Exit(status)) => Ok(u8::try_from(*status).map_or(ExitCode::FAILURE, ExitCode::from)),
                    None => Err(error),
                },
            }
        };
        self.runtime.run_until_limit(signal, run).await
    }

    /// Returns a host of the same component with other outbound HTTP settings: a proxy, or additional CA certificates.
    ///
    /// # Errors
    ///
    /// If the HTTP client cannot be set up with them.
    pub fn with_egress(self, config: &EgressConfig) -> anyhow::Result<Self> {
        Ok(Self { runtime: Arc::new(self.runtime.with_egress(config)?), ..self })
    }

    /// Returns a host of the same component for one tenant, whose limits `limits` derives from these.
    pub(crate) fn for_tenant(&self, tenant: &str, limits: impl FnOnce(&Limits) -> Limits, meter: Meter) -> Self {
        let runtime = self.runtime.for_tenant(tenant, limits(self.runtime.limits()), meter);
        Self { runtime: Arc::new(runtime), ..self.clone() }
    }

    /// Returns the HTTP client that all calls share.
    pub(crate) fn client(&self) -> reqwest::Client {
        self.runtime.client()
    }

    /// Returns the number of calls that hold a sandbox.
    pub fn live_sandboxes(&self) -> usize {
        self.runtime.live_sandboxes()
    }

    pub(crate) async fn acquire_write(&self, settings: &Settings, target: &WriteTarget) -> Result<WritePermit, CallError> {
        self.runtime.acquire_write(settings, target).await
    }

    pub(crate) async fn acquire(&self, settings: &Settings) -> Result<SandboxLease, CallError> {
        self.runtime.acquire(settings, Console::Log).await
    }

    pub(crate) async fn instantiate_http(&self, store: &mut Store<Sandbox>) -> wasmtime::Result<Proxy> {
        self.http.instantiate_async(store).await
    }

    pub(crate) async fn run_within<T>(
        &self,
        deadline: Duration,
        signal: LimitSignal,
        call: impl Future<Output = wasmtime::Result<T>>,
    ) -> Result<T, CallError> {
        self.runtime.run_within(deadline, signal, call).await
    }

    /// Returns the maximum size in bytes of the response to one call through the gateway.
    pub(crate) fn max_response_bytes(&self) -> usize {
        self.runtime.limits().gateway_response_bytes
    }
}
