//! One item of a batch, as a request.

use bytes::Bytes;
use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use http::request::Parts;
use serde_json::{Map, Value};

use crate::odata::base64::{self, STANDARD, URL_SAFE};
use crate::odata::error::{GraphError, Outcome};
use crate::server::incoming::IncomingRequest;

/// The methods of Graph's resources.
const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/// A parsed item.
#[derive(Debug)]
pub(crate) struct Item {
    pub(crate) id: String,
    /// The id of the item that must succeed first.
    pub(crate) depends_on: Option<String>,
    pub(crate) request: IncomingRequest,
}

/// Parses an item. An invalid item fails the batch, with the text for an invalid payload in microsoft-graph-docs-contrib#8576.
/// An absolute url does not: it is an unknown address (msgraph-sdk-python#1015, and msgraph-sdk-javascript#1178 for one with a
/// version). Token and version are those of the batch.
pub(crate) fn parse_item(outer: &Parts, request: &Value) -> Outcome<Item> {
    let malformed = || GraphError::bad_request("Invalid batch payload format.");
    let text = |name: &str| request.get(name).and_then(Value::as_str).filter(|text| !text.is_empty()).ok_or_else(malformed);
    let (id, url) = (text("id")?.to_owned(), text("url")?);
    let method = text("method")?.to_ascii_uppercase();
    if !METHODS.contains(&method.as_str()) {
        return Err(malformed());
    }
    let headers = build_headers(outer, request.get("headers").and_then(Value::as_object));
    let body = request.get("body").filter(|body| !body.is_null());
    let writes = matches!(method.as_str(), "POST" | "PUT" | "PATCH");
    match (body, headers.contains_key(header::CONTENT_TYPE)) {
        (Some(_), false) => return Err(GraphError::item_without_type(&id)),
        (None, _) if writes => return Err(GraphError::item_without_body(&id)),
        _ => {}
    }
    let body = body.map(|body| parse_body(&headers, body)).transpose()?.unwrap_or_default();
    let version = outer.uri.path().split('/').find(|segment| !segment.is_empty()).unwrap_or_default();
    let built = http::Request::builder()
        .method(method.as_str())
        .uri(format!("/{version}/{}", escape_url(url.trim_start_matches('/'))))
        .body(())
        .map_err(|_| malformed())?;
    let mut parts = built.into_parts().0;
    parts.headers = headers;
    let depends_on = parse_depends_on(request.get("dependsOn"))?;
    Ok(Item { depends_on, request: IncomingRequest { parts, body: Some(body), item: Some(id.clone()) }, id })
}

/// Parses an array with at most one id. Graph does not support more (known issues of Graph, 2021). That it refuses them is
/// unverified.
fn parse_depends_on(value: Option<&Value>) -> Outcome<Option<String>> {
    match value.map(Value::as_array) {
        None => Ok(None),
        Some(Some(ids)) => match ids.as_slice() {
            [] => Ok(None),
            [Value::String(id)] => Ok(Some(id.clone())),
            _ => Err(GraphError::bad_request("An item of a batch depends on one other at most.")),
        },
        Some(None) => Err(GraphError::bad_request("Invalid batch payload format.")),
    }
}

/// Builds the headers of an item. Token, host and client-request-id are those of the batch.
fn build_headers(outer: &Parts, own: Option<&Map<String, Value>>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in own.into_iter().flatten() {
        let value = value.as_str().map(HeaderValue::from_str);
        if let (Ok(name), Some(Ok(value))) = (HeaderName::from_bytes(name.as_bytes()), value) {
            headers.append(name, value);
        }
    }
    let others = ["client-request-id", "x-forwarded-host", "x-forwarded-proto"].map(HeaderName::from_static);
    for name in [header::AUTHORIZATION, header::HOST].into_iter().chain(others) {
        if let Some(value) = outer.headers.get(&name) {
            headers.insert(name, value.clone());
        }
    }
    headers
}

/// Parses a body: JSON as it is, anything else as base64 of either alphabet.
fn parse_body(headers: &HeaderMap, body: &Value) -> Outcome<Bytes> {
    let json = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|media_type| media_type.to_ascii_lowercase().starts_with("application/json"));
    match body {
        Value::String(text) if !json => {
            let decoded = base64::decode(text, URL_SAFE).or_else(|| base64::decode(text, STANDARD));
            decoded.map(Bytes::from).ok_or_else(|| GraphError::bad_request("The body of a batch item is not base64."))
        }
        value => Ok(Bytes::from(value.to_string())),
    }
}

/// Escapes spaces and other characters, as urls of items have them: `users?$filter=city eq null` in the article.
fn escape_url(url: &str) -> String {
    url.bytes()
        .map(|byte| match byte {
            0..=b' ' | b'"' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}' | 0x7f.. => format!("%{byte:02X}"),
            _ => char::from(byte).to_string(),
        })
        .collect()
}
