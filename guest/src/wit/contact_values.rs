//! The values of a contact's fields, from and to the fields of the record `contact` in `wit/types.wit`.

use serde_json::{Map, Value};

use super::bindings::exports::graph_contacts::connector::types as wit;
use connector::contact::complex_type::ComplexType;
use connector::contact::{
    Address, AddressKind, ByKind, Date, DateTimeTimeZone, EmailAddress, EmailKind, ExtendedProperty, Field, Flag, FlagStatus,
    Phone, PhoneKind, Website, WebsiteKind,
};
use connector::error::{Error, Result};

/// Converts between two enumerations with the same members. A member that only one of them has does not compile.
macro_rules! convert_enum {
    ($ours:ident, $theirs:ident: $($member:ident),+ $(,)?) => {
        impl From<$ours> for wit::$theirs {
            fn from(member: $ours) -> Self {
                match member { $($ours::$member => wit::$theirs::$member),+ }
            }
        }
        impl From<wit::$theirs> for $ours {
            fn from(member: wit::$theirs) -> Self {
                match member { $(wit::$theirs::$member => $ours::$member),+ }
            }
        }
    };
}
pub(super) use convert_enum;

convert_enum!(PhoneKind, PhoneKind: Home, Business, Mobile, Other, Assistant, HomeFax, BusinessFax, OtherFax, Pager, Radio);
convert_enum!(AddressKind, PostalAddressKind: Unknown, Home, Business, Other);
convert_enum!(WebsiteKind, WebsiteKind: Other, Home, Work, Blog, Profile);
convert_enum!(EmailKind, EmailKind: Unknown, Work, Personal, Main, Other);
convert_enum!(FlagStatus, FlagStatus: NotFlagged, Complete, Flagged);

/// A field of a contact, and the field of the same name in the record.
pub trait RecordField: Sized {
    /// The type of the record's field.
    type Record;

    /// Returns the contact's field. If the record's is invalid, sets `error` to one that names the property.
    ///
    /// The error is not a `Result`, because leaving the conversion at each of the contact's fields takes much code.
    fn from_record(record: Self::Record, name: &str, error: &mut Option<Error>) -> Self;

    /// Returns the record's field.
    fn into_record(self) -> Self::Record;

    /// Returns a field that clears the property.
    fn clear() -> Self;
}

/// A value in a contact's field, and the value in the record's field.
pub trait RecordValue: Sized {
    /// The type of the record's value.
    type Record;

    /// Returns the contact's value.
    fn from_record(record: Self::Record) -> Self;

    /// Returns the record's value.
    fn into_record(self) -> Self::Record;
}

impl<T: RecordValue> RecordField for Field<T> {
    type Record = Option<T::Record>;

    fn from_record(record: Self::Record, _: &str, _: &mut Option<Error>) -> Self {
        record.map(T::from_record).into()
    }

    fn into_record(self) -> Self::Record {
        into_option(self).map(T::into_record)
    }

    fn clear() -> Self {
        Field::Null
    }
}

impl<T: RecordValue> RecordField for Field<Vec<T>> {
    type Record = Vec<T::Record>;

    fn from_record(record: Self::Record, _: &str, _: &mut Option<Error>) -> Self {
        from_list(record.into_iter().map(T::from_record).collect())
    }

    fn into_record(self) -> Self::Record {
        into_list(self, T::into_record)
    }

    fn clear() -> Self {
        Field::Set(Vec::new())
    }
}

impl RecordField for Field<Date> {
    type Record = Option<String>;

    fn from_record(record: Self::Record, name: &str, error: &mut Option<Error>) -> Self {
        let Some(text) = record else { return Field::Unset };
        Date::parse(&text).map_or_else(|| reject(Error::invalid_attribute(name, Date::EXPECTED), error), Field::Set)
    }

    fn into_record(self) -> Self::Record {
        into_option(self).map(|date| date.to_string())
    }

    fn clear() -> Self {
        Field::Null
    }
}

impl RecordField for Field<Vec<Map<String, Value>>> {
    type Record = Vec<wit::OpenExtension>;

    fn from_record(record: Self::Record, name: &str, error: &mut Option<Error>) -> Self {
        let extensions: Result<_> = record.into_iter().map(|extension| into_extension(extension, name)).collect();
        extensions.map_or_else(|invalid| reject(invalid, error), from_list)
    }

    fn into_record(self) -> Self::Record {
        into_list(self, from_extension)
    }

    fn clear() -> Self {
        Field::Set(Vec::new())
    }
}

/// Photos are not writable: a photo that a program read and sends back changes nothing.
impl RecordField for Field<Map<String, Value>> {
    type Record = Option<wit::Photo>;

