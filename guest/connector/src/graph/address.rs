//! Paths of Microsoft Graph. Only here an id becomes part of an address.

use std::fmt::Write;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use protocol::graph_path::is_reserved;
use protocol::shorten::shorten;

use crate::error::{Error, ErrorKind, Result};

/// All characters but the unreserved ones of RFC 3986.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A mailbox, and a folder of contacts in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Container {
    /// The mailbox.
    pub mailbox: Mailbox,
    /// The ids of nested contact folders, outermost first. None stand for the default folder.
    pub folders: Vec<String>,
}

impl Container {
    /// Creates the container for the default contacts folder of a mailbox.
    pub fn from_mailbox(mailbox: Mailbox) -> Container {
        Container { mailbox, folders: Vec::new() }
    }
}

/// The mailbox of a user.
#[derive(Clone, Debug, PartialEq)]
pub enum Mailbox {
    /// The mailbox of the signed-in user.
    Me,
    /// The mailbox of the user with this id or user principal name.
    User(String),
}

impl Mailbox {
    /// Creates a mailbox from its name: `me`, an id, or a user principal name.
    pub fn from_name(name: &str) -> Mailbox {
        if name == "me" { Mailbox::Me } else { Mailbox::User(name.to_owned()) }
    }

    /// Returns the name, which [`Mailbox::from_name`] parses.
    pub fn name(&self) -> &str {
        match self {
            Mailbox::Me => "me",
            Mailbox::User(id) => id,
        }
    }

    /// Returns the path: `/me` or `/users/{id | userPrincipalName}`.
    pub fn path(&self) -> Result<String> {
        match self {
            Mailbox::Me => Ok("/me".to_owned()),
            Mailbox::User(id) => Ok(format!("/users{}", encode_key("user", id)?)),
        }
    }
}

impl Container {
    /// Returns the path of the contacts, or of the contact with that id.
    /// <https://learn.microsoft.com/en-us/graph/api/contact-update?view=graph-rest-1.0#http-request>
    pub fn contacts_path(&self, contact: Option<&str>) -> Result<String> {
        let mut path = self.path()?;
        path.push_str("/contacts");
        if let Some(id) = contact {
            path.push_str(&encode_key("contact", id)?);
        }
        Ok(path)
    }

    /// Returns the path of the folders directly inside.
    /// <https://learn.microsoft.com/en-us/graph/api/contactfolder-list-childfolders?view=graph-rest-1.0#http-request>
    pub fn folders_path(&self) -> Result<String> {
        Ok(format!("{}/{}", self.path()?, if self.folders.is_empty() { "contactFolders" } else { "childFolders" }))
    }

    /// Returns the path of the mailbox, or of the folder in it.
    fn path(&self) -> Result<String> {
        let mut path = self.mailbox.path()?;
        for (depth, folder) in self.folders.iter().enumerate() {
            let collection = if depth == 0 { "contactFolders" } else { "childFolders" };
            // Writing to a String does not fail.
            let _ = write!(path, "/{collection}{}", encode_key("contact folder", folder)?);
        }
        Ok(path)
    }
}

/// Returns the path of the folder with that id, at any depth of the mailbox.
pub fn build_folder_path(mailbox: &Mailbox, id: &str) -> Result<String> {
    Ok(format!("{}/contactFolders{}", mailbox.path()?, encode_key("contact folder", id)?))
}

/// Returns the path of the distribution lists of a mailbox, or of the one with that id.
/// <https://learn.microsoft.com/en-us/graph/api/distributionlist-get?view=graph-rest-beta#http-request>
pub fn build_distribution_list_path(mailbox: &Mailbox, id: Option<&str>) -> Result<String> {
    let lists = format!("{}/distributionLists", mailbox.path()?);
    match id {
        None => Ok(lists),
        Some(id) => Ok(format!("{lists}{}", encode_key("distribution list", id)?)),
    }
}

