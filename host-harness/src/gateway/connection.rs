//! A caller's connection.

use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Request, Response};
use hyper::body::{Body, Frame, Incoming, SizeHint};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::Watcher;
use protocol::api::Api;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::watch;
use wasmtime_wasi_http::Error;

use super::connection_table::{ActiveRequest, Admission, OpenConnection};
use super::host_header;
use super::multi_tenant::dispatch;
use super::refusal::{RequestHead, refuse};
use super::request_body::RequestBody;
use super::request_target::EscapedTargets;
use super::response_body::ResponseBody;
use super::single_party::SingleParty;
use super::stalled_writes::StalledWrites;
use crate::observability::audit_log::AuditLog;
use crate::observability::metrics::counters::Metrics;
use crate::tenants::snapshot::TenantSnapshot;

/// Timeout for the head of a request, and for the next one on an open connection.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);
/// Timeout for a write of a response, while the caller does not read.
const WRITE_TIMEOUT: Duration = Duration::from_secs(30);
/// Maximum size of the head of a request.
pub(super) const MAX_HEAD_BYTES: usize = 64 << 10;
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
    fn serves_directories(&self) -> bool {
        match self {
            Self::SingleParty(party) => party.serves_directory(),
            Self::MultiTenant(tenants, ..) => tenants.borrow().serves_directories(),
        }
    }

    /// Counts a new connection that another one makes room for, or that is refused.
    pub(super) fn count(&self, admission: &Admission) {
        let Self::MultiTenant(_, _, metrics) = self else { return };
        match admission {
            Admission::Admitted => {}
            Admission::Evicted => metrics.count_connection("evicted"),
            Admission::Refused => metrics.count_connection("refused"),
        }
    }

    /// Returns the response to a request from an address.
    async fn respond(&self, address: Option<IpAddr>, request: Request<Incoming>) -> Response<ResponseBody> {
        // Wrapped first, so that the body is drained even if the component never gets it.
        let request = request.map(RequestBody::new);
        if let Err(refusal) = host_header::check(&request) {
            let head = RequestHead::of(&request);
            return refuse(&refusal, Api::of(head.as_head(), self.serves_directories()), &head);
        }
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

/// Serves the requests on a connection, until it has to make room for another one.
pub(super) async fn serve_connection(stream: TcpStream, open: Arc<OpenConnection>, service: Service, watcher: Watcher) {
    tokio::select! {
        () = open.evicted() => tracing::debug!("closed a connection without a request, in favour of a new one"),
        () = serve_stream(stream, Arc::clone(&open), service, watcher) => {}
    }
}

async fn serve_stream(stream: TcpStream, open: Arc<OpenConnection>, service: Service, watcher: Watcher) {
    let address = stream.peer_addr().ok().map(|peer| peer.ip());
    let tls = match &service {
        Service::SingleParty(_) => None,
        Service::MultiTenant(tenants, ..) => tenants.borrow().tls.as_ref().map(|tls| tls.acceptor()),
    };
    let Some(acceptor) = tls else { return serve_requests(stream, (address, open), service, watcher, false).await };
    match tokio::time::timeout(HANDSHAKE_TIMEOUT, acceptor.accept(stream)).await {
        Ok(Ok(stream)) => serve_requests(stream, (address, open), service, watcher, true).await,
        Ok(Err(error)) => tracing::info!("a TLS handshake failed: {error}"),
        Err(_) => tracing::info!("a TLS handshake timed out after {} s", HANDSHAKE_TIMEOUT.as_secs()),
    }
}

async fn serve_requests<S: AsyncRead + AsyncWrite + Send + Unpin + 'static>(
    stream: S,
    (address, open): (Option<IpAddr>, Arc<OpenConnection>),
    service: Service,
    watcher: Watcher,
    is_tls: bool,
) {
    let mut http1 = http1::Builder::new();
    http1.timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT);
    http1.max_header_size(MAX_HEAD_BYTES).max_buf_size(MAX_HEAD_BYTES);
    let service = service_fn(move |mut request: Request<Incoming>| {
        let service = service.clone();
        if is_tls {
            // For the URLs in a response, because the component does not see the connection.
            request.headers_mut().insert(FORWARDED_PROTO, HeaderValue::from_static("https"));
        }
        let active = open.begin_request();
        async move {
            // Without it the connection is about to close, and nothing is done.
            let Some(active) = active else { return Err(Evicted) };
            Ok(service.respond(address, request).await.map(|body| ActiveBody { body, _active: active }))
        }
    });
    let stream = StalledWrites::new(stream, WRITE_TIMEOUT);
    let connection = http1.serve_connection(TokioIo::new(EscapedTargets::new(stream)), service);
    if let Err(error) = watcher.watch(connection).await {
        tracing::debug!("a connection ended early: {error}");
    }
}

/// The connection makes room for another one.
#[derive(Debug, thiserror::Error)]
#[error("the connection makes room for another one")]
struct Evicted;

/// The body of a response, until whose end the request is in progress.
struct ActiveBody {
    body: ResponseBody,
    _active: ActiveRequest,
}

impl Body for ActiveBody {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests;
