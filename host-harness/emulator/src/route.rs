//! Which resource a path names.

use super::directory::{self, Kind, Resource};
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

/// Where a path has come to in a mailbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) user: UserKey,
    /// The folders that it went through, outermost first: ids, or the well-known name `contacts`. Empty for
    /// `/users/{id}/contacts`.
    pub(super) folders: Vec<String>,
}

/// A resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    Batch,
    Directory(Resource),
    Contacts(Place),
    ContactCount(Place),
    ContactDelta(Place),
    Contact(Place, String),
    /// What belongs to a contact.
    Within(Place, String, Part),
    /// The folders inside the last folder of the place: `/contactFolders`, or `/childFolders` of a folder.
    Folders(Place),
    FolderCount(Place),
    FolderDelta(Place),
    /// The last folder of the place.
    Folder(Place),
    FolderPermanentDelete(Place),
    TranslateIds(UserKey),
}

/// What a contact has under its own address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    Extensions,
    ExtensionCount,
    Extension(String),
    Photo,
    PhotoContent,
    PermanentDelete,
}

/// What Graph's SDKs put in place of `/me` (msgraph-sdk-design): Graph itself takes it so.
const ME_TOKEN: &str = "me-token-to-replace";

/// The function that gives changes, and what a cloud without it takes for a key.
pub(super) const DELTA: &str = "delta";

/// Parts of Graph that the emulator knows of and does not have.
const NOT_EMULATED: &[&str] = &[
    "administrativeunits",
    "assignlicense",
    "changepassword",
    "createdobjects",
    "deleteditems",
    "directory",
    "extensions",
    "getavailableextensionproperties",
    "licensedetails",
    "onpremisessyncbehavior",
    "ownedobjects",
    "owners",
    "photo",
    "restore",
    "revokesigninsessions",
    "serviceprovisioningerrors",
    "validateproperties",
];

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

/// Whose mailbox a path goes into, if it is a good path that goes into one.
pub(super) fn mailbox(path: &str) -> Option<UserKey> {
    match parse(path).ok()?.1 {
        Target::Batch | Target::Directory(_) => None,
        Target::TranslateIds(user) => Some(user),
        Target::Contacts(place)
        | Target::ContactCount(place)
        | Target::ContactDelta(place)
        | Target::Contact(place, _)
        | Target::Within(place, ..)
        | Target::Folders(place)
        | Target::FolderCount(place)
        | Target::FolderDelta(place)
        | Target::Folder(place)
        | Target::FolderPermanentDelete(place) => Some(place.user),
    }
}

fn target(segments: &[&str]) -> Outcome<Target> {
    let (user, rest) = match segments {
        [name, rest @ ..] if is(name, "me") => (UserKey::Me, rest),
        [name, rest @ ..] if is(name, "contacts") => return directory::collection(Kind::OrgContact, rest).map(Target::Directory),
        [name, rest @ ..] if is(name, "groups") => return directory::collection(Kind::Group, rest).map(Target::Directory),
        [name, rest @ ..] if is(name, "directoryObjects") => return directory::any(rest).map(Target::Directory),
        [name] if is(name, "users") => return Ok(Target::Directory(Resource::Collection(Kind::User))),
        [name, rest] if is(name, "users") && directory::is_of_collection(rest) => {
            return directory::collection(Kind::User, &[rest]).map(Target::Directory);
        }
        [name, key, rest @ ..] if is(name, "users") => {
            (if is(key, ME_TOKEN) { UserKey::Me } else { UserKey::Named((*key).to_owned()) }, rest)
        }
        [name] if is(name, "$batch") => return Ok(Target::Batch),
        [name, ..] => return Err(unknown(name)),
        [] => return Err(GraphError::not_emulated("the service document")),
    };
    let place = Place { user, folders: Vec::new() };
    match rest {
        [name] if is(name, "translateExchangeIds") => Ok(Target::TranslateIds(place.user)),
        [name, rest @ ..] if is(name, "contacts") => contacts(place, rest),
        [name, rest @ ..] if is(name, "contactFolders") => folders(place, rest),
        rest => directory::within(place.user.into(), rest).map(Target::Directory),
    }
}

/// What follows `/contactFolders` or `/childFolders`, to any depth:
/// "GET /me/contactFolders/{id}/childFolders/{id}/.../contacts/{id}" (<https://learn.microsoft.com/graph/api/contact-get>).
fn folders(mut place: Place, rest: &[&str]) -> Outcome<Target> {
    let (key, rest) = match rest {
        [] => return Ok(Target::Folders(place)),
        [count] if is(count, "$count") => return Ok(Target::FolderCount(place)),
        [delta] if is_delta(delta) => return Ok(Target::FolderDelta(place)),
        [key, rest @ ..] => (key, rest),
    };
    place.folders.push((*key).to_owned());
    match rest {
        [] => Ok(Target::Folder(place)),
        [name] if is(name, "permanentDelete") => Ok(Target::FolderPermanentDelete(place)),
        [name, rest @ ..] if is(name, "contacts") => contacts(place, rest),
        [name, rest @ ..] if is(name, "childFolders") => folders(place, rest),
        [name, ..] => Err(unknown(name)),
    }
}

fn contacts(place: Place, rest: &[&str]) -> Outcome<Target> {
    match rest {
        [] => Ok(Target::Contacts(place)),
        [count] if is(count, "$count") => Ok(Target::ContactCount(place)),
        [delta] if is_delta(delta) => Ok(Target::ContactDelta(place)),
        [id] => Ok(Target::Contact(place, (*id).to_owned())),
        [id, rest @ ..] => Ok(Target::Within(place, (*id).to_owned(), part(rest)?)),
    }
}

fn part(segments: &[&str]) -> Outcome<Part> {
    match segments {
        [name] if is(name, "extensions") => Ok(Part::Extensions),
        [name, count] if is(name, "extensions") && is(count, "$count") => Ok(Part::ExtensionCount),
        [name, key] if is(name, "extensions") => Ok(Part::Extension((*key).to_owned())),
        [name] if is(name, "photo") => Ok(Part::Photo),
        [name, value] if is(name, "photo") && is(value, "$value") => Ok(Part::PhotoContent),
        [name] if is(name, "permanentDelete") => Ok(Part::PermanentDelete),
        [name, other, ..] if is(name, "extensions") || is(name, "photo") => Err(GraphError::unknown_segment(other)),
        [name, ..] => Err(unknown(name)),
        [] => Err(GraphError::unknown_segment("")),
    }
}

pub(super) fn is(segment: &str, name: &str) -> bool {
    segment.eq_ignore_ascii_case(name)
}

/// "`/delta` is a shortcut for the fully qualified name `/microsoft.graph.delta` that you see in requests generated by the
/// Microsoft Graph SDKs" (<https://learn.microsoft.com/graph/delta-query-overview>); OData writes a function with parentheses.
pub(super) fn is_delta(segment: &str) -> bool {
    let name = segment.strip_suffix("()").unwrap_or(segment);
    is(name, DELTA) || is(name, "microsoft.graph.delta")
}

pub(super) fn unknown(segment: &str) -> GraphError {
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
