//! Contact to JSON: what Graph is to store, and what a caller sees.

use serde_json::{Map, Value, json};

use super::parts::{ByKind, Complex, EmailAddress, ExtendedProperty, Flag, Moment};
use super::properties::{self, Own, Place};
use super::{Contact, Date, Field, Version};

/// The body of a request that creates the contact. Nulls and empty values are left out: they say nothing of a new contact,
/// and the service answers 500 to null structures.
pub fn create_body(contact: &Contact, version: Version) -> Map<String, Value> {
    writable(contact, version).map(|(name, value)| (name, without_nulls(value))).filter(|(_, value)| !is_empty(value)).collect()
}

/// The body of a request that updates a contact, where the contact holds what is to change (see [`super::change`]).
pub fn update_body(contact: &Contact, version: Version) -> Map<String, Value> {
    writable(contact, version).collect()
}

/// The contact as Graph itself would write it: the inverse of [`super::read::answer`].
pub fn answer(contact: &Contact, version: Version) -> Map<String, Value> {
    let known =
        properties::of(version).filter_map(|p| Some((p.name.to_owned(), p.place.write(contact, Date::date_time_offset)?)));
    known.chain(contact.unknown.clone()).collect()
}

/// The contact as a caller sees it: without nulls, empty structures and `@odata` annotations, dates as dates, and each value in
/// one place (see [`properties::for_callers`]).
pub fn shown(contact: &Contact, version: Version) -> Map<String, Value> {
    let mut own = contact.clone();
    let mut rest = Contact::default();
    if version == Version::Beta {
        rest.phones = split(&mut own.phones, properties::own_phones, |_| true);
        rest.postal_addresses = split(&mut own.postal_addresses, properties::own_address, |address| !address.is_empty());
        rest.websites = split(&mut own.websites, properties::own_website, |site| {
            site.address.value().is_some() && site.display_name.value().is_none() && site.unknown.is_empty()
        });
    }
    let known = properties::for_callers(version).filter_map(|p| {
        let of_rest = matches!(p.place, Place::Phones | Place::Addresses | Place::Websites);
        Some((p.name.to_owned(), p.place.write(if of_rest { &rest } else { &own }, Date::to_string)?))
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
            kept.say(*kind, first.iter().cloned());
        }
        rest.say(*kind, others.iter().cloned());
    }
    *list = kept;
    rest
}

/// The names of the properties that the contact speaks of, whatever it says of them: what `$select` has to name.
pub fn spoken_of(contact: &Contact, version: Version) -> Vec<&'static str> {
    properties::of(version).filter(|p| p.place.write(contact, Date::to_string).is_some()).map(|p| p.name).collect()
}

fn writable(contact: &Contact, version: Version) -> impl Iterator<Item = (String, Value)> {
    properties::of(version)
        .filter(|p| !p.read_only)
        .filter_map(move |p| Some((p.name.to_owned(), p.place.write(contact, Date::date_time_offset)?)))
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

impl Place {
    /// The JSON of what is said at this place; `None` where nothing is. `date` writes a date that Graph types as a time.
    pub(super) fn write(&self, contact: &Contact, date: fn(&Date) -> String) -> Option<Value> {
        match self {
            Place::Text(lens) => field((lens.of)(contact), |text| json!(text)),
            Place::Texts(lens) => field((lens.of)(contact), |texts| json!(texts)),
            Place::DateTime(lens) => field((lens.of)(contact), |day| json!(date(day))),
            Place::Date(lens) => field((lens.of)(contact), |day| json!(day.to_string())),
            Place::Bool(lens) => field((lens.of)(contact), |truth| json!(truth)),
            Place::Flag(lens) => field((lens.of)(contact), flag),
            Place::Email(lens) => field((lens.of)(contact), email),
            Place::Emails(lens) => field((lens.of)(contact), |emails| emails.iter().map(email).collect()),
            Place::PhonesOf(kind) => of_kind(&contact.phones, *kind, |numbers| json!(numbers)),
            Place::PhoneOf(kind) => of_kind(&contact.phones, *kind, |numbers| json!(numbers.first())),
            Place::AddressOf(kind) => of_kind(&contact.postal_addresses, *kind, |addresses| {
                addresses.first().map_or_else(|| json!({}), |address| Value::Object(complex(*address)))
            }),
            Place::WebsiteOf(kind) => {
                of_kind(&contact.websites, *kind, |sites| json!(sites.first().and_then(|site| site.address.value())))
            }
            Place::Phones => all(&contact.phones, |kind, number| json!({"type": kind.name(), "number": number})),
            Place::Addresses => all(&contact.postal_addresses, |kind, address| typed(kind.name(), complex(address))),
            Place::Websites => all(&contact.websites, |kind, site| typed(kind.name(), complex(site))),
            Place::Extensions(lens) => field((lens.of)(contact), |all| all.iter().cloned().map(Value::Object).collect()),
            Place::Photo(lens) => field((lens.of)(contact), |photo| Value::Object(photo.clone())),
            Place::SingleValueExtended(lens) => field((lens.of)(contact), |all| all.iter().map(extended).collect()),
            Place::MultiValueExtended(lens) => field((lens.of)(contact), |all| all.iter().map(extended).collect()),
        }
    }
}

fn field<T>(field: &Field<T>, write: impl FnOnce(&T) -> Value) -> Option<Value> {
    match field {
        Field::Unset => None,
        Field::Null => Some(Value::Null),
        Field::Set(value) => Some(write(value)),
    }
}

fn of_kind<K: Copy + PartialEq + 'static, T>(list: &ByKind<K, T>, kind: K, write: impl FnOnce(&[&T]) -> Value) -> Option<Value> {
    list.speaks_of(kind).then(|| write(&list.of(kind).collect::<Vec<_>>()))
}

fn all<K: Copy + PartialEq + 'static, T>(list: &ByKind<K, T>, write: impl Fn(K, &T) -> Value) -> Option<Value> {
    (!list.is_unset()).then(|| list.entries().iter().map(|(kind, entry)| write(*kind, entry)).collect())
}

fn complex<T: Complex>(complex: &T) -> Map<String, Value> {
    let known =
        T::PARTS.iter().filter_map(|part| Some((part.name.to_owned(), field((part.field.of)(complex), |text| json!(text))?)));
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
    let moment = |moment: &Moment| match &moment.time_zone {
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
