//! What a request body, or the owner of the emulator, wants to set.

use serde_json::{Map, Value};

use super::kind::Kind;
use super::object::Object;
use super::property::{Access, Property};
use crate::body;
use crate::error::{GraphError, Outcome};
use crate::schema::Version;
use crate::service::Call;

/// Values by property; null clears.
#[derive(Debug, Default)]
pub(super) struct Values(Vec<(&'static Property, Value)>);

impl Values {
    /// The value for a property, if there is one that is not null.
    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.0.iter().find(|(property, value)| property.name == name && !value.is_null()).map(|(_, value)| value)
    }

    /// The names of the properties.
    pub(super) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().map(|(property, _)| property.name)
    }

    /// Sets what is to be set, and says what that was. What is secret leaves no trace.
    pub(super) fn apply(self, object: &mut Object) -> Vec<String> {
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

/// Reads the properties that the owner of the emulator gives; what requests may not set is taken as it is.
pub(super) fn seeded(kind: Kind, values: &Map<String, Value>, version: Version) -> Outcome<Values> {
    read(kind, values.clone(), version, false)
}

/// Reads a request body.
pub(super) fn body(kind: Kind, call: &Call, version: Version) -> Outcome<Values> {
    read(kind, body::object(&call.headers, &call.body)?, version, true)
}

fn read(kind: Kind, object: Map<String, Value>, version: Version, request: bool) -> Outcome<Values> {
    let mut values = Values::default();
    for (name, value) in object {
        // Annotations such as "@odata.type", which SDKs send.
        if name.contains('@') {
            continue;
        }
        // The types are open in the CSDL. That the directory refuses what they do not declare, and so, is unverified.
        let property = kind.property(&name).ok_or_else(|| GraphError::undeclared(&name, kind.type_name()).of_directory())?;
        let value = match (property.access, value) {
            (Access::Managed, _) if request => return Err(GraphError::read_only(&name)),
            (_, Value::Null) => Value::Null,
            (Access::Managed, value) => value,
            (_, value) => body::stored(property.edm, value, &name, version).map_err(GraphError::of_directory)?,
        };
        check(kind, property, &value)?;
        values.0.push((property, value));
    }
    Ok(values)
}

/// What a value has to be beside its type. "Only one number can be set for this property"
/// (<https://learn.microsoft.com/graph/api/resources/user>); "for now a contact can only have one physical address", and of its
/// phones "only one of each type" (`orgcontact`). The text of the refusal is unverified.
fn check(kind: Kind, property: &Property, value: &Value) -> Outcome<()> {
    let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
    let good = match (kind, property.name) {
        (Kind::User, "businessPhones") | (Kind::OrgContact, "addresses") => items.len() <= 1,
        (Kind::OrgContact, "phones") => {
            let kinds: Vec<_> = items.iter().filter_map(|phone| phone.get("type").and_then(Value::as_str)).collect();
            let known = kinds.iter().all(|kind| matches!(*kind, "mobile" | "business" | "businessFax"));
            let once = kinds.iter().enumerate().all(|(place, kind)| !kinds.iter().skip(place + 1).any(|other| other == kind));
            known && once && kinds.len() == items.len()
        }
        _ => true,
    };
    if good { Ok(()) } else { Err(GraphError::invalid_value(property.name, kind.resource())) }
}
