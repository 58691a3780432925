//! JSON to contact: what Graph returned, and what a caller wants.

use serde_json::{Map, Value};

use super::accessor::Accessor;
use super::by_kind::ByKind;
use super::canonical::Contact;
use super::entry::Entry;
use super::field::Field;
use super::field_ref::FieldRef;
use super::flag;
use super::json_values::{
    MAX_VALUES, Strictness, parse_boolean, parse_collection, parse_complex, parse_date, parse_email, parse_entry, parse_extended,
    parse_nullable, parse_object, parse_string,
};
use super::parts::{Address, Phone, Website};
use super::properties::{self, PROPERTIES};
use super::to_json;
use super::version::Version;
use crate::error::{Error, Problems, Result};

/// Parses the contact that Graph returned. Nothing is lost: values that [`Contact`] has no field for are in its `unknown`.
pub fn parse_response(object: &Map<String, Value>, version: Version) -> Contact {
    let mut contact = Contact::default();
    for (name, value) in object {
        let accessor = PROPERTIES.iter().find(|p| p.name == name && p.is_in(version)).map(|p| &p.accessor);
        if accessor.is_none_or(|accessor| accessor.parse(&mut contact, value, name, Strictness::Preserve).is_err()) {
            contact.unknown.insert(name.clone(), value.clone());
        }
    }
    contact
}

/// Parses the contact that a caller describes. `path` precedes the names in errors: `__addContacts__[1].`
///
/// The error names every property that is unknown, has a wrong type, or belongs to another version of Graph.
pub fn parse_input(object: &Map<String, Value>, version: Version, path: &str) -> Result<Contact> {
    parse_strictly(object, None, version, path)
}

/// Parses the changes that a caller describes of a contact that it was shown. What the caller sends back as it was shown is
/// accepted and changes nothing, also where the connector does not know it.
pub fn parse_update(object: &Map<String, Value>, stored: &Contact, version: Version, path: &str) -> Result<Contact> {
    parse_strictly(object, Some(&to_json::write_for_caller(stored, version)), version, path)
}

fn parse_strictly(
    object: &Map<String, Value>,
    shown: Option<&Map<String, Value>>,
    version: Version,
    path: &str,
) -> Result<Contact> {
    if object.len() > MAX_VALUES {
        let problem = format!("expected at most {MAX_VALUES} attributes, found {}", object.len());
        return Err(Error::invalid_attribute(path.trim_end_matches('.'), problem));
    }
    let shown = |name: &str| shown.and_then(|shown| shown.get(name));
    let mut contact = Contact::default();
    let mut problems = Problems::default();
    for property in properties::list_for_callers(version) {
        // The parts of a list belong together: each of them is specified, also if it is as it was shown.
        let is_unchanged = |value: &&Value| shown(property.name) == Some(*value) && property.list().is_none();
        let Some(value) = object.get(property.name).filter(|value| !is_unchanged(value)) else { continue };
        let path = format!("{path}{}", property.name);
        let strictness = Strictness::Reject(shown(property.name));
        problems.extend(property.accessor.parse(&mut contact, value, &path, strictness).err());
    }
    for (name, value) in object {
        if properties::list_for_callers(version).any(|p| p.name == name) || shown(name) == Some(value) {
            continue;
        }
        let problem = match PROPERTIES.iter().find(|p| p.name == name) {
            Some(other) => describe_other_version(other.only_in, version),
            None if problems.is_full() => String::new(),
            None => describe_unknown(name, version),
        };
        problems.push(Error::invalid_attribute(format!("{path}{name}"), problem));
    }
    problems.into_result().map(|()| contact)
}

fn describe_other_version(only_in: Option<Version>, version: Version) -> String {
    let only_in = only_in.map_or("another version", Version::name);
    format!("Microsoft Graph {} does not have this property; {only_in} has it: change the API version", version.name())
}

fn describe_unknown(name: &str, version: Version) -> String {
    // The distance takes time proportional to both lengths; a name of more than 64 bytes is not a misspelling.
    let nearest = properties::list_for_callers(version)
        .filter(|_| name.len() <= 64)
        .map(|p| (strsim::osa_distance(&name.to_lowercase(), &p.name.to_lowercase()), p.name))
        .min()
        .filter(|(distance, known)| *distance <= 1 + known.len() / 4);
    match nearest {
        Some((_, known)) => format!("a contact does not have this property; did you mean {known}?"),
        None => "a contact does not have this property".to_owned(),
    }
}

