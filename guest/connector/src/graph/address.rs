//! Paths of Microsoft Graph. The one place where ids become part of an address.

use std::fmt::Write;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::error::{Error, ErrorKind, Result};

/// Everything but RFC 3986's unreserved characters.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Whose contacts, and in which folder.
#[derive(Clone, Debug, PartialEq)]
pub struct Container {
    /// The mailbox.
    pub mailbox: Mailbox,
    /// Ids of nested contact folders, outermost first; none for the default folder.
    pub folders: Vec<String>,
}

impl Container {
    /// The default contacts folder of a mailbox.
    pub fn of(mailbox: Mailbox) -> Container {
        Container { mailbox, folders: Vec::new() }
    }
}

/// A user's mailbox.
#[derive(Clone, Debug, PartialEq)]
pub enum Mailbox {
    /// The mailbox of the user whose token the host holds.
    Me,
    /// The mailbox of the user of that id or user principal name.
    User(String),
}

impl Mailbox {
    /// The mailbox of that name: `me`, an id, or a user principal name.
    pub fn named(name: &str) -> Mailbox {
        if name == "me" { Mailbox::Me } else { Mailbox::User(name.to_owned()) }
    }

    /// Its name, which [`Mailbox::from_name`] reads.
    pub fn name(&self) -> &str {
        match self {
            Mailbox::Me => "me",
            Mailbox::User(id) => id,
        }
    }

    /// Its path: `/me` or `/users/{id | userPrincipalName}`.
    pub fn path(&self) -> Result<String> {
        match self {
            Mailbox::Me => Ok("/me".to_owned()),
            Mailbox::User(id) => Ok(format!("/users/{}", key("user", id)?)),
        }
    }
}

impl Container {
    /// The path of its contacts, or of the contact of that id.
    /// <https://learn.microsoft.com/en-us/graph/api/contact-update?view=graph-rest-1.0#http-request>
    pub fn contacts_path(&self, contact: Option<&str>) -> Result<String> {
        let mut path = self.path()?;
        path.push_str("/contacts");
        if let Some(id) = contact {
            // Writing to a String does not fail.
            let _ = write!(path, "/{}", segment("contact", id)?);
        }
        Ok(path)
    }

    /// The path of the folders directly inside it.
    /// <https://learn.microsoft.com/en-us/graph/api/contactfolder-list-childfolders?view=graph-rest-1.0#http-request>
    pub fn folders_path(&self) -> Result<String> {
        Ok(format!("{}/{}", self.path()?, if self.folders.is_empty() { "contactFolders" } else { "childFolders" }))
    }

    /// The path of the mailbox, or of the folder in it.
    fn path(&self) -> Result<String> {
        let mut path = self.mailbox.path()?;
        for (depth, folder) in self.folders.iter().enumerate() {
            let collection = if depth == 0 { "contactFolders" } else { "childFolders" };
            let _ = write!(path, "/{collection}/{}", segment("contact folder", folder)?);
        }
        Ok(path)
    }
}

/// The path of the folder of that id, which is good at any depth of the mailbox.
pub fn folder_path(mailbox: &Mailbox, id: &str) -> Result<String> {
    Ok(format!("{}/contactFolders/{}", mailbox.path()?, segment("contact folder", id)?))
}

/// The path of the organizational contact of that id.
pub fn org_contact_path(id: &str) -> Result<String> {
    Ok(format!("/contacts/{}", key("organizational contact", id)?))
}

/// The path of the object of that id in a collection of the directory.
pub fn object_path(collection: &str, id: &str) -> Result<String> {
    Ok(format!("/{collection}/{}", key("object of the directory", id)?))
}

/// The path at which the sign-in service gives tokens for a directory.
pub fn tenant_path(tenant: &str) -> Result<String> {
    Ok(format!("/{}/oauth2/v2.0/token", segment("tenant", tenant)?))
}

/// The path of the open extension of that name, or of the collection, under the path of a contact.
pub fn extension_path(contact: &str, name: Option<&str>) -> Result<String> {
    match name {
        None => Ok(format!("{contact}/extensions")),
        Some(name) => Ok(format!("{contact}/extensions/{}", segment("open extension", name)?)),
    }
}

/// What may follow a collection of the directory and is no id.
const FUNCTIONS: [&str; 5] = ["$count", "$ref", "delta", "getByIds", "validateProperties"];

/// The path segment of an id that stands directly behind a collection of the directory.
///
/// Refuses what names something else there: `/users/delta` is all users.
fn key(what: &str, id: &str) -> Result<String> {
    let name = id.strip_prefix("microsoft.graph.").unwrap_or(id);
    let name = name.split('(').next().unwrap_or_default();
    if FUNCTIONS.iter().any(|function| function.eq_ignore_ascii_case(name)) {
        return Err(Error::new(ErrorKind::UnknownUid, format!("there is no {what} with the id `{id}`: this can't be an id")));
    }
    segment(what, id)
}

/// One path segment that holds an id, whatever is in it.
///
/// Refuses what no encoding can carry: an empty id would name the collection, and dots alone are removed on the way, even
/// when encoded (<https://url.spec.whatwg.org/#double-dot-path-segment>): `/users/../contacts` is another resource.
fn segment(what: &str, id: &str) -> Result<String> {
    if matches!(id, "" | "." | "..") {
        return Err(Error::new(ErrorKind::UnknownUid, format!("there is no {what} with the id `{id}`: this can't be an id")));
    }
    if id.len() > LONGEST_ID {
        return Err(Error::new(ErrorKind::UnknownUid, format!("there is no {what} with this id: it is longer than any is")));
    }
    Ok(utf8_percent_encode(id, SEGMENT).to_string())
}

/// Bytes that an id has at most. Exchange's are around 150; an address may have 64 KiB, also when all of an id is encoded.
const LONGEST_ID: usize = 4096;

/// Percent-encodes a text, so that it can stand in a path segment or in the value of a query option.
pub fn encode(text: &str) -> String {
    utf8_percent_encode(text, SEGMENT).to_string()
}

/// A clause of `$search`, in an address: what is to be found in a property. Quotes and backslashes have a backslash before them.
/// <https://learn.microsoft.com/en-us/graph/search-query-parameter#using-search-on-directory-object-collections>
pub fn clause(property: &str, text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"");
    utf8_percent_encode(&format!("\"{property}:{escaped}\""), SEGMENT).to_string()
}
