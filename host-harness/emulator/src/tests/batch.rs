//! JSON batches.

use std::time::{Duration, Instant};

use http::header::{HeaderValue, RETRY_AFTER};
use serde_json::json;

use super::*;
use crate::{CannedResponse, Fault, FaultKind};

/// Sends items as a batch to v1.0, and returns their responses in the order of the ids.
async fn send_batch(graph: &Graph, requests: Value) -> Vec<Value> {
    let response = graph.post("/v1.0/$batch", json!({"requests": requests})).await;
    assert_eq!((response.status.as_u16(), response.header("content-type")), (200, "application/json"), "{}", response.body);
    let mut responses = response.body["responses"].as_array().unwrap().clone();
    responses.sort_by_key(|response| response["id"].as_str().unwrap().to_owned());
    responses
}

fn build_create_item(id: &str, name: &str) -> Value {
    let headers = json!({"Content-Type": "application/json"});
    json!({"id": id, "method": "POST", "url": "/me/contacts", "headers": headers, "body": {"givenName": name}})
}

fn list_statuses(responses: &[Value]) -> Vec<u64> {
    responses.iter().map(|response| response["status"].as_u64().unwrap()).collect()
}

#[tokio::test]
async fn batch_responds_for_each_item() {
    let graph = Graph::start().await;
    let path = graph.create_contact(json!({"givenName": "A"})).await;
    let typed = json!({"content-type": "application/json"});
    let responses = send_batch(
        &graph,
        json!([
            build_create_item("1", "New"),
            {"id": "2", "method": "PATCH", "url": path, "headers": typed, "body": {"nickName": "x"}},
            {"id": "3", "method": "GET", "url": format!("/users/{ADELE}/contacts?$filter=displayName eq 'A'&$count=true")},
            {"id": "4", "method": "GET", "url": "me/contacts/nonsense"},
            {"id": "5", "method": "GET", "url": "https://graph.microsoft.com/v1.0/me/contacts"},
            {"id": "6", "method": "GET", "url": "/v1.0/me/contacts"},
            {"id": "7", "method": "POST", "url": "/$batch", "headers": typed, "body": {"requests": []}},
            {"id": "8", "method": "GET", "url": "/me/contacts/$count"},
        ]),
    )
    .await;
    assert_eq!(list_statuses(&responses), [201, 200, 200, 400, 400, 400, 400, 200]);
    assert_eq!(responses[0]["body"]["displayName"], "New");
    assert!(responses[0]["headers"]["Location"].as_str().unwrap().contains("/v1.0/me/contacts('"));
    // The headers of the sample in the article on batching.
    let headers = responses[1]["headers"].as_object().unwrap();
    assert_eq!((&headers["Cache-Control"], &headers["OData-Version"]), (&json!("no-cache"), &json!("4.0")));
    assert!(headers["Content-Type"].as_str().unwrap().starts_with("application/json;odata.metadata=minimal"));
    assert_eq!(responses[2]["body"]["@odata.count"], 1);
    assert_eq!(responses[3]["body"]["error"]["code"], "ErrorInvalidIdMalformed");
    assert_eq!(responses[4]["body"]["error"]["message"], "Resource not found for the segment 'https:'.");
    assert_eq!(responses[7]["body"], "Mg==", "a body that is not JSON is in base64");
    let deleted = send_batch(&graph, json!([{"id": "1", "method": "DELETE", "url": path}])).await;
    // The article on batching: an item without content has `"body": null`.
    assert_eq!((&deleted[0]["status"], deleted[0].get("body")), (&json!(204), Some(&json!(null))));
}

