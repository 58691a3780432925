//! JSON to contact: what Graph answered, and what a caller wants.

use serde_json::{Map, Value};

use super::kinds::{AddressKind, EmailKind, FlagStatus, PhoneKind, WebsiteKind};
use super::parts::{Address, ByKind, ComplexType, DateTimeTimeZone, EmailAddress, ExtendedProperty, FieldRef, Flag, Website};
use super::properties::{self, Accessor, Own, PROPERTIES};
use super::{Contact, Date, Field, Version};
use crate::error::{Error, Problems, Result};

/// How to take what does not fit.
#[derive(Clone, Copy, PartialEq)]
enum Strictness {
    /// A caller's value: refuse it by name. A list of every kind is of those kinds that have no property of their own.
    Reject,
    /// The service's answer: keep it as it came. Graph's contact is an open type, and grows.
    Preserve,
}

/// The contact that Graph answered with. Nothing is lost: what has no place in [`Contact`] is in its `unknown`.
pub fn parse_response(object: &Map<String, Value>, version: Version) -> Contact {
    let mut contact = Contact::default();
    for (name, value) in object {
        let place = PROPERTIES.iter().find(|p| p.name == name && p.is_in(version)).map(|p| &p.accessor);
        if place.is_none_or(|place| place.read(&mut contact, value, name, Strictness::Preserve).is_err()) {
            contact.unknown.insert(name.clone(), value.clone());
        }
    }
    contact
}

/// The contact that a caller describes. `path` stands before the names in errors: `__addContacts__[1].`
///
/// Every property that is unknown, of a wrong type, or of another version of Graph is named in the error.
pub fn parse_input(object: &Map<String, Value>, version: Version, path: &str) -> Result<Contact> {
    let mut contact = Contact::default();
    let mut problems = Problems::default();
    // In the order of the table: of a kind with a property of its own, that property comes before the list of every kind.
    for property in properties::list_for_callers(version) {
        if let Some(value) = object.get(property.name) {
            let here = format!("{path}{}", property.name);
            problems.extend(property.accessor.read(&mut contact, value, &here, Strictness::Reject).err());
        }
    }
    for name in object.keys().filter(|name| !properties::list_for_callers(version).any(|p| p.name == *name)) {
        let problem = match PROPERTIES.iter().find(|p| p.name == name) {
            Some(other) => other_version(other.only_in, version),
            None => unknown(name, version),
        };
        problems.push(Error::attribute(format!("{path}{name}"), problem));
    }
    problems.result().map(|()| contact)
}

fn other_version(only: Option<Version>, version: Version) -> String {
    let only = only.map_or("another version", Version::name);
    format!("Microsoft Graph {} does not have this property; {only} has it (GRAPH_API_VERSION)", version.name())
}

fn unknown(name: &str, version: Version) -> String {
    // The distance takes time with the lengths of both; what is so long is no misspelling.
    let nearest = properties::list_for_callers(version)
        .filter(|_| name.len() <= 64)
        .map(|p| (strsim::osa_distance(&name.to_lowercase(), &p.name.to_lowercase()), p.name))
        .min()
        .filter(|(distance, known)| *distance <= 1 + known.len() / 4);
    match nearest {
        Some((_, known)) => format!("a contact has no such property; did you mean {known}?"),
        None => "a contact has no such property".to_owned(),
    }
}

