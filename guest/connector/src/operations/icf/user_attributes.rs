//! The attributes of the object class `user`.

use crate::operations::directory::org_contact_properties::ValueKind;
use crate::operations::icf::attribute::Flag::{NotCreatable, NotReadable, NotReturnedByDefault, NotUpdateable, Required};
use crate::operations::icf::attribute::{Attribute, Flag, READ_ONLY};

/// The flags of the write-only attributes: the three of the OpenICF page "Contacts (MS Graph API)".
const WRITE_ONLY: &[Flag] = &[NotReadable, NotReturnedByDefault];

/// The attributes, one row each. All but those for contacts are in Graph's default set of a user
/// (<https://learn.microsoft.com/en-us/graph/api/user-get?view=graph-rest-1.0>).
pub static USER: &[Attribute] = &[
    Attribute {
        name: "userPrincipalName",
        native_name: Some("__NAME__"),
        kind: ValueKind::String,
        flags: &[Required, NotCreatable, NotUpdateable],
    },
    Attribute { name: "displayName", native_name: None, kind: ValueKind::String, flags: READ_ONLY },
    Attribute { name: "givenName", native_name: None, kind: ValueKind::String, flags: READ_ONLY },
    Attribute { name: "surname", native_name: None, kind: ValueKind::String, flags: READ_ONLY },
    Attribute { name: "mail", native_name: None, kind: ValueKind::String, flags: READ_ONLY },
    Attribute { name: "jobTitle", native_name: None, kind: ValueKind::String, flags: READ_ONLY },
    Attribute { name: "businessPhones", native_name: None, kind: ValueKind::Strings, flags: READ_ONLY },
    Attribute { name: "mobilePhone", native_name: None, kind: ValueKind::String, flags: READ_ONLY },
    Attribute { name: "officeLocation", native_name: None, kind: ValueKind::String, flags: READ_ONLY },
    Attribute { name: "preferredLanguage", native_name: None, kind: ValueKind::String, flags: READ_ONLY },
    Attribute {
        name: CONTACTS,
        native_name: None,
        kind: ValueKind::Objects,
        flags: &[NotCreatable, NotUpdateable, NotReturnedByDefault],
    },
    Attribute { name: ADD_CONTACTS, native_name: None, kind: ValueKind::Objects, flags: WRITE_ONLY },
    Attribute { name: REMOVE_CONTACTS, native_name: None, kind: ValueKind::Strings, flags: WRITE_ONLY },
    Attribute { name: UPDATE_CONTACTS, native_name: None, kind: ValueKind::Objects, flags: WRITE_ONLY },
];

/// The attribute for the contacts of a user, to read.
pub const CONTACTS: &str = "contacts";
/// The attribute for contacts to create.
pub const ADD_CONTACTS: &str = "__addContacts__";
/// The attribute for contacts to update, each with the `id` of the contact.
pub const UPDATE_CONTACTS: &str = "__updateContacts__";
/// The attribute for ids of contacts to delete.
pub const REMOVE_CONTACTS: &str = "__removeContacts__";
