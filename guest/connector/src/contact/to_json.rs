//! Contact to JSON: what Graph stores, and what a caller sees.

use serde_json::{Map, Value, json};

use super::accessor::Accessor;
use super::by_kind::ByKind;
use super::canonical::Contact;
use super::complex_type::ComplexType;
use super::date::Date;
use super::entry::{Entry, shape_of};
use super::field::Field;
use super::flag;
use super::json_nulls::without_nulls;
use super::json_values::parse_stored_entries;
use super::kinds::Kind;
use super::parts::{EmailAddress, ExtendedProperty};
use super::projection::Parts;
use super::properties;
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
    let (mut dedicated, mut rest) = (contact.clone(), Contact::default());
    if version == Version::Beta {
        split(&mut dedicated.phones, &mut rest.phones);
        split(&mut dedicated.postal_addresses, &mut rest.postal_addresses);
        split(&mut dedicated.websites, &mut rest.websites);
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

/// Moves the entries that no dedicated property holds from a whole list to `others`.
fn split<T: Entry>(list: &mut ByKind<T::Kind, T>, others: &mut ByKind<T::Kind, T>) {
    let ByKind::Whole(_) = list else { return };
    let Parts { dedicated, rest } = shape_of::<T>().split(&write_entries(list));
    *list = ByKind::default();
    for (name, entries) in dedicated {
        if let Some(kind) = T::Kind::from_name(name) {
            list.set_dedicated(kind, parse_stored_entries(&entries).into_iter().map(|(_, entry)| entry).collect());
        }
    }
    others.set_rest(parse_stored_entries(&rest.unwrap_or_default()));
}

/// Returns the names of the properties that the contact specifies, with a value or null: the names for `$select`.
pub fn list_specified(contact: &Contact, version: Version) -> Vec<&'static str> {
    properties::list_in_version(version).filter(|p| p.accessor.is_specified(contact)).map(|p| p.name).collect()
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

impl Accessor {
    /// Returns the JSON of this property; `None` if the contact does not specify it. `date` writes a `DateTimeOffset`.
    pub(super) fn write(&self, contact: &Contact, date: fn(&Date) -> String) -> Option<Value> {
        match self {
            Accessor::String(field) => write_field((field.get)(contact), |text| json!(text)),
            Accessor::Strings(field) => write_field((field.get)(contact), |texts| json!(texts)),
            Accessor::DateTimeOffset(field) => write_field((field.get)(contact), |day| json!(date(day))),
            Accessor::Date(field) => write_field((field.get)(contact), |day| json!(day.to_string())),
            Accessor::Boolean(field) => write_field((field.get)(contact), |boolean| json!(boolean)),
            Accessor::Flag(field) => write_field((field.get)(contact), flag::write),
            Accessor::EmailAddress(field) => write_field((field.get)(contact), write_email),
            Accessor::EmailAddresses(field) => write_field((field.get)(contact), |all| all.iter().map(write_email).collect()),
            Accessor::PhonesOfKind(field, kind) => {
                write_kind((field.get)(contact), *kind, |phones| phones.iter().map(|phone| json!(phone.number.value())).collect())
            }
            Accessor::PhoneOfKind(field, kind) => {
                write_kind((field.get)(contact), *kind, |phones| json!(phones.first().and_then(|phone| phone.number.value())))
            }
            Accessor::AddressOfKind(field, kind) => write_kind((field.get)(contact), *kind, |addresses| {
                addresses.first().map_or_else(|| json!({}), |address| Value::Object(write_complex(*address)))
            }),
            Accessor::WebsiteOfKind(field, kind) => {
                write_kind((field.get)(contact), *kind, |sites| json!(sites.first().and_then(|site| site.address.value())))
            }
            Accessor::Phones(field) => write_list((field.get)(contact)),
            Accessor::PostalAddresses(field) => write_list((field.get)(contact)),
            Accessor::Websites(field) => write_list((field.get)(contact)),
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

fn write_kind<T: Entry>(list: &ByKind<T::Kind, T>, kind: T::Kind, write: impl FnOnce(&[&T]) -> Value) -> Option<Value> {
    list.is_specified(kind).then(|| write(&list.of(kind).collect::<Vec<_>>()))
}

fn write_list<T: Entry>(list: &ByKind<T::Kind, T>) -> Option<Value> {
    (!list.is_unset()).then(|| write_entries(list).into())
}

/// Returns the entries of a list as Graph writes them.
pub(super) fn write_entries<T: Entry>(list: &ByKind<T::Kind, T>) -> Vec<Value> {
    list.iter().map(|(kind, entry)| write_entry(kind, entry)).collect()
}

/// Returns an entry as Graph writes it.
pub(super) fn write_entry<T: Entry>(kind: T::Kind, entry: &T) -> Value {
    write_typed(kind.name(), write_complex(entry))
}

fn write_complex<T: ComplexType>(complex: &T) -> Map<String, Value> {
    let known = T::PARTS
        .iter()
        .filter_map(|part| Some((part.name.to_owned(), write_field((part.field.get)(complex), |text| json!(text))?)));
    known.chain(complex.unknown().cloned().unwrap_or_default()).collect()
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
