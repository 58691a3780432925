//! The types of a contact's fields, by their names in the table.
//!
//! Each also names the variant of [`Accessor`](super::accessor::Accessor) that reads and writes such a field.

use serde_json::{Map, Value};

use super::by_kind::ByKind;
use super::date;
use super::field::Field;
use super::kinds::{AddressKind, PhoneKind, WebsiteKind};
use super::parts::{self, Address, ExtendedProperty, Phone, Website};

/// A string.
pub type String = Field<std::string::String>;
/// A collection of strings.
pub type Strings = Field<Vec<std::string::String>>;
/// A date that Graph types as a `DateTimeOffset`.
pub type DateTimeOffset = Field<date::Date>;
/// A date.
pub type Date = Field<date::Date>;
/// A Boolean.
pub type Boolean = Field<bool>;
/// A follow-up flag.
pub type Flag = Field<parts::Flag>;
/// One e-mail address.
pub type EmailAddress = Field<parts::EmailAddress>;
/// A collection of e-mail addresses.
pub type EmailAddresses = Field<Vec<parts::EmailAddress>>;
/// Telephone numbers of every kind.
pub type Phones = ByKind<PhoneKind, Phone>;
/// Postal addresses of every kind.
pub type PostalAddresses = ByKind<AddressKind, Address>;
/// Websites of every kind.
pub type Websites = ByKind<WebsiteKind, Website>;
/// Open extensions. A create request can carry them; afterwards each has requests of its own.
pub type Extensions = Field<Vec<Map<std::string::String, Value>>>;
/// The size of a photo. The photo itself is not a property.
pub type Photo = Field<Map<std::string::String, Value>>;
/// MAPI properties with one value.
pub type SingleValueExtended = Field<Vec<ExtendedProperty<std::string::String>>>;
/// MAPI properties with several values.
pub type MultiValueExtended = Field<Vec<ExtendedProperty<Vec<std::string::String>>>>;
