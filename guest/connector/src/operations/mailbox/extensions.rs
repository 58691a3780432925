//! The open extensions of an existing contact. A new contact is created with its extensions.

use serde_json::{Map, Value};

use crate::error::{Error, ErrorKind, Result};
use crate::graph::address::Container;
use crate::graph::extensions;
use crate::graph::request::GraphRequest;
use crate::graph::selection::Selection;
use crate::graph::service::Service;
use crate::operations::connector::Connector;
use crate::operations::mailbox::contacts::add_contact_id;
use crate::operations::send::create::FailedCreation;
use crate::operations::send::evidence::Evidence;

impl Connector<'_> {
    /// Creates or updates the open extension of a contact with that name. In an update, absent properties stay, and null clears.
    pub fn put_extension(&self, container: &Container, id: &str, name: &str, properties: &Map<String, Value>) -> Result<()> {
        let [update, create] = build_put_requests(self.service, container, id, name, properties)?;
        let look = |otherwise: Evidence<()>| {
            let stored = self.find_extension(container, id, name)?;
            Ok(match stored {
                Some(stored) if has_properties(&stored, properties) => Evidence::Done(()),
                Some(_) => otherwise,
                None => Evidence::NotDone,
            })
        };
        let put = match self.send(&update) {
            Err(error) if error.is_item_not_found() => {
                // One that exists with other properties is somebody else's.
                let created = |_: &FailedCreation| look(Evidence::Unknown).map(|evidence| evidence.map(|()| Map::new()));
                self.create_one(create, |_| Ok(()), &created).map(|_| ())
            }
            updated => self.settle(updated.map(|_| ()), |_| look(Evidence::NotDone)),
        };
        put.map_err(|error| add_contact_id(id, error))
    }

    /// Deletes an open extension of a contact. `unknown-uid` if it has none with that name.
    pub fn delete_extension(&self, container: &Container, id: &str, name: &str) -> Result<()> {
        let deleted = match self.send(&extensions::delete(self.service, container, id, name)?) {
            Err(error) if error.kind == ErrorKind::UnknownUid => Err(error),
            deleted => self.settle(deleted.map(|_| ()), |_| {
                let stored = self.find_extension(container, id, name)?;
                Ok(if stored.is_some() { Evidence::NotDone } else { Evidence::Done(()) })
            }),
        };
        deleted.map_err(|error| {
            let message = format!("the contact {id} has no open extension {name}, or does not exist: {}", error.message);
            if error.is_unknown_item() { Error { message, ..error } } else { error }
        })
    }

    /// Returns the open extension of a contact with that name. The service compares names without case.
    fn find_extension(&self, container: &Container, id: &str, name: &str) -> Result<Option<Map<String, Value>>> {
        let contact = self.get_contact(container, id, &Selection { extensions: true, ..Selection::only_id() })?;
        let is_named = |extension: &&Map<String, Value>| {
            extension.get("extensionName").and_then(Value::as_str).is_some_and(|other| other.eq_ignore_ascii_case(name))
        };
        Ok(contact.extensions.value().into_iter().flatten().find(is_named).cloned())
    }
}

/// Checks whether a stored extension has the properties of an update, in which null clears.
fn has_properties(stored: &Map<String, Value>, properties: &Map<String, Value>) -> bool {
    properties.iter().all(|(name, value)| stored.get(name).unwrap_or(&Value::Null) == value)
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
