//! Responses of Microsoft Graph: a JSON object, or an error.

use std::time::{Duration, SystemTime};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, StatusCode, header};
use serde_json::{Map, Value};

use protocol::shorten::shorten;

use super::request::{ExpectedBody, RequestEffect};
use crate::bounded_json::{self, JsonError};
use crate::error::{Error, ErrorKind, Exchange, Result};
use crate::http_message::HttpResponse;

/// Parses the response to a request with that effect and that expected body. Returns the JSON object, which is empty for an empty
/// body. A picture becomes an object with `content` in base64 and `mediaType`.
///
/// `now` resolves a `Retry-After` that is a date.
///
/// # Errors
///
/// If the status is not a success, or the body is not the expected one. The error says whether the request may have changed
/// something.
pub fn parse(
    response: &HttpResponse,
    effect: RequestEffect,
    expected: ExpectedBody,
    client_request_id: &str,
    now: SystemTime,
) -> Result<Map<String, Value>> {
    let status = response.status();
    if expected == ExpectedBody::Picture
        && status.is_success()
        && let Some(picture) = parse_picture(response)
    {
        return Ok(picture);
    }
    let body = bounded_json::parse(response.body());
    if !status.is_success() {
        return Err(parse_failure(response, body.ok().as_ref(), client_request_id, effect, now));
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
    Err(Error { may_have_taken_effect: effect.is_write(), exchange, ..Error::new(ErrorKind::Unavailable, message) })
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
    effect: RequestEffect,
    now: SystemTime,
) -> Error {
    let status = response.status();
    let error = body.and_then(|body| body.get("error"));
    let text = |name: &str| error.and_then(|error| error.get(name)).and_then(Value::as_str);
    let code = text("code");
    let kind = map_kind(status, code.unwrap_or_default());
    let description = match (code, text("message")) {
        (Some(code), Some(message)) => format!("HTTP {} {code}: {message}", status.as_u16()),
        (Some(code), None) => format!("HTTP {} {code}", status.as_u16()),
        _ => format!("HTTP {} without an error of Microsoft Graph: {}", status.as_u16(), describe_body(response)),
    };
    let failure = Error {
        kind,
        message: format!("{} ({description})", advise(kind, status)),
        attributes: list_details(error, "target"),
        may_have_taken_effect: effect.is_write() && matches!(status.as_u16(), 408 | 500..=502 | 504..=506),
        exchange: Some(Box::new(describe_exchange(response, client_request_id, error, now))),
    };
    if failure.is_without_mailbox() {
        let problem = "the user has no Exchange Online mailbox that Microsoft Graph reaches: check the licence";
        return Error { kind: ErrorKind::UnknownUid, message: format!("{problem} ({description})"), ..failure };
    }
    failure
}

/// Returns the kind of an error, by status and code, never by message. Codes are compared without case, because the service
/// spells some of them in several ways.
fn map_kind(status: StatusCode, code: &str) -> ErrorKind {
    let is = |known: &str| code.eq_ignore_ascii_case(known);
    match status.as_u16() {
        // Nothing has a malformed id.
        400 if is("ErrorInvalidIdMalformed") => ErrorKind::UnknownUid,
        400 if is("SyncStateNotFound") => ErrorKind::ResyncRequired,
        401 => ErrorKind::InvalidCredential,
        403 => ErrorKind::PermissionDenied,
        404 => ErrorKind::UnknownUid,
        409 => ErrorKind::AlreadyExists,
        410 => ErrorKind::ResyncRequired,
        412 => ErrorKind::PreconditionFailed,
        428 => ErrorKind::PreconditionRequired,
        429 => ErrorKind::Throttled,
        405 | 501 => ErrorKind::Unsupported,
        408 | 500.. => ErrorKind::Unavailable,
        400..=499 => ErrorKind::InvalidAttributeValue,
        _ => ErrorKind::Unavailable,
    }
}

fn advise(kind: ErrorKind, status: StatusCode) -> &'static str {
    match kind {
        ErrorKind::UnknownUid => "it does not exist in Microsoft Graph",
        ErrorKind::AlreadyExists => "it exists already",
        ErrorKind::InvalidAttributeValue => "Microsoft Graph rejects the values",
        ErrorKind::PermissionDenied => {
            "Microsoft Graph denies this to the application: contacts require the permission Contacts.ReadWrite, reading users \
             User.Read.All or User.ReadBasic.All, changing users User.ReadWrite.All, organizational contacts \
             OrgContact.Read.All, memberships Directory.Read.All; and no application access policy may exclude the mailbox"
        }
        ErrorKind::InvalidCredential => {
            "Microsoft Graph does not accept the connector's access token: it is missing, has expired, or is for another service"
        }
        ErrorKind::PreconditionFailed | ErrorKind::PreconditionRequired => "the object has changed: read it again",
        ErrorKind::Throttled => "Microsoft Graph throttles this application: wait before the next request",
        ErrorKind::ResyncRequired => "the token has expired: enumerate in full",
        ErrorKind::Unsupported => "Microsoft Graph does not support this",
        ErrorKind::Unavailable if status.as_u16() == 507 => "the mailbox is full",
        ErrorKind::Unavailable if status.is_redirection() => {
            "the response is a redirection, which is not followed: check the endpoint"
        }
        _ => "Microsoft Graph is not available: try again later",
    }
}

fn describe_exchange(response: &HttpResponse, client_request_id: &str, error: Option<&Value>, now: SystemTime) -> Exchange {
    let inner = |name: &str| {
        let inner = error.and_then(|error| error.get("innerError").or_else(|| error.get("innererror")));
        inner.and_then(|inner| inner.get(name)).and_then(Value::as_str).map(str::to_owned)
    };
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
