//! Several requests in one exchange: `POST /$batch`.
//! <https://learn.microsoft.com/en-us/graph/json-batching>

use http::{HeaderName, HeaderValue, StatusCode};
use serde_json::{Map, Value, json};

use super::request::GraphRequest;
use super::service::Service;
use crate::error::Result;
use crate::http_message::HttpResponse;

/// The maximum number of requests in a batch.
pub const MAX_REQUESTS: usize = 20;

/// Creates the request that carries `requests`, at most [`MAX_REQUESTS`]. Their ids are their positions.
///
/// They do not depend on each other: the service carries them out in any order, several at a time.
pub fn build_batch_request(service: &Service, requests: &[GraphRequest]) -> Result<GraphRequest> {
    let items: Vec<Value> =
        requests.iter().enumerate().map(|(position, request)| build_item(service, position, request)).collect();
    GraphRequest::post_batch(service.address("/$batch"), json!({"requests": items}))
}

fn build_item(service: &Service, position: usize, request: &GraphRequest) -> Value {
    let address = request.uri().to_string();
    let relative = address.strip_prefix(&service.address("")).unwrap_or(&address);
    let mut item = json!({"id": position.to_string(), "method": request.method().as_str(), "url": relative});
    let headers: Map<String, Value> = request
        .headers()
        .iter()
        .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into()))
        .collect();
    if !headers.is_empty() {
        item["headers"] = headers.into();
    }
    if let Ok(body) = serde_json::from_slice::<Value>(request.body()) {
        item["body"] = body;
    }
    item
}

/// Returns the responses to the requests of a batch, by position. `None` if there is none.
pub fn split_responses(mut body: Map<String, Value>, requests: usize) -> Vec<Option<HttpResponse>> {
    let mut by_position: Vec<Option<HttpResponse>> = std::iter::repeat_with(|| None).take(requests).collect();
    if let Some(Value::Array(responses)) = body.remove("responses") {
        for response in responses {
            let position = response.get("id").and_then(Value::as_str).and_then(|id| id.parse::<usize>().ok());
            if let Some(slot) = position.and_then(|position| by_position.get_mut(position)) {
                *slot = parse_item(response);
            }
        }
    }
    by_position
}

fn parse_item(mut response: Value) -> Option<HttpResponse> {
    let status = response.get("status").and_then(Value::as_u64).and_then(|status| u16::try_from(status).ok())?;
    let body = match response.get_mut("body").map(Value::take) {
        None | Some(Value::Null) => Vec::new(),
        Some(body) => body.to_string().into_bytes(),
    };
    let mut parsed = HttpResponse::new(body);
    *parsed.status_mut() = StatusCode::from_u16(status).ok()?;
    for (name, value) in response.get("headers").and_then(Value::as_object).into_iter().flatten() {
        let (name, value) = (HeaderName::try_from(name.as_str()), value.as_str().map(HeaderValue::try_from));
        if let (Ok(name), Some(Ok(value))) = (name, value) {
            // A map of headers has a maximum size.
            let _ = parsed.headers_mut().try_append(name, value);
        }
    }
    Some(parsed)
}
