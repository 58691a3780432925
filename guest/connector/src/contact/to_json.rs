//! Contact to JSON: what Graph stores, and what a caller sees.

use serde_json::{Map, Value, json};

use super::accessor::Accessor;
use super::by_kind::ByKind;
use super::canonical::Contact;
use super::complex_type::ComplexType;
use super::date::Date;
use super::field::Field;
use super::parts::{DateTimeTimeZone, EmailAddress, ExtendedProperty, Flag};
use super::properties::{self, DedicatedKind};
use super::version::Version;

/// Returns the body of a request that creates the contact. It has no nulls and no empty values: they mean nothing in a new
/// contact, and the service returns 500 for null structures.
pub fn write_create_body(contact: &Contact, version: Version) -> Map<String, Value> {
    list_writable(contact, version)
        .map(|(name, value)| (name, without_nulls(value)))
        .filter(|(_, value)| !is_empty(value))
        .collect()
}

/// Returns the body of a request that updates a contact, where `contact` holds the changes (see [`super::diff::diff`]).
pub fn write_update_body(contact: &Contact, version: Version) -> Map<String, Value> {
    list_writable(contact, version).collect()
}

/// Returns the contact as Graph itself writes it: the inverse of [`super::from_json::parse_response`].
pub fn write_response(contact: &Contact, version: Version) -> Map<String, Value> {
    let known = properties::list_in_version(version)
        .filter_map(|p| Some((p.name.to_owned(), p.accessor.write(contact, Date::to_date_time_offset)?)));
    known.chain(contact.unknown.clone()).collect()
}

/// Returns the contact as a caller sees it: without nulls, empty structures and `@odata` annotations, dates as dates, and each
/// value in one property (see [`properties::list_for_callers`]).
pub fn write_for_caller(contact: &Contact, version: Version) -> Map<String, Value> {
    let mut dedicated = contact.clone();
    let mut rest = Contact::default();
    if version == Version::Beta {
        rest.phones = split(&mut dedicated.phones, properties::dedicated_phone_kind, |_| true);
        rest.postal_addresses =
            split(&mut dedicated.postal_addresses, properties::dedicated_address_kind, |address| !address.is_empty());
        rest.websites = split(&mut dedicated.websites, properties::dedicated_website_kind, |site| {
            site.address.value().is_some() && site.display_name.value().is_none() && site.unknown.is_empty()
        });
    }
    let known = properties::list_for_callers(version).filter_map(|p| {
        let is_rest = matches!(p.accessor, Accessor::Phones(_) | Accessor::PostalAddresses(_) | Accessor::Websites(_));
        Some((p.name.to_owned(), p.accessor.write(if is_rest { &rest } else { &dedicated }, Date::to_string)?))
    });
    let mut shown: Map<String, Value> = known.collect();
    for (name, value) in dedicated.unknown.iter().filter(|(name, _)| !name.contains('@')) {
        shown.entry(name).or_insert_with(|| value.clone());
    }
    shown
        .into_iter()
        .map(|(name, value)| (name, without_nulls(value)))
        .filter(|(_, value)| !value.is_null() && value.as_object().is_none_or(|object| !object.is_empty()))
        .collect()
}

/// Leaves in `list` the entries that the property dedicated to their kind can hold, and returns the others.
fn split<K: Copy + PartialEq + 'static, T: Clone>(
    list: &mut ByKind<K, T>,
    dedicated: DedicatedKind<K>,
    fits: fn(&T) -> bool,
) -> ByKind<K, T> {
    let (mut kept, mut rest) = (ByKind::default(), ByKind::default());
    for kind in list.kinds() {
        let entries: Vec<T> = list.of(*kind).cloned().collect();
        let capacity = properties::dedicated_capacity(dedicated, kind);
        let count = entries.iter().take_while(|entry| fits(entry)).count().min(capacity);
        let (first, others) = entries.split_at(count);
        // If all entries are in the rest, the dedicated property does not specify the kind.
        if count > 0 || others.is_empty() {
            kept.replace(*kind, first.iter().cloned());
        }
        rest.replace(*kind, others.iter().cloned());
    }
    *list = kept;
    rest
}

/// Returns the names of the properties that the contact specifies, with a value or null: the names for `$select`.
pub fn list_specified(contact: &Contact, version: Version) -> Vec<&'static str> {
    properties::list_in_version(version)
        .filter(|p| p.accessor.write(contact, Date::to_string).is_some())
        .map(|p| p.name)
        .collect()
}

fn list_writable(contact: &Contact, version: Version) -> impl Iterator<Item = (String, Value)> {
    properties::list_in_version(version)
        .filter(|p| !p.read_only)
        .filter_map(move |p| Some((p.name.to_owned(), p.accessor.write(contact, Date::to_date_time_offset)?)))
}

/// Checks whether the value is null, an empty collection, or an empty structure.
pub(super) fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => false,
    }
}

/// Returns the value without the null members of its objects, at any depth.
fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            Value::Object(members.into_iter().filter(|(_, v)| !v.is_null()).map(|(k, v)| (k, without_nulls(v))).collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(without_nulls).collect()),
        other => other,
    }
}

