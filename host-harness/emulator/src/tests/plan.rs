//! Fault plans: a client meets the faults of the file.

use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822;

use super::*;
use crate::{CannedResponse, Fault, FaultKind, FaultPlan, Throttle};

const EXAMPLE: &str = include_str!("../../examples/faults.json");

async fn start_with_plan(plan: Value) -> Graph {
    let graph = Graph::start().await;
    graph.emulator.apply_plan(plan.to_string().parse().unwrap());
    graph
}

fn parse_error(plan: &str) -> String {
    plan.parse::<FaultPlan>().unwrap_err().to_string()
}

/// Returns whether a request has no response.
async fn is_without_response(graph: &Graph, method: Method, target: &str) -> bool {
    let request = graph.request(method, target).header("authorization", "Bearer token");
    request.timeout(Duration::from_millis(200)).send().await.is_err()
}

#[tokio::test]
async fn example_plan_applies_faults_in_order() {
    let graph = Graph::start().await;
    graph.emulator.apply_plan(EXAMPLE.parse().unwrap());
    let list = async || graph.get("/v1.0/me/contacts").await;
    for _ in 0..2 {
        let response = list().await;
        assert_eq!((response.get_error(), response.message()), ((429, "TooManyRequests"), "Please retry again later."));
        assert_eq!(response.header("retry-after"), "2.128");
    }
    let before = Timestamp::now();
    let dated = list().await;
    assert_eq!((dated.status.as_u16(), &dated.body), (503, &json!("")));
    let date = rfc2822::DateTimeParser::new().parse_timestamp(dated.header("retry-after")).unwrap();
    // The date has whole seconds.
    let (earliest, latest) = (before + Duration::from_secs(1), Timestamp::now() + Duration::from_secs(2));
    assert!(earliest < date && date <= latest, "{earliest} {date} {latest}");
    assert_eq!(list().await.header("retry-after"), "1,120");
    let silent = list().await;
    assert_eq!((silent.get_error().0, silent.headers.get("retry-after")), (429, None));

    let lost = graph.post("/v1.0/me/contacts", json!({"givenName": "A"})).await;
    assert_eq!((lost.status.as_u16(), lost.header("content-type")), (504, "text/html"));
    assert_eq!(lost.body, "<html>Gateway Timeout</html>");
    let contacts = list().await.body;
    assert_eq!(contacts["value"].as_array().unwrap().len(), 1);
    let path = format!("/v1.0/me/contacts/{}", contacts["value"][0]["id"].as_str().unwrap());

    for (number, title) in [(0, Some("0")), (1, Some("1")), (2, Some("2")), (3, None), (4, None)] {
        let patched = graph.request(Method::PATCH, &path).header("authorization", "Bearer token");
        let patched = patched.header("content-type", "application/json").body(json!({"title": number.to_string()}).to_string());
        let response = patched.send().await;
        assert_eq!(response.is_ok(), title.is_some(), "{number}: {response:?}");
    }
    let title = graph.get(&path).await.body["title"].clone();
    assert_eq!(title, "4", "the first closed request had no effect, the second had");
    assert!(is_without_response(&graph, Method::DELETE, &path).await);
    assert_eq!(graph.get(&path).await.status, 200);
    assert!(is_without_response(&graph, Method::DELETE, &path).await);
    assert_eq!(graph.get(&path).await.status, 404);
}

#[tokio::test]
async fn delta_tokens_expire_with_request() {
    let graph = start_with_plan(json!({
        "delta": {"emptyPages": true},
        "faults": [{"targetContains": "$deltatoken=", "times": 1, "fault": {"expireDeltaTokens": {"code": "resyncRequired"}}}],
    }))
    .await;
    let empty = graph.get("/v1.0/me/contactFolders/contacts/contacts/delta").await.body;
    let round = graph.get(empty["@odata.nextLink"].as_str().unwrap()).await.body;
    let expired = graph.get(round["@odata.deltaLink"].as_str().unwrap()).await;
    assert_eq!(expired.get_error(), (410, "resyncRequired"));
    let restarted = graph.get(expired.header("location")).await.body;
    let round = graph.get(restarted["@odata.nextLink"].as_str().unwrap()).await.body;
    assert_eq!(graph.get(round["@odata.deltaLink"].as_str().unwrap()).await.status, 200, "once");
}

