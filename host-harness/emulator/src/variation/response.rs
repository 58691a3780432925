//! A response as a whole: its links, its members, its status and its headers.

use bytes::Bytes;
use http::request::Parts;
use http::{Method, StatusCode, header};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::mailbox::path::UserKey;
use crate::odata::response::GraphResponse;
use crate::service;
use crate::store::Store;
use crate::variation::choices::Choices;
use crate::variation::kind::VariationKind;
use crate::variation::link::{self, FindOtherKey};
use crate::variation::members;

/// Members of a body that hold a link.
const LINKS: [&str; 2] = ["@odata.nextLink", "@odata.deltaLink"];

/// Returns a response in another of its forms.
pub(crate) fn vary(mut response: GraphResponse, request: &Parts, choices: Choices, store: &mut Store) -> GraphResponse {
    if choices.is_empty() {
        return response;
    }
    if request.method == Method::PATCH && response.status.is_success() && choices.has(VariationKind::PatchStatus) {
        response = match response.status {
            StatusCode::OK => GraphResponse::no_content(),
            _ => get_entity(request, store).unwrap_or(response),
        };
    }
    if response.status == StatusCode::NOT_FOUND && choices.has(VariationKind::EmptyNotFound) {
        response.headers.remove(header::CONTENT_TYPE);
        response.body = Bytes::new();
    }
    if choices.has(VariationKind::RetryAfterDate) {
        response = date_retry_after(response);
    }
    let find_other_key = |key: &str| find_other_key(store, key);
    if let Some(location) = response.headers.get(header::LOCATION).and_then(|value| value.to_str().ok()) {
        let location = link::respell(location, choices, &find_other_key);
        response = response.with_header(header::LOCATION, &location);
    }
    vary_body(response, choices, &find_other_key)
}

/// Reads the entity that a request addresses, as it is now.
fn get_entity(request: &Parts, store: &mut Store) -> Option<GraphResponse> {
    let mut request = request.clone();
    request.method = Method::GET;
    request.uri = request.uri.path().parse().ok()?;
    service::handle(store, None, &request, Bytes::new(), Choices::default()).ok()
}

/// Returns the id of the user with that userPrincipalName, and the other way round.
fn find_other_key(store: &Store, key: &str) -> Option<String> {
    let user = store.find_user(&UserKey::Named(key.to_owned())).ok()?;
    if user.has_id(key) { user.get("userPrincipalName").as_str().map(str::to_owned) } else { Some(user.id.clone()) }
}

fn vary_body(mut response: GraphResponse, choices: Choices, find_other_key: FindOtherKey) -> GraphResponse {
    let Ok(Value::Object(mut body)) = serde_json::from_slice(&response.body) else { return response };
    if body.contains_key("error") {
        return response;
    }
    for name in LINKS {
        if let Some(Value::String(link)) = body.get_mut(name) {
            *link = link::respell(link, choices, find_other_key);
        }
    }
    members::add_members(&mut body, choices);
    response.body = Bytes::from(Value::Object(body).to_string());
    response
}

/// Replaces whole seconds by the date so many seconds later. A date has whole seconds: it is rounded up, so that nobody comes back
/// too early.
fn date_retry_after(response: GraphResponse) -> GraphResponse {
    let seconds = response.headers.get(header::RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse::<u32>().ok());
    match seconds.map(|seconds| Timestamp::now().checked_add(SignedDuration::from_secs(i64::from(seconds) + 1))) {
        Some(Ok(date)) => response.with_header(header::RETRY_AFTER, &date.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()),
        _ => response,
    }
}