    fn from_record(_: Self::Record, _: &str, _: &mut Option<Error>) -> Self {
        Field::Unset
    }

    fn into_record(self) -> Self::Record {
        let photo = into_option(self)?;
        let pixels = |name: &str| photo.get(name).and_then(Value::as_u64).and_then(|n| u32::try_from(n).ok()).unwrap_or_default();
        Some(wit::Photo { width: pixels("width"), height: pixels("height") })
    }

    fn clear() -> Self {
        Field::Null
    }
}

impl RecordField for ByKind<PhoneKind, Phone> {
    type Record = Vec<wit::Phone>;

    fn from_record(record: Self::Record, _: &str, _: &mut Option<Error>) -> Self {
        from_entries(record, |phone| (phone.kind.into(), Phone { number: phone.number.into(), unknown: None }))
    }

    fn into_record(self) -> Self::Record {
        // Graph can return a telephone without a number.
        let number =
            |(kind, phone): (PhoneKind, Phone)| Some(wit::Phone { kind: kind.into(), number: into_option(phone.number)? });
        self.into_entries().into_iter().filter_map(number).collect()
    }

    fn clear() -> Self {
        ByKind::Whole(Vec::new())
    }
}

impl RecordField for ByKind<AddressKind, Address> {
    type Record = Vec<wit::PostalAddress>;

    fn from_record(record: Self::Record, _: &str, _: &mut Option<Error>) -> Self {
        from_entries(record, into_address)
    }

    fn into_record(self) -> Self::Record {
        // Graph returns an empty structure for an address that does not exist.
        self.into_entries().into_iter().filter(|(_, address)| has_parts(address)).map(from_address).collect()
    }

    fn clear() -> Self {
        ByKind::Whole(Vec::new())
    }
}

impl RecordField for ByKind<WebsiteKind, Website> {
    type Record = Vec<wit::Website>;

    fn from_record(record: Self::Record, _: &str, _: &mut Option<Error>) -> Self {
        from_entries(record, into_website)
    }

    fn into_record(self) -> Self::Record {
        self.into_entries().into_iter().filter(|(_, site)| has_parts(site)).map(from_website).collect()
    }

    fn clear() -> Self {
        ByKind::Whole(Vec::new())
    }
}

/// Returns the value of a field, if it has one.
pub fn into_option<T>(field: Field<T>) -> Option<T> {
    match field {
        Field::Set(value) => Some(value),
        Field::Unset | Field::Null => None,
    }
}

/// Returns the field for a record's list. An empty list leaves the property unset.
fn from_list<T>(list: Vec<T>) -> Field<Vec<T>> {
    if list.is_empty() { Field::Unset } else { Field::Set(list) }
}

/// Keeps the first error, and returns the field for the invalid value.
fn reject<T>(invalid: Error, error: &mut Option<Error>) -> Field<T> {
    error.get_or_insert(invalid);
    Field::Unset
}

fn into_list<T, R>(field: Field<Vec<T>>, convert: impl FnMut(T) -> R) -> Vec<R> {
    into_option(field).unwrap_or_default().into_iter().map(convert).collect()
}

/// Returns the list for a record's list. An empty list leaves every kind unset.
fn from_entries<R, K, T>(record: Vec<R>, convert: fn(R) -> (K, T)) -> ByKind<K, T> {
    if record.is_empty() { ByKind::default() } else { ByKind::Whole(record.into_iter().map(convert).collect()) }
}

/// Checks whether a structure has a part that its record shows.
fn has_parts<T: ComplexType>(structure: &T) -> bool {
    T::PARTS.iter().any(|part| (part.field.get)(structure).value().is_some())
}

impl RecordValue for String {
    type Record = String;

    fn from_record(record: String) -> Self {
        record
    }

    fn into_record(self) -> String {
        self
    }
}

impl RecordValue for bool {
    type Record = bool;

    fn from_record(record: bool) -> Self {
        record
    }

    fn into_record(self) -> bool {
        self
    }
}

impl RecordValue for EmailAddress {
    type Record = wit::EmailAddress;

    fn from_record(record: wit::EmailAddress) -> Self {
        EmailAddress {
            // v1.0 has no kinds and reads as `unknown`, which therefore leaves the kind unset.
            kind: if record.kind == wit::EmailKind::Unknown { Field::Unset } else { Field::Set(record.kind.into()) },
            name: into_part(record.name),
            address: into_part(record.address),
            other_label: record.other_label.into(),
            unknown: None,
        }
    }

