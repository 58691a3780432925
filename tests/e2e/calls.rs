//! Requests that several test files send: queries, and requests with exactly the given headers.

use std::sync::LazyLock;

use graph_emulator::{CannedResponse, Fault, FaultKind};
use http::{HeaderMap, Method, StatusCode};
use serde_json::{Value, json};

use crate::fixture::{Fixture, UID};

/// A response with its headers. A body that is not JSON is a string.
#[derive(Debug)]
pub struct Response {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Value,
}

impl Response {
    pub fn message(&self) -> &str {
        self.body["message"].as_str().unwrap_or_default()
    }

    /// Returns the `_id` of the object in the body.
    pub fn id(&self) -> &str {
        self.body["_id"].as_str().unwrap_or_else(|| panic!("no _id: {self:?}"))
    }
}

/// Sends a request to `/openidm/system/azuread{rest}` with the caller's credentials and only these headers.
pub async fn send(fixture: &Fixture, method: Method, rest: &str, headers: &[(&str, &str)], body: impl Into<String>) -> Response {
    static CLIENT: LazyLock<reqwest::Client> = LazyLock::new(reqwest::Client::new);
    let url = format!("http://{}/openidm/system/azuread{rest}", fixture.gateway.address());
    let mut request = CLIENT.request(method, url).header("X-OpenIDM-Username", "openidm-admin");
    request = request.header("X-OpenIDM-Password", "openidm-admin");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let body: String = body.into();
    if !body.is_empty() {
        request = request.body(body);
    }
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let text = response.text().await.unwrap();
    Response { status, headers, body: serde_json::from_str(&text).unwrap_or(Value::String(text)) }
}

/// Sends a request with a JSON body.
pub async fn send_json(fixture: &Fixture, method: Method, rest: &str, headers: &[(&str, &str)], body: &Value) -> Response {
    let headers = [&[("Content-Type", "application/json")], headers].concat();
    send(fixture, method, rest, &headers, body.to_string()).await
}

/// Creates a contact, and checks that it succeeds.
pub async fn create(fixture: &Fixture, attributes: Value) -> Response {
    let mut attributes = attributes;
    attributes["mailbox"] = json!(UID);
    let created = send_json(fixture, Method::POST, "/contact?_action=create", &[], &attributes).await;
    assert_eq!(created.status, 201, "{created:?}");
    created
}

/// Sends a query for objects of a class.
pub async fn query(fixture: &Fixture, class: &str, parameters: &[(&str, &str)]) -> Response {
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish();
    send(fixture, Method::GET, &format!("/{class}?{query}"), &[], "").await
}

/// Returns the surnames of the contacts in the mailbox that match a filter, in order.
pub async fn surnames(fixture: &Fixture, filter: &str) -> Vec<String> {
    let filter = format!("mailbox eq \"{UID}\" and ({filter})");
    let found = query(fixture, "contact", &[("_queryFilter", filter.as_str())]).await;
    assert_eq!(found.status, 200, "{filter}: {found:?}");
    let result = found.body["result"].as_array().unwrap();
    result.iter().map(|contact| contact["surname"].as_str().unwrap_or_default().to_owned()).collect()
}

/// Creates a fault that responds with a Graph error and these headers.
pub fn graph_error_fault(status: u16, code: &str, headers: &[(&'static str, &str)]) -> Fault {
    let mut canned = CannedResponse::error(StatusCode::from_u16(status).unwrap(), code, "In Graph's words.");
    for (name, value) in headers {
        canned = canned.header(http::HeaderName::from_static(name), value.parse().unwrap());
    }
    Fault::new(FaultKind::Respond(canned))
}
