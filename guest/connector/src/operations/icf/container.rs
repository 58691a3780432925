//! The attributes that say where an object is: `mailbox` and `folders`.

use serde_json::{Map, Value};

use crate::error::{Error, Result};
use crate::graph::address::{Container, Mailbox};

/// The attribute that says whose contact it is: a user's id or user principal name, or `me`. It is given to a new contact, and
/// stays.
pub const MAILBOX: &str = "mailbox";
/// The attribute that says in which folder the contact is: ids of nested folders, outermost first; none for the default one.
pub const FOLDERS: &str = "folders";

/// Takes the container of a new object out of its attributes. A folder is named by its own id, wherever it lies: of ids of nested
/// folders the last one counts, so that the same place is always the same container.
pub(in crate::operations) fn take_container(attributes: &mut Map<String, Value>) -> Result<Container> {
    let mailbox = match attributes.remove(MAILBOX) {
        Some(Value::String(mailbox)) if !mailbox.is_empty() => Mailbox::from_name(&mailbox),
        None | Some(Value::Null) => {
            return Err(Error::invalid_attribute(MAILBOX, "Required attribute 'mailbox' value is null: say whose contact it is"));
        }
        Some(_) => return Err(Error::invalid_attribute(MAILBOX, "a user's id or user principal name is wanted, a string")),
    };
    let folders: Vec<String> = match attributes.remove(FOLDERS) {
        None | Some(Value::Null) => Vec::new(),
        Some(folders) => serde_json::from_value(folders)
            .map_err(|_| Error::invalid_attribute(FOLDERS, "ids of contact folders are wanted, an array of strings"))?,
    };
    Ok(Container { mailbox, folders: folders.into_iter().last().into_iter().collect() })
}
