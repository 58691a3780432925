//! Uids of contacts and folders.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

use crate::error::{Error, ErrorKind, Result};
use crate::graph::address::{Container, Mailbox};

/// The uid of a contact or a folder: its container and its id. Opaque to callers.
#[derive(Clone, Debug, PartialEq)]
pub struct Uid {
    /// The mailbox and folder. A caller gets the uid of an identified container only.
    pub container: Container,
    /// The id in Graph.
    pub id: String,
}

/// Stands before a folder that is not the default one. It is no id.
const IDENTIFIED: &str = "";

impl Uid {
    /// Returns the uid for callers: letters, digits, `-` and `_`.
    pub fn encode(&self) -> String {
        let mut parts = vec![self.container.mailbox.name()];
        if let Some(folder) = self.container.folders.last() {
            parts.extend([IDENTIFIED, folder.as_str()]);
        }
        parts.push(&self.id);
        URL_SAFE_NO_PAD.encode(json!(parts).to_string())
    }

    /// Parses what [`Uid::encode`] returned, now or earlier.
    ///
    /// # Errors
    ///
    /// `unknown-uid` for any other text.
    pub fn decode(text: &str) -> Result<Uid> {
        Uid::parse(text).map(|(uid, _)| uid)
    }

    /// Parses a uid. Returns also whether it names a folder other than the default one, or none. Earlier uids had nested folders,
    /// and could name the default one.
    pub(super) fn parse(text: &str) -> Result<(Uid, bool)> {
        let unknown = || Error::new(ErrorKind::UnknownUid, "expected a uid of this connector: take it from `_id` of an object");
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| unknown())?;
        let mut parts: Vec<String> = serde_json::from_slice(&bytes).map_err(|_| unknown())?;
        let id = parts.pop().ok_or_else(unknown)?;
        if parts.is_empty() {
            return Err(unknown());
        }
        let mailbox = Mailbox::from_name(&parts.remove(0));
        let is_identified = parts.first().is_none_or(|first| first == IDENTIFIED);
        let folders = parts.pop().filter(|folder| folder != IDENTIFIED).into_iter().collect();
        Ok((Uid { container: Container { mailbox, folders }, id }, is_identified))
    }
}
