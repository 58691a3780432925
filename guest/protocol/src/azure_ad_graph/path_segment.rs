//! Segments of a path, with their keys: `users/ID` and `users('ID')` name the same object.
//!
//! Microsoft's .NET client sends keys in parentheses: `users()`, `users('ID')`, `directoryObjects('ID')`
//! (Azure-Samples/active-directory-dotnet-graphapi-console, issue 7). OData 3 has them as its own form:
//! <https://www.odata.org/documentation/odata-version-3-0/url-conventions/>

use percent_encoding::percent_decode_str;

/// Why a path does not name a resource.
#[derive(Clone, Debug, PartialEq)]
pub enum PathError {
    /// The path is not UTF-8.
    NotUtf8,
    /// The parentheses of this segment do not hold a key.
    InvalidKey(String),
    /// The API does not have this segment.
    Unknown(String),
    /// The API has this segment, and the connector does not serve it.
    NotServed(String),
    /// The path asks for the `members` of an object that is not a group.
    NoMembers,
}

/// A segment, or the key in the parentheses of one.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Segment {
    /// The text between two slashes: a name, or a key.
    Text(String),
    /// A key in parentheses, without its quotes. It is never a name.
    Key(String),
}

impl Segment {
    /// Returns the text of a name or a key.
    pub(super) fn text(&self) -> &str {
        match self {
            Segment::Text(text) | Segment::Key(text) => text,
        }
    }
}

/// Splits a path, which is percent-encoded as on the wire. Empty parentheses, as in `users()`, are left out.
///
/// # Errors
///
/// If a segment is not UTF-8, or parentheses do not hold a key.
pub(super) fn split_path(path: &str) -> Result<Vec<Segment>, PathError> {
    let mut segments = Vec::new();
    for raw in path.split('/').filter(|segment| !segment.is_empty()) {
        let text = percent_decode_str(raw).decode_utf8().map_err(|_| PathError::NotUtf8)?;
        let Some((name, predicate)) = text.split_once('(').filter(|(name, _)| is_name(name)) else {
            segments.push(Segment::Text(text.into_owned()));
            continue;
        };
        let invalid = || PathError::InvalidKey(text.clone().into_owned());
        let predicate = predicate.strip_suffix(')').ok_or_else(invalid)?.trim();
        segments.push(Segment::Text(name.to_owned()));
        if !predicate.is_empty() {
            segments.push(Segment::Key(parse_key(predicate).ok_or_else(invalid)?));
        }
    }
    Ok(segments)
}

/// Checks whether a text can be a name before parentheses. Ids with other characters stay whole.
fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"$._".contains(&byte))
}

/// Parses `'ID'`, `ID`, `guid'ID'` or one of them after `objectId=`. `None` for anything else, such as several keys.
fn parse_key(predicate: &str) -> Option<String> {
    let value = match predicate.split_once('=') {
        Some((name, value)) if is_name(name.trim()) => value.trim_start(),
        _ => predicate,
    };
    let is_guid = |prefix: &str| prefix.eq_ignore_ascii_case("guid");
    let quoted = match value.split_once('\'') {
        None => return is_bare_key(value).then(|| value.to_owned()),
        Some((prefix, rest)) if prefix.is_empty() || is_guid(prefix) => rest.strip_suffix('\'')?,
        Some(_) => return None,
    };
    // Two quotes stand for one. A single quote would end the key before its end.
    let parts: Vec<&str> = quoted.split("''").collect();
    (!quoted.is_empty() && parts.iter().all(|part| !part.contains('\''))).then(|| parts.join("'"))
}

/// Checks whether a text can be a key without quotes, such as a GUID.
fn is_bare_key(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.@".contains(&byte))
}
