//! Contact to JSON: what Graph is to store, and what a caller sees.

use serde_json::{Map, Value, json};

use super::parts::{ByKind, ComplexType, DateTimeTimeZone, EmailAddress, ExtendedProperty, Flag};
use super::properties::{self, Accessor, Own};
use super::{Contact, Date, Field, Version};

/// The body of a request that creates the contact. Nulls and empty values are left out: they say nothing of a new contact,
/// and the service answers 500 to null structures.
pub fn write_create_body(contact: &Contact, version: Version) -> Map<String, Value> {
    writable(contact, version).map(|(name, value)| (name, without_nulls(value))).filter(|(_, value)| !is_empty(value)).collect()
}

/// The body of a request that updates a contact, where the contact holds what is to change (see [`super::diff::diff`]).
pub fn write_update_body(contact: &Contact, version: Version) -> Map<String, Value> {
    writable(contact, version).collect()
}

/// The contact as Graph itself would write it: the inverse of [`super::from_json::parse_response`].
pub fn write_response(contact: &Contact, version: Version) -> Map<String, Value> {
    let known = properties::list_in_version(version)
        .filter_map(|p| Some((p.name.to_owned(), p.accessor.write(contact, Date::to_date_time_offset)?)));
    known.chain(contact.unknown.clone()).collect()
}

/// The contact as a caller sees it: without nulls, empty structures and `@odata` annotations, dates as dates, and each value in
/// one place (see [`properties::list_for_callers`]).
pub fn write_for_caller(contact: &Contact, version: Version) -> Map<String, Value> {
    let mut own = contact.clone();
    let mut rest = Contact::default();
    if version == Version::Beta {
        rest.phones = split(&mut own.phones, properties::own_phones, |_| true);
        rest.postal_addresses = split(&mut own.postal_addresses, properties::own_address, |address| !address.is_empty());
        rest.websites = split(&mut own.websites, properties::own_website, |site| {
            site.address.value().is_some() && site.display_name.value().is_none() && site.unknown.is_empty()
        });
    }
    let known = properties::list_for_callers(version).filter_map(|p| {
        let of_rest = matches!(p.accessor, Accessor::Phones | Accessor::PostalAddresses | Accessor::Websites);
        Some((p.name.to_owned(), p.accessor.write(if of_rest { &rest } else { &own }, Date::to_string)?))
    });
    let mut shown: Map<String, Value> = known.collect();
    for (name, value) in own.unknown.iter().filter(|(name, _)| !name.contains('@')) {
        shown.entry(name).or_insert_with(|| value.clone());
    }
    shown
        .into_iter()
        .map(|(name, value)| (name, without_nulls(value)))
        .filter(|(_, value)| !value.is_null() && value.as_object().is_none_or(|object| !object.is_empty()))
        .collect()
}

/// Leaves in `list` the entries that have room in a property of their own and fit there, and gives the others.
fn split<K: Copy + PartialEq + 'static, T: Clone>(list: &mut ByKind<K, T>, own: Own<K>, fits: fn(&T) -> bool) -> ByKind<K, T> {
    let (mut kept, mut rest) = (ByKind::default(), ByKind::default());
    for kind in list.kinds() {
        let entries: Vec<T> = list.of(*kind).cloned().collect();
        let room = entries.iter().take_while(|entry| fits(entry)).count().min(properties::room(own, kind));
        let (first, others) = entries.split_at(room);
        // Where all entries are elsewhere, the property of its own says nothing of the kind.
        if room > 0 || others.is_empty() {
            kept.replace(*kind, first.iter().cloned());
        }
        rest.replace(*kind, others.iter().cloned());
    }
    *list = kept;
    rest
}

/// The names of the properties that the contact speaks of, whatever it says of them: what `$select` has to name.
pub fn list_specified(contact: &Contact, version: Version) -> Vec<&'static str> {
    properties::list_in_version(version)
        .filter(|p| p.accessor.write(contact, Date::to_string).is_some())
        .map(|p| p.name)
        .collect()
}

fn writable(contact: &Contact, version: Version) -> impl Iterator<Item = (String, Value)> {
    properties::list_in_version(version)
        .filter(|p| !p.read_only)
        .filter_map(move |p| Some((p.name.to_owned(), p.accessor.write(contact, Date::to_date_time_offset)?)))
}

/// Whether the value says nothing: null, an empty collection, an empty structure.
pub(super) fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => false,
    }
}

