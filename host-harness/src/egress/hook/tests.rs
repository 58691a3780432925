//! The egress hook, against a server on this machine.

mod server;

use std::io::Write as _;
use std::pin::Pin;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt as _;
use http::StatusCode;
use http::header::{CONTENT_LENGTH, HOST};
use http_body_util::{BodyExt as _, Empty, Full};
use hyper::body::Frame;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpListener;

use self::server::Server;
use super::*;
use crate::egress::error_code;
use crate::http_client::client::build_client;
use crate::http_client::egress_config::EgressConfig;
use crate::http_client::public_addresses::PublicAddresses;

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

fn get(url: &str) -> Request<WasiBody> {
    Request::get(url).body(Empty::new().map_err(|never| match never {}).boxed_unsync()).unwrap()
}

fn post(url: &str, body: &'static str, length: Option<&str>) -> Request<WasiBody> {
    let mut request = Request::post(url).body(Full::from(body).map_err(|never| match never {}).boxed_unsync()).unwrap();
    if let Some(length) = length {
        request.headers_mut().insert(CONTENT_LENGTH, length.parse().unwrap());
    }
    request
}

async fn send(hook: &mut EgressHook, request: Request<WasiBody>) -> Result<Response<WasiBody>, Error> {
    send_with(hook, request, None).await
}

async fn send_with(
    hook: &mut EgressHook,
    request: Request<WasiBody>,
    options: Option<RequestOptions>,
) -> Result<Response<WasiBody>, Error> {
    let sending = hook.send_request(request, options, Box::new(std::future::ready(Ok(()))));
    Box::into_pin(sending).await.map(|(response, _)| response)
}

async fn body(response: Response<WasiBody>) -> Result<Bytes, Error> {
    Ok(response.into_body().collect().await?.to_bytes())
}

