//! The resource that a path names.

use crate::directory::object_kind::ObjectKind;
use crate::directory::resource::{self, Resource};
use crate::mailbox::distribution_lists::DistributionListPath;
use crate::mailbox::path::{MailboxPath, UserKey};
use crate::odata::edm::Version;
use crate::odata::error::{GraphError, Outcome};
use crate::odata::not_emulated::Parent;
use crate::odata::percent::{self, Plus};
use crate::odata::segment::{is_delta, is_named};

/// A resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    Batch,
    Directory(Resource),
    Contacts(MailboxPath),
    ContactCount(MailboxPath),
    ContactDelta(MailboxPath),
    Contact(MailboxPath, String),
    /// A part of a contact.
    Within(MailboxPath, String, ContactPart),
    /// The child folders of the path's last folder: `/contactFolders`, or `/childFolders` of a folder.
    Folders(MailboxPath),
    FolderCount(MailboxPath),
    FolderDelta(MailboxPath),
    /// The path's last folder.
    Folder(MailboxPath),
    FolderPermanentDelete(MailboxPath),
    TranslateIds(UserKey),
    DistributionLists(UserKey, DistributionListPath),
}

/// A part of a contact, with an address of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ContactPart {
    Extensions,
    ExtensionCount,
    Extension(String),
    Photo,
    PhotoContent,
    PermanentDelete,
}

/// The replacement of `/me` by Graph's SDKs (msgraph-sdk-design), which Graph supports.
const ME_TOKEN: &str = "me-token-to-replace";

/// Parses a path as on the wire. Decodes every segment once. Names are not case-sensitive, keys are.
pub(crate) fn parse_path(path: &str) -> Outcome<(Version, Target)> {
    let mut segments = Vec::new();
    for segment in path.split('/').filter(|segment| !segment.is_empty()) {
        let decoded = percent::decode(segment, Plus::Literal);
        segments.extend(split_key(&decoded.ok_or_else(|| GraphError::bad_request("The request URL is not valid."))?));
    }
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    let [version, rest @ ..] = segments.as_slice() else { return Err(GraphError::bad_request("Invalid version: .")) };
    let version = match version.to_ascii_lowercase().as_str() {
        "v1.0" => Version::V1,
        "beta" => Version::Beta,
        _ => return Err(GraphError::bad_request(format!("Invalid version: {version}"))),
    };
    Ok((version, parse_target(rest)?))
}

/// Returns the user whose mailbox a valid path addresses.
pub(crate) fn find_mailbox_user(path: &str) -> Option<UserKey> {
    match parse_path(path).ok()?.1 {
        Target::Batch | Target::Directory(_) => None,
        Target::TranslateIds(user) | Target::DistributionLists(user, _) => Some(user),
        Target::Contacts(path)
        | Target::ContactCount(path)
        | Target::ContactDelta(path)
        | Target::Contact(path, _)
        | Target::Within(path, ..)
        | Target::Folders(path)
        | Target::FolderCount(path)
        | Target::FolderDelta(path)
        | Target::Folder(path)
        | Target::FolderPermanentDelete(path) => Some(path.user),
    }
}

fn parse_target(segments: &[&str]) -> Outcome<Target> {
    let (user, rest) = match segments {
        [name, rest @ ..] if is_named(name, "me") => (UserKey::Me, rest),
        [name, rest @ ..] if is_named(name, "contacts") => {
            return resource::parse_collection(ObjectKind::OrgContact, rest).map(Target::Directory);
        }
        [name, rest @ ..] if is_named(name, "groups") => {
            return resource::parse_collection(ObjectKind::Group, rest).map(Target::Directory);
        }
        [name, rest @ ..] if is_named(name, "directoryObjects") => {
            return resource::parse_directory_objects(rest).map(Target::Directory);
        }
        [name] if is_named(name, "users") => return Ok(Target::Directory(Resource::Collection(ObjectKind::User))),
        [name, rest] if is_named(name, "users") && resource::is_collection_segment(rest) => {
            return resource::parse_collection(ObjectKind::User, &[rest]).map(Target::Directory);
        }
        [name, key, rest @ ..] if is_named(name, "users") => {
            (if is_named(key, ME_TOKEN) { UserKey::Me } else { UserKey::Named((*key).to_owned()) }, rest)
        }
        [name] if is_named(name, "$batch") => return Ok(Target::Batch),
        [name, ..] => return Err(Parent::Root.refuse(name)),
        [] => return Err(GraphError::not_emulated("the service document")),
    };
    let path = MailboxPath { user, folders: Vec::new() };
    match rest {
        [name] if is_named(name, "translateExchangeIds") => Ok(Target::TranslateIds(path.user)),
        [name, rest @ ..] if is_named(name, "distributionLists") => {
            Ok(Target::DistributionLists(path.user, parse_distribution_lists(rest)?))
        }
        [name, rest @ ..] if is_named(name, "contacts") => parse_contacts(path, rest),
        [name, rest @ ..] if is_named(name, "contactFolders") => parse_folders(path, rest),
        rest => resource::parse_object_path(path.user.into(), rest).map(Target::Directory),
    }
}

