//! The photo of a contact.

use crate::error::{Error, Result};
use crate::graph::address::Container;
use crate::graph::photo::{self, Picture};
use crate::operations::connector::Connector;
use crate::operations::mailbox::contacts::add_contact_id;

impl Connector<'_> {
    /// Returns the photo of a contact. `unknown-uid` if it has none.
    pub fn get_photo(&self, container: &Container, id: &str) -> Result<Picture> {
        let object = self.send(&photo::get(self.service, container, id)?).map_err(|error| {
            let message = format!("the contact {id} has no photo, or there is no such contact: {}", error.message);
            if error.is_unknown_item() { Error { message, ..error } } else { error }
        })?;
        Picture::from_object(&object)
    }

    /// Replaces the photo of a contact. `jpeg` has the bytes of a JPEG picture.
    pub fn put_photo(&self, container: &Container, id: &str, jpeg: Vec<u8>) -> Result<()> {
        self.send(&photo::put(self.service, container, id, jpeg)?).map(|_| ()).map_err(|error| add_contact_id(id, error))
    }
}