#[tokio::test]
async fn requests_share_connection_and_carry_host_credential() {
    let mut server = Server::start(OK, false).await;
    let shared = build_client(&EgressConfig::default()).unwrap();
    for number in 0..20 {
        let mut hook = server.hook(&Limits::default());
        hook.sender.client = shared.clone();
        let mut request = get(&server.url(&format!("/v1.0/users/{number}?$select=id")));
        request.headers_mut().insert(AUTHORIZATION, "Bearer of-the-guest".parse().unwrap());
        request.headers_mut().insert(HOST, "evil.example".parse().unwrap());
        let response = send(&mut hook, request).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(body(response).await.unwrap(), "ok");
        let seen = server.requests.recv().await.unwrap();
        assert!(seen.starts_with(&format!("GET /v1.0/users/{number}?$select=id HTTP/1.1\r\n")), "{seen}");
        assert!(seen.contains("authorization: Bearer host-token\r\n"), "{seen}");
        assert!(seen.contains(&format!("host: 127.0.0.1:{}\r\n", server.port)), "{seen}");
        assert!(!seen.contains("of-the-guest") && !seen.contains("evil") && !seen.contains("content-length"), "{seen}");
    }
    assert_eq!(server.connections.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn request_without_credential_has_no_authorization() {
    let mut server = Server::start(OK, false).await;
    let mut hook = server.hook(&Limits::default());
    hook.sender.credential = Credential::none();
    let mut request = get(&server.url("/v1.0/users"));
    request.headers_mut().insert(AUTHORIZATION, "Bearer of-the-guest".parse().unwrap());
    send(&mut hook, request).await.unwrap();
    assert!(!server.requests.recv().await.unwrap().contains("authorization"));
}

#[tokio::test]
async fn disallowed_urls_are_refused_before_connecting() {
    let server = Server::start(OK, false).await;
    let mut hook = server.hook(&Limits::default());
    for url in [
        format!("https://127.0.0.1:{}/v1.0/users", server.port),
        format!("http://localhost:{}/v1.0/users", server.port),
        format!("http://127.0.0.1:{}@evil.example/v1.0/users", server.port),
        format!("http://user:word@127.0.0.1:{}/v1.0/users", server.port),
        "http://169.254.169.254/latest/meta-data".to_owned(),
        "https://graph.microsoft.com/v1.0/me".to_owned(),
    ] {
        assert!(matches!(send(&mut hook, get(&url)).await, Err(Error::HttpRequestDenied)), "{url}");
    }
    for path in ["/v1.0/me/messages", "/v1.0/groups", "/v1.0/%67roups", "/v1.0/me/contacts%2Fc", "/oauth2/v2.0/token", "/"] {
        assert!(matches!(send(&mut hook, get(&server.url(path))).await, Err(Error::HttpRequestDenied)), "{path}");
    }
    for path in ["/v1.0/users/u/contacts/..", "/v1.0/users/u/contacts/%2e%2E", "/v1.0/./me"] {
        assert!(matches!(send(&mut hook, get(&server.url(path))).await, Err(Error::HttpRequestUriInvalid)), "{path}");
    }
    assert_eq!(server.connections.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn redirect_is_returned_and_not_followed() {
    let server = Server::start("HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n", false).await;
    let response = send(&mut server.hook(&Limits::default()), get(&server.url("/v1.0/users"))).await.unwrap();
    assert_eq!(response.status(), StatusCode::FOUND);
}

#[tokio::test]
async fn request_body_keeps_framing_of_component() {
    let mut server = Server::start(OK, false).await;
    let mut hook = server.hook(&Limits::default());
    send(&mut hook, post(&server.url("/v1.0/me/contacts"), "{\"a\":1}", Some("7"))).await.unwrap();
    let seen = server.requests.recv().await.unwrap();
    assert!(seen.contains("content-length: 7\r\n") && seen.ends_with("\r\n\r\n{\"a\":1}") && !seen.contains("chunked"), "{seen}");
    send(&mut hook, post(&server.url("/v1.0/me/contacts"), "{\"a\":1}", None)).await.unwrap();
    let seen = server.requests.recv().await.unwrap();
    assert!(seen.contains("transfer-encoding: chunked\r\n") && seen.contains("7\r\n{\"a\":1}\r\n"), "{seen}");
}

/// A body in several frames, without a known length.
struct Frames<const N: usize>(std::array::IntoIter<&'static str, N>);

impl<const N: usize> hyper::body::Body for Frames<N> {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        Poll::Ready(self.0.next().map(|piece| Ok(Frame::data(Bytes::from_static(piece.as_bytes())))))
    }
}

fn post_in_pieces<const N: usize>(url: &str, pieces: [&'static str; N]) -> Request<WasiBody> {
    Request::post(url).body(Frames(pieces.into_iter()).boxed_unsync()).unwrap()
}

#[tokio::test]
async fn wrong_content_length_never_completes_request() {
    let mut server = Server::start(OK, false).await;
    let mut hook = server.hook(&Limits::default());
    let batch = r#"{"requests": []}"#;
    for (path, length, frames) in [
        ("/v1.0/me/contacts", "2", ["{}", "GET /v1.0/users HTTP/1.1\r\n\r\n"]),
        ("/v1.0/me/contacts", "2", ["{}GET /v1.0/users HTTP/1.1\r\n", "\r\n"]),
        ("/v1.0/me/contacts", "0", ["", "GET /v1.0/users HTTP/1.1\r\n\r\n"]),
        ("/v1.0/me/contacts", "200", ["{}", ""]),
        ("/v1.0/$batch", "200", [batch, ""]),
        ("/v1.0/$batch", "16", [batch, " "]),
    ] {
        let mut request = post_in_pieces(&server.url(path), frames);
        request.headers_mut().insert(CONTENT_LENGTH, length.parse().unwrap());
        let refused = send(&mut hook, request).await;
        assert!(matches!(refused, Err(Error::HttpProtocolError)), "{path} {length}: {refused:?}");
    }
    send(&mut hook, post(&server.url("/v1.0/me/contacts"), "{\"last\":1}", Some("10"))).await.unwrap();
    // Each complete request is one message.
    let mut complete = Vec::new();
    while let Ok(request) = server.requests.try_recv() {
        complete.extend(Some(request).filter(|request| request != "closed"));
    }
    assert!(complete.len() == 1 && complete[0].ends_with("{\"last\":1}"), "{complete:?}");
}

#[tokio::test]
async fn batch_items_are_checked_before_sending() {
    let mut server = Server::start(OK, false).await;
    let mut hook = server.hook(&Limits::default());
    let url = server.url("/v1.0/$batch");
    for batch in [
        r#"{"requests": [{"id": "1", "method": "GET", "url": "https://evil.example/v1.0/me"}]}"#,
        r#"{"requests": [{"id": "1", "method": "GET", "url": "/me/contacts/../messages"}]}"#,
        r#"{"requests": [{"id": "1", "method": "GET", "url": "/me"}, {"id": "2", "method": "GET"}]}"#,
        "no batch",
    ] {
        let refused = send(&mut hook, post(&url, batch, None)).await;
        assert!(matches!(refused, Err(Error::HttpRequestDenied)), "{batch}: {refused:?}");
    }
    assert_eq!(server.connections.load(Ordering::SeqCst), 0);
    let pieces = [r#"{"requests": [{"id": "1", "method": "GET", "#, r#""url": "/me/contacts"}]}"#];
    send(&mut hook, post_in_pieces(&url, pieces)).await.unwrap();
    let seen = server.requests.recv().await.unwrap();
    assert!(seen.ends_with(&format!("\r\n\r\n{}", pieces.concat())), "{seen}");
}

#[tokio::test]
async fn request_beyond_limit_does_not_leave() {
    let mut server = Server::start(OK, false).await;
    let mut hook = server.hook(&Limits { requests: 2, ..Limits::default() });
    send(&mut hook, get(&server.url("/v1.0/me"))).await.unwrap();
    // A refused request counts.
    send(&mut hook, get("https://evil.example/")).await.unwrap_err();
    assert_eq!(hook.sender.limit_signal.exceeded(), None);
    // It stays pending, because the call ends.
    assert!(send(&mut hook, get(&server.url("/v1.0/me"))).now_or_never().is_none());
    assert_eq!(hook.sender.limit_signal.exceeded(), Some(ExceededLimit::Requests(2)));
    assert!(server.requests.recv().await.is_some() && server.requests.try_recv().is_err());
}

#[tokio::test]
async fn oversized_request_body_does_not_leave() {
    let limits = Limits { request_bytes: 30, ..Limits::default() };
    let mut server = Server::start(OK, false).await;
    let mut hook = server.hook(&limits);
    let long = r#"{"requests": [], "padding": "long"}"#;
    for (path, length) in [("/v1.0/$batch", Some("35")), ("/v1.0/me/contacts", Some("35")), ("/v1.0/$batch", None)] {
        let refused = send(&mut hook, post(&server.url(path), long, length)).await;
        assert!(matches!(refused, Err(Error::HttpRequestBodySize(Some(30 | 35)))), "{path}: {refused:?}");
    }
    assert_eq!(server.connections.load(Ordering::SeqCst), 0);
    let refused = send(&mut hook, post_in_pieces(&server.url("/v1.0/me/contacts"), [&long[..20], &long[20..]])).await;
    assert!(matches!(refused, Err(Error::HttpRequestBodySize(_))), "{refused:?}");
    // The incomplete request ends with the connection.
    assert_eq!(server.requests.try_recv().ok().filter(|request| request != "closed"), None);
    send(&mut hook, post(&server.url("/v1.0/$batch"), r#"{"requests": []}"#, None)).await.unwrap();
}

#[tokio::test]
async fn oversized_response_body_fails() {
    let limits = Limits { response_bytes: 4, ..Limits::default() };
    let server = Server::start("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n12345", false).await;
    let refused = send(&mut server.hook(&limits), get(&server.url("/v1.0/users"))).await;
    assert!(matches!(refused, Err(Error::HttpResponseBodySize(Some(5)))), "{refused:?}");

    let server = Server::start("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n0\r\n\r\n", false).await;
    let response = send(&mut server.hook(&limits), get(&server.url("/v1.0/users"))).await.unwrap();
    assert!(matches!(body(response).await, Err(Error::HttpResponseBodySize(Some(4)))));

    let server = Server::start(gzip_response(|_| {}), false).await;
    let response = send(&mut server.hook(&limits), get(&server.url("/v1.0/users"))).await.unwrap();
    assert!(matches!(body(response).await, Err(Error::HttpResponseBodySize(Some(4)))), "measured after decompression");
}

/// Sixteen megabytes of spaces in some sixteen kilobytes, so that the announced length is below the limit.
#[tokio::test]
async fn decompression_bomb_is_not_read_beyond_limit() {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(&vec![b' '; 16 << 20]).unwrap();
    let bomb = encoder.finish().unwrap();
    let limits = Limits { response_bytes: 64 << 10, ..Limits::default() };
    assert!(bomb.len() < limits.response_bytes, "{}", bomb.len());
    let server = Server::start(with_gzip_body(bomb), false).await;
    let response = send(&mut server.hook(&limits), get(&server.url("/v1.0/users"))).await.unwrap();
    let mut body = response.into_body();
    let mut read = 0;
    let error = loop {
        match body.frame().await.unwrap() {
            Ok(frame) => read += frame.into_data().unwrap().len(),
            Err(error) => break error,
        }
    };
    assert!(matches!(error, Error::HttpResponseBodySize(Some(limit)) if limit == 64 << 10), "{error:?}");
    assert!(read <= limits.response_bytes, "{read}");
}

#[tokio::test]
async fn incomplete_response_body_fails() {
    for response_text in [
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n12345",
    ] {
        let server = Server::start(response_text, true).await;
        let response = send(&mut server.hook(&Limits::default()), get(&server.url("/v1.0/users"))).await.unwrap();
        let error = body(response).await.unwrap_err();
        assert!(matches!(error, Error::HttpResponseIncomplete), "{response_text:?}: {error:?}");
    }
}

/// Returns a response with `{"value":[]}` in gzip, changed by `damage`.
fn gzip_response(damage: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut body = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xab\x56\x2a\x4b\xcc\x29\x4d\x55\xb2\x8a\x8e\xad\x05\x00\x42\xea\x40\x44\x0c\x00\x00\x00".to_vec();
    damage(&mut body);
    with_gzip_body(body)
}

/// Returns a response with a body that is already compressed.
fn with_gzip_body(body: Vec<u8>) -> Vec<u8> {
    let mut response_text = Vec::new();
    write!(response_text, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n", body.len()).unwrap();
    response_text.extend(body);
    response_text
}

#[tokio::test]
async fn gzip_is_decoded_and_corruption_fails() {
    let server = Server::start(gzip_response(|_| {}), false).await;
    let response = send(&mut server.hook(&Limits::default()), get(&server.url("/v1.0/users"))).await.unwrap();
    assert!(!response.headers().contains_key("content-encoding") && !response.headers().contains_key(CONTENT_LENGTH));
    assert_eq!(body(response).await.unwrap(), "{\"value\":[]}");

    let server = Server::start(gzip_response(|body| body.truncate(20)), false).await;
    let response = send(&mut server.hook(&Limits::default()), get(&server.url("/v1.0/users"))).await.unwrap();
    let error = body(response).await.unwrap_err();
    assert!(matches!(error, Error::HttpResponseIncomplete), "{error:?}");

    let server = Server::start(gzip_response(|body| body[10] = 0xff), false).await;
    let response = send(&mut server.hook(&Limits::default()), get(&server.url("/v1.0/users"))).await.unwrap();
    let error = body(response).await.unwrap_err();
    assert!(matches!(error, Error::HttpResponseContentCoding(_)), "{error:?}");
}

#[tokio::test]
async fn component_can_only_shorten_timeouts() {
    let request = |first_byte, between_bytes| RequestOptions {
        connect_timeout: None,
        first_byte_timeout: Some(Duration::from_millis(first_byte)),
        between_bytes_timeout: Some(Duration::from_millis(between_bytes)),
    };
    let short =
        Limits { connect_timeout: Duration::from_millis(50), first_byte_timeout: Duration::from_millis(50), ..Limits::default() };

    let silent = Server::start("", false).await;
    for (limits, options) in [
        (&short, request(60_000, 60_000)),
        (&Limits { connect_timeout: short.connect_timeout, ..Limits::default() }, request(50, 60_000)),
    ] {
        let started = std::time::Instant::now();
        let error = send_with(&mut silent.hook(limits), get(&silent.url("/v1.0/users")), Some(options)).await.unwrap_err();
        assert!(matches!(error, Error::HttpResponseTimeout), "{error:?}");
        assert!(started.elapsed() < Duration::from_secs(5));
    }

    let stalling = Server::start("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345", false).await;
    let response =
        send_with(&mut stalling.hook(&Limits::default()), get(&stalling.url("/v1.0/users")), Some(request(60_000, 50)))
            .await
            .unwrap();
    let error = body(response).await.unwrap_err();
    assert!(matches!(error, Error::ConnectionReadTimeout), "{error:?}");
}

#[tokio::test]
async fn each_transport_failure_has_own_error_code() {
    let server = Server::start(OK, false).await;
    let mut hook = server.hook(&Limits::default());
    let unused = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    hook.sender.policy.endpoint = Some(format!("http://{unused}").parse().unwrap());
    let error = send(&mut hook, get(&format!("http://{unused}/v1.0/users"))).await.unwrap_err();
    assert!(matches!(error, Error::ConnectionRefused), "{error:?}");

    let plain = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}", plain.local_addr().unwrap());
    tokio::spawn(async move { plain.accept().await.unwrap().0.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await });
    hook.sender.policy.endpoint = Some(url.parse().unwrap());
    let error = send(&mut hook, get(&format!("{url}/v1.0/users"))).await.unwrap_err();
    assert!(matches!(error, Error::TlsProtocolError), "{error:?}");

    let hanging_up = Server::start("", true).await;
    let error = send(&mut hanging_up.hook(&Limits::default()), get(&hanging_up.url("/v1.0/users"))).await.unwrap_err();
    assert!(matches!(error, Error::ConnectionTerminated), "{error:?}");

    let babbling = Server::start("220 smtp.example ESMTP\r\n\r\n", false).await;
    let error = send(&mut babbling.hook(&Limits::default()), get(&babbling.url("/v1.0/users"))).await.unwrap_err();
    assert!(matches!(error, Error::HttpProtocolError), "{error:?}");
}

#[tokio::test]
async fn dropped_request_is_cancelled() {
    let mut silent = Server::start("", false).await;
    let mut hook = silent.hook(&Limits::default());
    let sending = Box::into_pin(hook.send_request(get(&silent.url("/v1.0/users")), None, Box::new(std::future::ready(Ok(())))));
    let sending = tokio::spawn(sending);
    assert!(silent.requests.recv().await.unwrap().starts_with("GET"));
    sending.abort();
    assert_eq!(silent.requests.recv().await.unwrap(), "closed");
}

#[test]
fn component_cannot_set_credential_headers() {
    let mut hook = EgressHook::new(
        build_client(&EgressConfig::default()).unwrap(),
        Arc::new(MailboxPermits::new(4)),
        &Settings::default(),
        &Limits::default(),
        LimitSignal::default(),
    );
    for name in ["authorization", "host", "connection", "transfer-encoding", "proxy-authorization"] {
        let name = HeaderName::from_static(name);
        assert!(hook.is_forbidden_header(&name) && hook.forbidden_header_filter()(&name), "{name}");
    }
    let name = HeaderName::from_static("if-match");
    assert!(!hook.is_forbidden_header(&name) && !hook.forbidden_header_filter()(&name));
}

/// The bodies never arrive, so that each request stays in flight until the test drops its response.
#[tokio::test]
async fn fifth_request_for_mailbox_waits() {
    let mut server = Server::start("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n", false).await;
    let shared = server.hook(&Limits::default());
    let send_to = |target: &str| {
        let mut hook = server.hook(&Limits::default());
        hook.sender.client = shared.sender.client.clone();
        hook.sender.mailbox_permits = Arc::clone(&shared.sender.mailbox_permits);
        let request = get(&server.url(target));
        tokio::spawn(async move { send(&mut hook, request).await.unwrap() })
    };
    let mut held = Vec::new();
    for _ in 0..4 {
        held.push(send_to("/v1.0/users/One/contacts").await.unwrap());
    }
    let fifth = send_to("/v1.0/users/one/contacts?$top=1");
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(!fifth.is_finished(), "four responses are still open");
    drop(send_to("/v1.0/users/two/contacts").await.unwrap());
    drop(send_to("/v1.0/me/contacts").await.unwrap());
    held.pop();
    drop(fifth.await.unwrap());
    let mut seen = 0;
    while let Ok(request) = server.requests.try_recv() {
        seen += usize::from(request != "closed");
    }
    assert_eq!(seen, 7);
}

/// What waits here would leave after an hour.
#[tokio::test]
async fn reads_and_writes_have_separate_rate_limits() {
    let mut server = Server::start(OK, false).await;
    let mut hook = server.hook(&Limits::default());
    hook.sender.rate_limits = RateLimits { read: Some("1/hour".parse().unwrap()), write: Some("2/hour".parse().unwrap()) };
    let batch = r#"{"requests": [{"method": "POST", "url": "/me/contacts"}, {"method": "GET", "url": "/me/contacts"}]}"#;
    send(&mut hook, post(&server.url("/v1.0/$batch"), batch, None)).await.unwrap();
    assert!(server.requests.recv().await.unwrap().starts_with("POST /v1.0/$batch"));
    let request = get(&server.url("/v1.0/me/contacts"));
    let waiting = Box::into_pin(hook.send_request(request, None, Box::new(std::future::ready(Ok(())))));
    let waiting = tokio::spawn(waiting);
    send(&mut hook, post(&server.url("/v1.0/me/contacts"), "{}", None)).await.unwrap();
    assert!(server.requests.recv().await.unwrap().starts_with("POST /v1.0/me/contacts"), "a write does not wait for reads");
    assert!(!waiting.is_finished());
    waiting.abort();
    assert!(waiting.await.is_err_and(|error| error.is_cancelled()));
    assert!(server.requests.try_recv().is_err());
}

#[tokio::test]
async fn only_listed_headers_pass() {
    let response_text = "HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nServer: x\r\nrequest-id: 7\r\nContent-Length: 2\r\n\r\nok";
    let mut server = Server::start(response_text, false).await;
    let mut request = get(&server.url("/v1.0/me"));
    for (name, value) in [("cookie", "a=b"), ("x-forwarded-for", "10.0.0.1"), ("prefer", "x"), ("te", "trailers")] {
        request.headers_mut().insert(name, value.parse().unwrap());
    }
    let response = send(&mut server.hook(&Limits::default()), request).await.unwrap();
    let seen = server.requests.recv().await.unwrap();
    assert!(seen.contains("prefer: x\r\n"), "{seen}");
    assert!(!seen.contains("cookie") && !seen.contains("x-forwarded-for") && !seen.contains("\r\nte:"), "{seen}");
    let headers = response.headers();
    assert!(headers.len() == 2 && headers.contains_key(REQUEST_ID) && headers.contains_key(CONTENT_LENGTH), "{headers:?}");
}

#[tokio::test]
async fn oversized_response_headers_fail() {
    let response_text = format!("HTTP/1.1 200 OK\r\nrequest-id: {}\r\nContent-Length: 2\r\n\r\nok", "x".repeat(40 << 10));
    let server = Server::start(response_text, false).await;
    let refused = send(&mut server.hook(&Limits::default()), get(&server.url("/v1.0/me"))).await;
    assert!(matches!(refused, Err(Error::HttpResponseHeaderSectionSize(_))), "{refused:?}");
}

/// The name server returns an address of this machine.
#[tokio::test]
async fn name_with_private_address_is_not_connected() {
    let server = Server::start(OK, false).await;
    let resolver = PublicAddresses::with_lookup(|_| Ok(vec![(std::net::Ipv4Addr::LOCALHOST, 0).into()]));
    let client = reqwest::Client::builder().no_proxy().dns_resolver(Arc::new(resolver)).build().unwrap();
    let error = client.get(format!("http://graph.example:{}/v1.0/me", server.port)).send().await.unwrap_err();
    assert!(matches!(error_code::from_client_error(&error), Error::DestinationIpProhibited), "{error:?}");
    assert_eq!(server.connections.load(Ordering::SeqCst), 0);
}
