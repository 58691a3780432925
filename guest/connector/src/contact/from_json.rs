//! JSON to contact: what Graph returned, and what a caller wants.

use serde_json::{Map, Value};

use super::accessor::Accessor;
use super::by_kind::ByKind;
use super::canonical::Contact;
use super::complex_type::ComplexType;
use super::date::Date;
use super::field::Field;
use super::field_ref::FieldRef;
use super::kinds::{AddressKind, EmailKind, FlagStatus, PhoneKind, WebsiteKind};
use super::parts::{Address, DateTimeTimeZone, EmailAddress, ExtendedProperty, Flag, Website};
use super::properties::{self, DedicatedKind, PROPERTIES};
use super::version::Version;
use crate::error::{Error, Problems, Result};

/// How strictly to parse members and kinds that the connector does not know.
#[derive(Clone, Copy, PartialEq)]
enum Strictness {
    /// Input of a caller: reject them by name.
    ///
    /// In input, a list for every kind specifies only the kinds without a dedicated property.
    Reject,
    /// A response of the service: preserve them. Graph's contact is an open type, and grows.
    Preserve,
}

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
    let mut contact = Contact::default();
    let mut problems = Problems::default();
    // In the order of the table: the property dedicated to a kind comes before the list for every kind.
    for property in properties::list_for_callers(version) {
        if let Some(value) = object.get(property.name) {
            let path = format!("{path}{}", property.name);
            problems.extend(property.accessor.parse(&mut contact, value, &path, Strictness::Reject).err());
        }
    }
    for name in object.keys().filter(|name| !properties::list_for_callers(version).any(|p| p.name == *name)) {
        let problem = match PROPERTIES.iter().find(|p| p.name == name) {
            Some(other) => describe_other_version(other.only_in, version),
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
    fn parse(&self, contact: &mut Contact, value: &Value, path: &str, strictness: Strictness) -> Result<()> {
        match self {
            Accessor::String(field) => set(contact, field, parse_nullable(value, |v| parse_string(v, path))?),
            Accessor::Strings(field) => set(contact, field, parse_collection(value, path, parse_string)?.into()),
            Accessor::DateTimeOffset(field) | Accessor::Date(field) => {
                set(contact, field, parse_nullable(value, |v| parse_date(v, path))?);
            }
            Accessor::Boolean(field) => set(contact, field, parse_nullable(value, |v| parse_boolean(v, path))?),
            Accessor::Flag(field) => set(contact, field, parse_nullable(value, |v| parse_flag(v, path))?),
            Accessor::EmailAddress(field) => set(contact, field, parse_nullable(value, |v| parse_email(v, path, strictness))?),
            Accessor::EmailAddresses(field) => {
                set(contact, field, parse_collection(value, path, |v, path| parse_email(v, path, strictness))?.into());
            }
            Accessor::PhonesOfKind(field, kind) => {
                (field.get_mut)(contact).replace(*kind, parse_collection(value, path, parse_string)?);
            }
            Accessor::PhoneOfKind(field, kind) => {
                let number = parse_nullable(value, |v| parse_string(v, path))?;
                (field.get_mut)(contact).replace(*kind, number.value().cloned());
            }
            Accessor::AddressOfKind(field, kind) => {
                let address: Field<Address> = parse_nullable(value, |v| parse_complex(v, path, strictness, &[]))?;
                (field.get_mut)(contact).replace(*kind, address.value().cloned());
            }
            Accessor::WebsiteOfKind(field, kind) => {
                let address = parse_nullable(value, |v| parse_string(v, path))?;
                let site = address.value().map(|address| Website { address: address.clone().into(), ..Website::default() });
                (field.get_mut)(contact).replace(*kind, site);
            }
            Accessor::Phones(field) => {
                let entries =
                    parse_by_kind(value, path, PhoneKind::ALL, PhoneKind::name, PhoneKind::UNKNOWN, strictness, parse_phone)?;
                specify(contact, field, PhoneKind::ALL, properties::dedicated_phone_kind, entries, strictness);
            }
            Accessor::PostalAddresses(field) => {
                let parse = |v: &Value, path: &str| parse_typed(v, path, strictness);
                let entries =
                    parse_by_kind(value, path, AddressKind::ALL, AddressKind::name, AddressKind::Unknown, strictness, parse)?;
                specify(contact, field, AddressKind::ALL, properties::dedicated_address_kind, entries, strictness);
            }
            Accessor::Websites(field) => {
                let parse = |v: &Value, path: &str| parse_typed(v, path, strictness);
                let entries =
                    parse_by_kind(value, path, WebsiteKind::ALL, WebsiteKind::name, WebsiteKind::UNKNOWN, strictness, parse)?;
                specify(contact, field, WebsiteKind::ALL, properties::dedicated_website_kind, entries, strictness);
            }
            Accessor::Extensions(field) => {
                set(contact, field, parse_collection(value, path, |v, path| parse_object(v, path).cloned())?.into());
            }
            Accessor::Photo(field) => set(contact, field, parse_nullable(value, |v| parse_object(v, path).cloned())?),
            Accessor::SingleValueExtended(field) => {
                set(contact, field, parse_collection(value, path, |v, path| parse_extended(v, path, parse_string))?.into());
            }
            Accessor::MultiValueExtended(field) => {
                let values = |v: &Value, path: &str| parse_collection(v, path, parse_string);
                set(contact, field, parse_collection(value, path, |v, path| parse_extended(v, path, values))?.into());
            }
        }
        Ok(())
    }
}

fn set<T>(contact: &mut Contact, field: &FieldRef<Contact, Field<T>>, value: Field<T>) {
    *(field.get_mut)(contact) = value;
}

fn parse_nullable<T>(value: &Value, parse: impl FnOnce(&Value) -> Result<T>) -> Result<Field<T>> {
    if value.is_null() { Ok(Field::Null) } else { parse(value).map(Field::Set) }
}

fn wrong_type(path: &str, expected: &str, value: &Value) -> Error {
    let found = match value {
        Value::Null => "null",
        Value::Bool(_) => "a Boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    };
    Error::invalid_attribute(path, format!("expected {expected}, found {found}"))
}

fn parse_string(value: &Value, path: &str) -> Result<String> {
    value.as_str().map(str::to_owned).ok_or_else(|| wrong_type(path, "a string", value))
}

fn parse_boolean(value: &Value, path: &str) -> Result<bool> {
    value.as_bool().ok_or_else(|| wrong_type(path, "true or false", value))
}

fn parse_date(value: &Value, path: &str) -> Result<Date> {
    let text = value.as_str().ok_or_else(|| wrong_type(path, "a date, YYYY-MM-DD", value))?;
    Date::parse(text).ok_or_else(|| Error::invalid_attribute(path, Date::EXPECTED))
}

fn parse_object<'v>(value: &'v Value, path: &str) -> Result<&'v Map<String, Value>> {
    value.as_object().ok_or_else(|| wrong_type(path, "an object", value))
}

