//! Responses to failed requests, and the headers of every response.

use std::time::SystemTime;

use http::{HeaderMap, HeaderName, HeaderValue, Response, header};

use super::failure::Failure;
use super::format::Format;

/// The ids and the time of a request.
pub struct RequestIds {
    /// The gateway's id.
    request: String,
    /// The caller's id, or else the gateway's.
    client: Option<HeaderValue>,
    /// The time, in the form that error bodies have.
    date: String,
}

const REQUEST_ID: HeaderName = HeaderName::from_static("request-id");
const CLIENT_REQUEST_ID: HeaderName = HeaderName::from_static("client-request-id");

impl RequestIds {
    /// Creates the ids of a request with these headers. `id` is the gateway's id.
    pub fn from_headers(headers: &HeaderMap, id: String, now: SystemTime) -> RequestIds {
        let given = headers.get(&CLIENT_REQUEST_ID).filter(|id| id.len() <= 128).cloned();
        RequestIds { client: given.or_else(|| HeaderValue::from_str(&id).ok()), request: id, date: format_date(now) }
    }
}

/// Returns the response to a failed request.
pub fn write_failure(failure: &Failure, format: Format, ids: &RequestIds) -> Response<Vec<u8>> {
    let body = failure.to_body(format.is_verbose(), &ids.request, &ids.date);
    let mut response = Response::new(body.to_string().into_bytes());
    *response.status_mut() = failure.status;
    *response.headers_mut() = failure.to_headers();
    let media_type = match format {
        Format::MinimalMetadata => "application/json;odata=minimalmetadata;charset=utf-8",
        Format::NoMetadata => "application/json;odata=nometadata;charset=utf-8",
        Format::Verbose | Format::Version2 => "application/json;odata=verbose;charset=utf-8",
    };
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private"));
    response
}

/// Adds the ids, and the headers of every response.
pub fn add_headers(headers: &mut HeaderMap, ids: &RequestIds) {
    let request = HeaderValue::from_str(&ids.request).ok();
    for (name, value) in [(CLIENT_REQUEST_ID, ids.client.clone()), (REQUEST_ID, request)] {
        headers.extend(value.map(|value| (name, value)));
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
}

/// Returns a time as `2018-11-29T00:31:52`. The service wrote times without a zone.
fn format_date(now: SystemTime) -> String {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    // Thu, 29 Nov 2018 00:31:52 GMT
    let text = httpdate::fmt_http_date(now);
    let parts: Vec<&str> = text.split(' ').collect();
    let [_, day, month, year, time, _] = parts.as_slice() else { return text };
    let month = MONTHS.iter().position(|name| name == month).map_or(0, |index| index + 1);
    format!("{year}-{month:02}-{day}T{time}")
}
