//! A contact's photo.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use crate::error::{Error, Kind, Result};
use crate::graph::address::Container;
use crate::graph::photo;
use crate::operations::connector::Connector;
use crate::operations::mailbox::contacts::about;

/// A picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// Its media type: `image/jpeg`.
    pub media_type: String,
    /// Its bytes.
    pub content: Vec<u8>,
}

impl Connector<'_> {
    /// The photo of a contact; `unknown-uid` where it has none.
    pub fn get_photo(&self, container: &Container, id: &str) -> Result<Picture> {
        let answer = self.send(&photo::get(self.service, container, id)?).map_err(|error| {
            let message = format!("the contact {id} has no photo, or there is no such contact: {}", error.message);
            if error.is_unknown_item() { Error { message, ..error } } else { error }
        })?;
        picture(&answer)
    }

    /// Makes `jpeg`, the bytes of a JPEG picture, the photo of a contact.
    pub fn put_photo(&self, container: &Container, id: &str, jpeg: Vec<u8>) -> Result<()> {
        self.send(&photo::put(self.service, container, id, jpeg)?).map(|_| ()).map_err(|error| about(id, error))
    }
}

/// The picture that an answer is.
pub(in crate::operations) fn picture(answer: &Map<String, Value>) -> Result<Picture> {
    let text = |name: &str| answer.get(name).and_then(Value::as_str).unwrap_or_default();
    let content = STANDARD.decode(text("content"));
    let content = content.map_err(|_| Error::new(Kind::Internal, "the photo got lost on its way through the connector"))?;
    Ok(Picture { media_type: text("mediaType").to_owned(), content })
}