/// Returns the member of that name of an object; `None` if it is absent or null.
fn find_member<'v>(value: &'v Value, path: &str, name: &str) -> Result<Option<&'v Value>> {
    Ok(parse_object(value, path)?.get(name).filter(|v| !v.is_null()))
}

/// Parses a collection. Null is an empty one: Graph has no null collections.
fn parse_collection<T>(value: &Value, path: &str, parse: impl Fn(&Value, &str) -> Result<T>) -> Result<Vec<T>> {
    if value.is_null() {
        return Ok(Vec::new());
    }
    let items = value.as_array().ok_or_else(|| wrong_type(path, "an array", value))?;
    let mut parsed = Vec::with_capacity(items.len());
    let mut problems = Problems::default();
    for (position, item) in items.iter().enumerate() {
        match parse(item, &format!("{path}[{position}]")) {
            Ok(item) => parsed.push(item),
            Err(error) => problems.push(error),
        }
    }
    problems.into_result().map(|()| parsed)
}

/// Parses a complex value with a `type` among its members. The `type` is left to the function that calls this one.
fn parse_typed<T: ComplexType>(value: &Value, path: &str, strictness: Strictness) -> Result<T> {
    parse_complex(value, path, strictness, &["type"])
}

/// Parses a complex value. The members named in `others` are left to the function that calls this one.
fn parse_complex<T: ComplexType>(value: &Value, path: &str, strictness: Strictness, others: &[&str]) -> Result<T> {
    let mut complex = T::default();
    let mut problems = Problems::default();
    for (name, value) in parse_object(value, path)? {
        let path = format!("{path}.{name}");
        match T::PARTS.iter().find(|part| part.name == name) {
            Some(part) => match parse_nullable(value, |v| parse_string(v, &path)) {
                Ok(value) => *(part.field.get_mut)(&mut complex) = value,
                Err(error) => problems.push(error),
            },
            None if others.contains(&name.as_str()) => {}
            None if strictness == Strictness::Preserve => {
                complex.unknown_mut().insert(name.clone(), value.clone());
            }
            None => {
                let known: Vec<&str> = T::PARTS.iter().map(|part| part.name).collect();
                problems.push(Error::invalid_attribute(path, expected_one_of(&known)));
            }
        }
    }
    problems.into_result().map(|()| complex)
}

fn expected_one_of(names: &[&str]) -> String {
    format!("unknown property; expected one of {}", names.join(", "))
}

fn parse_email(value: &Value, path: &str, strictness: Strictness) -> Result<EmailAddress> {
    let mut email: EmailAddress = parse_typed(value, path, strictness)?;
    if let Some(kind) = find_member(value, path, "type")? {
        email.kind = parse_kind(kind, path, EmailKind::ALL, EmailKind::name, EmailKind::UNKNOWN, strictness)?.into();
    }
    Ok(email)
}

