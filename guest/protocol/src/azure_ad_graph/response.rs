//! Responses to requests that failed, and the headers that all responses have.

use std::time::SystemTime;

use http::{HeaderMap, HeaderName, HeaderValue, Response, header};

use super::failure::Failure;
use super::format::Format;

/// By what a request is known.
pub struct Ids {
    /// The service's own id.
    request: String,
    /// The caller's; the service's where it has none.
    client: Option<HeaderValue>,
    /// Now, in the form that errors have it.
    date: String,
}

const REQUEST_ID: HeaderName = HeaderName::from_static("request-id");
const CLIENT_REQUEST_ID: HeaderName = HeaderName::from_static("client-request-id");

impl Ids {
    /// Those of a request with these headers, under an id of the service's own.
    pub fn of(headers: &HeaderMap, id: String, now: SystemTime) -> Ids {
        let given = headers.get(&CLIENT_REQUEST_ID).filter(|id| id.len() <= 128).cloned();
        Ids { client: given.or_else(|| HeaderValue::from_str(&id).ok()), request: id, date: date(now) }
    }
}

/// Returns the response to a request that failed.
pub fn write_failure(failure: &Failure, format: Format, ids: &Ids) -> Response<Vec<u8>> {
    let body = failure.body(format == Format::Verbose, &ids.request, &ids.date);
    let mut response = Response::new(body.to_string().into_bytes());
    *response.status_mut() = failure.status;
    *response.headers_mut() = failure.headers();
    let media_type = match format {
        Format::Minimal => "application/json;odata=minimalmetadata;charset=utf-8",
        Format::Plain => "application/json;odata=nometadata;charset=utf-8",
        Format::Verbose => "application/json;odata=verbose;charset=utf-8",
    };
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private"));
    response
}

/// Adds the ids and the headers that every response has.
pub fn add_headers(headers: &mut HeaderMap, ids: &Ids) {
    let request = HeaderValue::from_str(&ids.request).ok();
    for (name, value) in [(CLIENT_REQUEST_ID, ids.client.clone()), (REQUEST_ID, request)] {
        headers.extend(value.map(|value| (name, value)));
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
}

/// `2018-11-29T00:31:52`: without a zone, as the service wrote it.
fn date(now: SystemTime) -> String {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    // Thu, 29 Nov 2018 00:31:52 GMT
    let text = httpdate::fmt_http_date(now);
    let parts: Vec<&str> = text.split(' ').collect();
    let [_, day, month, year, time, _] = parts.as_slice() else { return text };
    let month = MONTHS.iter().position(|name| name == month).map_or(0, |place| place + 1);
    format!("{year}-{month:02}-{day}T{time}")
}
