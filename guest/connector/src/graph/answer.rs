//! What Microsoft Graph answered: a result, or a failure in the connector's words.

use std::time::{Duration, SystemTime};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, Method, StatusCode};
use serde_json::{Map, Value};

use super::Response;
use crate::bounded_json::{self, Unreadable};
use protocol::shorten::shorten;

use crate::error::{Error, Exchange, Kind, Result};

/// The JSON object of a successful answer to a request of that method; an empty one where there is to be no body.
///
/// A failure that leaves open whether the request changed something is marked so. `now` is needed for a `Retry-After` that
/// names a date.
pub fn read(response: &Response, method: &Method, client_request_id: &str, now: SystemTime) -> Result<Map<String, Value>> {
    let wrote = *method != Method::GET;
    let status = response.status();
    let body = bounded_json::read(response.body());
    if status.is_success() {
        return match body {
            Ok(Value::Object(object)) => Ok(object),
            Err(_) if response.body().is_empty() && (status == StatusCode::NO_CONTENT || is_without_answer(method)) => {
                Ok(Map::new())
            }
            body => Err(Error {
                kind: Kind::Unavailable,
                message: match body {
                    Err(Unreadable::TooMany) => format!("the answer of Microsoft Graph is too large: {}", Unreadable::TooMany),
                    _ => {
                        let status = status.as_u16();
                        format!("the answer (HTTP {status}) is not the JSON of Microsoft Graph; {}", hint(response))
                    }
                },
                attributes: Vec::new(),
                may_have_taken_effect: wrote,
                exchange: Some(Box::new(exchange(response, client_request_id, None, now))),
            }),
        };
    }
    Err(failure(response, body.ok().as_ref(), client_request_id, wrote, now))
}

/// Whether a request of that method is answered with a status alone.
fn is_without_answer(method: &Method) -> bool {
    *method == Method::DELETE || *method == Method::PUT
}

