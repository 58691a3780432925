//! What callers want to set, in Microsoft Graph's words.

use http::StatusCode;
use serde_json::{Map, Value, json};

use crate::complex::Edm;
use crate::entity::Kind;
use crate::properties::{Access, Place, Property};
use connector::operations::directory::directory_objects::Object;
use protocol::azure_ad_graph::failure::Failure;
use protocol::azure_ad_graph::version::Version;

/// Whether an object is new or changed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Purpose {
    /// It is new: what is null is as if it were not there.
    Create,
    /// It is changed: null clears.
    Update,
}

/// Properties that are to be set, checked: with the value of each. One may be a password, so that this is never shown.
pub struct Input(Vec<(&'static Property, Value)>);

impl Input {
    /// Reads the properties of a body.
    pub fn read(kind: Kind, body: Map<String, Value>, version: Version, purpose: Purpose) -> Result<Input, Failure> {
        let mut input = Vec::new();
        for (name, value) in body {
            if is_annotation(&name) {
                continue;
            }
            let property = kind.property(&name, version).ok_or_else(|| unknown(kind, &name, version))?;
            match property.place {
                // It is told, and says nothing new.
                Place::ObjectType if value == kind.name() => continue,
                _ if purpose == Purpose::Create && value.is_null() => continue,
                _ => {}
            }
            if property.access == Access::ReadOnly || matches!(property.edm, Edm::Stream) {
                return Err(Failure::property(&name, cannot_be_set(kind, property)));
            }
            input.push((property, checked(property, &name, value)?));
        }
        Ok(Input(input))
    }

    /// Whether nothing is to be set.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Microsoft Graph's names of the properties, with Azure AD Graph's.
    pub fn names(&self, version: Version) -> Vec<(&'static str, &'static str)> {
        self.0.iter().filter_map(|(property, _)| Some((property.source()?, property.name(version)))).collect()
    }

    /// The body for Microsoft Graph, which replaces addresses and phones as wholes: `stored` is the object as it is, and has them where
    /// they are changed.
    pub fn body(self, stored: &Object) -> Result<Object, Failure> {
        let mut body = Object::new();
        for (property, value) in self.0 {
            match property.place {
                Place::Property(name) => {
                    let empty = matches!(property.edm, Edm::Texts) && value.is_null();
                    body.insert(name.to_owned(), if empty { json!([]) } else { value });
                }
                Place::FirstOf(name) => {
                    body.insert(name.to_owned(), if value.is_null() { json!([]) } else { json!([value]) });
                }
                Place::Address(member) => {
                    let mut addresses = items(&body, stored, "addresses")?;
                    match addresses.first_mut().and_then(Value::as_object_mut) {
                        Some(address) => {
                            address.insert(member.to_owned(), value);
                        }
                        None => addresses.push(json!({member: value})),
                    }
                    body.insert("addresses".to_owned(), addresses.into());
                }
                Place::Phone(kind) => {
                    let mut phones = items(&body, stored, "phones")?;
                    let of_kind = |phone: &Value| phone.get("type").and_then(Value::as_str) == Some(kind);
                    match phones.iter().position(of_kind) {
                        Some(place) if value.is_null() => {
                            phones.remove(place);
                        }
                        Some(place) => phones.iter_mut().skip(place).take(1).for_each(|phone| phone["number"] = value.clone()),
                        None if value.is_null() => {}
                        None => phones.push(json!({"type": kind, "number": value})),
                    }
                    body.insert("phones".to_owned(), phones.into());
                }
                // They are read-only.
                Place::ObjectType | Place::Photo | Place::Identities { .. } | Place::Nowhere => {}
            }
        }
        Ok(body)
    }
}

/// What is stored of a list that is replaced as a whole. Where it was not answered it is not known, and nothing may be sent in its place.
fn items(body: &Object, stored: &Object, name: &str) -> Result<Vec<Value>, Failure> {
    match body.get(name).or_else(|| stored.get(name)) {
        Some(Value::Array(items)) => Ok(items.clone()),
        Some(Value::Null) => Ok(Vec::new()),
        _ => Err(Failure::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "Directory_ReplicaUnavailable",
            format!(
                "Microsoft Graph did not answer with the {name} of the contact, so that they cannot be changed: nothing was sent."
            ),
        )),
    }
}

/// What says something about a value or an object and is none itself, which a client may send back as it got it.
fn is_annotation(name: &str) -> bool {
    let known = ["__metadata", "odata.metadata", "odata.type", "odata.id", "odata.etag", "odata.editLink"];
    let of_properties = ["@odata.type", "@odata.mediaEditLink", "@odata.mediaContentType", "@odata.navigationLinkUrl"];
    known.contains(&name) || of_properties.iter().any(|annotation| name.ends_with(annotation))
}

fn unknown(kind: Kind, name: &str, version: Version) -> Failure {
    let names = kind.properties(version).map(|property| property.name(version));
    let nearest = names.map(|known| (strsim::jaro_winkler(known, name), known)).max_by(|a, b| a.0.total_cmp(&b.0));
    let hint = match nearest {
        Some((nearness, known)) if nearness > 0.8 => format!("; do you mean '{known}'?"),
        _ => ".".to_owned(),
    };
    let api = version.name();
    let message = format!("{} has no such property in version {api}{hint}", kind.name());
    Failure::property(name, message)
}

fn cannot_be_set(kind: Kind, property: &Property) -> String {
    match (property.edm, property.place) {
        (Edm::Stream, Place::Photo) => "the photo has an address of its own: PUT .../thumbnailPhoto".to_owned(),
        (Edm::Stream, _) => format!("Microsoft Graph has no photos of the type {}", kind.name()),
        (_, Place::Nowhere) => "Microsoft Graph has nothing like it, so it cannot be set".to_owned(),
        (_, Place::Identities { .. }) => "it is set in Microsoft Graph, as identities".to_owned(),
        _ => "it is read-only".to_owned(),
    }
}

/// The value, where it is of the property's type.
fn checked(property: &Property, name: &str, value: Value) -> Result<Value, Failure> {
    let wanted = |what: &str| Failure::property(name, format!("{what} is wanted"));
    match (property.edm, value) {
        (_, Value::Null) => Ok(Value::Null),
        (Edm::Text, value @ Value::String(_)) | (Edm::Truth, value @ Value::Bool(_)) => Ok(value),
        (Edm::Moment, Value::String(text)) => Ok(json!(text)),
        (Edm::Texts, value) => {
            // Verbose JSON has collections in an object.
            let items = value.get("results").cloned().unwrap_or(value);
            let are_texts = items.as_array().is_some_and(|items| items.iter().all(Value::is_string));
            if are_texts { Ok(items) } else { Err(wanted("a collection of strings")) }
        }
        (Edm::Structure(complex), Value::Object(structure)) => {
            let written = complex.written(&structure);
            written.map(Value::Object).map_err(|member| {
                let problem = format!("{} has no such member, or of another type", complex.name);
                Failure::property(&format!("{name}.{member}"), problem)
            })
        }
        (Edm::Text, _) => Err(wanted("a string")),
        (Edm::Truth, _) => Err(wanted("true or false")),
        (Edm::Moment, _) => Err(wanted("a date and time")),
        (Edm::Structure(complex), _) => Err(wanted(complex.name)),
        (Edm::Structures(complex), _) => Err(wanted(&format!("Collection({})", complex.name))),
        (Edm::Stream, _) => Err(wanted("a request of its own")),
    }
}
