//! The uid of a contact or a folder.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

use crate::error::{Error, ErrorKind, Result};
use crate::graph::address::{Container, Mailbox};

/// The uid of a contact: whose it is, in which folder, and which one. Opaque to callers.
#[derive(Clone, Debug, PartialEq)]
pub struct Uid {
    /// The mailbox and folder.
    pub container: Container,
    /// Graph's id of the contact.
    pub id: String,
}

impl Uid {
    /// The uid as callers have it: letters, digits, `-` and `_`.
    pub fn encode(&self) -> String {
        let mut parts = vec![self.container.mailbox.name()];
        parts.extend(self.container.folders.iter().map(String::as_str));
        parts.push(&self.id);
        URL_SAFE_NO_PAD.encode(json!(parts).to_string())
    }

    /// Reads what [`Uid::encode`] wrote. Anything else is the uid of nothing.
    pub fn decode(text: &str) -> Result<Uid> {
        let unknown = || Error::new(ErrorKind::UnknownUid, "this is not the uid of a contact; take it from `_id` of a contact");
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| unknown())?;
        let mut parts: Vec<String> = serde_json::from_slice(&bytes).map_err(|_| unknown())?;
        let id = parts.pop().ok_or_else(unknown)?;
        if parts.is_empty() {
            return Err(unknown());
        }
        let mailbox = Mailbox::from_name(&parts.remove(0));
        Ok(Uid { container: Container { mailbox, folders: parts }, id })
    }
}