/// The picture of a successful answer, as an object: `content` in base64, and `mediaType`.
pub fn picture(response: &Response, method: &Method, client_request_id: &str, now: SystemTime) -> Result<Map<String, Value>> {
    let media_type = response.headers().get(http::header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !response.status().is_success() || !(media_type.starts_with("image/") || media_type == "application/octet-stream") {
        return read(response, method, client_request_id, now);
    }
    Ok(Map::from_iter([
        ("mediaType".to_owned(), media_type.into()),
        ("content".to_owned(), STANDARD.encode(response.body()).into()),
    ]))
}

fn hint(response: &Response) -> String {
    let media_type =
        response.headers().get(http::header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or("no content type");
    let size = response.body().len();
    format!("it is {size} bytes of {media_type}. Is GRAPH_ENDPOINT Microsoft Graph, and does a proxy answer in its place?")
}

/// Graph's error body: <https://learn.microsoft.com/en-us/graph/errors>.
fn failure(response: &Response, body: Option<&Value>, client_request_id: &str, wrote: bool, now: SystemTime) -> Error {
    let status = response.status();
    let error = body.and_then(|body| body.get("error"));
    let text = |name: &str| error.and_then(|error| error.get(name)).and_then(Value::as_str);
    let code = text("code");
    let kind = kind(status, code.unwrap_or_default());
    let said = match (code, text("message")) {
        (Some(code), Some(message)) => format!("HTTP {} {code}: {message}", status.as_u16()),
        (Some(code), None) => format!("HTTP {} {code}", status.as_u16()),
        _ => format!("HTTP {}, without an error of Microsoft Graph: {}", status.as_u16(), hint(response)),
    };
    Error {
        kind,
        message: format!("{} ({said})", advice(kind, status, code.unwrap_or_default())),
        attributes: details(error, "target"),
        may_have_taken_effect: wrote && matches!(status.as_u16(), 408 | 500..=502 | 504..=506),
        exchange: Some(Box::new(exchange(response, client_request_id, error, now))),
    }
}

/// The kind of a failure, by status and code, never by message. Codes are compared in any case, as the service spells some
/// in several ways.
fn kind(status: StatusCode, code: &str) -> Kind {
    let is = |known: &str| code.eq_ignore_ascii_case(known);
    match status.as_u16() {
        // An id that cannot be one is the id of nothing.
        400 if is("ErrorInvalidIdMalformed") => Kind::UnknownUid,
        400 if is("SyncStateNotFound") => Kind::ResyncRequired,
        401 => Kind::InvalidCredential,
        403 => Kind::PermissionDenied,
        404 => Kind::UnknownUid,
        409 => Kind::AlreadyExists,
        410 => Kind::ResyncRequired,
        412 => Kind::PreconditionFailed,
        428 => Kind::PreconditionRequired,
        429 => Kind::Throttled,
        405 | 501 => Kind::Unsupported,
        408 | 500.. => Kind::Unavailable,
        400..=499 => Kind::InvalidAttributeValue,
        _ => Kind::Unavailable,
    }
}

fn advice(kind: Kind, status: StatusCode, code: &str) -> &'static str {
    match kind {
        Kind::UnknownUid if code.eq_ignore_ascii_case("MailboxNotEnabledForRESTAPI") => {
            "the user has no Exchange Online mailbox that Microsoft Graph reaches: check the licence"
        }
        Kind::UnknownUid => "Microsoft Graph does not know it",
        Kind::AlreadyExists => "it is there already",
        Kind::InvalidAttributeValue => "Microsoft Graph refused the values",
        Kind::PermissionDenied => {
            "Microsoft Graph denies this to the application: contacts need the permission Contacts.ReadWrite, reading users \
             User.Read.All or User.ReadBasic.All, changing them User.ReadWrite.All, organizational contacts \
             OrgContact.Read.All, memberships Directory.Read.All, and no application access policy may exclude the mailbox"
        }
        Kind::InvalidCredential => {
            "Microsoft Graph does not accept the connector's access token: it is missing, has expired, or is for another service"
        }
        Kind::PreconditionFailed | Kind::PreconditionRequired => "the object has changed in the meantime: read it again",
        Kind::Throttled => "Microsoft Graph throttles this application: wait before the next request",
        Kind::ResyncRequired => "the token has expired: enumerate in full",
        Kind::Unsupported => "Microsoft Graph does not do this",
        Kind::Unavailable if status.as_u16() == 507 => "the mailbox is full",
        Kind::Unavailable if status.is_redirection() => {
            "a redirection was answered, and is not followed: is GRAPH_ENDPOINT right?"
        }
        _ => "Microsoft Graph is not available: try again later",
    }
}

fn exchange(response: &Response, client_request_id: &str, error: Option<&Value>, now: SystemTime) -> Exchange {
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
        retry_after: retry_after(response.headers(), now),
        said: error.and_then(|error| error.get("message")).and_then(Value::as_str).map(str::to_owned),
        detail_code: details(error, "code").into_iter().next(),
    }
}

/// What the details of an error say: their `target`, a property, or their `code`.
fn details(error: Option<&Value>, member: &str) -> Vec<String> {
    let details = error.and_then(|error| error.get("details")).and_then(Value::as_array).into_iter().flatten();
    details.filter_map(|detail| detail.get(member)?.as_str()).map(shorten).collect()
}

/// How long the service asks to wait: seconds, which it may write with a fraction, or a date (RFC 9110, 10.2.3); of several
/// values, as a proxy may have added one, the longest.
fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let values = headers.get_all(http::header::RETRY_AFTER).iter().filter_map(|value| value.to_str().ok());
    let one = |text: &str| match text.trim().parse::<f64>() {
        Ok(seconds) => Duration::try_from_secs_f64(seconds).ok(),
        Err(_) => httpdate::parse_http_date(text.trim()).ok().map(|date| date.duration_since(now).unwrap_or_default()),
    };
    values.flat_map(|value| one(value).into_iter().chain(value.split(',').filter_map(one))).max()
}
