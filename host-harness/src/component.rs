//! The component, ready to be called.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use wasmtime::Store;
use wasmtime_wasi::I32Exit;
use wasmtime_wasi_http::p2::bindings::{Proxy, ProxyPre};

use crate::artifact::Artifacts;
use crate::bindings;
use crate::breach::Breach;
use crate::call_error::CallError;
use crate::engine::in_anyhow;
use crate::limits::Limits;
use crate::metrics::Meter;
use crate::runtime::Runtime;
use crate::sandbox::{Console, Lease, Sandbox};
use crate::settings::Settings;
use crate::way_out::WayOut;

/// The graph-contacts component, compiled once and called as often as one likes, each time in a fresh sandbox.
///
/// Clones are the same connector.
#[derive(Clone)]
pub struct Connector {
    runtime: Arc<Runtime>,
    typed: bindings::ComponentPre<Sandbox>,
    http: ProxyPre<Sandbox>,
}

impl Connector {
    /// Loads the component from a file.
    ///
    /// # Errors
    ///
    /// If there is no such file, if it is not the component that this host was built for, or if the machine cannot hold
    /// the sandboxes that `limits` ask for.
    pub fn from_file(path: &Path, limits: Limits) -> anyhow::Result<Self> {
        Self::load(path, limits, None)
    }

    /// The same, where the compiled component is kept among `artifacts`, so that it is compiled once and not at each start.
    ///
    /// # Errors
    ///
    /// As [`Connector::from_file`].
    pub fn from_file_or_artifact(path: &Path, limits: Limits, artifacts: &Artifacts) -> anyhow::Result<Self> {
        Self::load(path, limits, Some(artifacts))
    }

    fn load(path: &Path, limits: Limits, artifacts: Option<&Artifacts>) -> anyhow::Result<Self> {
        let bytes = std::fs::read(path)
            .with_context(|| format!("cannot read the component {}: `make build` makes it", path.display()))?;
        Self::new(&bytes, limits, artifacts).with_context(|| format!("{} cannot be used", path.display()))
    }

    /// Loads the component from memory.
    ///
    /// # Errors
    ///
    /// As [`Connector::from_file`].
    pub fn from_bytes(bytes: &[u8], limits: Limits) -> anyhow::Result<Self> {
        Self::new(bytes, limits, None)
    }

    fn new(bytes: &[u8], limits: Limits, artifacts: Option<&Artifacts>) -> anyhow::Result<Self> {
        let runtime = Runtime::new(limits)?;
        let pre = runtime.load(bytes, artifacts)?;
        let foreign = "the component is not graph-contacts, or of another version: `make build` makes it";
        let typed = bindings::ComponentPre::new(pre.clone()).map_err(in_anyhow).context(foreign)?;
        let http = ProxyPre::new(pre).map_err(in_anyhow).context(foreign)?;
        Ok(Self { runtime: Arc::new(runtime), typed, http })
    }

    /// Calls the component's typed interfaces: `call` gets the instance and its sandbox. What the component itself answers,
    /// its errors included, is the inner result.
    ///
    /// # Errors
    ///
    /// If the component gave no answer: no place, no time, or a failure of its own.
    pub async fn call<T>(
        &self,
        settings: &Settings,
        call: impl AsyncFnOnce(&bindings::Component, &mut Store<Sandbox>) -> wasmtime::Result<T>,
    ) -> Result<T, CallError> {
        let mut lease = self.lease(settings).await?;
        let breach = lease.store.data().breach();
        let exchange = async {
            let instance = self.typed.instantiate_async(&mut lease.store).await?;
            call(&instance, &mut lease.store).await
        };
        self.within(settings.deadline, breach, exchange).await
    }

    /// Runs the component's command line with the process's standard input, output and error, and gives its exit status.
    /// `arguments` are those after the program's name.
    ///
    /// There is no deadline but those of the requests it makes: it may be waiting for its input.
    ///
    /// # Errors
    ///
    /// If the component failed instead of ending.
    pub async fn run_command(&self, arguments: &[String], settings: &Settings) -> Result<ExitCode, CallError> {
        let arguments = [&["graph-contacts".to_owned()], arguments].concat();
        let mut lease = self.runtime.lease(settings, Console::Inherited(&arguments)).await?;
        let breach = lease.store.data().breach();
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
        self.runtime.until_breach(breach, run).await
    }

    /// The same component, whose requests go another way: through a proxy, or trusting other authorities.
    ///
    /// # Errors
    ///
    /// If the HTTP client cannot be set up so.
    pub fn via(self, way_out: WayOut) -> anyhow::Result<Self> {
        Ok(Self { runtime: Arc::new(self.runtime.via(&way_out)?), ..self })
    }

    /// The same component for one tenant, with limits that are made of these.
    pub(crate) fn for_tenant(&self, limits: impl FnOnce(&Limits) -> Limits, meter: Meter) -> Self {
        let runtime = self.runtime.for_tenant(limits(self.runtime.limits()), meter);
        Self { runtime: Arc::new(runtime), ..self.clone() }
    }

    /// The client that all its calls share.
    pub(crate) fn client(&self) -> reqwest::Client {
        self.runtime.client()
    }

    /// How many calls are in their sandboxes just now.
    pub fn live_sandboxes(&self) -> usize {
        self.runtime.live_sandboxes()
    }

    pub(crate) async fn lease(&self, settings: &Settings) -> Result<Lease, CallError> {
        self.runtime.lease(settings, Console::Log).await
    }

    pub(crate) async fn instantiate_http(&self, store: &mut Store<Sandbox>) -> wasmtime::Result<Proxy> {
        self.http.instantiate_async(store).await
    }

    pub(crate) async fn within<T>(
        &self,
        deadline: Duration,
        breach: Breach,
        call: impl Future<Output = wasmtime::Result<T>>,
    ) -> Result<T, CallError> {
        self.runtime.within(deadline, breach, call).await
    }

    /// How long the answer to a call may be, in bytes.
    pub(crate) fn answer_bytes(&self) -> usize {
        self.runtime.limits().answer_bytes
    }
}
