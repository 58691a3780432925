//! Faults, seen from the client.

use std::time::{Duration, Instant};

use http::header::{HeaderValue, RETRY_AFTER};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::*;
use crate::{CannedResponse, Fault, FaultKind};

fn throttled() -> CannedResponse {
    // The answer in Graph's article on throttling: Retry-After may be fractional.
    CannedResponse::error(StatusCode::TOO_MANY_REQUESTS, "TooManyRequests", "Please retry again later.")
        .header(RETRY_AFTER, HeaderValue::from_static("2.128"))
}

async fn count(graph: &Graph) -> Value {
    graph.get("/v1.0/me/contacts/$count").await.body
}

/// Sends one raw GET, and reads until the emulator closes the connection.
async fn raw(graph: &Graph, target: &str) -> String {
    let mut stream = TcpStream::connect(graph.emulator.endpoint().trim_start_matches("http://")).await.unwrap();
    let request = format!("GET {target} HTTP/1.1\r\nhost: emulator\r\nauthorization: Bearer token\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8(answer).unwrap()
}

#[tokio::test]
async fn an_answer_instead_of_the_effect() {
    let graph = Graph::start().await;
    graph.emulator.inject(Fault::new(FaultKind::Respond(throttled())).method(Method::POST).after(1).times(2));
    let body = || json!({"givenName": "A"});
    assert_eq!(graph.post("/v1.0/me/contacts", body()).await.status, 201);
    for _ in 0..2 {
        assert_eq!(count(&graph).await, 1, "other methods do not meet it");
        let answer = graph.post("/v1.0/me/contacts", body()).await;
        assert_eq!(answer.refusal(), (429, "TooManyRequests"));
        assert_eq!(answer.header("retry-after"), "2.128");
    }
    assert_eq!(graph.post("/v1.0/me/contacts", body()).await.status, 201);
    assert_eq!(count(&graph).await, 2);
    let statuses: Vec<u16> = graph.emulator.requests().iter().filter_map(|request| Some(request.status?.as_u16())).collect();
    assert_eq!(statuses, [201, 200, 429, 200, 429, 201, 200]);
}

#[tokio::test]
async fn an_answer_after_the_effect() {
    let graph = Graph::start().await;
    graph.emulator.inject(Fault::new(FaultKind::ApplyThenRespond(CannedResponse::empty(StatusCode::GATEWAY_TIMEOUT))));
    let answer = graph.post("/v1.0/me/contacts", json!({"givenName": "A"})).await;
    assert_eq!((answer.status.as_u16(), answer.body), (504, json!("")));
    assert_eq!(count(&graph).await, 1);
}

#[tokio::test]
async fn matching_by_path() {
    let graph = Graph::start().await;
    let fault = |status| Fault::new(FaultKind::Respond(CannedResponse::empty(status))).forever();
    graph.emulator.inject(fault(StatusCode::SERVICE_UNAVAILABLE).path_ends_with("/contacts"));
    graph.emulator.inject(fault(StatusCode::BAD_GATEWAY).target_contains("select=mail"));
    for _ in 0..3 {
        assert_eq!(graph.get("/v1.0/me/contacts?$top=1").await.status, 503);
        assert_eq!(graph.get("/v1.0/me?$select=mail").await.status, 502);
        assert_eq!(graph.get("/v1.0/me").await.status, 200);
    }
    graph.emulator.clear_faults();
    assert_eq!(graph.get("/v1.0/me/contacts").await.status, 200);
}

#[tokio::test]
async fn no_answer_at_all() {
    let graph = Graph::start().await;
    graph.emulator.inject(Fault::new(FaultKind::Hang).method(Method::POST));
    graph.emulator.inject(Fault::new(FaultKind::ApplyThenHang).method(Method::POST));
    for created in [0, 1] {
        let request = graph
            .request(Method::POST, "/v1.0/me/contacts")
            .header("authorization", "Bearer token")
            .header("content-type", "application/json")
            .body("{}")
            .timeout(Duration::from_millis(200));
        assert!(request.send().await.unwrap_err().is_timeout());
        assert_eq!(count(&graph).await, created);
    }
    assert_eq!(graph.emulator.requests()[0].status, None);
}

#[tokio::test]
async fn a_connection_closed_without_a_byte() {
    let graph = Graph::start().await;
    graph.emulator.inject(Fault::new(FaultKind::Close));
    assert_eq!(raw(&graph, "/v1.0/me").await, "");
    graph.emulator.inject(Fault::new(FaultKind::ApplyThenClose));
    let request = graph
        .request(Method::POST, "/v1.0/me/contacts")
        .header("authorization", "Bearer token")
        .header("content-type", "application/json")
        .body("{}");
    assert!(request.send().await.unwrap_err().is_request());
    assert_eq!(count(&graph).await, 1);
}

#[tokio::test]
async fn a_body_cut_short() {
    let graph = Graph::start().await;
    graph.emulator.inject(Fault::new(FaultKind::Truncate(20)).times(2));
    let answer = raw(&graph, "/v1.0/me").await;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200 OK"), "{head}");
    let promised: usize = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap().parse().unwrap();
    assert_eq!(body.len(), 20);
    assert!(promised > 20, "{promised}");
    let response = graph.request(Method::GET, "/v1.0/me").header("authorization", "Bearer token").send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert!(response.bytes().await.is_err());
}

#[tokio::test]
async fn a_late_answer() {
    let graph = Graph::start().await;
    graph.emulator.inject(Fault::new(FaultKind::Delay(Duration::from_millis(150))));
    let start = Instant::now();
    assert_eq!(graph.get("/v1.0/me").await.status, 200);
    assert!(start.elapsed() >= Duration::from_millis(150));
}
