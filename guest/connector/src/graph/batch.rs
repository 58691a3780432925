//! Several requests in one: `POST /$batch`.
//! <https://learn.microsoft.com/en-us/graph/json-batching>

use http::{HeaderName, HeaderValue, StatusCode};
use serde_json::{Map, Value, json};

use super::request::GraphRequest;
use super::service::Service;
use crate::error::Result;
use crate::http_message::HttpResponse;

/// The most requests that a batch may have.
pub const LIMIT: usize = 20;

/// The request that carries `requests`, at most [`LIMIT`] of them. Their ids are their positions.
///
/// None depends on another: the service carries them out in any order, several at a time.
pub fn request(service: &Service, requests: &[GraphRequest]) -> Result<GraphRequest> {
    let items: Vec<Value> = requests.iter().enumerate().map(|(position, request)| item(service, position, request)).collect();
    GraphRequest::post(service.address("/$batch"), &[], json!({"requests": items}))
}

fn item(service: &Service, position: usize, request: &GraphRequest) -> Value {
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

/// The answers to the requests of a batch, by their positions; `None` where there is none.
pub fn answers(mut answer: Map<String, Value>, requests: usize) -> Vec<Option<HttpResponse>> {
    let mut answers: Vec<Option<HttpResponse>> = std::iter::repeat_with(|| None).take(requests).collect();
    if let Some(Value::Array(responses)) = answer.remove("responses") {
        for response in responses {
            let position = response.get("id").and_then(Value::as_str).and_then(|id| id.parse::<usize>().ok());
            if let Some(place) = position.and_then(|position| answers.get_mut(position)) {
                *place = read(response);
            }
        }
    }
    answers
}

fn read(mut response: Value) -> Option<HttpResponse> {
    let status = response.get("status").and_then(Value::as_u64).and_then(|status| u16::try_from(status).ok())?;
    let body = match response.get_mut("body").map(Value::take) {
        None | Some(Value::Null) => Vec::new(),
        Some(body) => body.to_string().into_bytes(),
    };
    let mut read = HttpResponse::new(body);
    *read.status_mut() = StatusCode::from_u16(status).ok()?;
    for (name, value) in response.get("headers").and_then(Value::as_object).into_iter().flatten() {
        let (name, value) = (HeaderName::try_from(name.as_str()), value.as_str().map(HeaderValue::try_from));
        if let (Ok(name), Some(Ok(value))) = (name, value) {
            // There is an end to how many a map takes.
            let _ = read.headers_mut().try_append(name, value);
        }
    }
    Some(read)
}
