//! The listener for those who run the gateway: `GET /healthz` (the process works) and `GET /readyz` (it takes requests).

use std::convert::Infallible;
use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue};
use http::{Method, Response, StatusCode};
use http_body_util::Full;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

const HEAD_TIMEOUT: Duration = Duration::from_secs(10);

/// The listener at work. It stops when it is dropped.
pub struct Admin {
    address: SocketAddr,
    ready: watch::Sender<bool>,
    server: JoinHandle<()>,
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
        Ok(Self { address, ready, server: tokio::spawn(serve(listener, told)) })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
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

async fn serve(listener: TcpListener, ready: watch::Receiver<bool>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            Some(_) = connections.join_next() => {}
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    let ready = ready.clone();
                    let answer = service_fn(move |request: http::Request<hyper::body::Incoming>| {
                        let (status, body) = answer(request.method(), request.uri().path(), *ready.borrow());
                        let mut response = Response::new(Full::new(Bytes::from_static(body.as_bytes())));
                        *response.status_mut() = status;
                        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain"));
                        std::future::ready(Ok::<_, Infallible>(response))
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

fn answer(method: &Method, path: &str, ready: bool) -> (StatusCode, &'static str) {
    match (method, path) {
        (&Method::GET | &Method::HEAD, "/healthz") => (StatusCode::OK, "ok\n"),
        (&Method::GET | &Method::HEAD, "/readyz") if ready => (StatusCode::OK, "ready\n"),
        (&Method::GET | &Method::HEAD, "/readyz") => (StatusCode::SERVICE_UNAVAILABLE, "not ready\n"),
        (_, "/healthz" | "/readyz") => (StatusCode::METHOD_NOT_ALLOWED, "GET is wanted\n"),
        _ => (StatusCode::NOT_FOUND, "there are /healthz and /readyz\n"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn it_says_whether_requests_are_taken() {
        let admin = Admin::start(TcpListener::bind("127.0.0.1:0").await.unwrap()).unwrap();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let status =
            async |path: &str| client.get(format!("http://{}{path}", admin.address())).send().await.unwrap().status().as_u16();
        assert_eq!((status("/healthz").await, status("/readyz").await, status("/").await), (200, 503, 404));
        admin.ready(true);
        assert_eq!(status("/readyz").await, 200);
        admin.ready(false);
        assert_eq!((status("/healthz").await, status("/readyz").await), (200, 503));
        assert_eq!(client.post(format!("http://{}/healthz", admin.address())).send().await.unwrap().status(), 405);
    }
}
