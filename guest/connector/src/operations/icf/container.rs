//! The attributes for the container of an object: `mailbox` and `folders`.

use serde_json::{Map, Value};

use crate::error::{Error, Result};
use crate::graph::address::{Container, Mailbox};

/// The attribute for the mailbox: a user's id or user principal name, or `me`. It cannot be changed.
pub const MAILBOX: &str = "mailbox";
/// The attribute for the folder: the ids of nested folders, outermost first. None stand for the default folder.
pub const FOLDERS: &str = "folders";

/// Removes the container from the attributes of a new object, and parses it. Only the last id counts, because the id of a folder
/// identifies it: so the same folder always has the same container.
pub(in crate::operations) fn take_container(attributes: &mut Map<String, Value>) -> Result<Container> {
    let mailbox = match attributes.remove(MAILBOX) {
        Some(Value::String(mailbox)) if !mailbox.is_empty() => Mailbox::from_name(&mailbox),
        None | Some(Value::Null) => {
            return Err(Error::invalid_attribute(MAILBOX, "Required attribute 'mailbox' value is null: say whose contact it is"));
        }
        Some(_) => return Err(Error::invalid_attribute(MAILBOX, "expected a string, the id or user principal name of a user")),
    };
    let folders: Vec<String> = match attributes.remove(FOLDERS) {
        None | Some(Value::Null) => Vec::new(),
        // A bare value is a collection of one.
        Some(Value::String(folder)) => vec![folder],
        Some(folders) => serde_json::from_value(folders)
            .map_err(|_| Error::invalid_attribute(FOLDERS, "expected an array of strings, the ids of contact folders"))?,
    };
    Ok(Container { mailbox, folders: folders.into_iter().last().into_iter().collect() })
}
