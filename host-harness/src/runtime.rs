//! Where sandboxes come from, and how a call in one is brought to an end.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::Context as _;
use tokio::sync::{AcquireError, Semaphore};
use wasmtime::Engine;
use wasmtime::component::{InstancePre, Linker};

use crate::artifact::{self, Artifacts};
use crate::breach::Breach;
use crate::call_error::CallError;
use crate::engine::{engine, in_anyhow};
use crate::limits::Limits;
use crate::metrics::{Meter, Queue};
use crate::outbound::{self, Mailboxes, Outbound};
use crate::sandbox::{Console, Lease, Place, Sandbox};
use crate::settings::Settings;
use crate::way_out::WayOut;

/// Everything that calls share: the engine, the client with its connections, the places.
pub(crate) struct Runtime {
    engine: Engine,
    limits: Limits,
    client: reqwest::Client,
    mailboxes: Arc<Mailboxes>,
    places: Arc<Semaphore>,
    /// A tenant's own places, of which it needs one besides.
    own_places: Option<Arc<Semaphore>>,
    taken: Arc<AtomicUsize>,
    meter: Meter,
}

impl Runtime {
    pub(crate) fn new(limits: Limits) -> anyhow::Result<Self> {
        Ok(Self {
            engine: engine(&limits)?,
            client: outbound::client(&WayOut::default()).context("could not set up the HTTP client")?,
            mailboxes: Arc::new(Mailboxes::new(limits.mailbox_concurrency)),
            places: Arc::new(Semaphore::new(limits.concurrency)),
            own_places: None,
            taken: Arc::default(),
            meter: Meter::default(),
            limits,
        })
    }

    /// The same engine, connections and places for one tenant, whose limits may not be higher than these. Its mailboxes are
    /// counted by themselves, so that nobody can take another's turns.
    pub(crate) fn for_tenant(&self, limits: Limits, meter: Meter) -> Self {
        Self {
            engine: self.engine.clone(),
            client: self.client.clone(),
            mailboxes: Arc::new(Mailboxes::new(limits.mailbox_concurrency)),
            places: Arc::clone(&self.places),
            own_places: Some(Arc::new(Semaphore::new(limits.concurrency))),
            taken: Arc::clone(&self.taken),
            meter,
            limits,
        }
    }

    /// The same, whose requests go another way.
    pub(crate) fn via(&self, way_out: &WayOut) -> anyhow::Result<Self> {
        let client = outbound::client(way_out).context("could not set up the HTTP client")?;
        let same = self.for_tenant(self.limits.clone(), self.meter.clone());
        Ok(Self { client, own_places: self.own_places.clone(), ..same })
    }

    pub(crate) fn client(&self) -> reqwest::Client {
        self.client.clone()
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Compiles a component, or loads it as it was compiled before, and links it to WASI.
    pub(crate) fn load(&self, bytes: &[u8], artifacts: Option<&Artifacts>) -> anyhow::Result<InstancePre<Sandbox>> {
        let component = match artifacts {
            Some(artifacts) => artifacts.load(&self.engine, bytes)?,
            None => artifact::compile(&self.engine, bytes)?,
        };
        let mut linker = Linker::new(&self.engine);
        wasmtime_wasi::p2::add_to_linker_async(&mut linker).map_err(in_anyhow)?;
        wasmtime_wasi_http::p2::add_only_http_to_linker_async(&mut linker).map_err(in_anyhow)?;
        linker.instantiate_pre(&component).map_err(in_anyhow).context("the component asks for more than WASI 0.2 and wasi:http")
    }

    /// A fresh sandbox, when it is this call's turn.
    pub(crate) async fn lease(&self, settings: &Settings, console: Console<'_>) -> Result<Lease, CallError> {
        let waited = self.limits.queue_timeout;
        // A tenant's own first: it waits for itself without keeping others out.
        let permits = tokio::time::timeout(waited, async {
            let mut permits = Vec::new();
            for places in self.own_places.iter().chain([&self.places]) {
                permits.push(Arc::clone(places).acquire_owned().await?);
            }
            Ok::<_, AcquireError>(permits)
        });
        // The semaphores are never closed, so the inner error is that of a full house as well.
        let Ok(Ok(permits)) = self.meter.waiting(Queue::Place, permits).await else {
            return Err(self.counted(CallError::Busy { concurrency: self.limits.concurrency, waited }));
        };
        let place = Place::new(Arc::clone(&self.taken), permits, self.meter.live());
        let breach = Breach::default();
        let outbound = Outbound::new(self.client.clone(), Arc::clone(&self.mailboxes), settings, &self.limits, breach.clone());
        let sandbox = Sandbox::new(settings, console, outbound.metered(self.meter.clone()), breach, &self.limits);
        Ok(Lease::new(place, &self.engine, sandbox, &self.limits))
    }

    /// Runs a call to its end, to that of its time, or until it goes beyond a limit. Epochs do not reach a call that waits in
    /// the host.
    pub(crate) async fn within<T>(
        &self,
        deadline: Duration,
        breach: Breach,
        call: impl Future<Output = wasmtime::Result<T>>,
    ) -> Result<T, CallError> {
        let limit = deadline + self.limits.grace;
        match tokio::time::timeout(limit, self.until_breach(breach, call)).await {
            Ok(result) => result,
            Err(_) => {
                let error = CallError::TimedOut { after: limit };
                tracing::error!("{error}");
                Err(self.counted(error))
            }
        }
    }

    /// The same without a deadline.
    pub(crate) async fn until_breach<T>(
        &self,
        breach: Breach,
        call: impl Future<Output = wasmtime::Result<T>>,
    ) -> Result<T, CallError> {
        let excess = tokio::select! {
            biased;
            result = call => match (result, breach.found()) {
                (Ok(result), None) => return Ok(result),
                (Err(error), _) => return Err(self.failure(error, &breach)),
                // It came to an end before it could be brought to one.
                (Ok(_), Some(excess)) => excess,
            },
            excess = breach.happens() => excess,
        };
        let error = CallError::from(excess);
        tracing::error!("{error}");
        Err(self.counted(error))
    }

    /// What an error of wasmtime means, and in the log where in the component it was.
    fn failure(&self, error: wasmtime::Error, breach: &Breach) -> CallError {
        tracing::error!("a call of the component failed: {error:?}");
        self.counted(CallError::from_wasmtime(error, &self.limits, breach))
    }

    fn counted(&self, error: CallError) -> CallError {
        self.meter.failed(&error);
        error
    }

    /// How many sandboxes there are.
    pub(crate) fn live_sandboxes(&self) -> usize {
        self.taken.load(Ordering::SeqCst)
    }
}

#[cfg(test)]
mod tests;