#[tokio::test]
async fn plan_sets_limits_of_mailboxes() {
    let plan = json!({"throttle": {"concurrent": 4, "requests": {"count": 1, "seconds": 600}, "retryAfter": "7"}});
    let graph = start_with_plan(plan).await;
    assert_eq!(graph.get("/v1.0/me/contacts").await.status, 200);
    let refused = graph.get("/v1.0/me/contacts").await;
    assert_eq!((refused.get_error(), refused.header("retry-after")), ((429, "ApplicationThrottled"), "7"));
    // A plan without limits keeps the current ones.
    graph.emulator.apply_plan(r#"{"faults": []}"#.parse().unwrap());
    assert_eq!(graph.get("/v1.0/me/contacts").await.status, 429);
    graph.emulator.set_throttle(Throttle::new());
    assert_eq!(graph.get("/v1.0/me/contacts").await.status, 200);
}

/// Returns the statuses of a thousand requests, of which one in ten meets a fault.
async fn draw_statuses(seed: u64) -> Vec<u16> {
    let plan = json!({"seed": seed, "faults": [
        {"fault": {"answer": {"status": 502}}, "method": "POST", "chance": 1, "times": 1},
        {"fault": {"answer": {"status": 503}}, "method": "GET", "chance": 0.1},
    ]});
    let graph = start_with_plan(plan).await;
    let mut statuses = Vec::new();
    for number in 0..1000 {
        statuses.push(graph.get("/v1.0/me").await.status.as_u16());
        if number == 500 {
            assert_eq!(graph.post("/v1.0/me/contacts", json!({})).await.status, 502);
            assert_eq!(
                graph.post("/v1.0/me/contacts", json!({})).await.status,
                201,
                "`times` counts requests that meet the fault"
            );
        }
    }
    statuses
}

#[tokio::test]
async fn chance_follows_seed() {
    let statuses = draw_statuses(7).await;
    let met = statuses.iter().filter(|status| **status == 503).count();
    assert!((50..200).contains(&met), "{met}");
    assert_eq!(draw_statuses(7).await, statuses);
    assert_ne!(draw_statuses(8).await, statuses);
}

#[tokio::test]
async fn chance_works_without_plan() {
    let graph = Graph::start().await;
    let fault = |status| Fault::new(FaultKind::Respond(CannedResponse::empty(status))).forever();
    graph.emulator.inject(fault(StatusCode::BAD_GATEWAY).chance(0.0, 1));
    assert_eq!(graph.get("/v1.0/me").await.status, 200);
    graph.emulator.inject(fault(StatusCode::SERVICE_UNAVAILABLE).chance(1.0, 1));
    assert_eq!(graph.get("/v1.0/me").await.status, 503);
}

#[test]
fn invalid_plan_error_names_path() {
    let response = |response: &str| format!(r#"{{"faults": [{{"fault": "hang"}}, {{"fault": {{"answer": {response}}}}}]}}"#);
    for (plan, place, said) in [
        ("".to_owned(), "the plan", "EOF"),
        (r#"[{"fault": "hang"}]"#.to_owned(), "[0]", "invalid type"),
        ("{} {}".to_owned(), "after the plan", "trailing"),
        (r#"{"fault": []}"#.to_owned(), "fault", "expected one of `comment`, `seed`, `throttle`, `delta`, `faults`"),
        (r#"{"seed": -1}"#.to_owned(), "seed", "u64"),
        (r#"{"faults": [{}]}"#.to_owned(), "faults[0]", "missing field `fault`"),
        (r#"{"faults": [{"fault": "fly"}]}"#.to_owned(), "faults[0].fault", "expected one of `answer`"),
        (r#"{"faults": [{"fault": "hang", "time": 1}]}"#.to_owned(), "faults[0].time", "`times`"),
        (r#"{"faults": [{"fault": "hang", "times": 1, "times": 2}]}"#.to_owned(), "faults[0]", "duplicate field `times`"),
        (r#"{"faults": [{"fault": "hang", "method": "get"}]}"#.to_owned(), "faults[0].method", "`GET`"),
        (r#"{"faults": [{"fault": "hang", "chance": 10}]}"#.to_owned(), "faults[0].chance", "from 0 to 1"),
        (
            r#"{"faults": [{"fault": {"delay": {"seconds": -1}}}]}"#.to_owned(),
            "faults[0].fault.delay.seconds",
            "from 0 to 86400, found -1",
        ),
        (r#"{"throttle": {"requests": {"count": 1}}}"#.to_owned(), "throttle.requests", "missing field `seconds`"),
        (r#"{"delta": {"empty": true}}"#.to_owned(), "delta.empty", "`emptyPages`"),
        (response(r#"{"status": 99}"#), "faults[1].fault.answer.status", "from 200 to 599, found 99"),
        (response("{}"), "faults[1].fault.answer", "missing field `status`"),
        (response(r#"{"status": 429, "code": "a", "body": "b"}"#), "faults[1].fault.answer", "found both"),
        (response(r#"{"status": 429, "message": "a"}"#), "faults[1].fault.answer", "expected a code"),
        (response(r#"{"status": 429, "headers": {"Retry After": "1"}}"#), "faults[1].fault.answer", "\"Retry After\""),
        (response(r#"{"status": 429, "headers": {"a": "1\n"}}"#), "faults[1].fault.answer", "visible characters"),
    ] {
        let error = parse_error(&plan);
        assert!(error.starts_with(&format!("{place}: ")) && error.contains(said) && error.contains("line 1 column"), "{error}");
    }
    assert!(parse_error("{\n  \"faults\": [\n    {\"fault\": 5}\n]}").contains("line 3 column"));
}