    fn into_record(self) -> wit::EmailAddress {
        wit::EmailAddress {
            kind: into_option(self.kind).unwrap_or(EmailKind::Unknown).into(),
            name: into_option(self.name),
            address: into_option(self.address),
            other_label: into_option(self.other_label),
        }
    }
}

impl RecordValue for Flag {
    type Record = wit::FollowupFlag;

    fn from_record(record: wit::FollowupFlag) -> Self {
        // A program that leaves a date out means that the flag has none.
        let date_time = |at: Option<wit::DateTimeTimeZone>| {
            at.map_or(Field::Null, |at| Field::Set(DateTimeTimeZone { date_time: at.date_time, time_zone: at.time_zone }))
        };
        Flag {
            status: Field::Set(record.status.into()),
            start: date_time(record.start),
            due: date_time(record.due),
            completed: date_time(record.completed),
            unknown: None,
        }
    }

    fn into_record(self) -> wit::FollowupFlag {
        let date_time = |at: Field<DateTimeTimeZone>| {
            into_option(at).map(|at| wit::DateTimeTimeZone { date_time: at.date_time, time_zone: at.time_zone })
        };
        wit::FollowupFlag {
            status: into_option(self.status).unwrap_or(FlagStatus::NotFlagged).into(),
            start: date_time(self.start),
            due: date_time(self.due),
            completed: date_time(self.completed),
        }
    }
}

impl RecordValue for ExtendedProperty<String> {
    type Record = wit::SingleValueExtendedProperty;

    fn from_record(record: Self::Record) -> Self {
        ExtendedProperty { id: record.id, value: record.value }
    }

    fn into_record(self) -> Self::Record {
        wit::SingleValueExtendedProperty { id: self.id, value: self.value }
    }
}

impl RecordValue for ExtendedProperty<Vec<String>> {
    type Record = wit::MultiValueExtendedProperty;

    fn from_record(record: Self::Record) -> Self {
        ExtendedProperty { id: record.id, value: record.value }
    }

    fn into_record(self) -> Self::Record {
        wit::MultiValueExtendedProperty { id: self.id, value: self.value }
    }
}

/// Returns a part of a structure. A program that leaves a v1.0 part out means that the structure has no such value.
fn into_part(part: Option<String>) -> Field<String> {
    part.map_or(Field::Null, Field::Set)
}

fn into_address(address: wit::PostalAddress) -> (AddressKind, Address) {
    let parts = Address {
        street: into_part(address.street),
        city: into_part(address.city),
        state: into_part(address.state),
        postal_code: into_part(address.postal_code),
        country_or_region: into_part(address.country_or_region),
        post_office_box: address.post_office_box.into(),
        unknown: None,
    };
    (address.kind.into(), parts)
}

fn from_address((kind, address): (AddressKind, Address)) -> wit::PostalAddress {
    wit::PostalAddress {
        kind: kind.into(),
        street: into_option(address.street),
        city: into_option(address.city),
        state: into_option(address.state),
        postal_code: into_option(address.postal_code),
        country_or_region: into_option(address.country_or_region),
        post_office_box: into_option(address.post_office_box),
    }
}

fn into_website(site: wit::Website) -> (WebsiteKind, Website) {
    let parts = Website { address: into_part(site.address), display_name: site.display_name.into(), unknown: None };
    (site.kind.into(), parts)
}

fn from_website((kind, site): (WebsiteKind, Website)) -> wit::Website {
    wit::Website { kind: kind.into(), address: into_option(site.address), display_name: into_option(site.display_name) }
}

/// The member of an open extension that holds its name.
/// <https://learn.microsoft.com/en-us/graph/api/resources/opentypeextension>
const EXTENSION_NAME: &str = "extensionName";

fn into_extension(extension: wit::OpenExtension, name: &str) -> Result<Map<String, Value>> {
    let Ok(Value::Object(properties)) = serde_json::from_str(&extension.properties) else {
        return Err(Error::invalid_attribute(name, format!("expected a JSON object as the properties of {}", extension.name)));
    };
    let mut whole = Map::from_iter([
        ("@odata.type".to_owned(), Value::from("microsoft.graph.openTypeExtension")),
        (EXTENSION_NAME.to_owned(), Value::from(extension.name)),
    ]);
    whole.extend(properties);
    Ok(whole)
}

fn from_extension(mut extension: Map<String, Value>) -> wit::OpenExtension {
    let name = match extension.remove(EXTENSION_NAME).or_else(|| extension.get("id").cloned()) {
        Some(Value::String(name)) => name,
        _ => String::new(),
    };
    extension.retain(|name, _| !name.contains('@') && name != "id");
    wit::OpenExtension { name, properties: Value::Object(extension).to_string() }
}
