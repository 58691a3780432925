//! `POST /$batch`: the checks of a batch, and the order of its items.
//!
//! <https://learn.microsoft.com/graph/json-batching>. Graph ignores `atomicityGroup` (known issues of Graph, 2021). There are no
//! transactions.

use std::sync::Arc;

use bytes::Bytes;
use http::request::Parts;
use http::{StatusCode, header};
use serde_json::{Map, Value, json};
use tokio::task::JoinSet;

use crate::odata::base64::{self, STANDARD};
use crate::odata::error::{GraphError, Outcome};
use crate::odata::json_body;
use crate::odata::response::GraphResponse;
use crate::server::batch_item::{self, Item};
use crate::server::exchange;
use crate::server::incoming::ConnectionClosed;
use crate::server::shared::Shared;
use crate::variation;

/// The most items ("JSON batch requests are currently limited to 20 individual requests").
const MAX_ITEMS: usize = 20;
/// The most items in flight: Graph sends no more to Outlook at a time, for any mailboxes (throttling-limits.md of 2025). Before
/// 2025, each of the others got 429 (microsoft-graph-docs#2886).
const MAX_PARALLEL_ITEMS: usize = 4;

/// Carries out a batch. An invalid one fails as a whole, before any item takes effect.
pub(crate) async fn carry_out(
    shared: &Arc<Shared>,
    outer: &Parts,
    body: &[u8],
) -> Result<Outcome<GraphResponse>, ConnectionClosed> {
    let items = match parse_batch(outer, body) {
        Ok(items) => items,
        Err(error) => return Ok(Err(error)),
    };
    let ids: Vec<String> = items.iter().map(|item| item.id.clone()).collect();
    let responses = run_items(shared, items).await?;
    let mut rendered: Vec<Value> = ids.iter().zip(responses).map(|(id, response)| render_item(id, response)).collect();
    let choices = shared.lock().choose();
    if !choices.is_empty() {
        let status = variation::batch::vary(&mut rendered, choices);
        return Ok(Ok(render_batch(status, &rendered)));
    }
    // "Individual responses might appear in a different order than the requests". Here they always do, in a fixed order.
    let (mut even, mut odd) = (Vec::new(), Vec::new());
    for (index, response) in rendered.into_iter().enumerate() {
        if index % 2 == 0 { even.push(response) } else { odd.push(response) }
    }
    odd.extend(even);
    Ok(Ok(render_batch(StatusCode::OK, &odd)))
}

fn render_batch(status: StatusCode, responses: &[Value]) -> GraphResponse {
    GraphResponse::json(status, &json!({"responses": responses})).with_header(header::CONTENT_TYPE, "application/json")
}

/// Parses the items. An invalid item fails the whole batch.
fn parse_batch(outer: &Parts, body: &[u8]) -> Outcome<Vec<Item>> {
    let envelope = json_body::parse_object(&outer.headers, body)?;
    let requests = envelope.get("requests").and_then(Value::as_array).filter(|requests| !requests.is_empty());
    let requests = requests.ok_or_else(|| GraphError::bad_request("Invalid batch payload format."))?;
    if requests.len() > MAX_ITEMS {
        // The text is unverified.
        return Err(GraphError::bad_request(format!("The number of requests in a batch is limited to {MAX_ITEMS}.")));
    }
    let mut items: Vec<Item> = Vec::new();
    for request in requests {
        let item = batch_item::parse_item(outer, request)?;
        if items.iter().any(|other| other.id.eq_ignore_ascii_case(&item.id)) {
            return Err(GraphError::duplicate_item(&item.id));
        }
        items.push(item);
    }
    let order = (0..items.len()).map(|index| check_dependencies(&items, index)).collect::<Outcome<Vec<_>>>();
    order.map(|_| items)
}

/// Returns how many items must complete before this one. Fails on an unknown id and on a circle. That Graph refuses the whole
/// batch then is unverified.
fn check_dependencies(items: &[Item], index: usize) -> Outcome<usize> {
    let mut item = &items[index];
    for depth in 0..items.len() {
        let Some(dependency) = &item.depends_on else { return Ok(depth) };
        let found = items.iter().find(|other| other.id.eq_ignore_ascii_case(dependency));
        item = found.ok_or_else(|| GraphError::bad_request(format!("The dependsOn id {dependency} is not in the batch.")))?;
    }
    Err(GraphError::bad_request("The dependsOn of a batch leads in a circle."))
}

