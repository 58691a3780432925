//! Throttling, seen from the client.

use std::time::Duration;

use super::*;
use crate::{Fault, FaultKind, Throttle};

/// Sends so many requests at once, and gives the answers.
async fn at_once(graph: &Graph, count: usize) -> Vec<Answered> {
    let mut running = tokio::task::JoinSet::new();
    for _ in 0..count {
        let request = graph.request(Method::GET, "/v1.0/me/contacts").header("authorization", "Bearer token");
        running.spawn(answered(request));
    }
    running.join_all().await
}

#[tokio::test]
async fn a_mailbox_takes_four_at_once() {
    let graph = Graph::start().await;
    graph.emulator.inject(Fault::new(FaultKind::Delay(Duration::from_millis(300))).forever());
    assert_eq!(graph.emulator.peak_concurrency(ADELE), 0);
    assert!(at_once(&graph, 6).await.iter().all(|answer| answer.status == 200), "at first there is no limit");
    assert_eq!(graph.emulator.peak_concurrency("adelev@contoso.com"), 6);

    graph.emulator.clear_requests();
    graph.emulator.set_throttle(Throttle::new().concurrent(4).retry_after("2.128"));
    assert!(at_once(&graph, 4).await.iter().all(|answer| answer.status == 200));
    let answers = at_once(&graph, 6).await;
    let refused: Vec<&Answered> = answers.iter().filter(|answer| answer.status != 200).collect();
    assert_eq!(refused.len(), 2);
    for answer in refused {
        assert_eq!(answer.refusal(), (429, "ApplicationThrottled"));
        assert_eq!(answer.message(), "Application is over its MailboxConcurrency limit.");
        assert_eq!(answer.header("retry-after"), "2.128");
        assert_ne!(answer.header("request-id"), "");
    }
    assert_eq!(graph.emulator.peak_concurrency(ADELE), 5, "a refused request is gone at once");
    assert_eq!(
        graph.emulator.requests().iter().filter(|request| request.status == Some(StatusCode::TOO_MANY_REQUESTS)).count(),
        2
    );
}

#[tokio::test]
async fn a_request_that_the_client_gives_up_does_not_count_for_ever() {
    let graph = Graph::start().await;
    graph.emulator.set_throttle(Throttle::new().concurrent(1));
    graph.emulator.inject(Fault::new(FaultKind::Hang));
    let request = graph.request(Method::GET, "/v1.0/me/contacts").header("authorization", "Bearer token");
    assert!(request.timeout(Duration::from_millis(100)).send().await.is_err());
    // The emulator sees a moment later that the client is gone.
    for _ in 0..100 {
        if graph.get("/v1.0/me/contacts").await.status == 200 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the request still counts");
}

#[tokio::test]
async fn a_span_has_so_many_requests() {
    let graph = Graph::start().await;
    let span = Duration::from_millis(800);
    graph.emulator.set_throttle(Throttle::new().requests(2, span));
    assert_eq!(graph.get("/v1.0/me/contacts").await.status, 200);
    assert_eq!(graph.get("/v1.0/me/contactFolders").await.status, 200);
    assert_eq!(graph.get("/v1.0/me").await.status, 200, "the directory is no mailbox");
    let refused = graph.get("/v1.0/me/contacts").await;
    assert_eq!((refused.refusal(), refused.header("retry-after")), ((429, "ApplicationThrottled"), ""));
    tokio::time::sleep(span).await;
    assert_eq!(graph.get("/v1.0/me/contacts").await.status, 200);
}
