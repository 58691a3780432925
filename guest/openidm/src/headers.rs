//! Conditions, versions and content types, by the rules of CREST's `HttpAdapter` and `HttpUtils`.

use http::{HeaderMap, Method, StatusCode, header};

use protocol::openidm::failure::Failure;

const API_VERSION: &str = "accept-api-version";

/// The condition of a request.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// None at all.
    None,
    /// `If-Match`: that revision; `None` for `*`, any.
    Match(Option<String>),
    /// `If-None-Match: *` on a `PUT`: there may be no such object yet.
    New,
    /// `If-None-Match` on a `GET`: only if it is not that revision.
    NoneMatch(String),
}

/// The condition that a request may carry, by its method.
pub fn condition(method: &Method, headers: &HeaderMap) -> Result<Condition, Failure> {
    let fails = |status, message: String| Err(Failure::new(status, message));
    for name in [header::IF_MODIFIED_SINCE, header::IF_UNMODIFIED_SINCE] {
        if headers.contains_key(&name) {
            return fails(StatusCode::CONFLICT, format!("Header {name} is not supported"));
        }
    }
    // To do another thing than the caller means would be worse than to do nothing.
    if headers.contains_key("x-http-method-override") {
        let problem = "Header X-HTTP-Method-Override is not supported: send the method itself".to_owned();
        return fails(StatusCode::BAD_REQUEST, problem);
    }
    let if_match = text(headers, &header::IF_MATCH)?;
    let if_none_match = text(headers, &header::IF_NONE_MATCH)?;
    match (method.as_str(), if_match, if_none_match) {
        // Since protocol 2 this would create what is not there.
        ("PUT", None, None) if protocol_major(headers) == Some(1) => Ok(Condition::Match(None)),
        (_, None, None) => Ok(Condition::None),
        ("PUT", Some(_), Some(_)) => fails(
            StatusCode::PRECONDITION_FAILED,
            "Simultaneous use of If-Match and If-None-Match not supported for PUT requests".to_owned(),
        ),
        ("PUT" | "PATCH" | "DELETE", Some("*"), None) => Ok(Condition::Match(None)),
        ("PUT" | "PATCH" | "DELETE", Some(revision), None) => Ok(Condition::Match(Some(unquoted(revision).to_owned()))),
        ("PUT", None, Some("*")) => Ok(Condition::New),
        ("PUT", None, Some(other)) => {
            fails(StatusCode::BAD_REQUEST, format!("\"{other}\" is not a supported value for If-None-Match on PUT"))
        }
        ("GET", None, Some(revision)) if revision != "*" => Ok(Condition::NoneMatch(unquoted(revision).to_owned())),
        (_, Some(_), _) => fails(StatusCode::PRECONDITION_FAILED, format!("If-Match not supported for {method} requests")),
        (_, None, Some(_)) => {
            fails(StatusCode::PRECONDITION_FAILED, format!("If-None-Match not supported for {method} requests"))
        }
    }
}

/// The key that the caller gives an update, so that it may be sent again.
/// <https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/>
pub fn idempotency_key(headers: &HeaderMap) -> Result<Option<&str>, Failure> {
    let key = text(headers, &header::HeaderName::from_static("idempotency-key"))?.map(unquoted);
    match key {
        Some(key) if key.is_empty() || key.len() > 200 => {
            Err(Failure::new(StatusCode::BAD_REQUEST, "Header Idempotency-Key has to have from 1 to 200 characters"))
        }
        key => Ok(key),
    }
}

fn text<'h>(headers: &'h HeaderMap, name: &header::HeaderName) -> Result<Option<&'h str>, Failure> {
    let unreadable = |_| Failure::new(StatusCode::BAD_REQUEST, format!("Header {name} is not text"));
    headers.get(name).map(|value| value.to_str().map(str::trim).map_err(unreadable)).transpose()
}

fn unquoted(text: &str) -> &str {
    text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text)
}

/// The major version of the protocol that the caller asks for.
fn protocol_major(headers: &HeaderMap) -> Option<u32> {
    let mut parts = headers.get(API_VERSION)?.to_str().ok()?.split(',').filter_map(|part| part.split_once('='));
    let (_, version) = parts.find(|(name, _)| name.trim() == "protocol")?;
    version.trim().split('.').next()?.parse().ok()
}

/// Checks `Accept-API-Version`, as `protocol=2.1,resource=1.0`: protocols up to 2.1 are spoken.
pub fn check_versions(headers: &HeaderMap) -> Result<(), Failure> {
    let bad = |message: String| Err(Failure::new(StatusCode::BAD_REQUEST, message));
    let Some(value) = headers.get(API_VERSION) else { return Ok(()) };
    let value = value.to_str().unwrap_or("?");
    for part in value.split(',') {
        let version = part.split_once('=').and_then(|(name, version)| {
            let (major, minor) = version.trim().split_once('.').unwrap_or((version.trim(), "0"));
            Some((name.trim(), major.parse::<u32>().ok()?, minor.parse::<u32>().ok()?))
        });
        match version {
            Some(("protocol", major, _)) if major > 2 => return bad(format!("Unsupported major version: {}", part.trim())),
            Some(("protocol", _, minor)) if minor > 1 => return bad(format!("Unsupported minor version: {}", part.trim())),
            Some(("protocol" | "resource", ..)) => {}
            _ => return bad(format!("Accept-API-Version is malformed: {value}; it has to be as in protocol=2.1,resource=1.0")),
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
    let (media_type, parameter) = value.split_once(';').unwrap_or((value, ""));
    let charset = parameter.trim();
    let is_json = media_type.trim().eq_ignore_ascii_case("application/json");
    if is_json && (charset.is_empty() || charset.eq_ignore_ascii_case("charset=utf-8")) {
        return Ok(());
    }
    bad(format!(
        "The request could not be processed because it specified the content-type '{value}' when only the content-type 'application/json' is supported"
    ))
}
