//! The properties that a caller sets, in Microsoft Graph's form.

use http::StatusCode;
use serde_json::{Map, Value, json};

use crate::edm::EdmType;
use crate::entity_type::EntityType;
use crate::json_type::name_type;
use crate::properties::{Access, EntityProperty, GraphSource};
use connector::operations::directory::objects::Object;
use protocol::azure_ad_graph::failure::Failure;
use protocol::azure_ad_graph::version::ApiVersion;

/// Whether an object is created or updated.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Purpose {
    /// It is created: null has no effect.
    Create,
    /// It is updated: null clears the property.
    Update,
}

/// Checked properties with their new values. One may be a password, so the type has no `Debug`.
pub struct Input(Vec<(&'static EntityProperty, Value)>);

impl Input {
    /// Parses the properties of a body.
    ///
    /// # Errors
    ///
    /// If a property is unknown or cannot be set, or its value has another type.
    pub fn parse(
        entity_type: EntityType,
        body: Map<String, Value>,
        version: ApiVersion,
        purpose: Purpose,
    ) -> Result<Input, Failure> {
        let mut input = Vec::new();
        for (name, value) in body {
            if is_annotation(&name) {
                continue;
            }
            let property =
                entity_type.find_property(&name, version).ok_or_else(|| unknown_property(entity_type, &name, version))?;
            match property.source {
                // The value confirms the type of the object.
                GraphSource::ObjectType if value == entity_type.name() => continue,
                _ if purpose == Purpose::Create && value.is_null() => continue,
                _ => {}
            }
            if property.access == Access::ReadOnly || matches!(property.edm_type, EdmType::Stream) {
                return Err(Failure::invalid_property(&name, explain_read_only(entity_type, property)));
            }
            input.push((property, check_value(property, &name, value)?));
        }
        Ok(Input(input))
    }

    /// Checks whether it sets no property.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns pairs of Microsoft Graph's and Azure AD Graph's name of each property.
    pub fn names(&self, version: ApiVersion) -> Vec<(&'static str, &'static str)> {
        self.0.iter().filter_map(|(property, _)| Some((property.graph_property()?, property.name(version)))).collect()
    }

    /// Returns the body for Microsoft Graph, which replaces addresses and phones as a whole. `stored` is the object as it is now: the
    /// body keeps the addresses and phones in it that do not change.
    pub fn into_graph_body(self, stored: &Object) -> Result<Object, Failure> {
        let mut body = Object::new();
        for (property, value) in self.0 {
            match property.source {
                GraphSource::Property(name) => {
                    let is_cleared = matches!(property.edm_type, EdmType::Strings) && value.is_null();
                    body.insert(name.to_owned(), if is_cleared { json!([]) } else { value });
                }
                GraphSource::FirstOf(name) => {
                    body.insert(name.to_owned(), if value.is_null() { json!([]) } else { json!([value]) });
                }
                GraphSource::Address(member) => {
                    let mut addresses = get_stored_items(&body, stored, "addresses")?;
                    match addresses.first_mut().and_then(Value::as_object_mut) {
                        Some(address) => {
                            address.insert(member.to_owned(), value);
                        }
                        None => addresses.push(json!({member: value})),
                    }
                    body.insert("addresses".to_owned(), addresses.into());
                }
                GraphSource::Phone(phone_type) => {
                    let mut phones: Vec<Value> =
                        get_stored_items(&body, stored, "phones")?.iter().filter_map(without_nulls).collect();
                    let is_same_type = |phone: &Value| phone.get("type").and_then(Value::as_str) == Some(phone_type);
                    match phones.iter().position(is_same_type) {
                        Some(index) if value.is_null() => {
                            phones.remove(index);
                        }
                        Some(index) => phones.iter_mut().skip(index).take(1).for_each(|phone| phone["number"] = value.clone()),
                        None if value.is_null() => {}
                        None => phones.push(json!({"type": phone_type, "number": value})),
                    }
                    body.insert("phones".to_owned(), phones.into());
                }
                // They are read-only.
                GraphSource::ObjectType | GraphSource::Photo | GraphSource::Identities { .. } | GraphSource::Absent => {}
            }
        }
        Ok(body)
    }
}

/// Returns the items of a list that Microsoft Graph replaces as a whole.
///
/// # Errors
///
/// If Microsoft Graph did not return the list. Sending only the changed item would delete the others.
fn get_stored_items(body: &Object, stored: &Object, name: &str) -> Result<Vec<Value>, Failure> {
    match body.get(name).or_else(|| stored.get(name)) {
        Some(Value::Array(items)) => Ok(items.clone()),
        Some(Value::Null) => Ok(Vec::new()),
        _ => Err(Failure::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "Directory_ReplicaUnavailable",
            format!(
                "Microsoft Graph did not return the {name} of the contact, so they cannot change: nothing was sent. Try again."
            ),
        )),
    }
}

/// Returns a phone without its null members, which say nothing and which the directory need not accept. None for a phone that has
/// at most a type.
fn without_nulls(phone: &Value) -> Option<Value> {
    let members = phone.as_object()?.iter().filter(|(_, value)| !value.is_null());
    let members: Object = members.map(|(name, value)| (name.clone(), value.clone())).collect();
    members.keys().any(|name| name != "type").then_some(Value::Object(members))
}

/// Checks whether a name is that of an annotation. Clients may send annotations back as they got them.
fn is_annotation(name: &str) -> bool {
    let of_objects = ["__metadata", "odata.metadata", "odata.type", "odata.id", "odata.etag", "odata.editLink"];
    let of_properties = ["@odata.type", "@odata.mediaEditLink", "@odata.mediaContentType", "@odata.navigationLinkUrl"];
    of_objects.contains(&name) || of_properties.iter().any(|annotation| name.ends_with(annotation))
}

/// Creates the failure for an unknown property. It suggests a known name that is near.
fn unknown_property(entity_type: EntityType, name: &str, version: ApiVersion) -> Failure {
    let names = entity_type.properties(version).map(|property| property.name(version));
    let nearest = names.map(|known| (strsim::jaro_winkler(known, name), known)).max_by(|a, b| a.0.total_cmp(&b.0));
    let hint = match nearest {
        Some((nearness, known)) if nearness > 0.8 => format!("; do you mean '{known}'?"),
        _ => ".".to_owned(),
    };
    let message = format!("{} has no such property in version {}{hint}", entity_type.name(), version.name());
    Failure::invalid_property(name, message)
}

/// Returns why a property cannot be set, and what to do instead.
fn explain_read_only(entity_type: EntityType, property: &EntityProperty) -> String {
    match (property.edm_type, property.source) {
        (EdmType::Stream, GraphSource::Photo) => "the photo has its own address: PUT .../thumbnailPhoto".to_owned(),
        (EdmType::Stream, _) => format!("Microsoft Graph has no photos of the type {}", entity_type.name()),
        (_, GraphSource::Absent) => {
            "the property cannot be set, because Microsoft Graph does not have it; leave it out".to_owned()
        }
        (_, GraphSource::Identities { .. }) => "the property is read-only; set identities in Microsoft Graph instead".to_owned(),
        _ => "the property is read-only; leave it out".to_owned(),
    }
}

/// Checks that a value has the property's type, and returns it in Microsoft Graph's form.
fn check_value(property: &EntityProperty, name: &str, value: Value) -> Result<Value, Failure> {
    let found = name_type(&value);
    let expected = |what: &str| Failure::invalid_property(name, format!("expected {what}, found {found}"));
    match (property.edm_type, value) {
        (_, Value::Null) => Ok(Value::Null),
        (EdmType::String, value @ Value::String(_)) | (EdmType::Boolean, value @ Value::Bool(_)) => Ok(value),
        (EdmType::DateTime, Value::String(text)) => Ok(json!(text)),
        (EdmType::Strings, value) => {
            // Verbose JSON has a collection as the member of an object.
            let items = value.get("results").cloned().unwrap_or(value);
            let are_strings = items.as_array().is_some_and(|items| items.iter().all(Value::is_string));
            if are_strings { Ok(items) } else { Err(expected("a collection of strings")) }
        }
        (EdmType::Complex(complex), Value::Object(structure)) => {
            let graph = complex.to_graph(&structure);
            graph.map(Value::Object).map_err(|member| {
                let problem = format!("{} has no such member, or it has another type", complex.name);
                Failure::invalid_property(&format!("{name}.{member}"), problem)
            })
        }
        (EdmType::String, _) => Err(expected("a string")),
        (EdmType::Boolean, _) => Err(expected("true or false")),
        (EdmType::DateTime, _) => Err(expected("a date and time")),
        (EdmType::Complex(complex), _) => Err(expected(complex.name)),
        (EdmType::ComplexCollection(complex), _) => Err(expected(&format!("Collection({})", complex.name))),
        (EdmType::Stream, _) => Err(expected("a separate request")),
    }
}
