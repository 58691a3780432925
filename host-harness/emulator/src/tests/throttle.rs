//! Throttling, as a client meets it.

use std::time::Duration;

use serde_json::json;

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

/// <https://learn.microsoft.com/graph/throttling-limits>: "150 MB upload in a 5-minute period" of one mailbox.
#[tokio::test]
async fn throttle_limits_upload_to_mailbox() {
    let graph = Graph::start().await;
    graph.emulator.set_throttle(Throttle::new().upload(200, Duration::from_secs(300)));
    let contact = json!({"givenName": "a".repeat(90)});
    assert_eq!(graph.post("/v1.0/me/contacts", contact.clone()).await.status, 201);
    assert_eq!(graph.get("/v1.0/me/contacts").await.status, 200, "a request without a body uploads nothing");
    let refused = graph.post("/v1.0/me/contacts", json!({"givenName": "b".repeat(190)})).await;
    assert_eq!(refused.get_error(), (429, "ApplicationThrottled"));
    assert_eq!(refused.message(), "Application is over its IncomingBytes limit.");
    graph.emulator.add_user(User::new("00000000-0000-0000-0000-000000000001", "other@contoso.com"));
    assert_eq!(graph.post("/v1.0/users/other@contoso.com/contacts", contact).await.status, 201, "another mailbox");
}

/// The same page: "455 requests per 10 seconds" for open extensions, of one application in one tenant.
#[tokio::test]
async fn throttle_limits_extensions_of_all_mailboxes() {
    let graph = Graph::start().await;
    let contact = graph.create_contact(json!({"givenName": "Ada"})).await;
    graph.emulator.set_throttle(Throttle::new().extensions(2, Duration::from_secs(300)));
    let extensions = format!("/v1.0{contact}/extensions");
    assert_eq!(graph.get(&extensions).await.status, 200);
    assert_eq!(graph.post(&extensions, json!({"extensionName": "com.contoso.a"})).await.status, 201);
    let refused = graph.get(&format!("{extensions}/com.contoso.a")).await;
    assert_eq!((refused.get_error(), refused.message()), ((429, "TooManyRequests"), "Please retry again later."));
    assert_eq!(graph.get(&format!("/v1.0{contact}")).await.status, 200, "only requests for extensions count");
}

/// The same page, "Identity and access service limits": resource units, and writes.
#[tokio::test]
async fn throttle_limits_directory() {
    let graph = Graph::start().await;
    graph.emulator.set_throttle(Throttle::new().directory(3, Duration::from_secs(300)));
    assert_eq!(graph.get("/v1.0/users").await.status, 200, "2 units");
    assert_eq!(graph.get("/v1.0/contacts").await.status, 200, "1 unit");
    assert_eq!(graph.get("/v1.0/groups").await.get_error(), (429, "TooManyRequests"));
    assert_eq!(graph.get("/v1.0/me/contacts").await.status, 200, "a mailbox has limits of its own");
    graph.emulator.set_throttle(Throttle::new().directory_writes(1, Duration::from_secs(300)));
    graph.emulator.clear_requests();
    let change = json!({"jobTitle": "Auditor"});
    assert_eq!(graph.patch("/v1.0/users/AdeleV@contoso.com", change.clone()).await.status, 204);
    assert_eq!(graph.get("/v1.0/users").await.status, 200);
    assert_eq!(graph.patch("/v1.0/users/AdeleV@contoso.com", change).await.get_error(), (429, "TooManyRequests"));
}
