//! Conditions, versions and content types, by the rules of CREST's `HttpAdapter` and `HttpUtils`.

use http::{HeaderMap, Method, StatusCode, header};

use protocol::openidm::failure::Failure;

const API_VERSION: &str = "accept-api-version";

/// The condition of a request, from its headers.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// No condition.
    None,
    /// `If-Match`: the object must have that revision. `None` for `*`, any revision.
    IfMatch(Option<String>),
    /// `If-None-Match: *` of a `PUT`: the object must not exist.
    IfAbsent,
    /// `If-None-Match` of a `GET`: the object must have another revision.
    IfNoneMatch(String),
}

/// Parses the condition of a request. The method says which conditions it may have.
pub fn parse_condition(method: &Method, headers: &HeaderMap) -> Result<Condition, Failure> {
    let fails = |status, message: String| Err(Failure::new(status, message));
    for name in [header::IF_MODIFIED_SINCE, header::IF_UNMODIFIED_SINCE] {
        if headers.contains_key(&name) {
            return fails(StatusCode::CONFLICT, format!("Header {name} is not supported"));
        }
    }
    // Ignoring the header would do what the caller does not mean.
    if headers.contains_key("x-http-method-override") {
        let problem = "Header X-HTTP-Method-Override is not supported: send the method in the request line".to_owned();
        return fails(StatusCode::BAD_REQUEST, problem);
    }
    let if_match = read_header(headers, &header::IF_MATCH)?;
    let if_none_match = read_header(headers, &header::IF_NONE_MATCH)?;
    match (method.as_str(), if_match, if_none_match) {
        // Protocol 1 takes this for an update. Since protocol 2 it also creates.
        ("PUT", None, None) if parse_protocol_major(headers) == Some(1) => Ok(Condition::IfMatch(None)),
        (_, None, None) => Ok(Condition::None),
        ("PUT", Some(_), Some(_)) => fails(
            StatusCode::PRECONDITION_FAILED,
            "Simultaneous use of If-Match and If-None-Match not supported for PUT requests".to_owned(),
        ),
        ("PUT" | "PATCH" | "DELETE", Some("*"), None) => Ok(Condition::IfMatch(None)),
        ("PUT" | "PATCH" | "DELETE", Some(revision), None) => Ok(Condition::IfMatch(Some(parse_revision(revision).to_owned()))),
        ("PUT", None, Some("*")) => Ok(Condition::IfAbsent),
        ("PUT", None, Some(other)) => {
            fails(StatusCode::BAD_REQUEST, format!("\"{other}\" is not a supported value for If-None-Match on PUT"))
        }
        ("GET", None, Some(revision)) if revision != "*" => Ok(Condition::IfNoneMatch(parse_revision(revision).to_owned())),
        (_, Some(_), _) => fails(StatusCode::PRECONDITION_FAILED, format!("If-Match not supported for {method} requests")),
        (_, None, Some(_)) => {
            fails(StatusCode::PRECONDITION_FAILED, format!("If-None-Match not supported for {method} requests"))
        }
    }
}

/// Parses `Idempotency-Key`: an update with such a key can be sent again without effect.
/// <https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/>
pub fn parse_idempotency_key(headers: &HeaderMap) -> Result<Option<&str>, Failure> {
    let key = read_header(headers, &header::HeaderName::from_static("idempotency-key"))?.map(strip_quotes);
    match key {
        Some(key) if key.is_empty() || key.len() > 200 => {
            Err(Failure::new(StatusCode::BAD_REQUEST, "Header Idempotency-Key must have from 1 to 200 characters"))
        }
        key => Ok(key),
    }
}

/// Returns the value of a header.
fn read_header<'h>(headers: &'h HeaderMap, name: &header::HeaderName) -> Result<Option<&'h str>, Failure> {
    let unreadable = |_| Failure::new(StatusCode::BAD_REQUEST, format!("Header {name} is not text"));
    headers.get(name).map(|value| value.to_str().map(str::trim).map_err(unreadable)).transpose()
}

/// Parses an entity tag. A proxy that compresses makes it weak, `W/"..."` (RFC 9110, 8.8.1), and CREST's clients omit the quotes.
fn parse_revision(text: &str) -> &str {
    strip_quotes(text.strip_prefix("W/").filter(|tag| tag.starts_with('"')).unwrap_or(text))
}

fn strip_quotes(text: &str) -> &str {
    text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text)
}

/// Returns the major version of the protocol in `Accept-API-Version`.
fn parse_protocol_major(headers: &HeaderMap) -> Option<u32> {
    let mut parts = headers.get(API_VERSION)?.to_str().ok()?.split(',').filter_map(|part| part.split_once('='));
    let (_, version) = parts.find(|(name, _)| name.trim().eq_ignore_ascii_case("protocol"))?;
    version.trim().split('.').next()?.parse().ok()
}

/// Checks `Accept-API-Version`, such as `protocol=2.1,resource=1.0`. Protocols up to 2.1 are supported.
pub fn check_versions(headers: &HeaderMap) -> Result<(), Failure> {
    let bad = |message: String| Err(Failure::new(StatusCode::BAD_REQUEST, message));
    let Some(value) = headers.get(API_VERSION) else { return Ok(()) };
    let value = value.to_str().unwrap_or("?");
    for part in value.split(',') {
        let version = part.split_once('=').and_then(|(name, version)| {
            let (major, minor) = version.trim().split_once('.').unwrap_or((version.trim(), "0"));
            Some((name.trim().to_ascii_lowercase(), major.parse::<u32>().ok()?, minor.parse::<u32>().ok()?))
        });
        match version.as_ref().map(|(name, major, minor)| (name.as_str(), *major, *minor)) {
            Some(("protocol", major, _)) if major > 2 => return bad(format!("Unsupported major version: {}", part.trim())),
            Some(("protocol", _, minor)) if minor > 1 => return bad(format!("Unsupported minor version: {}", part.trim())),
            Some(("protocol" | "resource", ..)) => {}
            _ => return bad(format!("Accept-API-Version is malformed: {value}; write it like protocol=2.1,resource=1.0")),
        }
    }
    Ok(())
}

/// Checks that a body is declared to be JSON.
pub fn check_content_type(headers: &HeaderMap) -> Result<(), Failure> {
    let bad = |message: String| Err(Failure::new(StatusCode::BAD_REQUEST, message));
    let Some(value) = headers.get(header::CONTENT_TYPE) else {
        return bad("The request could not be processed because the content-type was not specified and is required".to_owned());
    };
    let value = value.to_str().unwrap_or("?");
    // The value of a parameter can have quotes (RFC 9110, 8.3.1).
    let (media_type, parameters) = value.split_once(';').unwrap_or((value, ""));
    let is_utf8 = |parameter: &str| match parameter.split_once('=') {
        Some((name, charset)) => {
            name.trim().eq_ignore_ascii_case("charset") && strip_quotes(charset.trim()).eq_ignore_ascii_case("utf-8")
        }
        None => parameter.trim().is_empty(),
    };
    let is_json = media_type.trim().eq_ignore_ascii_case("application/json");
    if is_json && parameters.split(';').all(is_utf8) {
        return Ok(());
    }
    bad(format!(
        "The request could not be processed because it specified the content-type '{value}' when only the content-type 'application/json' is supported"
    ))
}
