//! Responses of Microsoft Graph: a JSON object, or an error.

use std::time::{Duration, SystemTime};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, StatusCode, header};
use serde_json::{Map, Value};

use protocol::shorten::shorten;

use super::error_codes;
use super::request::{Expectation, ExpectedBody};
use crate::bounded_json::{self, JsonError};
use crate::error::{Error, ErrorKind, Exchange, Result, RetryAdvice};
use crate::http_message::HttpResponse;

/// Parses the response to a request. Returns the JSON object, which is empty for an empty body. A picture becomes an object with
/// `content` in base64 and `mediaType`.
///
/// `now` resolves a `Retry-After` that is a date.
///
/// # Errors
///
/// If the status is not a success, or the body is not the expected one. A status does not prove that a write had no effect: the
/// error of a write says that it may have changed something, until somebody looks.
pub fn parse(
    response: &HttpResponse,
    expectation: Expectation,
    client_request_id: &str,
    now: SystemTime,
) -> Result<Map<String, Value>> {
    let (status, expected) = (response.status(), expectation.body);
    if expected == ExpectedBody::Picture
        && status.is_success()
        && let Some(picture) = parse_picture(response)
    {
        return Ok(picture);
    }
    let body = bounded_json::parse(response.body());
    if !status.is_success() {
        return match body {
            // Each response of a batch has a separate status, whatever the status of the batch is.
            Ok(Value::Object(batch))
                if expected == ExpectedBody::Batch && batch.get("responses").is_some_and(Value::is_array) =>
            {
                Ok(batch)
            }
            body => Err(parse_failure(response, body.ok().as_ref(), client_request_id, expectation, now)),
        };
    }
    let can_be_empty = status == StatusCode::NO_CONTENT || expected == ExpectedBody::Nothing;
    let is_response_too_long = matches!(body, Err(JsonError::TooManyValues));
    let message = match body {
        Ok(Value::Object(object)) => return Ok(object),
        Err(_) if response.body().is_empty() && can_be_empty => return Ok(Map::new()),
        Err(JsonError::TooManyValues) => format!("the response of Microsoft Graph is too large: {}", JsonError::TooManyValues),
        _ => format!("the response (HTTP {}) is not JSON of Microsoft Graph; {}", status.as_u16(), describe_body(response)),
    };
    let exchange = Exchange { is_response_too_long, ..describe_exchange(response, client_request_id, None, now) };
    let exchange = Some(Box::new(exchange));
    Err(Error {
        // The same response would be too long again.
        retry: if is_response_too_long { RetryAdvice::Never } else { RetryAdvice::Repeatedly },
        may_have_taken_effect: expectation.effect.is_write(),
        may_be_under_way: expectation.effect.is_write(),
        exchange,
        ..Error::new(ErrorKind::Unavailable, message)
    })
}

/// Checks that an object of the service has an id.
///
/// # Errors
///
/// `unavailable` if it has none. An object that is an error in the place of an entity is named by its code.
pub fn check_id(object: &Map<String, Value>, what: &str) -> Result<()> {
    if object.get("id").and_then(Value::as_str).is_some_and(|id| !id.is_empty()) {
        return Ok(());
    }
    let code = object.get("error").and_then(|error| error.get("code")).and_then(Value::as_str).map(shorten);
    let found = code.as_ref().map_or_else(|| "found none".to_owned(), |code| format!("found the error {code}"));
    let exchange = code.map(|code| Box::new(Exchange { graph_code: Some(code), ..Exchange::default() }));
    let message = format!("the response of Microsoft Graph: expected the id of {what}, {found}");
    Err(Error { exchange, retry: RetryAdvice::Repeatedly, ..Error::new(ErrorKind::Unavailable, message) })
}

fn parse_picture(response: &HttpResponse) -> Option<Map<String, Value>> {
    let media_type = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok())?;
    (media_type.starts_with("image/") || media_type == "application/octet-stream").then(|| {
        Map::from_iter([
            ("mediaType".to_owned(), media_type.into()),
            ("content".to_owned(), STANDARD.encode(response.body()).into()),
        ])
    })
}