/// Runs the items, each after the one it depends on. Returns their responses in the order of the requests.
async fn run_items(shared: &Arc<Shared>, items: Vec<Item>) -> Result<Vec<GraphResponse>, ConnectionClosed> {
    let numbers: Vec<usize> = items.iter().map(|item| exchange::record_request(shared, &item.request)).collect();
    let index_of = |dependency: &String| items.iter().position(|item| item.id.eq_ignore_ascii_case(dependency));
    let depends: Vec<Option<usize>> = items.iter().map(|item| item.depends_on.as_ref().and_then(index_of)).collect();
    let mut waiting: Vec<Option<Item>> = items.into_iter().map(Some).collect();
    let mut responses: Vec<Option<GraphResponse>> = vec![None; waiting.len()];
    // The tasks end with the set: if the client disconnects, or a fault closes the connection.
    let mut running = JoinSet::new();
    loop {
        let mut skipped = false;
        for index in 0..waiting.len() {
            let before = depends[index].map(|before| responses[before].as_ref().map(|response| response.status));
            match before {
                Some(Some(status)) if waiting[index].is_some() && status.as_u16() >= 400 => {
                    waiting[index] = None;
                    let response = failed_dependency();
                    exchange::record_skipped(shared, numbers[index], response.status);
                    responses[index] = Some(response);
                    skipped = true;
                }
                Some(None) => {}
                _ if running.len() < MAX_PARALLEL_ITEMS => {
                    if let Some(item) = waiting[index].take() {
                        let (shared, number) = (Arc::clone(shared), numbers[index]);
                        running.spawn(async move { (index, exchange::carry_out_single(shared, number, item.request).await) });
                    }
                }
                _ => {}
            }
        }
        match running.join_next().await {
            // An item cannot be truncated: its response is sent whole.
            Some(Ok((index, Ok((response, _))))) => responses[index] = Some(response),
            Some(Ok((_, Err(closed)))) => return Err(closed),
            Some(Err(_)) => return Err(ConnectionClosed),
            None if skipped => {}
            None => break,
        }
    }
    Ok(responses.into_iter().map(|response| response.unwrap_or_else(failed_dependency)).collect())
}

/// Creates the response to an item whose dependency failed. "If an individual request fails, any request that depends on that
/// request fails with status code 424 (Failed Dependency)". The body is unverified.
fn failed_dependency() -> GraphResponse {
    let body = json!({"error": {"code": "FailedDependency", "message": "Failed dependency"}});
    GraphResponse::json(StatusCode::FAILED_DEPENDENCY, &body).with_header(header::CONTENT_TYPE, "application/json")
}

/// Renders the response to an item. A body that is not JSON is in base64.
fn render_item(id: &str, response: GraphResponse) -> Value {
    let headers: Map<String, Value> = response
        .headers
        .iter()
        .filter_map(|(name, value)| Some((spell_header(name.as_str()), Value::from(value.to_str().ok()?))))
        .collect();
    let media_type = response.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut rendered = Map::from_iter([
        ("id".to_owned(), json!(id)),
        ("status".to_owned(), json!(response.status.as_u16())),
        ("headers".to_owned(), Value::Object(headers)),
    ]);
    rendered.insert("body".to_owned(), render_body(media_type, &response.body));
    Value::Object(rendered)
}

/// Renders a body. An empty one is null: `"status": 204, "body": null` in <https://learn.microsoft.com/graph/json-batching>.
fn render_body(media_type: &str, body: &Bytes) -> Value {
    if body.is_empty() {
        return Value::Null;
    }
    let json = media_type.starts_with("application/json").then(|| serde_json::from_slice(body).ok()).flatten();
    json.unwrap_or_else(|| base64::encode(body, STANDARD).into())
}

/// Returns a header's name as Graph writes it in JSON, where names are case-sensitive.
fn spell_header(name: &str) -> String {
    const NAMES: &[&str] = &[
        "Cache-Control",
        "Content-Type",
        "ETag",
        "Location",
        "OData-Version",
        "Preference-Applied",
        "Retry-After",
        "WWW-Authenticate",
    ];
    NAMES.iter().find(|known| known.eq_ignore_ascii_case(name)).map_or_else(|| name.to_owned(), |known| (*known).to_owned())
}
