//! Invalid requests: each has its status and body, and changes nothing.

use graph_emulator::{CannedResponse, Fault, FaultKind};
use http::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::fixture::{Fixture, UID, connector, run, send_raw, send_request};

fn assert_refused((status, body): (u16, Value), expected: u16) -> Value {
    assert_eq!(status, expected, "{body}");
    assert_eq!(body["code"], expected);
    assert!(body["reason"].is_string() && body["message"].as_str().is_some_and(|message| !message.is_empty()), "{body}");
    body
}

#[test]
fn missing_or_wrong_credentials_are_rejected() {
    run(async {
        let fixture = Fixture::start().await;
        for (name, password) in [("x", "openidm-admin"), ("openidm-admin", "x"), ("openidm-admin", "")] {
            let request = reqwest::Client::new().get(fixture.url(UID));
            let request = request.header("X-OpenIDM-Username", name).header("X-OpenIDM-Password", password);
            let body = assert_refused(send_request(request).await, 401);
            assert_eq!(body, json!({"code": 401, "reason": "Unauthorized", "message": "Access Denied"}));
        }
        assert_refused(send_request(reqwest::Client::new().get(fixture.url(UID))).await, 401);
        assert!(fixture.sent().is_empty());
    });
}

#[test]
fn gateway_without_credentials_rejects_calls() {
    run(async {
        let fixture = Fixture::with(connector(), |settings| settings.gateway = None).await;
        let body = assert_refused(fixture.get(UID).await, 500);
        assert!(body["message"].as_str().unwrap().contains("GATEWAY_USERNAME and GATEWAY_PASSWORD"), "{body}");
        assert!(fixture.sent().is_empty());
    });
}

#[test]
fn bodies_other_than_json_objects_are_rejected() {
    run(async {
        let fixture = Fixture::start().await;
        let put = |body: &'static str| fixture.request(Method::PUT, UID).header("If-Match", "*").body(body);
        for body in ["", "{", "{\"__addContacts__\": {\"givenName\": \"x\"}", "[]", "7", "{} x"] {
            assert_refused(send_request(put(body)).await, 400);
        }
        let (client, request) = put("{}").build_split();
        let mut request = request.unwrap();
        request.headers_mut().insert("content-type", "text/plain".parse().unwrap());
        assert_eq!(client.execute(request).await.unwrap().status(), 400);
        let unconditional = fixture.request(Method::PUT, UID).body("{\"__addContacts__\": {\"givenName\": \"x\"}}");
        let body = assert_refused(send_request(unconditional).await, 500);
        assert!(body["message"].as_str().unwrap().starts_with("UPSERT"), "{body}");
        assert!(fixture.sent().is_empty());
    });
}

#[test]
fn invalid_attribute_error_has_path() {
    run(async {
        let fixture = Fixture::start().await;
        let id = fixture.add(json!({"givenName": "Ada"}));
        for (attributes, path) in [
            (json!({"foo": "bar"}), "foo"),
            (json!({"__addContact__": {"givenName": "x"}}), "__addContact__"),
            (
                json!({"__addContacts__": [{"givenName": "x"}, {"businessAddress": {"city": 7}}]}),
                "__addContacts__[1].businessAddress.city",
            ),
            (json!({"__addContacts__": {"givenname": "x"}}), "__addContacts__[0].givenname"),
            (json!({"__addContacts__": {"gender": "x"}}), "__addContacts__[0].gender"),
            (
                json!({"__addContacts__": [{"givenName": "x"}], "__updateContacts__": {"givenName": "x"}}),
                "__updateContacts__[0].id",
            ),
            (
                json!({"__updateContacts__": {"id": id, "emailAddresses": [{"address": "1"}, {"address": "2"}, {"address": "3"}, {"address": "4"}]}}),
                "__updateContacts__[0].emailAddresses",
            ),
            (json!({"__removeContacts__": [id, 7]}), "__removeContacts__[1]"),
        ] {
            let body = assert_refused(fixture.put(attributes).await, 400);
            assert!(body["message"].as_str().unwrap().contains(path), "{body}");
            assert_eq!(body["detail"]["attributes"][0], path);
        }
        fixture.assert_nothing_written();
        assert_eq!(fixture.contacts().await[0]["givenName"], "Ada");
    });
}

#[test]
fn unknown_contacts_and_users_are_not_found() {
    run(async {
        let fixture = Fixture::start().await;
        let id = fixture.add(json!({"givenName": "Ada"}));
        let gone = format!("{}AAAA", &id[..id.len() - 4]);
        for unknown in [gone.as_str(), "nonsense", "a/../b?c#d%"] {
            let body = assert_refused(fixture.put(json!({"__updateContacts__": {"id": unknown, "givenName": "x"}})).await, 404);
            assert_eq!(body["detail"]["contacts"][0]["id"], unknown);
        }
        assert_refused(fixture.get("00000000-0000-0000-0000-000000000000").await, 404);
        assert_refused(fixture.get("00000000-0000-0000-0000-000000000000?_fields=contacts").await, 404);
        let put = fixture.request(Method::PUT, "nobody@contoso.example").header("If-Match", "*");
        let body = assert_refused(send_request(put.body("{\"__addContacts__\": {\"givenName\": \"x\"}}")).await, 404);
        assert!(body["message"].as_str().unwrap().contains("could not find resource nobody@contoso.example"), "{body}");
        fixture.assert_nothing_written();
    });
}

