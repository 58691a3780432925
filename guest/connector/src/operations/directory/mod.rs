//! Operations on the tenant's directory: users, organizational contacts, and their relations.

pub mod directory_objects;
pub mod org_contact_properties;
pub mod org_contacts;