/// The value without the null members of its objects, at any depth.
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
    /// The JSON of what is said at this place; `None` where nothing is. `date` writes a date that Graph types as a time.
    pub(super) fn write(&self, contact: &Contact, date: fn(&Date) -> String) -> Option<Value> {
        match self {
            Accessor::String(field) => write_field((field.get)(contact), |text| json!(text)),
            Accessor::Strings(field) => write_field((field.get)(contact), |texts| json!(texts)),
            Accessor::DateTimeOffset(field) => write_field((field.get)(contact), |day| json!(date(day))),
            Accessor::Date(field) => write_field((field.get)(contact), |day| json!(day.to_string())),
            Accessor::Boolean(field) => write_field((field.get)(contact), |truth| json!(truth)),
            Accessor::Flag(field) => write_field((field.get)(contact), flag),
            Accessor::EmailAddress(field) => write_field((field.get)(contact), email),
            Accessor::EmailAddresses(field) => write_field((field.get)(contact), |emails| emails.iter().map(email).collect()),
            Accessor::PhonesOfKind(kind) => of_kind(&contact.phones, *kind, |numbers| json!(numbers)),
            Accessor::PhoneOfKind(kind) => of_kind(&contact.phones, *kind, |numbers| json!(numbers.first())),
            Accessor::AddressOfKind(kind) => of_kind(&contact.postal_addresses, *kind, |addresses| {
                addresses.first().map_or_else(|| json!({}), |address| Value::Object(complex(*address)))
            }),
            Accessor::WebsiteOfKind(kind) => {
                of_kind(&contact.websites, *kind, |sites| json!(sites.first().and_then(|site| site.address.value())))
            }
            Accessor::Phones => all(&contact.phones, |kind, number| json!({"type": kind.name(), "number": number})),
            Accessor::PostalAddresses => all(&contact.postal_addresses, |kind, address| typed(kind.name(), complex(address))),
            Accessor::Websites => all(&contact.websites, |kind, site| typed(kind.name(), complex(site))),
            Accessor::Extensions(field) => {
                write_field((field.get)(contact), |all| all.iter().cloned().map(Value::Object).collect())
            }
            Accessor::Photo(field) => write_field((field.get)(contact), |photo| Value::Object(photo.clone())),
            Accessor::SingleValueExtended(field) => write_field((field.get)(contact), |all| all.iter().map(extended).collect()),
            Accessor::MultiValueExtended(field) => write_field((field.get)(contact), |all| all.iter().map(extended).collect()),
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

fn of_kind<K: Copy + PartialEq + 'static, T>(list: &ByKind<K, T>, kind: K, write: impl FnOnce(&[&T]) -> Value) -> Option<Value> {
    list.is_specified(kind).then(|| write(&list.of(kind).collect::<Vec<_>>()))
}

fn all<K: Copy + PartialEq + 'static, T>(list: &ByKind<K, T>, write: impl Fn(K, &T) -> Value) -> Option<Value> {
    (!list.is_unset()).then(|| list.entries().iter().map(|(kind, entry)| write(*kind, entry)).collect())
}

fn complex<T: ComplexType>(complex: &T) -> Map<String, Value> {
    let known = T::PARTS
        .iter()
        .filter_map(|part| Some((part.name.to_owned(), write_field((part.field.get)(complex), |text| json!(text))?)));
    known.chain(complex.unknown().clone()).collect()
}

fn typed(kind: &str, members: Map<String, Value>) -> Value {
    std::iter::once(("type".to_owned(), json!(kind))).chain(members).collect::<Map<_, _>>().into()
}

fn email(address: &EmailAddress) -> Value {
    match address.kind.value() {
        Some(kind) => typed(kind.name(), complex(address)),
        None => Value::Object(complex(address)),
    }
}

fn extended<V: Clone + Into<Value>>(property: &ExtendedProperty<V>) -> Value {
    json!({"id": property.id, "value": property.value.clone().into()})
}

fn flag(flag: &Flag) -> Value {
    let moment = |moment: &DateTimeTimeZone| match &moment.time_zone {
        Some(zone) => json!({"dateTime": moment.date_time, "timeZone": zone}),
        None => json!({"dateTime": moment.date_time}),
    };
    let mut members = Map::from_iter([("flagStatus".to_owned(), json!(flag.status.name()))]);
    for (name, at) in [("startDateTime", &flag.start), ("dueDateTime", &flag.due), ("completedDateTime", &flag.completed)] {
        if let Some(at) = at {
            members.insert(name.to_owned(), moment(at));
        }
    }
    Value::Object(members)
}