#[tokio::test]
async fn batch_responses_come_in_another_order() {
    let graph = Graph::start().await;
    let requests: Vec<Value> = (0..5).map(|id| build_create_item(&id.to_string(), "A")).collect();
    let mut orders = Vec::new();
    for _ in 0..2 {
        let response = graph.post("/beta/$batch", json!({"requests": requests})).await;
        let ids: Vec<String> =
            response.body["responses"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect();
        orders.push(ids);
    }
    assert_ne!(orders[0], ["0", "1", "2", "3", "4"]);
    assert_eq!(orders[0], orders[1]);
    orders[0].sort();
    assert_eq!(orders[0], ["0", "1", "2", "3", "4"]);
}

#[tokio::test]
async fn invalid_item_fails_whole_batch() {
    let graph = Graph::start().await;
    let many: Vec<Value> = (0..21).map(|id| build_create_item(&id.to_string(), "A")).collect();
    let get = |id: Value| json!({"id": id, "method": "GET", "url": "/me"});
    for (requests, message) in [
        (json!(many), None),
        (json!([]), None),
        (json!([get(json!("a")), get(json!("A"))]), Some("Request Id A has to be unique in a batch.")),
        (json!([get(json!(1))]), None),
        (json!([{"id": "1", "method": "GET"}]), None),
        (json!([{"id": "1", "method": "COPY", "url": "/me"}]), None),
        (
            json!([{"id": "1", "method": "POST", "url": "/me/contacts", "body": {}}]),
            Some("Write request with id '1' does not contain a Content-Type header."),
        ),
        (
            json!([build_create_item("2", "A"), {"id": "1", "method": "POST", "url": "/me", "headers": {"Content-Type": "application/json"}}]),
            Some("Write request id : 1 does not contain Content-Type header or body."),
        ),
        (json!([{"id": "1", "method": "GET", "url": "/me", "dependsOn": ["2"]}]), None),
        (json!([{"id": "1", "method": "GET", "url": "/me", "dependsOn": ["1"]}]), None),
        (json!([get(json!("1")), get(json!("2")), {"id": "3", "method": "GET", "url": "/me", "dependsOn": ["1", "2"]}]), None),
    ] {
        let refused = graph.post("/v1.0/$batch", json!({"requests": requests})).await;
        assert_eq!(refused.get_error(), (400, "BadRequest"), "{requests}");
        if let Some(message) = message {
            assert_eq!(refused.message(), message);
        }
    }
    assert_eq!(graph.get("/v1.0/me/contacts/$count").await.body, json!(0), "nothing took effect");
    assert_eq!(send_batch(&graph, json!(many[..20])).await.len(), 20);
}

#[tokio::test]
async fn item_waits_for_its_dependency() {
    let graph = Graph::start().await;
    let path = graph.create_contact(json!({"givenName": "A"})).await;
    let change = |id: &str, after: &[&str], name: &str| {
        json!({"id": id, "dependsOn": after, "method": "PATCH", "url": path,
               "headers": {"Content-Type": "application/json"}, "body": {"givenName": name}})
    };
    let done =
        send_batch(&graph, json!([change("3", &["2"], "third"), change("2", &["1"], "second"), change("1", &[], "first")])).await;
    assert_eq!(list_statuses(&done), [200, 200, 200]);
    assert_eq!(graph.get(&format!("/v1.0{path}")).await.body["givenName"], "third");

    graph.emulator.clear_requests();
    let failed = send_batch(
        &graph,
        json!([
            {"id": "1", "method": "GET", "url": "/me/contacts/bad"},
            change("2", &["1"], "fourth"),
            change("3", &["2"], "fifth"),
            build_create_item("4", "B"),
        ]),
    )
    .await;
    assert_eq!(list_statuses(&failed), [400, 424, 424, 201]);
    assert_eq!(failed[1]["body"]["error"]["code"], "FailedDependency");
    assert_eq!(graph.get(&format!("/v1.0{path}")).await.body["givenName"], "third");
    let recorded: Vec<(Option<String>, u16)> =
        graph.emulator.requests().into_iter().map(|one| (one.batch_item, one.status.unwrap().as_u16())).collect();
    let item = |id: &str, status| (Some(id.to_owned()), status);
    assert_eq!(recorded, [(None, 200), item("1", 400), item("2", 424), item("3", 424), item("4", 201), (None, 200)]);
}

#[tokio::test]
async fn item_uses_token_of_batch() {
    let graph = Graph::start_with(Options { token: Some("token".to_owned()), ..Options::default() }).await;
    let item = json!([{"id": "1", "method": "GET", "url": "/me?$select=id", "headers": {"Authorization": "Bearer wrong"}}]);
    assert_eq!(list_statuses(&send_batch(&graph, item.clone()).await), [200]);
    let requests = graph.emulator.requests();
    assert_eq!((requests[0].target.as_str(), requests[0].batch_item.as_deref()), ("/v1.0/$batch", None));
    assert_eq!((requests[1].target.as_str(), requests[1].batch_item.as_deref()), ("/v1.0/me?$select=id", Some("1")));
    assert_eq!(requests[1].header("authorization"), Some("Bearer token"));
    let request = graph.request(Method::POST, "/v1.0/$batch").header("content-type", "application/json");
    assert_eq!(
        send_request(request.body(json!({"requests": item}).to_string())).await.get_error(),
        (401, "InvalidAuthenticationToken")
    );
}

#[tokio::test]
async fn fault_in_batch_meets_one_item() {
    let graph = Graph::start().await;
    let throttled = CannedResponse::error(
        StatusCode::TOO_MANY_REQUESTS,
        "ApplicationThrottled",
        "Application is over its MailboxConcurrency limit.",
    )
    .header(RETRY_AFTER, HeaderValue::from_static("2"));
    let fault = Fault::new(FaultKind::Respond(throttled)).method(Method::POST).path_ends_with("/v1.0/me/contacts").after(1);
    graph.emulator.inject(fault.in_batch());
    let responses =
        send_batch(&graph, json!([build_create_item("1", "A"), build_create_item("2", "B"), build_create_item("3", "C")])).await;
    assert_eq!(list_statuses(&responses), [201, 429, 201]);
    assert_eq!(responses[1]["headers"]["Retry-After"], "2");
    assert_eq!(responses[1]["body"]["error"]["code"], "ApplicationThrottled");
    assert_eq!(graph.get("/v1.0/me/contacts/$count").await.body, json!(2));

    graph.emulator.inject(Fault::new(FaultKind::Respond(CannedResponse::empty(StatusCode::BAD_GATEWAY))));
    let outer = graph.post("/v1.0/$batch", json!({"requests": [build_create_item("1", "D")]})).await;
    assert_eq!(outer.status, 502, "without in_batch the batch meets the fault");
    graph.emulator.inject(Fault::new(FaultKind::Close).in_batch());
    let request = graph.request(Method::POST, "/v1.0/$batch").header("authorization", "Bearer token");
    let body = json!({"requests": [build_create_item("1", "E")]}).to_string();
    assert!(request.header("content-type", "application/json").body(body).send().await.is_err());
    assert_eq!(graph.get("/v1.0/me/contacts/$count").await.body, json!(2));
}

#[tokio::test]
async fn batch_runs_four_items_at_once() {
    let graph = Graph::start().await;
    graph.emulator.inject(Fault::new(FaultKind::Delay(Duration::from_millis(60))).in_batch().forever());
    graph.emulator.set_throttle(crate::Throttle::outlook());
    let requests: Vec<Value> = (0..8).map(|id| build_create_item(&id.to_string(), "A")).collect();
    let start = Instant::now();
    assert_eq!(list_statuses(&send_batch(&graph, json!(requests)).await), [201; 8]);
    assert!(start.elapsed() >= Duration::from_millis(120), "eight at four a time");
    assert_eq!(graph.emulator.peak_concurrency(ADELE), 4);
}
