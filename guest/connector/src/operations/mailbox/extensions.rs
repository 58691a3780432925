//! The open extensions of an existing contact. A new contact is created with its extensions.

use serde_json::{Map, Value};

use crate::error::{Error, Result};
use crate::graph::address::Container;
use crate::graph::extensions;
use crate::graph::request::GraphRequest;
use crate::graph::service::Service;
use crate::operations::connector::Connector;
use crate::operations::mailbox::contacts::add_contact_id;

impl Connector<'_> {
    /// Creates or updates the open extension of a contact with that name. In an update, absent properties stay, and null clears.
    pub fn put_extension(&self, container: &Container, id: &str, name: &str, properties: &Map<String, Value>) -> Result<()> {
        let [update, create] = build_put_requests(self.service, container, id, name, properties)?;
        match self.send(&update) {
            Err(error) if error.is_item_not_found() => self.send(&create).map(|_| ()).map_err(|error| add_contact_id(id, error)),
            other => other.map(|_| ()),
        }
    }

    /// Deletes an open extension of a contact. `unknown-uid` if it has none with that name.
    pub fn delete_extension(&self, container: &Container, id: &str, name: &str) -> Result<()> {
        let deleted = self.send(&extensions::delete(self.service, container, id, name)?);
        deleted.map(|_| ()).map_err(|error| {
            let message =
                format!("the contact {id} has no open extension {name}, or there is no such contact: {}", error.message);
            if error.is_unknown_item() { Error { message, ..error } } else { error }
        })
    }
}

/// Creates the request that updates an extension, and the request that creates it if it does not exist.
pub fn build_put_requests(
    service: &Service,
    container: &Container,
    id: &str,
    name: &str,
    properties: &Map<String, Value>,
) -> Result<[GraphRequest; 2]> {
    if let Some(reserved) = properties.keys().find(|property| matches!(property.as_str(), "id" | "extensionName")) {
        return Err(Error::invalid_attribute(reserved, "the name of the extension sets it; leave it out"));
    }
    let mut body = properties.clone();
    body.insert("@odata.type".to_owned(), "microsoft.graph.openTypeExtension".into());
    let update = extensions::update(service, container, id, name, body.clone())?;
    body.insert("extensionName".to_owned(), name.into());
    Ok([update, extensions::create(service, container, id, body)?])
}
