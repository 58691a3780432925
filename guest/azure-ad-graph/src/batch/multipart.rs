//! The parts of `multipart/mixed` (RFC 2046, 5.1), and the requests in them (OData 3, "Batch processing").

use http::{HeaderMap, HeaderName, HeaderValue, Method};
use protocol::azure_ad_graph::failure::Failure;
use protocol::shorten::shorten;

/// A request in a batch.
pub(super) struct EmbeddedRequest {
    pub(super) method: Method,
    /// Path and query.
    pub(super) target: String,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

/// A part: headers and a body.
pub(super) struct Part<'p> {
    headers: HeaderMap,
    pub(super) body: &'p [u8],
}

/// The most headers of a part.
const MAX_HEADERS: usize = 100;
/// The most bytes of the headers of a part.
const MAX_HEADER_BYTES: usize = 32 << 10;

/// The most parts of a body. A change set never needs more.
const MAX_PARTS: usize = 100;

/// Returns the boundary of a `Content-Type`. `None` if it is not `multipart/mixed`.
pub(super) fn parse_boundary(media_type: &str) -> Option<String> {
    let (essence, parameters) = media_type.split_once(';')?;
    let boundary = parameters.split(';').find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("boundary").then(|| value.trim().trim_matches('"').to_owned())
    })?;
    let has_valid_length = (1..=70).contains(&boundary.len());
    (essence.trim().eq_ignore_ascii_case("multipart/mixed") && has_valid_length).then_some(boundary)
}

/// Splits a body at the lines with its boundary.
pub(super) fn split_parts<'b>(body: &'b [u8], boundary: &str) -> Result<Vec<Part<'b>>, Failure> {
    let delimiter = format!("--{boundary}");
    let mut parts = Vec::new();
    let mut part_start: Option<usize> = None;
    for (start, line) in split_lines(body) {
        let Some(rest) = line.strip_prefix(delimiter.as_bytes()) else { continue };
        let is_last = rest.trim_ascii_end() == b"--";
        if !is_last && !rest.trim_ascii().is_empty() {
            continue;
        }
        if let Some(part_start) = part_start {
            let text = trim_line_end(body.get(part_start..start).unwrap_or_default());
            let (headers, body) = parse_headers(text)?;
            parts.push(Part { headers, body });
        }
        if parts.len() > MAX_PARTS {
            return Err(Failure::bad_request(format!(
                "The batch or one of its change sets has more than {MAX_PARTS} parts: split it."
            )));
        }
        if is_last {
            return Ok(parts);
        }
        part_start = Some(start + line.len());
    }
    let problem = if part_start.is_some() { "does not end with" } else { "does not have" };
    Err(Failure::bad_request(format!("The batch {problem} its boundary, '{}'.", shorten(&delimiter))))
}

/// Splits a body into lines with their ends. Returns each with its position.
fn split_lines(body: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    body.split_inclusive(|byte| *byte == b'\n').scan(0, |position, line| {
        let start = *position;
        *position += line.len();
        Some((start, line))
    })
}

fn trim_line_end(text: &[u8]) -> &[u8] {
    let text = text.strip_suffix(b"\n").unwrap_or(text);
    text.strip_suffix(b"\r").unwrap_or(text)
}

/// Parses headers up to an empty line. Returns them and the rest. Lines that are not headers are ignored.
fn parse_headers(text: &[u8]) -> Result<(HeaderMap, &[u8]), Failure> {
    let mut headers = HeaderMap::new();
    for (start, line) in split_lines(text) {
        if line.trim_ascii().is_empty() {
            return Ok((headers, text.get(start + line.len()..).unwrap_or_default()));
        }
        if start > MAX_HEADER_BYTES || headers.len() >= MAX_HEADERS {
            return Err(Failure::bad_request(format!(
                "A part of the batch has more than {MAX_HEADERS} headers or {MAX_HEADER_BYTES} bytes of headers."
            )));
        }
        let colon = line.iter().position(|byte| *byte == b':').unwrap_or(line.len());
        let (name, value) = line.split_at(colon);
        let value = value.get(1..).unwrap_or_default().trim_ascii();
        if let (Ok(name), Ok(value)) = (HeaderName::from_bytes(name.trim_ascii()), HeaderValue::from_bytes(value)) {
            headers.append(name, value);
        }
    }
    Ok((headers, &[]))
}

impl Part<'_> {
    /// Returns the value of `Content-Type`.
    pub(super) fn media_type(&self) -> String {
        let value = self.headers.get(http::header::CONTENT_TYPE);
        value.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()).unwrap_or_default()
    }
}

/// Parses the request in a part. Its target is not changed.
pub(super) fn parse_request(text: &[u8]) -> Result<EmbeddedRequest, Failure> {
    let invalid = |problem: &str| {
        Failure::bad_request(format!("A part of the batch {problem}: write one like GET /contoso.com/users HTTP/1.1."))
    };
    let (start, line) =
        split_lines(text).find(|(_, line)| !line.trim_ascii().is_empty()).ok_or_else(|| invalid("has no request line"))?;
    let line_text = std::str::from_utf8(line).map_err(|_| invalid("has a request line that is not UTF-8"))?;
    let (method, rest) = line_text.trim().split_once(' ').ok_or_else(|| invalid("has no request line"))?;
    let target = rest.trim().strip_suffix("HTTP/1.1").ok_or_else(|| invalid("has a request line without HTTP/1.1"))?.trim();
    let method = Method::from_bytes(method.as_bytes()).map_err(|_| invalid("has no method"))?;
    let (headers, body) = parse_headers(text.get(start + line.len()..).unwrap_or_default())?;
    Ok(EmbeddedRequest { method, target: target.to_owned(), headers, body: body.to_vec() })
}
