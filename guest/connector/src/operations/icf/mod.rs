//! The ICF object classes, with schema, filters, search, patches and sync.

pub mod attribute;
mod connection_test;
pub mod contact_class;
pub mod contact_extras;
pub mod contact_search;
pub mod container;
mod directory_row;
pub mod directory_search;
mod dispatch;
pub mod filter;
pub mod folder_class;
pub mod object_class;
pub mod org_contact_attributes;
pub mod org_contact_class;
pub mod org_contact_search;
pub mod outcome;
pub mod patch;
pub mod schema;
pub mod search;
pub mod sync;
pub mod uid;
pub mod user_attributes;
pub mod user_class;
pub mod user_search;