/// Parses what follows `/contactFolders` or `/childFolders`, to any depth: "GET
/// /me/contactFolders/{id}/childFolders/{id}/.../contacts/{id}" (<https://learn.microsoft.com/graph/api/contact-get>).
fn parse_folders(mut path: MailboxPath, rest: &[&str]) -> Outcome<Target> {
    let (key, rest) = match rest {
        [] => return Ok(Target::Folders(path)),
        [count] if is_named(count, "$count") => return Ok(Target::FolderCount(path)),
        [delta] if is_delta(delta) => return Ok(Target::FolderDelta(path)),
        [key, rest @ ..] => (key, rest),
    };
    path.folders.push((*key).to_owned());
    match rest {
        [] => Ok(Target::Folder(path)),
        [name] if is_named(name, "permanentDelete") => Ok(Target::FolderPermanentDelete(path)),
        [name, rest @ ..] if is_named(name, "contacts") => parse_contacts(path, rest),
        [name, rest @ ..] if is_named(name, "childFolders") => parse_folders(path, rest),
        [name, ..] => Err(Parent::ContactFolder.refuse(name)),
    }
}

/// Parses what follows `/distributionLists`.
fn parse_distribution_lists(rest: &[&str]) -> Outcome<DistributionListPath> {
    match rest {
        [] => Ok(DistributionListPath::Collection),
        [id] => Ok(DistributionListPath::Item((*id).to_owned())),
        [id, name] if is_named(name, "addMembers") => Ok(DistributionListPath::AddMembers((*id).to_owned())),
        [id, name] if is_named(name, "deleteMembers") => Ok(DistributionListPath::DeleteMembers((*id).to_owned())),
        [_, name, ..] if is_named(name, "distributionListMembers") => Err(GraphError::not_emulated(name)),
        [_, name, ..] => Err(GraphError::unknown_segment(name)),
    }
}

fn parse_contacts(path: MailboxPath, rest: &[&str]) -> Outcome<Target> {
    match rest {
        [] => Ok(Target::Contacts(path)),
        [count] if is_named(count, "$count") => Ok(Target::ContactCount(path)),
        [delta] if is_delta(delta) => Ok(Target::ContactDelta(path)),
        [id] => Ok(Target::Contact(path, (*id).to_owned())),
        [id, rest @ ..] => Ok(Target::Within(path, (*id).to_owned(), parse_part(rest)?)),
    }
}

fn parse_part(segments: &[&str]) -> Outcome<ContactPart> {
    match segments {
        [name] if is_named(name, "extensions") => Ok(ContactPart::Extensions),
        [name, count] if is_named(name, "extensions") && is_named(count, "$count") => Ok(ContactPart::ExtensionCount),
        [name, key] if is_named(name, "extensions") => Ok(ContactPart::Extension((*key).to_owned())),
        [name] if is_named(name, "photo") => Ok(ContactPart::Photo),
        [name, value] if is_named(name, "photo") && is_named(value, "$value") => Ok(ContactPart::PhotoContent),
        [name] if is_named(name, "permanentDelete") => Ok(ContactPart::PermanentDelete),
        [name, other, ..] if is_named(name, "extensions") || is_named(name, "photo") => Err(GraphError::unknown_segment(other)),
        [name, ..] => Err(Parent::Contact.refuse(name)),
        [] => Err(GraphError::unknown_segment("")),
    }
}

/// Splits a key as `contacts('id')`, OData's other form. The `Location` of a created contact has it.
fn split_key(segment: &str) -> Vec<String> {
    match segment.strip_suffix("')").and_then(|open| open.split_once("('")) {
        Some((name, key)) => vec![name.to_owned(), key.replace("''", "'")],
        None => vec![segment.to_owned()],
    }
}
