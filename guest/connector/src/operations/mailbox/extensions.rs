//! The open extensions of a contact that is there already; a new one is created with them.

use serde_json::{Map, Value};

use crate::error::{Error, Result};
use crate::graph::address::Container;
use crate::graph::extensions;
use crate::graph::request::GraphRequest;
use crate::graph::service::Service;
use crate::operations::connector::Connector;
use crate::operations::mailbox::contacts::about;

impl Connector<'_> {
    /// Gives a contact an open extension of that name with these properties, or changes the one that it has: properties that are
    /// not named stay, and null clears.
    pub fn put_extension(&self, container: &Container, id: &str, name: &str, properties: &Map<String, Value>) -> Result<()> {
        let [update, create] = build_put_requests(self.service, container, id, name, properties)?;
        match self.send(&update) {
            Err(error) if error.is_item_not_found() => self.send(&create).map(|_| ()).map_err(|error| about(id, error)),
            other => other.map(|_| ()),
        }
    }

    /// Takes an open extension from a contact. `unknown-uid` where it has none of that name.
    pub fn delete_extension(&self, container: &Container, id: &str, name: &str) -> Result<()> {
        let deleted = self.send(&extensions::delete(self.service, container, id, name)?);
        deleted.map(|_| ()).map_err(|error| {
            let message =
                format!("the contact {id} has no open extension {name}, or there is no such contact: {}", error.message);
            if error.is_unknown_item() { Error { message, ..error } } else { error }
        })
    }
}

/// The request that changes an extension, and the one that creates it where there is none.
pub fn build_put_requests(
    service: &Service,
    container: &Container,
    id: &str,
    name: &str,
    properties: &Map<String, Value>,
) -> Result<[GraphRequest; 2]> {
    if let Some(reserved) = properties.keys().find(|property| matches!(property.as_str(), "id" | "extensionName")) {
        return Err(Error::invalid_attribute(reserved, "the extension's name says it; leave it out"));
    }
    let mut body = properties.clone();
    body.insert("@odata.type".to_owned(), "microsoft.graph.openTypeExtension".into());
    let update = extensions::update(service, container, id, name, body.clone())?;
    body.insert("extensionName".to_owned(), name.into());
    Ok([update, extensions::create(service, container, id, body)?])
}
