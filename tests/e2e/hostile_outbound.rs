//! Outbound requests of a hostile component: only allowed requests leave, and only to the tenant's endpoint.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use graph_emulator::{CannedResponse, Fault, FaultKind};
use http::StatusCode;
use http::header::{CONTENT_TYPE, HeaderValue, LOCATION, SERVER, SET_COOKIE};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::fixture::run;
use crate::hostile::HostileFixture;

/// Starts a server on this machine that the component must not reach. Returns its port and its number of connections.
async fn start_forbidden_server() -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("[::]:0").await;
    let listener = match listener {
        Ok(listener) => listener,
        // This machine has no IPv6.
        Err(_) => TcpListener::bind("127.0.0.1:0").await.unwrap(),
    };
    let port = listener.local_addr().unwrap().port();
    let connections = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&connections);
    tokio::spawn(async move {
        while listener.accept().await.is_ok() {
            counter.fetch_add(1, Ordering::SeqCst);
        }
    });
    // The server is reachable without the host.
    drop(tokio::net::TcpStream::connect(("127.0.0.1", port)).await.unwrap());
    while connections.load(Ordering::SeqCst) == 0 {
        tokio::task::yield_now().await;
    }
    connections.store(0, Ordering::SeqCst);
    (port, connections)
}

#[test]
fn requests_to_other_hosts_are_refused_in_every_notation() {
    run(async {
        let fixture = HostileFixture::open("elsewhere").await;
        let (port, connections) = start_forbidden_server().await;
        let endpoint = fixture.mallory.endpoint();
        let own = endpoint.strip_prefix("http://").unwrap();
        let mut urls = vec![
            "https://evil.example/v1.0/users".to_owned(),
            "https://graph.microsoft.com/v1.0/users".to_owned(),
            "ftp://127.0.0.1/v1.0/users".to_owned(),
            format!("https://{own}/v1.0/users"),
            format!("http://{own}@127.0.0.1:{port}/v1.0/users"),
            format!("http://{own}%40127.0.0.1:{port}/v1.0/users"),
            format!("http://127.0.0.1:{port}\\@{own}/v1.0/users"),
            format!("http://127.0.0.1:{port}#@{own}/v1.0/users"),
            format!("http://127.0.0.1:{port}?@{own}/v1.0/users"),
            format!("{}/v1.0/users", fixture.neighbour.endpoint()),
        ];
        // This machine, in every notation that some parser accepts.
        for host in [
            "127.0.0.1",
            "localhost",
            "LOCALHOST",
            "127.1",
            "127.0.1",
            "2130706433",
            "0x7f000001",
            "0x7f.0.0.1",
            "0177.0.0.1",
            "017700000001",
            "0",
            "0.0.0.0",
            "127.0.0.1.",
            "[::1]",
            "[::ffff:127.0.0.1]",
            "[::ffff:7f00:1]",
            "[::127.0.0.1]",
            "[0:0:0:0:0:0:0:1]",
            "[::]",
            "１２７.0.0.1",
            "127。0。0。1",
        ] {
            urls.push(format!("http://{host}:{port}/v1.0/users"));
        }
        // The metadata service of a cloud.
        for host in [
            "169.254.169.254",
            "2852039166",
            "0xa9fea9fe",
            "0251.0376.0251.0376",
            "025177524776",
            "169.254.43518",
            "0xa9.254.0251.254",
            "[::ffff:169.254.169.254]",
            "[::ffff:a9fe:a9fe]",
            "[fd00:ec2::254]",
            "metadata.google.internal",
            "169.254.169.254.nip.io",
        ] {
            urls.push(format!("http://{host}/latest/meta-data/"));
            urls.push(format!("http://{host}/v1.0/users"));
        }
        for url in &urls {
            let outcome = fixture.fetch(&[("url", url)]).await;
            assert!(outcome["error"].is_string(), "{url}: {outcome}");
        }
        assert_eq!(connections.load(Ordering::SeqCst), 0);
        assert_eq!((fixture.mallory.requests().len(), fixture.neighbour.requests().len()), (0, 0));
        // The same component reaches its own endpoint.
        assert_eq!(fixture.fetch(&[("url", "/v1.0/users")]).await["status"], 200);
    });
}

#[test]
fn redirect_is_returned_and_not_followed() {
    run(async {
        let fixture = HostileFixture::open("redirect").await;
        let (port, connections) = start_forbidden_server().await;
        for (status, target) in [
            (StatusCode::FOUND, format!("http://127.0.0.1:{port}/v1.0/users")),
            (StatusCode::MOVED_PERMANENTLY, "http://169.254.169.254/latest/meta-data/".to_owned()),
            (StatusCode::TEMPORARY_REDIRECT, format!("{}/v1.0/users", fixture.neighbour.endpoint())),
            (StatusCode::PERMANENT_REDIRECT, "/v1.0/users?again".to_owned()),
        ] {
            let canned = CannedResponse::empty(status).header(LOCATION, HeaderValue::from_str(&target).unwrap());
            fixture.mallory.inject(Fault::new(FaultKind::Respond(canned)));
            assert_eq!(fixture.fetch(&[("url", "/v1.0/users")]).await["status"], status.as_u16());
        }
        assert_eq!(
            (connections.load(Ordering::SeqCst), fixture.mallory.requests().len(), fixture.neighbour.requests().len()),
            (0, 4, 0)
        );
    });
}