impl Accessor {
    /// Reads `value` into this place of `contact`. On an error the contact is as it was.
    fn read(&self, contact: &mut Contact, value: &Value, path: &str, strictness: Strictness) -> Result<()> {
        match self {
            Accessor::String(field) => set(contact, field, nullable(value, |v| text(v, path))?),
            Accessor::Strings(field) => set(contact, field, list(value, path, text)?.into()),
            Accessor::DateTimeOffset(field) | Accessor::Date(field) => set(contact, field, nullable(value, |v| date(v, path))?),
            Accessor::Boolean(field) => {
                set(contact, field, nullable(value, |v| v.as_bool().ok_or_else(|| wrong(path, "true or false", v)))?)
            }
            Accessor::Flag(field) => set(contact, field, nullable(value, |v| flag(v, path))?),
            Accessor::EmailAddress(field) => set(contact, field, nullable(value, |v| email(v, path, strictness))?),
            Accessor::EmailAddresses(field) => {
                set(contact, field, list(value, path, |v, path| email(v, path, strictness))?.into())
            }
            Accessor::PhonesOfKind(kind) => contact.phones.replace(*kind, list(value, path, text)?),
            Accessor::PhoneOfKind(kind) => contact.phones.replace(*kind, nullable(value, |v| text(v, path))?.value().cloned()),
            Accessor::AddressOfKind(kind) => {
                let address: Field<Address> = nullable(value, |v| complex(v, path, strictness, &[]))?;
                contact.postal_addresses.replace(*kind, address.value().cloned());
            }
            Accessor::WebsiteOfKind(kind) => {
                let address = nullable(value, |v| text(v, path))?;
                let site = address.value().map(|address| Website { address: address.clone().into(), ..Website::default() });
                contact.websites.replace(*kind, site);
            }
            Accessor::Phones => {
                let number =
                    |v: &Value, path: &str| match only(v, path, &["type", "number"]).and_then(|()| take(v, path, "number"))? {
                        Some(number) => text(number, &format!("{path}.number")),
                        None => Err(Error::attribute(path, "a phone needs a number")),
                    };
                let entries = by_kind(value, path, PhoneKind::from_name, PhoneKind::UNKNOWN, strictness, number)?;
                say_all(&mut contact.phones, PhoneKind::ALL, properties::own_phones, entries, strictness);
            }
            Accessor::PostalAddresses => {
                let read = |v: &Value, path: &str| typed(v, path, strictness);
                let entries = by_kind(value, path, AddressKind::from_name, AddressKind::Unknown, strictness, read)?;
                say_all(&mut contact.postal_addresses, AddressKind::ALL, properties::own_address, entries, strictness);
            }
            Accessor::Websites => {
                let read = |v: &Value, path: &str| typed(v, path, strictness);
                let entries = by_kind(value, path, WebsiteKind::from_name, WebsiteKind::UNKNOWN, strictness, read)?;
                say_all(&mut contact.websites, WebsiteKind::ALL, properties::own_website, entries, strictness);
            }
            Accessor::Extensions(field) => set(contact, field, list(value, path, |v, path| object(v, path).cloned())?.into()),
            Accessor::Photo(field) => set(contact, field, nullable(value, |v| object(v, path).cloned())?),
            Accessor::SingleValueExtended(field) => {
                set(contact, field, list(value, path, |v, path| extended(v, path, text))?.into())
            }
            Accessor::MultiValueExtended(field) => {
                let values = |v: &Value, path: &str| list(v, path, text);
                set(contact, field, list(value, path, |v, path| extended(v, path, values))?.into());
            }
        }
        Ok(())
    }
}

fn set<T>(contact: &mut Contact, field: &FieldRef<Contact, Field<T>>, value: Field<T>) {
    *(field.get_mut)(contact) = value;
}

fn nullable<T>(value: &Value, read: impl FnOnce(&Value) -> Result<T>) -> Result<Field<T>> {
    if value.is_null() { Ok(Field::Null) } else { read(value).map(Field::Set) }
}

fn wrong(path: &str, wanted: &str, value: &Value) -> Error {
    let found = match value {
        Value::Null => "null",
        Value::Bool(_) => "a truth value",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    };
    Error::attribute(path, format!("{wanted} is wanted, and {found} was given"))
}

fn text(value: &Value, path: &str) -> Result<String> {
    value.as_str().map(str::to_owned).ok_or_else(|| wrong(path, "a string", value))
}

fn date(value: &Value, path: &str) -> Result<Date> {
    let text = value.as_str().ok_or_else(|| wrong(path, "a date, YYYY-MM-DD,", value))?;
    Date::parse(text).ok_or_else(|| Error::attribute(path, "this is not a date of the form YYYY-MM-DD"))
}

fn object<'v>(value: &'v Value, path: &str) -> Result<&'v Map<String, Value>> {
    value.as_object().ok_or_else(|| wrong(path, "an object", value))
}

/// The member of that name of an object, where it has one that is not null.
fn take<'v>(value: &'v Value, path: &str, name: &str) -> Result<Option<&'v Value>> {
    Ok(object(value, path)?.get(name).filter(|v| !v.is_null()))
}

/// A collection. Null is an empty one: Graph has no null collections.
fn list<T>(value: &Value, path: &str, read: impl Fn(&Value, &str) -> Result<T>) -> Result<Vec<T>> {
    if value.is_null() {
        return Ok(Vec::new());
    }
    let items = value.as_array().ok_or_else(|| wrong(path, "an array", value))?;
    let mut read_items = Vec::with_capacity(items.len());
    let mut problems = Problems::default();
    for (position, item) in items.iter().enumerate() {
        match read(item, &format!("{path}[{position}]")) {
            Ok(item) => read_items.push(item),
            Err(error) => problems.push(error),
        }
    }
    problems.result().map(|()| read_items)
}

/// A complex value of a type that has a `type` among its members, which is for the caller to read.
fn typed<T: ComplexType>(value: &Value, path: &str, strictness: Strictness) -> Result<T> {
    complex(value, path, strictness, &["type"])
}

