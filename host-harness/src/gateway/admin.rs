//! The listener for those who run the gateway: `GET /healthz` (the process works), `GET /readyz` (it takes requests),
//! `GET /metrics` (for Prometheus), `GET /` (a page to look at) and `GET /status.json` (the same for programs).

mod page;

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
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

use crate::metrics::Metrics;

const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
const TEXT: &str = "text/plain; charset=utf-8";
/// <https://prometheus.io/docs/specs/om/open_metrics_spec/#overall-structure>
const OPENMETRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// The listener at work. It stops when it is dropped.
pub struct Admin {
    address: SocketAddr,
    ready: watch::Sender<bool>,
    metrics: Arc<OnceLock<Metrics>>,
    server: JoinHandle<()>,
}

/// What answers are made of.
#[derive(Clone)]
struct Source {
    ready: watch::Receiver<bool>,
    metrics: Arc<OnceLock<Metrics>>,
}

impl Admin {
    /// Answers on `listener`, as [`bind`](super::bind) gives it. It is not ready until it is told so.
    ///
    /// # Errors
    ///
    /// If the listener has no address.
    pub fn start(listener: TcpListener) -> anyhow::Result<Self> {
        let address = listener.local_addr()?;
        let (ready, told) = watch::channel(false);
        let metrics = Arc::default();
        let source = Source { ready: told, metrics: Arc::clone(&metrics) };
        Ok(Self { address, ready, metrics, server: tokio::spawn(serve(listener, source)) })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Shows the counts of a gateway, which are those of [`Hosting::metrics`](crate::Hosting::metrics). Until then there are
    /// none to be had (503). The first ones stay.
    pub fn show(&self, metrics: Metrics) {
        let _ = self.metrics.set(metrics);
    }

    /// Says whether requests are taken: a balancer that asks sends none otherwise.
    pub fn ready(&self, ready: bool) {
        self.ready.send_replace(ready);
    }
}

impl Drop for Admin {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn serve(listener: TcpListener, source: Source) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            Some(_) = connections.join_next() => {}
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    let source = source.clone();
                    let answer = service_fn(move |request: Request<hyper::body::Incoming>| {
                        std::future::ready(Ok::<_, Infallible>(source.answer(&request)))
                    });
                    let mut http1 = http1::Builder::new();
                    http1.timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT);
                    connections.spawn(http1.serve_connection(TokioIo::new(stream), answer));
                }
                Err(error) => {
                    tracing::warn!("a connection to the admin listener could not be accepted: {error}");
                    tokio::time::sleep(super::ACCEPT_PAUSE).await;
                }
            },
        }
    }
}

impl Source {
    fn answer<B>(&self, request: &Request<B>) -> Response<Full<Bytes>> {
        let path = request.uri().path();
        if !matches!(path, "/" | "/healthz" | "/readyz" | "/metrics" | "/status.json") {
            return answer(StatusCode::NOT_FOUND, TEXT, "there are /, /healthz, /readyz, /metrics and /status.json\n");
        }
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            let mut refusal = answer(StatusCode::METHOD_NOT_ALLOWED, TEXT, "GET is wanted\n");
            refusal.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
            return refusal;
        }
        let ready = *self.ready.borrow();
        match (path, self.metrics.get()) {
            ("/healthz", _) => answer(StatusCode::OK, TEXT, "ok\n"),
            ("/readyz", _) if ready => answer(StatusCode::OK, TEXT, "ready\n"),
            ("/readyz", _) => answer(StatusCode::SERVICE_UNAVAILABLE, TEXT, "not ready\n"),
            (_, None) => answer(StatusCode::SERVICE_UNAVAILABLE, TEXT, "the gateway is starting\n"),
            ("/metrics", Some(metrics)) => answer(StatusCode::OK, OPENMETRICS, metrics.exposition()),
            ("/status.json", Some(metrics)) => {
                // Numbers and names: they can be written.
                let body = serde_json::to_string(&metrics.status()).unwrap_or_default();
                answer(StatusCode::OK, "application/json", body)
            }
            (_, Some(metrics)) => {
                let still = request.uri().query() == Some(page::STILL);
                let mut shown = answer(StatusCode::OK, "text/html; charset=utf-8", page::page(&metrics.status(), ready, still));
                shown.headers_mut().insert(HeaderName::from_static("content-security-policy"), page::policy());
                shown
            }
        }
    }
}

fn answer(status: StatusCode, kind: &'static str, body: impl Into<Bytes>) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body.into()));
    *response.status_mut() = status;
    let headers = [
        (CONTENT_TYPE, kind),
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