impl Accessor {
    /// Parses `value` into this property of `contact`. On an error the contact stays as it was.
    fn parse(&self, contact: &mut Contact, value: &Value, path: &str, strictness: Strictness<'_>) -> Result<()> {
        let text = |v: &Value, path: &str, _: Strictness<'_>| parse_string(v, path);
        match self {
            Accessor::String(field) => set(contact, field, parse_nullable(value, |v| parse_string(v, path))?),
            Accessor::Strings(field) => set(contact, field, parse_collection(value, path, strictness, text)?.into()),
            Accessor::DateTimeOffset(field) | Accessor::Date(field) => {
                set(contact, field, parse_nullable(value, |v| parse_date(v, path))?);
            }
            Accessor::Boolean(field) => set(contact, field, parse_nullable(value, |v| parse_boolean(v, path))?),
            Accessor::Flag(field) => set(contact, field, parse_nullable(value, |v| flag::parse(v, path, strictness))?),
            Accessor::EmailAddress(field) => set(contact, field, parse_nullable(value, |v| parse_email(v, path, strictness))?),
            Accessor::EmailAddresses(field) => {
                set(contact, field, parse_collection(value, path, strictness, parse_email)?.into());
            }
            Accessor::PhonesOfKind(field, kind) => {
                let numbers = parse_collection(value, path, strictness, text)?;
                (field.get_mut)(contact).set_dedicated(*kind, numbers.into_iter().map(Phone::from_number).collect());
            }
            Accessor::PhoneOfKind(field, kind) => {
                let number = parse_if_not_blank(value, path)?;
                (field.get_mut)(contact).set_dedicated(*kind, number.into_iter().map(Phone::from_number).collect());
            }
            Accessor::AddressOfKind(field, kind) => {
                let address: Field<Address> = parse_nullable(value, |v| parse_complex(v, path, strictness, &[]))?;
                (field.get_mut)(contact).set_dedicated(*kind, address.value().cloned().into_iter().collect());
            }
            Accessor::WebsiteOfKind(field, kind) => {
                let address = parse_if_not_blank(value, path)?;
                (field.get_mut)(contact).set_dedicated(*kind, address.into_iter().map(Website::from_address).collect());
            }
            Accessor::Phones(field) => parse_list(contact, field, value, path, strictness)?,
            Accessor::PostalAddresses(field) => parse_list(contact, field, value, path, strictness)?,
            Accessor::Websites(field) => parse_list(contact, field, value, path, strictness)?,
            Accessor::Extensions(field) => {
                let object = |v: &Value, path: &str, _: Strictness<'_>| parse_object(v, path).cloned();
                set(contact, field, parse_collection(value, path, strictness, object)?.into());
            }
            Accessor::Photo(field) => set(contact, field, parse_nullable(value, |v| parse_object(v, path).cloned())?),
            Accessor::SingleValueExtended(field) => {
                let one = |v: &Value, path: &str, _: Strictness<'_>| parse_extended(v, path, parse_string);
                set(contact, field, parse_collection(value, path, strictness, one)?.into());
            }
            Accessor::MultiValueExtended(field) => {
                let values = |v: &Value, path: &str| parse_collection(v, path, strictness, text);
                let one = |v: &Value, path: &str, _: Strictness<'_>| parse_extended(v, path, values);
                set(contact, field, parse_collection(value, path, strictness, one)?.into());
            }
        }
        Ok(())
    }
}

fn set<T>(contact: &mut Contact, field: &FieldRef<Contact, Field<T>>, value: Field<T>) {
    *(field.get_mut)(contact) = value;
}

/// Parses the only string of a kind. A blank one is none.
fn parse_if_not_blank(value: &Value, path: &str) -> Result<Option<String>> {
    let text = parse_nullable(value, |v| parse_string(v, path))?;
    Ok(text.value().filter(|text| !text.is_empty()).cloned())
}

/// Parses a list for every kind: the whole list in a response, and the rest in a caller's input.
fn parse_list<T: Entry>(
    contact: &mut Contact,
    field: &FieldRef<Contact, ByKind<T::Kind, T>>,
    value: &Value,
    path: &str,
    strictness: Strictness<'_>,
) -> Result<()> {
    let entries = parse_collection(value, path, strictness, parse_entry)?;
    let list = (field.get_mut)(contact);
    match strictness {
        Strictness::Preserve => *list = ByKind::Whole(entries),
        Strictness::Reject(_) => list.set_rest(entries),
    }
    Ok(())
}
