//! The photo of a contact.

use crate::error::{Error, ErrorKind, Result};
use crate::graph::address::Container;
use crate::graph::photo::{self, Picture};
use crate::graph::request::GraphRequest;
use crate::operations::connector::Connector;
use crate::operations::mailbox::contacts::add_contact_id;
use crate::operations::send::evidence::Evidence;

impl Connector<'_> {
    /// Returns the photo of a contact. `unknown-uid` if it has none.
    pub fn get_photo(&self, container: &Container, id: &str) -> Result<Picture> {
        let object = self.send(&photo::get(self.service, container, id)?).map_err(|error| {
            let message = format!("the contact {id} has no photo, or does not exist: {}", error.message);
            if error.is_unknown_item() { Error { message, ..error } } else { error }
        })?;
        Picture::from_object(&object)
    }

    /// Replaces the photo of a contact. `jpeg` has the bytes of a JPEG picture.
    pub fn put_photo(&self, container: &Container, id: &str, jpeg: Vec<u8>) -> Result<()> {
        let put = photo::put(self.service, container, id, jpeg)?;
        self.put_picture(&put, &photo::get(self.service, container, id)?).map_err(|error| add_contact_id(id, error))
    }

    /// Sends the request that replaces a picture. If its response is a failure, `read` shows which picture is stored.
    pub(in crate::operations) fn put_picture(&self, put: &GraphRequest, read: &GraphRequest) -> Result<()> {
        self.settle(self.send(put).map(|_| ()), |_| match self.send(read) {
            // The service may store a picture in another size, so that another picture shows nothing.
            Ok(object) if Picture::from_object(&object)?.content == put.body() => Ok(Evidence::Done(())),
            Ok(_) => Ok(Evidence::Unknown),
            Err(error) if error.kind == ErrorKind::UnknownUid => Ok(Evidence::NotDone),
            Err(error) => Err(error),
        })
    }
}
