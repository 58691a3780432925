//! The structured values of a contact, and the contact folder.

use serde_json::{Map, Value};

use super::complex_type::{ComplexType, Part};
use super::field::Field;
use super::field_ref::field_ref;
use super::kinds::{EmailKind, FlagStatus};
use super::version::Version;

/// Declares a complex type: its parts with their names in Graph (`beta`: only beta has the part), and its other fields.
macro_rules! complex_type {
    (
        $(#[$about:meta])*
        $type:ident { $($field:ident = $name:literal $($only_in:ident)?),+ $(,)? } $(and $other:ident: $other_type:ty)?
    ) => {
        $(#[$about])*
        #[derive(Clone, Debug, Default, PartialEq)]
        #[allow(missing_docs, reason = "wit/types.wit describes every part for its readers")]
        pub struct $type {
            $(pub $other: $other_type,)?
            $(pub $field: Field<String>,)+
            /// The members that Graph returned and this connector does not know.
            /// `None` if it does not specify them.
            pub unknown: Option<Map<String, Value>>,
        }

        impl ComplexType for $type {
            const PARTS: &'static [Part<Self>] =
                &[$(Part { name: $name, field: field_ref!($field), only_in: complex_type!(@only_in $($only_in)?) }),+];

            fn unknown(&self) -> Option<&Map<String, Value>> {
                self.unknown.as_ref()
            }

            fn unknown_mut(&mut self) -> &mut Map<String, Value> {
                self.unknown.get_or_insert_default()
            }
        }
    };
    (@only_in) => { None };
    (@only_in beta) => { Some(Version::Beta) };
}

complex_type! {
    /// A postal address (`physicalAddress`). [`ByKind`](super::by_kind::ByKind) holds its kind.
    Address {
        street = "street", city = "city", state = "state", postal_code = "postalCode", country_or_region = "countryOrRegion",
        post_office_box = "postOfficeBox" beta,
    }
}

complex_type! {
    /// A telephone number (`phone`). [`ByKind`](super::by_kind::ByKind) holds its kind.
    Phone { number = "number" }
}

complex_type! {
    /// An e-mail address (`emailAddress` in v1.0, `typedEmailAddress` in beta).
    EmailAddress { name = "name", address = "address", other_label = "otherLabel" beta } and kind: Field<EmailKind>
}

complex_type! {
    /// A website (`website`). [`ByKind`](super::by_kind::ByKind) holds its kind.
    Website { address = "address", display_name = "displayName" beta }
}

complex_type! {
    /// A contact folder (`contactFolder`).
    /// <https://learn.microsoft.com/en-us/graph/api/resources/contactfolder>
    Folder {
        id = "id", display_name = "displayName", parent_folder_id = "parentFolderId", well_known_name = "wellKnownName" beta,
    }
}

impl Phone {
    /// Returns the telephone number without anything else.
    pub fn from_number(number: String) -> Phone {
        Phone { number: number.into(), unknown: Some(Map::new()) }
    }
}

impl Website {
    /// Returns the website without anything but its address.
    pub fn from_address(address: String) -> Website {
        Website { address: address.into(), unknown: Some(Map::new()), ..Website::default() }
    }
}

/// A follow-up flag (`followupFlag`, beta).
#[derive(Clone, Debug, Default, PartialEq)]
#[allow(missing_docs, reason = "wit/types.wit describes every part for its readers")]
pub struct Flag {
    pub status: Field<FlagStatus>,
    pub start: Field<DateTimeTimeZone>,
    pub due: Field<DateTimeTimeZone>,
    pub completed: Field<DateTimeTimeZone>,
    /// The members that Graph returned and this connector does not know, or whose values it does not know. `None` if it does not
    /// specify them.
    pub unknown: Option<Map<String, Value>>,
}

/// A local time and its time zone (`dateTimeTimeZone`).
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "wit/types.wit describes every part for its readers")]
pub struct DateTimeTimeZone {
    pub date_time: String,
    pub time_zone: Option<String>,
}

/// A MAPI property: `singleValueLegacyExtendedProperty` or `multiValueLegacyExtendedProperty`.
#[derive(Clone, Debug, PartialEq)]
pub struct ExtendedProperty<V> {
    /// `{type} {guid} Name {name}` or `{type} {proptag}`.
    pub id: String,
    /// The value or values, as strings.
    pub value: V,
}
