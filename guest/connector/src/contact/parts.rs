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
            pub unknown: Map<String, Value>,
        }

        impl ComplexType for $type {
            const PARTS: &'static [Part<Self>] =
                &[$(Part { name: $name, field: field_ref!($field), only_in: complex_type!(@only_in $($only_in)?) }),+];

            fn unknown(&self) -> &Map<String, Value> {
                &self.unknown
            }

            fn unknown_mut(&mut self) -> &mut Map<String, Value> {
                &mut self.unknown
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

/// A follow-up flag (`followupFlag`, beta).
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "wit/types.wit describes every part for its readers")]
pub struct Flag {
    pub status: FlagStatus,
    pub start: Option<DateTimeTimeZone>,
    pub due: Option<DateTimeTimeZone>,
    pub completed: Option<DateTimeTimeZone>,
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
