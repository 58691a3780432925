//! The canonical contact, and its mapping to and from JSON.
//!
//! The canonical contact has the shape of Graph's beta `contact`, because the v1.0 shape is a projection of it: where v1.0 has
//! `businessPhones`, `homePhones` and `mobilePhone`, beta has one list of `phones`, each with its kind.
//!
//! * [`properties`] declares each property once: name, version, place in [`Contact`], access and limit. Everything else here
//!   interprets that table.
//! * [`read`] makes a contact out of JSON: what Graph answered, or what a caller wants.
//! * [`mod@write`] makes JSON out of a contact: what Graph is to store, or what a caller sees.
//! * [`check`] tells what a version of Graph cannot store.
//! * [`change`] compares what a caller wants with what is stored.
//!
//! Nothing here knows of HTTP, of paths, or of who is asking.

pub mod date;
pub mod diff;
pub mod field;
pub mod folder;
pub mod from_json;
pub mod kinds;
pub mod parts;
pub mod properties;
pub mod reference;
pub mod to_json;
pub mod validate;

use serde_json::{Map, Value};

pub use date::Date;
pub use field::Field;
pub use kinds::{AddressKind, EmailKind, FlagStatus, PhoneKind, WebsiteKind};
pub use parts::{Address, ByKind, DateTimeTimeZone, EmailAddress, ExtendedProperty, Flag, Folder, Website};

/// The versions of Microsoft Graph, which have different shapes for a contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// `v1.0`.
    V1,
    /// `beta`.
    Beta,
}

impl Version {
    /// The version's name, as it stands in an address.
    pub fn name(self) -> &'static str {
        match self {
            Version::V1 => "v1.0",
            Version::Beta => "beta",
        }
    }
}

/// A personal contact, whole or in part: each property is unset, null, or has a value.
///
/// The fields are Graph's properties of the same name, in Rust's spelling.
/// <https://learn.microsoft.com/en-us/graph/api/resources/contact?view=graph-rest-beta>
#[derive(Clone, Debug, Default, PartialEq)]
#[allow(missing_docs, reason = "wit/types.wit describes every property for its readers")]
pub struct Contact {
    pub id: Field<String>,
    pub change_key: Field<String>,
    pub created_date_time: Field<String>,
    pub last_modified_date_time: Field<String>,
    pub parent_folder_id: Field<String>,
    pub assistant_name: Field<String>,
    pub birthday: Field<Date>,
    pub categories: Field<Vec<String>>,
    pub children: Field<Vec<String>>,
    pub company_name: Field<String>,
    pub department: Field<String>,
    pub display_name: Field<String>,
    pub email_addresses: Field<Vec<EmailAddress>>,
    pub primary_email_address: Field<EmailAddress>,
    pub secondary_email_address: Field<EmailAddress>,
    pub tertiary_email_address: Field<EmailAddress>,
    pub file_as: Field<String>,
    pub flag: Field<Flag>,
    pub gender: Field<String>,
    pub generation: Field<String>,
    pub given_name: Field<String>,
    pub im_addresses: Field<Vec<String>>,
    pub initials: Field<String>,
    pub is_favorite: Field<bool>,
    pub job_title: Field<String>,
    pub manager: Field<String>,
    pub middle_name: Field<String>,
    pub nick_name: Field<String>,
    pub office_location: Field<String>,
    pub personal_notes: Field<String>,
    pub phones: ByKind<PhoneKind, String>,
    pub postal_addresses: ByKind<AddressKind, Address>,
    pub profession: Field<String>,
    pub spouse_name: Field<String>,
    pub surname: Field<String>,
    pub title: Field<String>,
    pub websites: ByKind<WebsiteKind, Website>,
    pub wedding_anniversary: Field<Date>,
    pub yomi_company_name: Field<String>,
    pub yomi_given_name: Field<String>,
    pub yomi_surname: Field<String>,
    pub single_value_extended_properties: Field<Vec<ExtendedProperty<String>>>,
    pub multi_value_extended_properties: Field<Vec<ExtendedProperty<Vec<String>>>>,
    pub extensions: Field<Vec<Map<String, Value>>>,
    pub photo: Field<Map<String, Value>>,
    /// What Graph returned and this connector does not know, `@odata` annotations among it, as it came.
    pub unknown: Map<String, Value>,
}