fn describe_body(response: &HttpResponse) -> String {
    let media_type = response.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or("no content type");
    let size = response.body().len();
    format!(
        "it is {size} bytes of {media_type}. Check that the endpoint is Microsoft Graph and that no proxy responds in its place"
    )
}

/// Graph's error body: <https://learn.microsoft.com/en-us/graph/errors>.
fn parse_failure(
    response: &HttpResponse,
    body: Option<&Value>,
    client_request_id: &str,
    expectation: Expectation,
    now: SystemTime,
) -> Error {
    let status = response.status();
    let error = body.and_then(|body| body.get("error"));
    let text = |name: &str| error.and_then(|error| error.get(name)).and_then(Value::as_str);
    let codes = list_codes(error);
    let meaning = error_codes::find(status, &codes, expectation.is_conditional);
    let number = status.as_u16();
    let description = match (text("code"), text("message")) {
        (Some(code), Some(message)) => format!("HTTP {number} {code}: {message}"),
        (Some(code), None) => format!("HTTP {number} {code}"),
        _ => format!("HTTP {number} without an error of Microsoft Graph: {}", describe_body(response)),
    };
    Error {
        kind: meaning.kind,
        message: format!("{} ({description})", meaning.advice),
        attributes: list_details(error, "target"),
        retry: meaning.retry,
        may_have_taken_effect: expectation.effect.is_write(),
        may_be_under_way: expectation.effect.is_write() && !(status.is_client_error() && status != StatusCode::REQUEST_TIMEOUT),
        exchange: Some(Box::new(describe_exchange(response, client_request_id, error, now))),
    }
}

/// Returns the codes of an error, the innermost first. Inner errors have the more specific code.
fn list_codes(error: Option<&Value>) -> Vec<&str> {
    let errors = std::iter::successors(error, |error| get_inner(error));
    let mut codes: Vec<&str> = errors.filter_map(|error| error.get("code")?.as_str()).filter(|code| !code.is_empty()).collect();
    codes.reverse();
    codes
}

fn get_inner(error: &Value) -> Option<&Value> {
    error.get("innerError").or_else(|| error.get("innererror"))
}

fn describe_exchange(response: &HttpResponse, client_request_id: &str, error: Option<&Value>, now: SystemTime) -> Exchange {
    let inner =
        |name: &str| error.and_then(get_inner).and_then(|inner| inner.get(name)).and_then(Value::as_str).map(str::to_owned);
    let header = |name: &str| response.headers().get(name).and_then(|v| v.to_str().ok()).map(str::to_owned);
    Exchange {
        http_status: Some(response.status().as_u16()),
        graph_code: error.and_then(|error| error.get("code")).and_then(Value::as_str).map(str::to_owned),
        request_id: header("request-id").or_else(|| inner("request-id")),
        client_request_id: Some(client_request_id.to_owned()),
        retry_after: parse_retry_after(response.headers(), now),
        graph_message: error.and_then(|error| error.get("message")).and_then(Value::as_str).map(str::to_owned),
        detail_code: list_details(error, "code").into_iter().next(),
        inner_code: inner("code"),
        is_response_too_long: false,
    }
}

/// Returns a member of each detail of an error: `target`, which is a property, or `code`.
fn list_details(error: Option<&Value>, member: &str) -> Vec<String> {
    let details = error.and_then(|error| error.get("details")).and_then(Value::as_array).into_iter().flatten();
    details.filter_map(|detail| detail.get(member)?.as_str()).map(shorten).collect()
}

/// Parses `Retry-After`: seconds, which can have a fraction, or a date (RFC 9110, 10.2.3). A proxy can add a value: of several,
/// the longest counts.
fn parse_retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let values = headers.get_all(header::RETRY_AFTER).iter().filter_map(|value| value.to_str().ok());
    let parse = |text: &str| match text.trim().parse::<f64>() {
        Ok(seconds) => Duration::try_from_secs_f64(seconds).ok(),
        Err(_) => httpdate::parse_http_date(text.trim()).ok().map(|date| date.duration_since(now).unwrap_or_default()),
    };
    values.flat_map(|value| parse(value).into_iter().chain(value.split(',').filter_map(parse))).max()
}
