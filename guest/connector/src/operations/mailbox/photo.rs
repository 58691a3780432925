//! A contact's photo.

use crate::error::{Error, Result};
use crate::graph::address::Container;
use crate::graph::photo::{self, Picture};
use crate::operations::connector::Connector;
use crate::operations::mailbox::contacts::about;

impl Connector<'_> {
    /// The photo of a contact; `unknown-uid` where it has none.
    pub fn get_photo(&self, container: &Container, id: &str) -> Result<Picture> {
        let answer = self.send(&photo::get(self.service, container, id)?).map_err(|error| {
            let message = format!("the contact {id} has no photo, or there is no such contact: {}", error.message);
            if error.is_unknown_item() { Error { message, ..error } } else { error }
        })?;
        Picture::from_object(&answer)
    }

    /// Makes `jpeg`, the bytes of a JPEG picture, the photo of a contact.
    pub fn put_photo(&self, container: &Container, id: &str, jpeg: Vec<u8>) -> Result<()> {
        self.send(&photo::put(self.service, container, id, jpeg)?).map(|_| ()).map_err(|error| about(id, error))
    }
}
