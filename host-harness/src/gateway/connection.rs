//! One connection of a caller.

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
use tracing::Instrument as _;

use super::exchange::{self, Answer};
use super::hosting;
use super::request_body::RequestBody;
use super::request_target::EscapedTargets;
use crate::audit::{Audit, Trail};
use crate::component::Connector;
use crate::metrics::Metrics;
use crate::settings::Settings;
use crate::tenants::Tenants;
use crate::trace_context::TraceId;

/// The longest wait for the head of a request, and for the next one on an open connection.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);
/// The longest wait for a TLS handshake.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);

/// By which scheme the caller came.
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// For whom a gateway answers.
#[derive(Clone)]
pub(super) enum Service {
    /// For one party; the component checks the caller.
    One(Arc<(Connector, Settings)>),
    /// For each tenant of a configuration; the host checks the caller.
    Tenants(watch::Receiver<Arc<Tenants>>, Option<Audit>, Metrics),
}

impl Service {
    /// The answer to a request, which comes `from` there.
    async fn answer(&self, from: Option<IpAddr>, request: Request<Incoming>) -> Response<Answer> {
        // Wrapped first, so that it is drained also where the component never sees it.
        let request = request.map(RequestBody::new);
        match self {
            Self::One(party) => {
                let span = tracing::error_span!("request", trace = %TraceId::of(request.headers()));
                exchange::answer(&party.0, &party.1, Trail::default(), request).instrument(span).await
            }
            Self::Tenants(tenants, audit, metrics) => {
                // As they are now, to the end of this request.
                let tenants = Arc::clone(&tenants.borrow());
                hosting::answer(&tenants, (audit.clone(), metrics.clone()), from, request).await
            }
        }
    }
}

/// Answers the requests on a connection.
pub(super) async fn serve(stream: TcpStream, service: Service, watcher: Watcher) {
    let from = stream.peer_addr().ok().map(|peer| peer.ip());
    let tls = match &service {
        Service::One(_) => None,
        Service::Tenants(tenants, ..) => tenants.borrow().tls.as_ref().map(|tls| tls.acceptor()),
    };
    let Some(acceptor) = tls else { return serve_on(stream, from, service, watcher, false).await };
    match tokio::time::timeout(HANDSHAKE_TIMEOUT, acceptor.accept(stream)).await {
        Ok(Ok(stream)) => serve_on(stream, from, service, watcher, true).await,
        Ok(Err(error)) => tracing::info!("a TLS connection did not come about: {error}"),
        Err(_) => tracing::info!("a TLS connection did not come about within {} s", HANDSHAKE_TIMEOUT.as_secs()),
    }
}

async fn serve_on<S: AsyncRead + AsyncWrite + Send + Unpin + 'static>(
    stream: S,
    from: Option<IpAddr>,
    service: Service,
    watcher: Watcher,
    is_tls: bool,
) {
    let mut http1 = http1::Builder::new();
    http1.timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT);
    let service = service_fn(move |mut request: Request<Incoming>| {
        let service = service.clone();
        if is_tls {
            // For the addresses that an answer has; the component is told of no other.
            request.headers_mut().insert(FORWARDED_PROTO, HeaderValue::from_static("https"));
        }
        async move { Ok::<_, Infallible>(service.answer(from, request).await) }
    });
    let connection = http1.serve_connection(TokioIo::new(EscapedTargets::new(stream)), service);
    if let Err(error) = watcher.watch(connection).await {
        tracing::debug!("a connection ended early: {error}");
    }
}

#[cfg(test)]
mod tests;
