//! The body of a contact, checked against the table of properties.

use serde_json::{Map, Value};

use crate::mailbox::contact_properties::{self, ContactProperty};
use crate::mailbox::extended_property::{self, ExtendedProperty, ExtendedPropertyKind};
use crate::mailbox::open_extension::OpenExtension;
use crate::odata::edm::Version;
use crate::odata::error::{GraphError, Outcome};
use crate::odata::json_body::{self, is_same_name, unexpected_node};

/// The operation that a body belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WriteOperation {
    Create,
    Update,
}

/// The values that a body sets.
#[derive(Debug, Default)]
pub(crate) struct ContactChanges {
    /// Values by property, in the order of the body; null clears.
    pub(crate) values: Vec<(&'static ContactProperty, Value)>,
    /// Extended properties to add or to replace.
    pub(crate) extended: Vec<ExtendedProperty>,
    /// Open extensions to add.
    pub(crate) extensions: Vec<OpenExtension>,
    /// Values of properties that the service sets.
    pub(crate) managed: Vec<(&'static ContactProperty, Value)>,
}

impl ContactChanges {
    /// Returns the value for a property, if the body has one.
    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.values.iter().find(|(property, _)| property.name == name).map(|(_, value)| value)
    }

    /// Returns the folder that the body puts the contact into.
    pub(crate) fn parent_folder(&self) -> Option<&Value> {
        self.managed.iter().find(|(property, _)| property.name == PARENT_FOLDER).map(|(_, value)| value)
    }

    fn has(&self, property: &ContactProperty) -> bool {
        let mut seen = self.values.iter().chain(&self.managed);
        seen.any(|(other, _)| other.name == property.name)
    }
}

/// The property that moves a contact: "parentFolderId: The ID of the contact's parent folder", updatable on the page "Update
/// contact". That it moves the contact is unverified.
pub(crate) const PARENT_FOLDER: &str = "parentFolderId";

/// Parses the body of a contact. The type is open in the CSDL, yet Outlook refuses undeclared properties
/// (msgraph-sdk-dotnet#270).
pub(crate) fn parse_contact(object: Map<String, Value>, version: Version, operation: WriteOperation) -> Outcome<ContactChanges> {
    let mut changes = ContactChanges::default();
    for (name, value) in object {
        if json_body::is_annotation(&name, &value, "contact")? {
            continue;
        }
        if let Some(kind) = ExtendedPropertyKind::from_collection(&name) {
            changes.extended.extend(extended_property::parse_properties(kind, &value)?);
            continue;
        }
        // "Use the same REST request that you use to create the instance" ("Create open extension"). An update has another
        // address for them. That Graph refuses them in an update is unverified.
        if is_same_name("extensions", &name) && operation == WriteOperation::Create {
            let items = value.as_array().ok_or_else(|| unexpected_node(&value, Some(&name), "StartArray"))?;
            changes.extensions = items.iter().map(OpenExtension::parse).collect::<Outcome<_>>()?;
            continue;
        }
        let property =
            contact_properties::find_body_property(&name, version).ok_or_else(|| GraphError::undeclared(&name, "contact"))?;
        if changes.has(property) {
            return Err(GraphError::duplicate_property(property.name));
        }
        if property.managed {
            changes.managed.push((property, value));
            continue;
        }
        let value = match value {
            Value::Null if property.edm.is_primitive() => Value::Null,
            // An empty e-mail slot reads as null, and nothing else could empty it. That an update accepts null is unverified.
            Value::Null if property.name.ends_with("EmailAddress") && operation == WriteOperation::Update => Value::Null,
            Value::Null => return Err(GraphError::null_refused()),
            other => json_body::to_stored(property.edm, other, &name, version)?,
        };
        changes.values.push((property, value));
    }
    Ok(changes)
}
