//! The canonical contact, and its mapping to and from JSON.
//!
//! The canonical contact has the shape of Graph's beta `contact`, because the v1.0 shape is a projection of it: where v1.0 has
//! `businessPhones`, `homePhones` and `mobilePhone`, beta has one list of `phones`, each with its kind.
//!
//! * [`table`] declares each field and its properties once: name, version, type, access and limit. [`Contact`], [`properties`]
//!   and the component's conversion of the record in `wit/types.wit` are generated from it.
//! * [`from_json`] parses a contact, and [`json_values`] its values: what Graph returned, or what a caller wants.
//! * [`to_json`] writes a contact: what Graph stores, or what a caller sees.
//! * [`projection`] splits a list with kinds into the properties that callers see.
//! * [`validate`] finds what a version of Graph cannot store.
//! * [`diff`](mod@diff) compares what a caller wants with what is stored.
//!
//! Nothing here depends on HTTP, on paths, or on the caller.

pub mod accessor;
pub mod by_kind;
pub mod canonical;
pub mod complex_type;
pub mod date;
pub mod diff;
pub mod distribution_list;
pub mod entry;
pub mod field;
pub mod field_ref;
pub mod field_types;
pub mod flag;
pub mod folder;
pub mod from_json;
pub mod instant;
pub mod json_nulls;
pub mod json_values;
pub mod kinds;
pub mod notes;
pub mod parts;
pub mod projection;
pub mod properties;
pub mod reference;
pub mod table;
pub mod to_json;
pub mod validate;
pub mod version;

pub use by_kind::ByKind;
pub use canonical::Contact;
pub use date::Date;
pub use field::Field;
pub use instant::Instant;
pub use kinds::{AddressKind, EmailKind, FlagStatus, Kind, PhoneKind, WebsiteKind};
pub use parts::{Address, DateTimeTimeZone, EmailAddress, ExtendedProperty, Flag, Folder, Phone, Website};
pub use version::Version;