impl Accessor {
    /// Returns the JSON of this property; `None` if the contact does not specify it. `date` writes a `DateTimeOffset`.
    pub(super) fn write(&self, contact: &Contact, date: fn(&Date) -> String) -> Option<Value> {
        match self {
            Accessor::String(field) => write_field((field.get)(contact), |text| json!(text)),
            Accessor::Strings(field) => write_field((field.get)(contact), |texts| json!(texts)),
            Accessor::DateTimeOffset(field) => write_field((field.get)(contact), |day| json!(date(day))),
            Accessor::Date(field) => write_field((field.get)(contact), |day| json!(day.to_string())),
            Accessor::Boolean(field) => write_field((field.get)(contact), |boolean| json!(boolean)),
            Accessor::Flag(field) => write_field((field.get)(contact), write_flag),
            Accessor::EmailAddress(field) => write_field((field.get)(contact), write_email),
            Accessor::EmailAddresses(field) => write_field((field.get)(contact), |all| all.iter().map(write_email).collect()),
            Accessor::PhonesOfKind(field, kind) => write_kind((field.get)(contact), *kind, |numbers| json!(numbers)),
            Accessor::PhoneOfKind(field, kind) => write_kind((field.get)(contact), *kind, |numbers| json!(numbers.first())),
            Accessor::AddressOfKind(field, kind) => write_kind((field.get)(contact), *kind, |addresses| {
                addresses.first().map_or_else(|| json!({}), |address| Value::Object(write_complex(*address)))
            }),
            Accessor::WebsiteOfKind(field, kind) => {
                write_kind((field.get)(contact), *kind, |sites| json!(sites.first().and_then(|site| site.address.value())))
            }
            Accessor::Phones(field) => {
                write_list((field.get)(contact), |kind, number| json!({"type": kind.name(), "number": number}))
            }
            Accessor::PostalAddresses(field) => {
                write_list((field.get)(contact), |kind, address| write_typed(kind.name(), write_complex(address)))
            }
            Accessor::Websites(field) => {
                write_list((field.get)(contact), |kind, site| write_typed(kind.name(), write_complex(site)))
            }
            Accessor::Extensions(field) => {
                write_field((field.get)(contact), |all| all.iter().cloned().map(Value::Object).collect())
            }
            Accessor::Photo(field) => write_field((field.get)(contact), |photo| Value::Object(photo.clone())),
            Accessor::SingleValueExtended(field) => {
                write_field((field.get)(contact), |all| all.iter().map(write_extended).collect())
            }
            Accessor::MultiValueExtended(field) => {
                write_field((field.get)(contact), |all| all.iter().map(write_extended).collect())
            }
        }
    }
}

fn write_field<T>(field: &Field<T>, write: impl FnOnce(&T) -> Value) -> Option<Value> {
    match field {
        Field::Unset => None,
        Field::Null => Some(Value::Null),
        Field::Set(value) => Some(write(value)),
    }
}

fn write_kind<K: Copy + PartialEq + 'static, T>(
    list: &ByKind<K, T>,
    kind: K,
    write: impl FnOnce(&[&T]) -> Value,
) -> Option<Value> {
    list.is_specified(kind).then(|| write(&list.of(kind).collect::<Vec<_>>()))
}

fn write_list<K: Copy + PartialEq + 'static, T>(list: &ByKind<K, T>, write: impl Fn(K, &T) -> Value) -> Option<Value> {
    (!list.is_unset()).then(|| list.entries().iter().map(|(kind, entry)| write(*kind, entry)).collect())
}

fn write_complex<T: ComplexType>(complex: &T) -> Map<String, Value> {
    let known = T::PARTS
        .iter()
        .filter_map(|part| Some((part.name.to_owned(), write_field((part.field.get)(complex), |text| json!(text))?)));
    known.chain(complex.unknown().clone()).collect()
}

fn write_typed(kind: &str, members: Map<String, Value>) -> Value {
    std::iter::once(("type".to_owned(), json!(kind))).chain(members).collect::<Map<_, _>>().into()
}

fn write_email(email: &EmailAddress) -> Value {
    match email.kind.value() {
        Some(kind) => write_typed(kind.name(), write_complex(email)),
        None => Value::Object(write_complex(email)),
    }
}

fn write_extended<V: Clone + Into<Value>>(property: &ExtendedProperty<V>) -> Value {
    json!({"id": property.id, "value": property.value.clone().into()})
}

fn write_flag(flag: &Flag) -> Value {
    let mut members = Map::from_iter([("flagStatus".to_owned(), json!(flag.status.name()))]);
    for (name, at) in [("startDateTime", &flag.start), ("dueDateTime", &flag.due), ("completedDateTime", &flag.completed)] {
        if let Some(at) = at {
            members.insert(name.to_owned(), write_date_time(at));
        }
    }
    Value::Object(members)
}

fn write_date_time(at: &DateTimeTimeZone) -> Value {
    match &at.time_zone {
        Some(zone) => json!({"dateTime": at.date_time, "timeZone": zone}),
        None => json!({"dateTime": at.date_time}),
    }
}
