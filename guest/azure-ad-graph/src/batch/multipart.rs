//! `multipart/mixed` (RFC 2046, 5.1), and the requests in it (OData 3, "Batch processing").

use http::{HeaderMap, HeaderName, HeaderValue, Method};
use protocol::shorten::shorten;

/// A request within a batch.
pub(super) struct Embedded {
    pub(super) method: Method,
    /// Path and query.
    pub(super) target: String,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

use protocol::azure_ad_graph::failure::Failure;

/// A part: its headers, and its body.
pub(super) struct Part<'p> {
    headers: HeaderMap,
    pub(super) body: &'p [u8],
}

/// Headers of one part that are read at most, and their length in bytes.
const MOST_HEADERS: usize = 100;
const LONGEST_HEAD: usize = 32 << 10;

/// Parts that are read at most of one body: a change set has no more.
const MOST_PARTS: usize = 100;

/// The boundary in a `Content-Type` that is `multipart/mixed`; `None` of any other.
pub(super) fn boundary(media_type: &str) -> Option<String> {
    let (kind, parameters) = media_type.split_once(';')?;
    let boundary = parameters.split(';').find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("boundary").then(|| value.trim().trim_matches('"').to_owned())
    })?;
    let fits = (1..=70).contains(&boundary.len());
    (kind.trim().eq_ignore_ascii_case("multipart/mixed") && fits).then_some(boundary)
}

/// The parts of a body between lines of its boundary.
pub(super) fn parts<'b>(body: &'b [u8], boundary: &str) -> Result<Vec<Part<'b>>, Failure> {
    let delimiter = format!("--{boundary}");
    let mut parts = Vec::new();
    // Where the part that is being read began.
    let mut begun: Option<usize> = None;
    for (start, line) in lines(body) {
        let Some(rest) = line.strip_prefix(delimiter.as_bytes()) else { continue };
        let closes = rest.trim_ascii_end() == b"--";
        if !closes && !rest.trim_ascii().is_empty() {
            continue;
        }
        if let Some(begun) = begun {
            let end = without_line_end(body.get(begun..start).unwrap_or_default());
            parts.push(part(end)?);
        }
        if parts.len() > MOST_PARTS {
            return Err(Failure::bad_request(format!("The batch has more than {MOST_PARTS} parts in one place.")));
        }
        if closes {
            return Ok(parts);
        }
        begun = Some(start + line.len());
    }
    let problem = if begun.is_some() { "does not end with" } else { "does not have" };
    Err(Failure::bad_request(format!("The batch {problem} its boundary, '{}'.", shorten(&delimiter))))
}

/// The lines of a body with their ends, and where each begins.
fn lines(body: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    body.split_inclusive(|byte| *byte == b'\n').scan(0, |place, line| {
        let start = *place;
        *place += line.len();
        Some((start, line))
    })
}

fn without_line_end(text: &[u8]) -> &[u8] {
    let text = text.strip_suffix(b"\n").unwrap_or(text);
    text.strip_suffix(b"\r").unwrap_or(text)
}

fn part(text: &[u8]) -> Result<Part<'_>, Failure> {
    let (headers, body) = head(text)?;
    Ok(Part { headers, body })
}

/// Headers, up to an empty line, and what follows. What is no header is passed over.
fn head(text: &[u8]) -> Result<(HeaderMap, &[u8]), Failure> {
    let mut headers = HeaderMap::new();
    for (start, line) in lines(text) {
        if line.trim_ascii().is_empty() {
            return Ok((headers, text.get(start + line.len()..).unwrap_or_default()));
        }
        if start > LONGEST_HEAD || headers.len() >= MOST_HEADERS {
            let limits = format!("{MOST_HEADERS} headers or {LONGEST_HEAD} bytes of them");
            return Err(Failure::bad_request(format!("A part of the batch has more than {limits}.")));
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
    pub(super) fn media_type(&self) -> String {
        let value = self.headers.get(http::header::CONTENT_TYPE);
        value.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()).unwrap_or_default()
    }
}

/// The request that a part has, with its target as it stands.
pub(super) fn embedded(text: &[u8]) -> Result<Embedded, Failure> {
    let wrong =
        |problem: &str| Failure::bad_request(format!("A part of the batch {problem}, as in GET /contoso.com/users HTTP/1.1."));
    let (start, line) =
        lines(text).find(|(_, line)| !line.trim_ascii().is_empty()).ok_or_else(|| wrong("has no request line"))?;
    let line_text = std::str::from_utf8(line).map_err(|_| wrong("has a request line that is not UTF-8"))?;
    let (method, rest) = line_text.trim().split_once(' ').ok_or_else(|| wrong("has no request line"))?;
    let target = rest.trim().strip_suffix("HTTP/1.1").ok_or_else(|| wrong("has a request line without HTTP/1.1"))?.trim();
    let method = Method::from_bytes(method.as_bytes()).map_err(|_| wrong("has no method"))?;
    let (headers, body) = head(text.get(start + line.len()..).unwrap_or_default())?;
    Ok(Embedded { method, target: target.to_owned(), headers, body: body.to_vec() })
}
