//! The values that a request body, or the owner of the emulator, sets.

use serde_json::{Map, Value};

use crate::directory::object::Object;
use crate::directory::object_kind::ObjectKind;
use crate::directory::property::{Access, ObjectProperty};
use crate::odata::edm::Version;
use crate::odata::error::{GraphError, Outcome};
use crate::odata::json_body;
use crate::odata::request::GraphRequest;

/// Values by property; null clears.
#[derive(Debug, Default)]
pub(crate) struct ObjectValues(Vec<(&'static ObjectProperty, Value)>);

impl ObjectValues {
    /// Returns the value for a property, unless it is absent or null.
    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.0.iter().find(|(property, value)| property.name == name && !value.is_null()).map(|(_, value)| value)
    }

    /// Returns the names of the properties.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().map(|(property, _)| property.name)
    }

    /// Applies the values to an object and returns the names of the changed properties. Does not store secret values.
    pub(crate) fn apply(self, object: &mut Object) -> Vec<String> {
        let mut changed = Vec::new();
        for (property, value) in
            self.0.into_iter().filter(|(property, _)| property.access != Access::Secret && property.name != "id")
        {
            changed.push(property.name.to_owned());
            if value.is_null() {
                object.values.shift_remove(property.name);
            } else {
                object.values.insert(property.name.to_owned(), value);
            }
        }
        changed
    }
}

/// Parses values from the owner of the emulator. Accepts properties that no request may set.
pub(crate) fn parse_seed(kind: ObjectKind, values: &Map<String, Value>, version: Version) -> Outcome<ObjectValues> {
    parse_values(kind, values.clone(), version, false)
}

/// Parses a request body.
pub(crate) fn parse_body(kind: ObjectKind, request: &GraphRequest, version: Version) -> Outcome<ObjectValues> {
    parse_values(kind, json_body::parse_object(&request.headers, &request.body)?, version, true)
}

fn parse_values(kind: ObjectKind, object: Map<String, Value>, version: Version, request: bool) -> Outcome<ObjectValues> {
    let mut values = ObjectValues::default();
    for (name, value) in object {
        if json_body::is_annotation(&name, &value, kind.type_name())? {
            continue;
        }
        // The types are open in the CSDL. That the directory refuses undeclared properties, and so, is unverified.
        let property = kind
            .find_body_property(&name)
            .ok_or_else(|| GraphError::undeclared(&name, kind.type_name()).into_directory_error())?;
        if values.0.iter().any(|(other, _)| other.name == property.name) {
            return Err(GraphError::duplicate_property(property.name).into_directory_error());
        }
        let value = match (property.access, value) {
            (Access::Managed, _) if request => return Err(GraphError::read_only(&name)),
            (_, Value::Null) => Value::Null,
            (Access::Managed, value) => value,
            (_, value) => json_body::to_stored(property.edm, value, &name, version).map_err(GraphError::into_directory_error)?,
        };
        check_value(kind, property, &value)?;
        values.0.push((property, value));
    }
    Ok(values)
}

/// Checks a value beyond its type. "Only one number can be set for this property"
/// (<https://learn.microsoft.com/graph/api/resources/user>). "For now a contact can only have one physical address", and of its
/// phones "only one of each type" (`orgcontact`). The text of the refusal is unverified.
fn check_value(kind: ObjectKind, property: &ObjectProperty, value: &Value) -> Outcome<()> {
    let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
    let is_valid = match (kind, property.name) {
        (ObjectKind::User, "businessPhones") | (ObjectKind::OrgContact, "addresses") => items.len() <= 1,
        (ObjectKind::OrgContact, "phones") => {
            let kinds: Vec<_> = items.iter().filter_map(|phone| phone.get("type").and_then(Value::as_str)).collect();
            let known = kinds.iter().all(|kind| matches!(*kind, "mobile" | "business" | "businessFax"));
            let once = kinds.iter().enumerate().all(|(index, kind)| !kinds.iter().skip(index + 1).any(|other| other == kind));
            known && once && kinds.len() == items.len()
        }
        _ => true,
    };
    if is_valid { Ok(()) } else { Err(GraphError::invalid_value(property.name, kind.resource())) }
}
