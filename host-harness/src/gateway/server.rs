//! The gateway's server.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, JoinSet};

use super::connection::{Service, serve_connection};
use super::connection_table::ConnectionTable;
use super::listener::ACCEPT_RETRY_DELAY;
use super::single_party::SingleParty;
use crate::sandbox::component_host::ComponentHost;
use crate::settings::Settings;
use crate::tenants::tenant_registry::TenantRegistry;

/// How long running requests may take to complete when the gateway stops.
const DEFAULT_DRAIN: Duration = Duration::from_secs(10);

/// A running gateway. It stops when it is dropped; [`Gateway::shutdown`] waits for that.
pub struct Gateway {
    address: SocketAddr,
    host: ComponentHost,
    stop: oneshot::Sender<Duration>,
    server: JoinHandle<()>,
}

impl Gateway {
    /// Serves the connections of `listener`, as [`bind`](super::bind) returns it, for one party.
    ///
    /// # Errors
    ///
    /// If the listener has no address.
    pub fn start(listener: TcpListener, host: ComponentHost, settings: Settings) -> anyhow::Result<Self> {
        Self::run(listener, host.clone(), Service::SingleParty(Arc::new(SingleParty::new(host, settings))))
    }

    /// Serves the connections of `listener` for the tenants of a registry. The host authenticates the callers.
    ///
    /// # Errors
    ///
    /// As [`Gateway::start`].
    pub fn start_multi_tenant(listener: TcpListener, registry: &TenantRegistry) -> anyhow::Result<Self> {
        let service = Service::MultiTenant(registry.subscribe(), registry.audit_log(), registry.metrics());
        Self::run(listener, registry.host().clone(), service)
    }

    fn run(listener: TcpListener, host: ComponentHost, service: Service) -> anyhow::Result<Self> {
        let address = listener.local_addr()?;
        let (stop, stopped) = oneshot::channel();
        let server = tokio::spawn(serve(listener, ConnectionTable::for_gateway(), service, stopped));
        Ok(Self { address, host, stop, server })
    }

    /// Returns the address that the gateway listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns the number of calls that hold a sandbox.
    pub fn live_sandboxes(&self) -> usize {
        self.host.live_sandboxes()
    }

    /// Stops accepting connections, gives running requests 10 s to complete, and ends the others.
    pub async fn shutdown(self) {
        self.drain(DEFAULT_DRAIN).await;
    }

    /// Stops as [`Gateway::shutdown`] does, with another time than 10 s.
    pub async fn drain(self, time: Duration) {
        // Fails only if the server has failed, which is reported below.
        let _ = self.stop.send(time);
        if let Err(error) = self.server.await {
            tracing::error!("the gateway failed: {error}");
        }
    }
}

async fn serve(listener: TcpListener, table: ConnectionTable, service: Service, mut stopped: oneshot::Receiver<Duration>) {
    let graceful = GracefulShutdown::new();
    let mut connections = JoinSet::new();
    let time = loop {
        tokio::select! {
            time = &mut stopped => break time.unwrap_or(DEFAULT_DRAIN),
            Some(_) = connections.join_next() => {}
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    let (admission, open) = table.open(Some(peer.ip()));
                    service.count(&admission);
                    if let Some(open) = open {
                        connections.spawn(serve_connection(stream, open, service.clone(), graceful.watcher()));
                    }
                }
                Err(error) => {
                    tracing::warn!("cannot accept a connection: {error}");
                    tokio::time::sleep(ACCEPT_RETRY_DELAY).await;
                }
            },
        }
    };
    drop(listener);
    if tokio::time::timeout(time, graceful.shutdown()).await.is_err() {
        tracing::warn!("ended the requests that were still running after {} s", time.as_secs());
    }
    connections.shutdown().await;
}
