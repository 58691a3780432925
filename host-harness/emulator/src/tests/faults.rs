//! Faults, as a client meets them.

use std::time::{Duration, Instant};

use http::header::{HeaderValue, RETRY_AFTER};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::*;
use crate::{CannedResponse, Fault, FaultKind};

fn build_throttled() -> CannedResponse {
    // The response in Graph's article on throttling: Retry-After may be fractional.
    CannedResponse::error(StatusCode::TOO_MANY_REQUESTS, "TooManyRequests", "Please retry again later.")
        .header(RETRY_AFTER, HeaderValue::from_static("2.128"))
}

async fn count_contacts(graph: &Graph) -> Value {
    graph.get("/v1.0/me/contacts/$count").await.body
}

/// Sends one raw GET, and reads until the emulator closes the connection.
async fn get_raw(graph: &Graph, target: &str) -> String {
    let mut stream = TcpStream::connect(graph.emulator.endpoint().trim_start_matches("http://")).await.unwrap();
    let request = format!("GET {target} HTTP/1.1\r\nhost: emulator\r\nauthorization: Bearer token\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut response = Vec::new();
    stream.read_to_end(&mut response).await.unwrap();
    String::from_utf8(response).unwrap()
}

#[tokio::test]
async fn fault_responds_without_effect() {
    let graph = Graph::start().await;
    graph.emulator.inject(Fault::new(FaultKind::Respond(build_throttled())).method(Method::POST).after(1).times(2));
    let body = || json!({"givenName": "A"});
    assert_eq!(graph.post("/v1.0/me/contacts", body()).await.status, 201);
    for _ in 0..2 {
        assert_eq!(count_contacts(&graph).await, 1, "other methods do not meet it");
        let response = graph.post("/v1.0/me/contacts", body()).await;
        assert_eq!(response.get_error(), (429, "TooManyRequests"));
        assert_eq!(response.header("retry-after"), "2.128");
    }
    assert_eq!(graph.post("/v1.0/me/contacts", body()).await.status, 201);
    assert_eq!(count_contacts(&graph).await, 2);
    let statuses: Vec<u16> = graph.emulator.requests().iter().filter_map(|request| Some(request.status?.as_u16())).collect();
    assert_eq!(statuses, [201, 200, 429, 200, 429, 201, 200]);
}

#[tokio::test]
async fn fault_responds_after_effect() {
    let graph = Graph::start().await;
    graph.emulator.inject(Fault::new(FaultKind::ApplyThenRespond(CannedResponse::empty(StatusCode::GATEWAY_TIMEOUT))));
    let response = graph.post("/v1.0/me/contacts", json!({"givenName": "A"})).await;
    assert_eq!((response.status.as_u16(), response.body), (504, json!("")));
    assert_eq!(count_contacts(&graph).await, 1);
}

#[tokio::test]
async fn fault_matches_path() {
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
async fn fault_hangs_with_or_without_effect() {
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
        assert_eq!(count_contacts(&graph).await, created);
    }
    assert_eq!(graph.emulator.requests()[0].status, None);
}

#[tokio::test]
async fn fault_closes_connection_without_response() {
    let graph = Graph::start().await;
    graph.emulator.inject(Fault::new(FaultKind::Close));
    assert_eq!(get_raw(&graph, "/v1.0/me").await, "");
    graph.emulator.inject(Fault::new(FaultKind::ApplyThenClose));
    let request = graph
        .request(Method::POST, "/v1.0/me/contacts")
        .header("authorization", "Bearer token")
        .header("content-type", "application/json")
        .body("{}");
    assert!(request.send().await.unwrap_err().is_request());
    assert_eq!(count_contacts(&graph).await, 1);
}

#[tokio::test]
async fn fault_truncates_body() {
    let graph = Graph::start().await;
    graph.emulator.inject(Fault::new(FaultKind::Truncate(20)).times(2));
    let response = get_raw(&graph, "/v1.0/me").await;
    let (head, body) = response.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200 OK"), "{head}");
    let promised: usize = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap().parse().unwrap();
    assert_eq!(body.len(), 20);
    assert!(promised > 20, "{promised}");
    let response = graph.request(Method::GET, "/v1.0/me").header("authorization", "Bearer token").send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert!(response.bytes().await.is_err());
}

#[tokio::test]
async fn fault_delays_response() {
    let graph = Graph::start().await;
    graph.emulator.inject(Fault::new(FaultKind::Delay(Duration::from_millis(150))));
    let start = Instant::now();
    assert_eq!(graph.get("/v1.0/me").await.status, 200);
    assert!(start.elapsed() >= Duration::from_millis(150));
}
