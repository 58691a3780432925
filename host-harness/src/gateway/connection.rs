//! A caller's connection.

use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderName, HeaderValue, Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::Watcher;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::watch;

use super::multi_tenant::dispatch;
use super::request_body::RequestBody;
use super::request_target::EscapedTargets;
use super::response_body::ResponseBody;
use super::single_party::SingleParty;
use crate::observability::audit_log::AuditLog;
use crate::observability::metrics::counters::Metrics;
use crate::tenants::snapshot::TenantSnapshot;

/// Timeout for the head of a request, and for the next one on an open connection.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);
/// Timeout of a TLS handshake.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);

/// The scheme of the caller's connection.
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// Whom a gateway serves.
#[derive(Clone)]
pub(super) enum Service {
    /// One party.
    SingleParty(Arc<SingleParty>),
    /// The tenants of a configuration; the host authenticates the caller.
    MultiTenant(watch::Receiver<Arc<TenantSnapshot>>, Option<AuditLog>, Metrics),
}

impl Service {
    /// Returns the response to a request from an address.
    async fn respond(&self, address: Option<IpAddr>, request: Request<Incoming>) -> Response<ResponseBody> {
        // Wrapped first, so that the body is drained even if the component never gets it.
        let request = request.map(RequestBody::new);
        match self {
            Self::SingleParty(party) => party.respond(address, request).await,
            Self::MultiTenant(tenants, audit_log, metrics) => {
                // This request keeps the current snapshot to its end.
                let tenants = Arc::clone(&tenants.borrow());
                dispatch::respond(&tenants, (audit_log.clone(), metrics.clone()), address, request).await
            }
        }
    }
}

/// Serves the requests on a connection.
pub(super) async fn serve_connection(stream: TcpStream, service: Service, watcher: Watcher) {
    let address = stream.peer_addr().ok().map(|peer| peer.ip());
    let tls = match &service {
        Service::SingleParty(_) => None,
        Service::MultiTenant(tenants, ..) => tenants.borrow().tls.as_ref().map(|tls| tls.acceptor()),
    };
    let Some(acceptor) = tls else { return serve_requests(stream, address, service, watcher, false).await };
    match tokio::time::timeout(HANDSHAKE_TIMEOUT, acceptor.accept(stream)).await {
        Ok(Ok(stream)) => serve_requests(stream, address, service, watcher, true).await,
        Ok(Err(error)) => tracing::info!("a TLS handshake failed: {error}"),
        Err(_) => tracing::info!("a TLS handshake timed out after {} s", HANDSHAKE_TIMEOUT.as_secs()),
    }
}

async fn serve_requests<S: AsyncRead + AsyncWrite + Send + Unpin + 'static>(
    stream: S,
    address: Option<IpAddr>,
    service: Service,
    watcher: Watcher,
    is_tls: bool,
) {
    let mut http1 = http1::Builder::new();
    http1.timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT);
    let service = service_fn(move |mut request: Request<Incoming>| {
        let service = service.clone();
        if is_tls {
            // For the URLs in a response, because the component does not see the connection.
            request.headers_mut().insert(FORWARDED_PROTO, HeaderValue::from_static("https"));
        }
        async move { Ok::<_, Infallible>(service.respond(address, request).await) }
    });
    let connection = http1.serve_connection(TokioIo::new(EscapedTargets::new(stream)), service);
    if let Err(error) = watcher.watch(connection).await {
        tracing::debug!("a connection ended early: {error}");
    }
}

#[cfg(test)]
mod tests;