/// Only the host sets the headers for authentication, routing and message length.
#[test]
fn forged_headers_are_not_sent() {
    run(async {
        let fixture = HostileFixture::open("forged").await;
        let own = fixture.mallory.endpoint();
        for header in [
            "Authorization: Bearer token-of-neighbour",
            "authorization: Basic bWFsbG9yeTp4",
            "Host: graph.microsoft.com",
            "Transfer-Encoding: chunked",
            "Transfer-Encoding: identity",
            "Connection: keep-alive, Authorization",
            "Keep-Alive: timeout=1000",
            "Proxy-Authorization: Basic eDp4",
            "Proxy-Connection: keep-alive",
            "Upgrade: h2c",
            "HTTP2-Settings: AAMAAABk",
        ] {
            let outcome = fixture.fetch(&[("url", "/v1.0/users"), ("header", header)]).await;
            let name = header.split(':').next().unwrap();
            assert_eq!(outcome["refused"], json!([name]), "{outcome}");
            assert_eq!(outcome["status"], 200, "{outcome}");
        }
        for request in fixture.mallory.requests() {
            assert_eq!(request.header("authorization"), Some("Bearer token-of-mallory"));
            assert_eq!(request.headers.get_all("authorization").iter().count(), 1);
            assert_eq!(request.header("host"), own.strip_prefix("http://"));
            for name in ["transfer-encoding", "connection", "keep-alive", "proxy-authorization", "upgrade", "http2-settings"] {
                assert_eq!(request.header(name), None, "{request:?}");
            }
        }
    });
}

/// Headers that are not listed are dropped from requests and responses.
#[test]
fn unlisted_headers_are_dropped_both_ways() {
    run(async {
        let fixture = HostileFixture::open("messages").await;
        let others =
            ["Cookie: a=b", "X-Forwarded-For: 127.0.0.1", "X-HTTP-Method-Override: DELETE", "Via: x", "Forwarded: for=x"];
        let arguments: Vec<(&str, &str)> = others.iter().map(|header| ("header", *header)).collect();
        let kept = [("url", "/v1.0/users"), ("header", "Prefer: odata.maxpagesize=1"), ("header", "ConsistencyLevel: eventual")];
        let canned = CannedResponse::empty(StatusCode::OK)
            .header(SET_COOKIE, HeaderValue::from_static("session=1"))
            .header(SERVER, HeaderValue::from_static("x"))
            .header(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        fixture.mallory.inject(Fault::new(FaultKind::Respond(canned)));
        let outcome = fixture.fetch(&[arguments.as_slice(), &kept].concat()).await;
        assert_eq!((&outcome["status"], &outcome["refused"]), (&json!(200), &json!([])), "{outcome}");
        let headers = outcome["headers"].as_array().unwrap();
        let names: Vec<&str> = headers.iter().filter_map(|header| header[0].as_str()).collect();
        assert!(names.contains(&"content-type") && !names.contains(&"set-cookie") && !names.contains(&"server"), "{outcome}");
        let request = fixture.mallory.requests().remove(0);
        assert_eq!(request.header("prefer"), Some("odata.maxpagesize=1"));
        assert_eq!(request.header("consistencylevel"), Some("eventual"));
        for header in others {
            assert_eq!(request.header(header.split(':').next().unwrap()), None, "{request:?}");
        }
    });
}

/// With a wrong length, the rest of the body would become a request of its own.
#[test]
fn forged_length_cannot_smuggle_request() {
    run(async {
        let fixture = HostileFixture::open("smuggled").await;
        let url = format!("/v1.0/users/{}/contacts", crate::fixture::UID);
        let smuggled = "{}GET /v1.0/users?smuggled HTTP/1.1\r\nHost: x\r\n\r\n";
        // An invalid length is refused as a header, and the service rejects the body.
        for (length, body, expected) in [
            ("2", smuggled, "error"),
            ("0", smuggled, "error"),
            ("200", "{}", "error"),
            ("-1", smuggled, "refused"),
            ("2, 50", smuggled, "refused"),
            ("0x2", smuggled, "refused"),
        ] {
            let length = format!("Content-Length: {length}");
            let json = "Content-Type: application/json";
            let arguments = [("method", "POST"), ("url", &url), ("header", &length), ("header", json), ("body", body)];
            let outcome = fixture.fetch(&arguments).await;
            match expected {
                "error" => assert!(outcome["error"].is_string(), "{length}: {outcome}"),
                _ => {
                    assert_eq!((&outcome["refused"], &outcome["status"]), (&json!(["Content-Length"]), &json!(400)), "{outcome}")
                }
            }
        }
        // The connections remain usable.
        assert_eq!(fixture.fetch(&[("url", "/v1.0/users")]).await["status"], 200);
        let sent: Vec<String> = fixture.mallory.requests().iter().map(|request| request.target.clone()).collect();
        assert!(sent.iter().all(|target| !target.contains("smuggled")), "{sent:?}");
        let own = fixture.fetch(&[("url", &url)]).await;
        let body: Value = serde_json::from_str(own["body"].as_str().unwrap()).unwrap();
        assert_eq!(body["value"], json!([]), "nothing is written");
    });
}