/// Parses the kind that `value` names, in upper or lower case.
fn parse_kind<K: Copy>(
    value: &Value,
    path: &str,
    all: &[K],
    name: fn(K) -> &'static str,
    unknown: K,
    strictness: Strictness,
) -> Result<K> {
    let path = format!("{path}.type");
    let text = value.as_str().ok_or_else(|| wrong_type(&path, "a string", value))?;
    match all.iter().find(|kind| name(**kind).eq_ignore_ascii_case(text)) {
        Some(kind) => Ok(*kind),
        None if strictness == Strictness::Preserve => Ok(unknown),
        None => {
            let known: Vec<&str> = all.iter().map(|kind| name(*kind)).collect();
            Err(Error::invalid_attribute(path, format!("expected one of {}", known.join(", "))))
        }
    }
}

/// Parses a collection of objects with a `type`.
fn parse_by_kind<K: Copy, T>(
    value: &Value,
    path: &str,
    all: &[K],
    name: fn(K) -> &'static str,
    unknown: K,
    strictness: Strictness,
    parse: impl Fn(&Value, &str) -> Result<T>,
) -> Result<Vec<(K, T)>> {
    parse_collection(value, path, |v, path| {
        let kind = match find_member(v, path, "type")? {
            Some(kind) => parse_kind(kind, path, all, name, unknown, strictness)?,
            None => unknown,
        };
        Ok((kind, parse(v, path)?))
    })
}

fn parse_phone(value: &Value, path: &str) -> Result<String> {
    check_members(value, path, &["type", "number"])?;
    parse_string(find_required(value, path, "number")?, &format!("{path}.number"))
}

/// Specifies the entries of a list for every kind.
fn specify<K: Copy + PartialEq + 'static, T>(
    contact: &mut Contact,
    field: &FieldRef<Contact, ByKind<K, T>>,
    all: &[K],
    dedicated: DedicatedKind<K>,
    entries: Vec<(K, T)>,
    strictness: Strictness,
) {
    let list = (field.get_mut)(contact);
    if strictness == Strictness::Preserve {
        *list = ByKind::from_entries(all, entries);
        return;
    }
    for kind in all.iter().filter(|kind| properties::dedicated_capacity(dedicated, *kind) == 0) {
        list.append(*kind, []);
    }
    for (kind, entry) in entries {
        list.append(kind, [entry]);
    }
}

/// Checks that an object has only members of these names.
fn check_members(value: &Value, path: &str, names: &[&str]) -> Result<()> {
    let others = parse_object(value, path)?.keys().filter(|name| !names.contains(&name.as_str()));
    let problem = expected_one_of(names);
    others.map(|name| Error::invalid_attribute(format!("{path}.{name}"), &problem)).collect::<Problems>().into_result()
}

fn find_required<'v>(value: &'v Value, path: &str, name: &str) -> Result<&'v Value> {
    find_member(value, path, name)?.ok_or_else(|| Error::invalid_attribute(path, format!("{name} is missing")))
}

fn parse_extended<V>(value: &Value, path: &str, parse: impl Fn(&Value, &str) -> Result<V>) -> Result<ExtendedProperty<V>> {
    check_members(value, path, &["id", "value"])?;
    Ok(ExtendedProperty {
        id: parse_string(find_required(value, path, "id")?, &format!("{path}.id"))?,
        value: parse(find_required(value, path, "value")?, &format!("{path}.value"))?,
    })
}

fn parse_flag(value: &Value, path: &str) -> Result<Flag> {
    check_members(value, path, &["flagStatus", "startDateTime", "dueDateTime", "completedDateTime"])?;
    let status = match find_member(value, path, "flagStatus")? {
        Some(status) => {
            let name = parse_string(status, path)?;
            let known: Vec<&str> = FlagStatus::ALL.iter().map(|status| status.name()).collect();
            let unknown =
                || Error::invalid_attribute(format!("{path}.flagStatus"), format!("expected one of {}", known.join(", ")));
            FlagStatus::from_name(&name).ok_or_else(unknown)?
        }
        None => FlagStatus::UNKNOWN,
    };
    let date_time = |name: &str| -> Result<Option<DateTimeTimeZone>> {
        let Some(value) = find_member(value, path, name)? else { return Ok(None) };
        parse_date_time(value, &format!("{path}.{name}")).map(Some)
    };
    Ok(Flag {
        status,
        start: date_time("startDateTime")?,
        due: date_time("dueDateTime")?,
        completed: date_time("completedDateTime")?,
    })
}

fn parse_date_time(value: &Value, path: &str) -> Result<DateTimeTimeZone> {
    check_members(value, path, &["dateTime", "timeZone"])?;
    let date_time = find_required(value, path, "dateTime")?;
    let time_zone = find_member(value, path, "timeZone")?.map(|zone| parse_string(zone, path)).transpose()?;
    Ok(DateTimeTimeZone { date_time: parse_string(date_time, path)?, time_zone })
}
