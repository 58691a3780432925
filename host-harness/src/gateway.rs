//! The gateway: an HTTP/1.1 server in front of the component's `wasi:http/incoming-handler`.
//!
//! Every request runs in a sandbox of its own and ends with it. Whatever happens to one, the server goes on.

mod admin;
mod audited;
mod connection;
mod exchange;
mod hosting;
mod inbound;
mod refusal;
mod request_body;
mod request_target;
mod response_body;

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, JoinSet};

pub use self::admin::Admin;
use self::connection::Service;
use crate::component::Connector;
use crate::settings::Settings;
use crate::tenants::Hosting;

/// How long requests may run on when the gateway stops.
const DRAIN: Duration = Duration::from_secs(10);
/// The wait after a connection could not be accepted: the cause is most often that there are too many.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// A running gateway. It stops when it is dropped; [`Gateway::shutdown`] waits for that.
pub struct Gateway {
    address: SocketAddr,
    connector: Connector,
    stop: oneshot::Sender<Duration>,
    server: JoinHandle<()>,
}

/// Takes an address for a gateway. Worth doing before the component is compiled: a port that is taken is found at once.
///
/// # Errors
///
/// If the address cannot be had; the error says why, and which option chooses another.
pub async fn bind(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| {
        let port = address.port();
        match error.kind() {
            ErrorKind::AddrInUse => anyhow::anyhow!("port {port} is in use: choose another with --port or PORT"),
            ErrorKind::PermissionDenied => {
                anyhow::anyhow!("port {port} is reserved for the system: choose one above 1023 with --port or PORT")
            }
            ErrorKind::AddrNotAvailable => {
                anyhow::anyhow!("{} is no address of this machine: choose another with --listen", address.ip())
            }
            _ => anyhow::Error::new(error).context(format!("cannot listen on {address}")),
        }
    })
}

impl Gateway {
    /// Serves the connections of `listener`, as [`bind`] gives it.
    ///
    /// # Errors
    ///
    /// If the listener has no address.
    pub fn start(listener: TcpListener, connector: Connector, settings: Settings) -> anyhow::Result<Self> {
        Self::run(listener, connector.clone(), Service::One(Arc::new((connector, settings))))
    }

    /// Serves the connections of `listener` for the tenants of `hosting`, whose callers the host itself checks.
    ///
    /// # Errors
    ///
    /// As [`Gateway::start`].
    pub fn host(listener: TcpListener, hosting: &Hosting) -> anyhow::Result<Self> {
        Self::run(listener, hosting.connector().clone(), Service::Tenants(hosting.watch(), hosting.audit(), hosting.metrics()))
    }

    fn run(listener: TcpListener, connector: Connector, service: Service) -> anyhow::Result<Self> {
        let address = listener.local_addr()?;
        let (stop, stopped) = oneshot::channel();
        let server = tokio::spawn(serve(listener, service, stopped));
        Ok(Self { address, connector, stop, server })
    }

    /// Where the gateway listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// How many calls are in their sandboxes just now.
    pub fn live_sandboxes(&self) -> usize {
        self.connector.live_sandboxes()
    }

    /// Takes no more connections, lets requests end for up to 10 s, and ends those that did not.
    pub async fn shutdown(self) {
        self.drain(DRAIN).await;
    }

    /// The same with another time than 10 s.
    pub async fn drain(self, time: Duration) {
        // Where the server has failed, that is told below.
        let _ = self.stop.send(time);
        if let Err(error) = self.server.await {
            tracing::error!("the gateway did not stop as it should: {error}");
        }
    }
}

async fn serve(listener: TcpListener, service: Service, mut stopped: oneshot::Receiver<Duration>) {
    let graceful = GracefulShutdown::new();
    let mut connections = JoinSet::new();
    let time = loop {
        tokio::select! {
            time = &mut stopped => break time.unwrap_or(DRAIN),
            Some(_) = connections.join_next() => {}
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(connection::serve(stream, service.clone(), graceful.watcher()));
                }
                Err(error) => {
                    tracing::warn!("a connection could not be accepted: {error}");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            },
        }
    };
    drop(listener);
    if tokio::time::timeout(time, graceful.shutdown()).await.is_err() {
        tracing::warn!("requests that still ran after {} s were ended", time.as_secs());
    }
    connections.shutdown().await;
}
