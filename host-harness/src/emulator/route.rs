//! Which resource a path names.

use super::error::{GraphError, Outcome};
use super::percent::{self, Plus};
use super::schema::Version;

/// A user, as a path names one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum UserKey {
    /// `/me`
    Me,
    /// `/users/{id or userPrincipalName}`
    Named(String),
}

/// The contacts of a user: all that `/contacts` covers, or those of one folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) user: UserKey,
    /// An id, or the well-known name `contacts`.
    pub(super) folder: Option<String>,
}

/// A resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    Users,
    User(UserKey),
    Contacts(Place),
    ContactCount(Place),
    Contact(Place, String),
    Folders(UserKey),
    Folder(UserKey, String),
}

/// What Graph's SDKs put in place of `/me` (msgraph-sdk-design): Graph itself takes it so.
const ME_TOKEN: &str = "me-token-to-replace";

/// Parts of Graph that the emulator knows of and does not have.
const NOT_EMULATED: &[&str] =
    &["$batch", "delta", "photo", "extensions", "permanentdelete", "childfolders", "translateexchangeids", "directoryobjects"];

/// Reads a path as it came over the wire. Every segment is decoded once; names are not case-sensitive, keys are left alone.
pub(super) fn parse(path: &str) -> Outcome<(Version, Target)> {
    let mut segments = Vec::new();
    for segment in path.split('/').filter(|segment| !segment.is_empty()) {
        let decoded = percent::decode(segment, Plus::Literal);
        segments.extend(keys(&decoded.ok_or_else(|| GraphError::bad_request("The request URL is not valid."))?));
    }
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    let [version, rest @ ..] = segments.as_slice() else { return Err(GraphError::bad_request("Invalid version: .")) };
    let version = match version.to_ascii_lowercase().as_str() {
        "v1.0" => Version::V1,
        "beta" => Version::Beta,
        _ => return Err(GraphError::bad_request(format!("Invalid version: {version}"))),
    };
    Ok((version, target(rest)?))
}

fn target(segments: &[&str]) -> Outcome<Target> {
    let (user, rest) = match segments {
        [name, rest @ ..] if is(name, "me") => (UserKey::Me, rest),
        [name] if is(name, "users") => return Ok(Target::Users),
        [name, key, rest @ ..] if is(name, "users") => {
            (if is(key, ME_TOKEN) { UserKey::Me } else { UserKey::Named((*key).to_owned()) }, rest)
        }
        [name, ..] if is(name, "contacts") => return Err(GraphError::not_emulated("organizational contacts (/contacts)")),
        [name, ..] => return Err(unknown(name)),
        [] => return Err(GraphError::not_emulated("the service document")),
    };
    match rest {
        [] => Ok(Target::User(user)),
        [name, rest @ ..] if is(name, "contacts") => contacts(Place { user, folder: None }, rest),
        [name] if is(name, "contactFolders") => Ok(Target::Folders(user)),
        [name, delta, ..] if is(name, "contactFolders") && is(delta, "delta") => Err(unknown(delta)),
        [name, folder] if is(name, "contactFolders") => Ok(Target::Folder(user, (*folder).to_owned())),
        [name, folder, inner, rest @ ..] if is(name, "contactFolders") && is(inner, "contacts") => {
            contacts(Place { user, folder: Some((*folder).to_owned()) }, rest)
        }
        [name, _, inner, ..] if is(name, "contactFolders") => Err(unknown(inner)),
        [name, ..] => Err(unknown(name)),
    }
}

fn contacts(place: Place, rest: &[&str]) -> Outcome<Target> {
    match rest {
        [] => Ok(Target::Contacts(place)),
        [count] if is(count, "$count") => Ok(Target::ContactCount(place)),
        [delta, ..] if is(delta, "delta") => Err(unknown(delta)),
        [id] => Ok(Target::Contact(place, (*id).to_owned())),
        [_, name, ..] => Err(unknown(name)),
    }
}

fn is(segment: &str, name: &str) -> bool {
    segment.eq_ignore_ascii_case(name)
}

fn unknown(segment: &str) -> GraphError {
    if NOT_EMULATED.contains(&segment.to_ascii_lowercase().as_str()) {
        return GraphError::not_emulated(segment);
    }
    GraphError::unknown_segment(segment)
}

/// OData writes a key as `contacts('id')` too; the `Location` of a created contact is of that form.
fn keys(segment: &str) -> Vec<String> {
    match segment.strip_suffix("')").and_then(|open| open.split_once("('")) {
        Some((name, key)) => vec![name.to_owned(), key.replace("''", "'")],
        None => vec![segment.to_owned()],
    }
}