/// Returns the path of the organizational contact with that id.
pub fn build_org_contact_path(id: &str) -> Result<String> {
    Ok(format!("/contacts{}", encode_key("organizational contact", id)?))
}

/// Returns the path of the object with that id in a collection of the directory.
pub fn build_object_path(collection: &str, id: &str) -> Result<String> {
    Ok(format!("/{collection}{}", encode_key("object of the directory", id)?))
}

/// Returns the path at which the sign-in service issues tokens for a directory.
pub fn build_token_path(tenant: &str) -> Result<String> {
    Ok(format!("/{}/oauth2/v2.0/token", encode_segment("tenant", tenant)?))
}

/// Returns the path of the open extension with that name, or of the collection, under the path of a contact.
pub fn build_extension_path(contact: &str, name: Option<&str>) -> Result<String> {
    match name {
        None => Ok(format!("{contact}/extensions")),
        Some(name) => Ok(format!("{contact}/extensions{}", encode_key("open extension", name)?)),
    }
}

/// Encodes an id that follows a collection: `/{id}`, or `('{id}')` for an id that would be something else as a segment of its own
/// (msgraph-sdk-dotnet#2635: a user name that begins with `$`).
///
/// # Errors
///
/// If no object can have the id: `/users/delta` is all users.
fn encode_key(what: &str, id: &str) -> Result<String> {
    let is_function =
        ["$count", "$ref"].contains(&id) || (is_reserved(id.split('(').next().unwrap_or_default()) && !id.starts_with('$'));
    if is_function {
        return Err(build_id_error(what, id));
    }
    let segment = encode_segment(what, id)?;
    if id.starts_with('$') || id.contains(['(', ')']) {
        return Ok(format!("('{}')", encode(&id.replace('\'', "''"))));
    }
    Ok(format!("/{segment}"))
}

/// Encodes an id as one path segment.
///
/// # Errors
///
/// If no encoding can carry the id. An empty id would name the collection. Segments of dots are removed in transit, also if they
/// are encoded (<https://url.spec.whatwg.org/#double-dot-path-segment>): `/users/../contacts` is another resource. A server that
/// decodes a slash before it splits the path would read another resource as well; ids of Graph have none
/// (<https://learn.microsoft.com/en-us/graph/api/user-translateexchangeids>: `restId` and `restImmutableEntryId` are URL-safe).
fn encode_segment(what: &str, id: &str) -> Result<String> {
    if matches!(id, "" | "." | "..") || id.contains(|letter: char| letter.is_control() || matches!(letter, '/' | '\\')) {
        return Err(build_id_error(what, id));
    }
    if id.len() > MAX_ID_BYTES {
        return Err(Error::new(ErrorKind::UnknownUid, format!("no {what} has this id: it has more than {MAX_ID_BYTES} bytes")));
    }
    Ok(utf8_percent_encode(id, SEGMENT).to_string())
}

fn build_id_error(what: &str, id: &str) -> Error {
    let id = shorten(id);
    Error::new(ErrorKind::UnknownUid, format!("no {what} has the id `{id}`: this cannot be an id"))
}

/// The maximum number of bytes of an id. Ids of Exchange have about 150. An address can have 64 KiB, also if an id is encoded
/// whole.
const MAX_ID_BYTES: usize = 4096;

/// Percent-encodes a text, so that it can stand in a path segment or in the value of a query option.
pub fn encode(text: &str) -> String {
    utf8_percent_encode(text, SEGMENT).to_string()
}

/// Encodes a clause of `$search`: the words to find in a property. Quotes and backslashes are escaped with a backslash.
/// <https://learn.microsoft.com/en-us/graph/search-query-parameter#using-search-on-directory-object-collections>
pub fn encode_search_clause(property: &str, text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"");
    utf8_percent_encode(&format!("\"{property}:{escaped}\""), SEGMENT).to_string()
}
