//! Throttling, as a client meets it.

use std::time::Duration;

use super::*;
use crate::{Fault, FaultKind, Throttle};

/// Sends this many requests at once, and returns the responses.
async fn send_at_once(graph: &Graph, count: usize) -> Vec<TestResponse> {
    let mut running = tokio::task::JoinSet::new();
    for _ in 0..count {
        let request = graph.request(Method::GET, "/v1.0/me/contacts").header("authorization", "Bearer token");
        running.spawn(send_request(request));
    }
    running.join_all().await
}

#[tokio::test]
async fn throttle_limits_concurrency_of_mailbox() {
    let graph = Graph::start().await;
    graph.emulator.inject(Fault::new(FaultKind::Delay(Duration::from_millis(300))).forever());
    assert_eq!(graph.emulator.peak_concurrency(ADELE), 0);
    assert!(send_at_once(&graph, 6).await.iter().all(|response| response.status == 200), "by default there is no limit");
    assert_eq!(graph.emulator.peak_concurrency("adelev@contoso.com"), 6);

    graph.emulator.clear_requests();
    graph.emulator.set_throttle(Throttle::new().concurrent(4).retry_after("2.128"));
    assert!(send_at_once(&graph, 4).await.iter().all(|response| response.status == 200));
    let responses = send_at_once(&graph, 6).await;
    let refused: Vec<&TestResponse> = responses.iter().filter(|response| response.status != 200).collect();
    assert_eq!(refused.len(), 2);
    for response in refused {
        assert_eq!(response.get_error(), (429, "ApplicationThrottled"));
        assert_eq!(response.message(), "Application is over its MailboxConcurrency limit.");
        assert_eq!(response.header("retry-after"), "2.128");
        assert_ne!(response.header("request-id"), "");
    }
    assert_eq!(graph.emulator.peak_concurrency(ADELE), 5, "a throttled request ends at once");
    assert_eq!(
        graph.emulator.requests().iter().filter(|request| request.status == Some(StatusCode::TOO_MANY_REQUESTS)).count(),
        2
    );
}

#[tokio::test]
async fn abandoned_request_stops_counting() {
    let graph = Graph::start().await;
    graph.emulator.set_throttle(Throttle::new().concurrent(1));
    graph.emulator.inject(Fault::new(FaultKind::Hang));
    let request = graph.request(Method::GET, "/v1.0/me/contacts").header("authorization", "Bearer token");
    assert!(request.timeout(Duration::from_millis(100)).send().await.is_err());
    // The emulator notices the disconnect a moment later.
    for _ in 0..100 {
        if graph.get("/v1.0/me/contacts").await.status == 200 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the request still counts");
}

#[tokio::test]
async fn throttle_limits_requests_in_time_span() {
    let graph = Graph::start().await;
    let span = Duration::from_millis(800);
    graph.emulator.set_throttle(Throttle::new().requests(2, span));
    assert_eq!(graph.get("/v1.0/me/contacts").await.status, 200);
    assert_eq!(graph.get("/v1.0/me/contactFolders").await.status, 200);
    assert_eq!(graph.get("/v1.0/me").await.status, 200, "the directory is not a mailbox");
    let refused = graph.get("/v1.0/me/contacts").await;
    assert_eq!((refused.get_error(), refused.header("retry-after")), ((429, "ApplicationThrottled"), ""));
    tokio::time::sleep(span).await;
    assert_eq!(graph.get("/v1.0/me/contacts").await.status, 200);
}
