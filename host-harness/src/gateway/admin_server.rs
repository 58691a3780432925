//! The server for operators: `GET /healthz` (the process is alive), `GET /readyz` (the gateway accepts requests), `GET /metrics`
//! (for Prometheus), `GET /` (the status page) and `GET /status.json` (the same for programs).

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS};
use http::{Method, Request, Response, StatusCode};
use http_body_util::Full;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

use super::connection::MAX_HEAD_BYTES;
use super::connection_table::{ConnectionTable, OpenConnection};
use super::host_header;
use super::listener::ACCEPT_RETRY_DELAY;
use super::stalled_writes::StalledWrites;
use super::status_page::page;
use crate::observability::metrics::counters::Metrics;

const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
const WRITE_TIMEOUT: Duration = Duration::from_secs(10);
const TEXT: &str = "text/plain; charset=utf-8";
/// <https://prometheus.io/docs/specs/om/open_metrics_spec/#overall-structure>
const OPENMETRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// The server for operators. It stops when it is dropped.
pub struct AdminServer {
    address: SocketAddr,
    ready: watch::Sender<bool>,
    metrics: Arc<OnceLock<Metrics>>,
    check: Arc<OnceLock<Check>>,
    names: Arc<OnceLock<Vec<String>>>,
    server: JoinHandle<()>,
}

/// Whether the gateway can do its work, apart from accepting requests.
type Check = Box<dyn Fn() -> bool + Send + Sync>;

/// What the responses are made of.
#[derive(Clone)]
struct AdminState {
    ready: watch::Receiver<bool>,
    metrics: Arc<OnceLock<Metrics>>,
    check: Arc<OnceLock<Check>>,
    names: Arc<OnceLock<Vec<String>>>,
}

impl AdminServer {
    /// Serves on `listener`, as [`bind`](super::bind) returns it. It is not ready until [`AdminServer::set_ready`].
    ///
    /// # Errors
    ///
    /// If the listener has no address.
    pub fn start(listener: TcpListener) -> anyhow::Result<Self> {
        let address = listener.local_addr()?;
        let (ready, ready_receiver) = watch::channel(false);
        if address.ip().is_unspecified() {
            tracing::warn!(
                "the status page has no login, and listens on every address of this machine: choose one that is not public"
            );
        }
        let state = AdminState { ready: ready_receiver, metrics: Arc::default(), check: Arc::default(), names: Arc::default() };
        let (metrics, check, names) = (Arc::clone(&state.metrics), Arc::clone(&state.check), Arc::clone(&state.names));
        Ok(Self { address, ready, metrics, check, names, server: tokio::spawn(serve(listener, state)) })
    }

    /// Returns the address that it listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Publishes the counters of a gateway, [`TenantRegistry::metrics`](crate::TenantRegistry::metrics). Before that their paths
    /// respond with 503. Only the first call has an effect.
    pub fn publish_metrics(&self, metrics: Metrics) {
        let _ = self.metrics.set(metrics);
    }

    /// Has requests served that name one of these hosts. Requests that name an address or `localhost` always are. Only the first call has
    /// an effect.
    pub fn set_hosts(&self, names: Vec<String>) {
        let _ = self.names.set(names);
    }

    /// Has the gateway not ready while `check` returns false, such as [`TenantRegistry::is_audited`](crate::TenantRegistry::is_audited).
    /// Only the first call has an effect.
    pub fn set_check(&self, check: impl Fn() -> bool + Send + Sync + 'static) {
        let _ = self.check.set(Box::new(check));
    }

    /// Sets whether the gateway accepts requests. A load balancer that checks sends none otherwise.
    pub fn set_ready(&self, ready: bool) {
        self.ready.send_replace(ready);
    }
}

impl Drop for AdminServer {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn serve(listener: TcpListener, state: AdminState) {
    let (mut connections, table) = (JoinSet::new(), ConnectionTable::for_admin());
    loop {
        tokio::select! {
            Some(_) = connections.join_next() => {}
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    let Some(open) = table.open(Some(peer.ip())).1 else { continue };
                    connections.spawn(serve_connection(stream, open, state.clone()));
                }
                Err(error) => {
                    tracing::warn!("cannot accept a connection to the admin server: {error}");
                    tokio::time::sleep(ACCEPT_RETRY_DELAY).await;
                }
            },
        }
    }
}

/// Serves the requests on a connection, until it has to make room for another one. No request takes time, so it may always.
async fn serve_connection(stream: TcpStream, open: Arc<OpenConnection>, state: AdminState) {
    let service = service_fn(move |request: Request<hyper::body::Incoming>| {
        std::future::ready(Ok::<_, Infallible>(state.respond(&request)))
    });
    let mut http1 = http1::Builder::new();
    http1.timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT).max_header_size(MAX_HEAD_BYTES).max_buf_size(MAX_HEAD_BYTES);
    let stream = StalledWrites::new(stream, WRITE_TIMEOUT);
    tokio::select! {
        () = open.evicted() => {}
        // The other side may have gone.
        _ = http1.serve_connection(TokioIo::new(stream), service) => {}
    }
}

impl AdminState {
    fn respond<B>(&self, request: &Request<B>) -> Response<Full<Bytes>> {
        let path = request.uri().path();
        if !matches!(path, "/" | "/healthz" | "/readyz" | "/metrics" | "/status.json") {
            return text_response(StatusCode::NOT_FOUND, TEXT, "not found: try /, /healthz, /readyz, /metrics or /status.json\n");
        }
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            let mut refusal = text_response(StatusCode::METHOD_NOT_ALLOWED, TEXT, "use GET\n");
            refusal.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
            return refusal;
        }
        let names = self.names.get().map(Vec::as_slice).unwrap_or_default();
        if !matches!(path, "/healthz" | "/readyz") && !host_header::is_known(request.headers(), names) {
            let help = "unknown host: use an address, or name the host with --admin-host\n";
            return text_response(StatusCode::MISDIRECTED_REQUEST, TEXT, help);
        }
        let ready = *self.ready.borrow() && self.check.get().is_none_or(|check| check());
        match (path, self.metrics.get()) {
            ("/healthz", _) => text_response(StatusCode::OK, TEXT, "ok\n"),
            ("/readyz", _) if ready => text_response(StatusCode::OK, TEXT, "ready\n"),
            ("/readyz", _) => text_response(StatusCode::SERVICE_UNAVAILABLE, TEXT, "not ready\n"),
            (_, None) => text_response(StatusCode::SERVICE_UNAVAILABLE, TEXT, "the gateway is starting\n"),
            ("/metrics", Some(metrics)) => text_response(StatusCode::OK, OPENMETRICS, metrics.encode()),
            ("/status.json", Some(metrics)) => {
                // Numbers and names always serialize.
                let body = serde_json::to_string(&metrics.status()).unwrap_or_default();
                text_response(StatusCode::OK, "application/json", body)
            }
            (_, Some(metrics)) => {
                let paused = request.uri().query() == Some(page::PAUSED_QUERY);
                let html = page::render(&metrics.status(), ready, paused);
                let mut response = text_response(StatusCode::OK, "text/html; charset=utf-8", html);
                response
                    .headers_mut()
                    .insert(HeaderName::from_static("content-security-policy"), page::content_security_policy());
                response
            }
        }
    }
}

fn text_response(status: StatusCode, content_type: &'static str, body: impl Into<Bytes>) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body.into()));
    *response.status_mut() = status;
    let headers = [
        (CONTENT_TYPE, content_type),
        (CACHE_CONTROL, "no-store"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
    ];
    for (name, value) in headers {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

#[cfg(test)]
mod tests;