/// A complex value; `others` are members that the caller reads.
fn complex<T: ComplexType>(value: &Value, path: &str, strictness: Strictness, others: &[&str]) -> Result<T> {
    let mut complex = T::default();
    let mut problems = Problems::default();
    for (name, value) in object(value, path)? {
        let here = format!("{path}.{name}");
        match T::PARTS.iter().find(|part| part.name == name) {
            Some(part) => match nullable(value, |v| text(v, &here)) {
                Ok(value) => *(part.field.get_mut)(&mut complex) = value,
                Err(error) => problems.push(error),
            },
            None if others.contains(&name.as_str()) => {}
            None if strictness == Strictness::Preserve => {
                complex.unknown_mut().insert(name.clone(), value.clone());
            }
            None => {
                let known: Vec<&str> = T::PARTS.iter().map(|part| part.name).collect();
                problems.push(Error::attribute(here, format!("there is no such property; there are {}", known.join(", "))));
            }
        }
    }
    problems.result().map(|()| complex)
}

fn email(value: &Value, path: &str, strictness: Strictness) -> Result<EmailAddress> {
    let mut email: EmailAddress = typed(value, path, strictness)?;
    if let Some(kind) = take(value, path, "type")? {
        email.kind = member(kind, path, EmailKind::from_name, EmailKind::UNKNOWN, strictness)?.into();
    }
    Ok(email)
}

/// The member of an enumeration that `value` names.
fn member<K>(value: &Value, path: &str, named: impl Fn(&str) -> Option<K>, unknown: K, strictness: Strictness) -> Result<K> {
    let name = value.as_str().ok_or_else(|| wrong(&format!("{path}.type"), "a string", value))?;
    match named(name) {
        Some(member) => Ok(member),
        None if strictness == Strictness::Preserve => Ok(unknown),
        None => Err(Error::attribute(format!("{path}.type"), "there is no such kind")),
    }
}

/// A list of objects with a `type`.
fn by_kind<K: Copy, T>(
    value: &Value,
    path: &str,
    named: impl Fn(&str) -> Option<K>,
    unknown: K,
    strictness: Strictness,
    read: impl Fn(&Value, &str) -> Result<T>,
) -> Result<Vec<(K, T)>> {
    list(value, path, |v, path| {
        let kind = match take(v, path, "type")? {
            Some(kind) => member(kind, path, &named, unknown, strictness)?,
            None => unknown,
        };
        Ok((kind, read(v, path)?))
    })
}

/// Says what a list of every kind says.
fn say_all<K: Copy + PartialEq + 'static, T>(
    list: &mut ByKind<K, T>,
    all: &[K],
    own: Own<K>,
    entries: Vec<(K, T)>,
    strictness: Strictness,
) {
    if strictness == Strictness::Preserve {
        *list = ByKind::from_entries(all, entries);
        return;
    }
    for kind in all.iter().filter(|kind| properties::room(own, *kind) == 0) {
        list.append(*kind, []);
    }
    for (kind, entry) in entries {
        list.append(kind, [entry]);
    }
}

/// Checks that an object has no members but those of these names.
fn only(value: &Value, path: &str, names: &[&str]) -> Result<()> {
    let others = object(value, path)?.keys().filter(|name| !names.contains(&name.as_str()));
    let problem = format!("there is no such property; there are {}", names.join(", "));
    others.map(|name| Error::attribute(format!("{path}.{name}"), &problem)).collect::<Problems>().result()
}

fn extended<V>(value: &Value, path: &str, read: impl Fn(&Value, &str) -> Result<V>) -> Result<ExtendedProperty<V>> {
    only(value, path, &["id", "value"])?;
    let need = |name: &str| take(value, path, name)?.ok_or_else(|| Error::attribute(path, format!("{name} is missing")));
    Ok(ExtendedProperty { id: text(need("id")?, &format!("{path}.id"))?, value: read(need("value")?, &format!("{path}.value"))? })
}

fn flag(value: &Value, path: &str) -> Result<Flag> {
    only(value, path, &["flagStatus", "startDateTime", "dueDateTime", "completedDateTime"])?;
    let moment = |name: &str| -> Result<Option<DateTimeTimeZone>> {
        let Some(v) = take(value, path, name)? else { return Ok(None) };
        let here = format!("{path}.{name}");
        only(v, &here, &["dateTime", "timeZone"])?;
        let date_time = take(v, &here, "dateTime")?.ok_or_else(|| Error::attribute(&here, "dateTime is missing"))?;
        let time_zone = take(v, &here, "timeZone")?.map(|zone| text(zone, &here)).transpose()?;
        Ok(Some(DateTimeTimeZone { date_time: text(date_time, &here)?, time_zone }))
    };
    let status = match take(value, path, "flagStatus")? {
        Some(status) => {
            let name = text(status, path)?;
            FlagStatus::from_name(&name)
                .ok_or_else(|| Error::attribute(format!("{path}.flagStatus"), "there is no such status"))?
        }
        None => FlagStatus::UNKNOWN,
    };
    Ok(Flag { status, start: moment("startDateTime")?, due: moment("dueDateTime")?, completed: moment("completedDateTime")? })
}