/// An id is one segment of Graph's path, or is rejected.
#[test]
fn id_stays_one_path_segment() {
    run(async {
        let fixture = Fixture::start().await;
        for (id, to_graph) in [
            // A server that decodes before it splits would read another path.
            ("a%2Fb", None),
            ("a%5Cb", None),
            ("a%3Fb", Some("a%3Fb")),
            ("a%23b", Some("a%23b")),
            ("a%25b", Some("a%25b")),
            ("..%2F..%2Fgroups", None),
            ("..", None),
            ("%2E%2E", None),
            (".", None),
        ] {
            fixture.emulator.clear_requests();
            // Sent as raw bytes, because HTTP clients resolve dots.
            let request = format!(
                "GET /openidm/system/azuread/user/{id}?_fields=contacts HTTP/1.1\r\nHost: localhost\r\n\
                 X-OpenIDM-Username: openidm-admin\r\nX-OpenIDM-Password: openidm-admin\r\nConnection: close\r\n\r\n"
            );
            assert_refused(send_raw(fixture.gateway.address(), &request).await, 404);
            let sent = fixture.sent();
            match to_graph {
                Some(segment) => assert!(sent[0].starts_with(&format!("GET /v1.0/users/{segment}?")), "{sent:?}"),
                None => assert!(sent.is_empty(), "{sent:?}"),
            }
        }
    });
}

#[test]
fn oversized_body_is_rejected() {
    run(async {
        let fixture = Fixture::start().await;
        let length = 100 << 20;
        let mut stream = tokio::net::TcpStream::connect(fixture.gateway.address()).await.unwrap();
        let head = format!(
            "PUT /openidm/system/azuread/user/{UID} HTTP/1.1\r\nHost: localhost\r\nIf-Match: *\r\nContent-Type: application/json\r\n\
             X-OpenIDM-Username: openidm-admin\r\nX-OpenIDM-Password: openidm-admin\r\nContent-Length: {length}\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        let (mut read, mut write) = stream.into_split();
        // The response precedes the end of the body. The test does not require the host to read the rest.
        let sending = tokio::spawn(async move {
            let chunk = vec![b' '; 1 << 20];
            for _ in 0..100 {
                if write.write_all(&chunk).await.is_err() {
                    break;
                }
            }
        });
        let (mut response, mut piece) = (String::new(), vec![0; 4096]);
        while !response.contains("\"code\":413") {
            let count = read.read(&mut piece).await.unwrap();
            assert_ne!(count, 0, "the response is incomplete: {response}");
            response.push_str(&String::from_utf8_lossy(&piece[..count]));
        }
        assert!(response.starts_with("HTTP/1.1 413 "), "{response}");
        sending.abort();
        assert!(fixture.sent().is_empty());

        // Without a declared length, the host stops reading at the limit.
        let mut request = format!(
            "PUT /openidm/system/azuread/user/{UID} HTTP/1.1\r\nHost: localhost\r\nIf-Match: *\r\nContent-Type: application/json\r\n\
             X-OpenIDM-Username: openidm-admin\r\nX-OpenIDM-Password: openidm-admin\r\nTransfer-Encoding: chunked\r\n\
             Connection: close\r\n\r\n500000\r\n"
        );
        request.push_str(&" ".repeat(5 << 20));
        request.push_str("\r\n0\r\n\r\n");
        assert_refused(send_raw(fixture.gateway.address(), &request).await, 413);
        assert_eq!(fixture.get(UID).await.0, 200);
    });
}

/// A load test found that bodies larger in memory than as text trapped, and that lists of errors took seconds.
#[test]
fn bodies_with_many_errors_are_rejected_briefly() {
    run(async {
        let fixture = Fixture::start().await;
        let put = |body: String| fixture.request(Method::PUT, UID).header("If-Match", "*").body(body);
        let many = |count: usize, element: &str| format!("{{\"__removeContacts__\":[{}]}}", vec![element; count].join(","));
        for (body, status) in [
            (many(190_000, "1"), 400),
            (many(90_000, "[]"), 400),
            (many(90_000, "{\"a\":1}"), 400),
            (format!("{{\"{}\":1}}", "x".repeat(1_000_000)), 400),
            (format!("{{{}}}", (0..70_000).map(|n| format!("\"k{n}\":[]")).collect::<Vec<_>>().join(",")), 400),
            ("[".repeat(1_000_000), 413),
            (many(1_900_000, "1"), 413),
            (many(1_000_000, "[]"), 413),
            (format!("{{\"a\":\"{}\"}}", "[".repeat(4_000_000)), 400),
        ] {
            let response = put(body).send().await.unwrap();
            assert_eq!(response.status(), status);
            assert!(response.bytes().await.unwrap().len() < 50_000);
        }
        assert!(fixture.sent().is_empty());
    });
}

/// Responses of the service are bounded as well.
#[test]
fn oversized_graph_responses_are_bounded() {
    run(async {
        let fixture = Fixture::start().await;
        for text in [
            format!("[{}]", vec!["1"; 2_000_000].join(",")),
            format!("{{\"value\":[{}]}}", vec!["{}"; 1_300_000].join(",")),
            " ".repeat(5 << 20),
        ] {
            let canned = CannedResponse { body: text.into(), ..CannedResponse::empty(StatusCode::OK) };
            fixture.emulator.inject(Fault::new(FaultKind::Respond(canned)));
            let (status, body) = fixture.get(&format!("{UID}?_fields=contacts")).await;
            assert!(status == 503 || status == 200, "{body:.300}");
        }
        assert_eq!(fixture.get(UID).await.0, 200);
    });
}
