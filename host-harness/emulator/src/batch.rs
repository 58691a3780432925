//! `POST /$batch`: what a batch has to be, and how its items are carried out.
//!
//! <https://learn.microsoft.com/graph/json-batching>. Ignored, as the known issues of Graph (2021) have it: `atomicityGroup`.
//! There are no transactions.

use std::sync::Arc;

use bytes::Bytes;
use http::request::Parts;
use http::{StatusCode, header};
use serde_json::{Map, Value, json};
use tokio::task::JoinSet;

use super::answer::Answer;
use super::base64::{self, STANDARD};
use super::batch_item::{self, Item};
use super::body;
use super::error::{GraphError, Outcome};
use super::exchange::{self, Closed};
use super::server::Shared;

/// The most items ("JSON batch requests are currently limited to 20 individual requests").
const LARGEST: usize = 20;
/// The items that are carried out at once: Graph sends no more than these to Outlook at a time, whatever mailbox they are for
/// (throttling-limits.md of 2025). Before, each of the others was answered with 429 (microsoft-graph-docs#2886).
const PARALLEL: usize = 4;

/// Answers a batch, or fails as a whole, with no item carried out.
pub(super) async fn carry_out(shared: &Arc<Shared>, outer: &Parts, body: &[u8]) -> Result<Outcome<Answer>, Closed> {
    let items = match read(outer, body) {
        Ok(items) => items,
        Err(error) => return Ok(Err(error)),
    };
    let ids: Vec<String> = items.iter().map(|item| item.id.clone()).collect();
    let answers = run(shared, items).await?;
    let responses: Vec<Value> = ids.iter().zip(answers).map(|(id, answer)| render(id, answer)).collect();
    // "Individual responses might appear in a different order than the requests": here always, and always the same one.
    let (mut even, mut odd) = (Vec::new(), Vec::new());
    for (place, response) in responses.into_iter().enumerate() {
        if place % 2 == 0 { even.push(response) } else { odd.push(response) }
    }
    odd.extend(even);
    Ok(Ok(Answer::json(StatusCode::OK, &json!({"responses": odd})).header(header::CONTENT_TYPE, "application/json")))
}

/// Reads the items. All refusals are of the whole batch.
fn read(outer: &Parts, body: &[u8]) -> Outcome<Vec<Item>> {
    let envelope = body::object(&outer.headers, body)?;
    let requests = envelope.get("requests").and_then(Value::as_array).filter(|requests| !requests.is_empty());
    let requests = requests.ok_or_else(|| GraphError::bad_request("Invalid batch payload format."))?;
    if requests.len() > LARGEST {
        // The text is unverified.
        return Err(GraphError::bad_request(format!("The number of requests in a batch is limited to {LARGEST}.")));
    }
    let mut items: Vec<Item> = Vec::new();
    for request in requests {
        let item = batch_item::read(outer, request)?;
        if items.iter().any(|other| other.id.eq_ignore_ascii_case(&item.id)) {
            return Err(GraphError::duplicate_item(&item.id));
        }
        items.push(item);
    }
    let order = (0..items.len()).map(|place| depth(&items, place)).collect::<Outcome<Vec<_>>>();
    order.map(|_| items)
}

/// How many items have to go before one. Fails if it depends on what is not there, or on itself in the end; that the whole batch
/// is refused then is unverified.
fn depth(items: &[Item], place: usize) -> Outcome<usize> {
    let mut item = &items[place];
    for depth in 0..items.len() {
        let Some(wanted) = &item.depends_on else { return Ok(depth) };
        let found = items.iter().find(|other| other.id.eq_ignore_ascii_case(wanted));
        item = found.ok_or_else(|| GraphError::bad_request(format!("The dependsOn id {wanted} is not in the batch.")))?;
    }
    Err(GraphError::bad_request("The dependsOn of a batch leads in a circle."))
}

/// Carries the items out, each after the one it depends on, and gives their answers in the order of the requests.
async fn run(shared: &Arc<Shared>, items: Vec<Item>) -> Result<Vec<Answer>, Closed> {
    let numbers: Vec<usize> = items.iter().map(|item| exchange::record(shared, &item.request)).collect();
    let place_of = |wanted: &String| items.iter().position(|item| item.id.eq_ignore_ascii_case(wanted));
    let depends: Vec<Option<usize>> = items.iter().map(|item| item.depends_on.as_ref().and_then(place_of)).collect();
    let mut waiting: Vec<Option<Item>> = items.into_iter().map(Some).collect();
    let mut answers: Vec<Option<Answer>> = vec![None; waiting.len()];
    // Its tasks end with it: when the client goes, or the connection is closed by a fault.
    let mut running = JoinSet::new();
    loop {
        let mut skipped = false;
        for place in 0..waiting.len() {
            let before = depends[place].map(|before| answers[before].as_ref().map(|answer| answer.status));
            match before {
                Some(Some(status)) if waiting[place].is_some() && status.as_u16() >= 400 => {
                    waiting[place] = None;
                    let answer = failed_dependency();
                    exchange::skipped(shared, numbers[place], answer.status);
                    answers[place] = Some(answer);
                    skipped = true;
                }
                Some(None) => {}
                _ if running.len() < PARALLEL => {
                    if let Some(item) = waiting[place].take() {
                        let (shared, number) = (Arc::clone(shared), numbers[place]);
                        running.spawn(async move { (place, exchange::single(shared, number, item.request).await) });
                    }
                }
                _ => {}
            }
        }
        match running.join_next().await {
            // Within a batch there is nothing to cut: the item is answered whole.
            Some(Ok((place, Ok((answer, _))))) => answers[place] = Some(answer),
            Some(Ok((_, Err(closed)))) => return Err(closed),
            Some(Err(_)) => return Err(Closed),
            None if skipped => {}
            None => break,
        }
    }
    Ok(answers.into_iter().map(|answer| answer.unwrap_or_else(failed_dependency)).collect())
}

/// "If an individual request fails, any request that depends on that request fails with status code 424 (Failed Dependency)". The
/// body is unverified.
fn failed_dependency() -> Answer {
    let body = json!({"error": {"code": "FailedDependency", "message": "Failed dependency"}});
    Answer::json(StatusCode::FAILED_DEPENDENCY, &body).header(header::CONTENT_TYPE, "application/json")
}

/// The answer to an item. A body that is not JSON comes in base64.
fn render(id: &str, answer: Answer) -> Value {
    let headers: Map<String, Value> = answer
        .headers
        .iter()
        .filter_map(|(name, value)| Some((spelled(name.as_str()), Value::from(value.to_str().ok()?))))
        .collect();
    let media_type = answer.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut response = Map::from_iter([
        ("id".to_owned(), json!(id)),
        ("status".to_owned(), json!(answer.status.as_u16())),
        ("headers".to_owned(), Value::Object(headers)),
    ]);
    if let Some(body) = content(media_type, &answer.body) {
        response.insert("body".to_owned(), body);
    }
    Value::Object(response)
}

fn content(media_type: &str, body: &Bytes) -> Option<Value> {
    if body.is_empty() {
        return None;
    }
    let json = media_type.starts_with("application/json").then(|| serde_json::from_slice(body).ok()).flatten();
    Some(json.unwrap_or_else(|| base64::encode(body, STANDARD).into()))
}

/// A header's name as Graph writes it in JSON, where names are compared by the letter.
fn spelled(name: &str) -> String {
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
