//! The conditions of a write (RFC 9110, 13.1).

use http::HeaderMap;
use http::header::{HeaderName, IF_MATCH, IF_NONE_MATCH};

use crate::odata::error::{GraphError, Outcome};

/// Fails with 412 if a condition of the request does not hold for the stored resource. `etag` is None for one without an entity
/// tag, such as a folder: then only `*` matches. That Graph heeds conditions on other resources than contacts is unverified.
pub(crate) fn check(headers: &HeaderMap, etag: Option<&str>) -> Outcome<()> {
    let holds =
        is_matched(headers, &IF_MATCH, etag).unwrap_or(true) && !is_matched(headers, &IF_NONE_MATCH, etag).unwrap_or(false);
    if holds { Ok(()) } else { Err(GraphError::conflict()) }
}

/// Returns whether one of the tags in a header is that of the resource; None without the header. Weak tags match strong ones.
fn is_matched(headers: &HeaderMap, name: &HeaderName, etag: Option<&str>) -> Option<bool> {
    let tags = headers.get(name)?.to_str().unwrap_or_default();
    let stored = etag.map(|tag| tag.trim_start_matches("W/"));
    Some(tags.split(',').map(str::trim).any(|tag| tag == "*" || Some(tag.trim_start_matches("W/")) == stored))
}
