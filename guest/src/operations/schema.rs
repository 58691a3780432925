//! The ICF schema: the attributes of each object class, with types and flags, in OpenIDM's form.

use serde_json::{Map, Value, json};

use crate::contact::parts::Complex;
use crate::contact::properties::{self, Place, Property};
use crate::contact::{Folder, Version};
use crate::operations::contact_class::{FOLDERS, MAILBOX};
use crate::operations::contact_extras::PHOTO_CONTENT;
use crate::operations::org_contact_class::ORG_CONTACT;

/// An attribute of an object class.
pub struct Attribute {
    /// Its name.
    pub name: &'static str,
    /// Its name in ICF, where that is another one.
    pub(super) native: Option<&'static str>,
    pub(super) kind: Type,
    pub(super) flags: &'static [Flag],
}

/// ICF's flags of an attribute, each of which takes something away from the default.
/// (ConnId, `AttributeInfo.Flags`.)
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Flag {
    Required,
    NotCreatable,
    NotUpdateable,
    NotReadable,
    NotReturnedByDefault,
}

#[derive(Clone, Copy)]
pub(super) enum Type {
    Text,
    Truth,
    Texts,
    Objects,
}

use Flag::{NotCreatable, NotReadable, NotReturnedByDefault, NotUpdateable, Required};

/// What cannot be changed: this connector writes contacts, and reads users to answer with them.
pub(super) const FIXED: &[Flag] = &[NotCreatable, NotUpdateable];
/// What is written, and never read: the three attributes of the OpenICF page "Contacts (MS Graph API)".
const WRITE_ONLY: &[Flag] = &[NotReadable, NotReturnedByDefault];

/// The object class `user`, one line an attribute. All but those of contacts are in Graph's default set of a user
/// (<https://learn.microsoft.com/en-us/graph/api/user-get?view=graph-rest-1.0>).
pub static USER: &[Attribute] = &[
    Attribute {
        name: "userPrincipalName",
        native: Some("__NAME__"),
        kind: Type::Text,
        flags: &[Required, NotCreatable, NotUpdateable],
    },
    Attribute { name: "displayName", native: None, kind: Type::Text, flags: FIXED },
    Attribute { name: "givenName", native: None, kind: Type::Text, flags: FIXED },
    Attribute { name: "surname", native: None, kind: Type::Text, flags: FIXED },
    Attribute { name: "mail", native: None, kind: Type::Text, flags: FIXED },
    Attribute { name: "jobTitle", native: None, kind: Type::Text, flags: FIXED },
    Attribute { name: "businessPhones", native: None, kind: Type::Texts, flags: FIXED },
    Attribute { name: "mobilePhone", native: None, kind: Type::Text, flags: FIXED },
    Attribute { name: "officeLocation", native: None, kind: Type::Text, flags: FIXED },
    Attribute { name: "preferredLanguage", native: None, kind: Type::Text, flags: FIXED },
    Attribute { name: CONTACTS, native: None, kind: Type::Objects, flags: &[NotCreatable, NotUpdateable, NotReturnedByDefault] },
    Attribute { name: ADD_CONTACTS, native: None, kind: Type::Objects, flags: WRITE_ONLY },
    Attribute { name: REMOVE_CONTACTS, native: None, kind: Type::Texts, flags: WRITE_ONLY },
    Attribute { name: UPDATE_CONTACTS, native: None, kind: Type::Objects, flags: WRITE_ONLY },
];

/// The contacts of a user, to read.
pub const CONTACTS: &str = "contacts";
/// Contacts to create.
pub const ADD_CONTACTS: &str = "__addContacts__";
/// Contacts to change; each has the `id` of the one that is meant.
pub const UPDATE_CONTACTS: &str = "__updateContacts__";
/// Ids of contacts to delete.
pub const REMOVE_CONTACTS: &str = "__removeContacts__";

impl Attribute {
    /// Whether it is never given out.
    pub fn is_readable(&self) -> bool {
        !self.flags.contains(&NotReadable)
    }

    /// Whether it is given out without being asked for.
    pub fn is_returned_by_default(&self) -> bool {
        !self.flags.contains(&NotReturnedByDefault)
    }

    fn declaration(&self) -> Value {
        let (item, array) = match self.kind {
            Type::Text => ("string", false),
            Type::Truth => ("boolean", false),
            Type::Texts => ("string", true),
            Type::Objects => ("object", true),
        };
        let flags: Vec<&str> = self.flags.iter().filter_map(|flag| flag.name()).collect();
        declared(item, array, self.flags.contains(&Required), self.native.unwrap_or(self.name), &flags)
    }
}

impl Flag {
    /// Its name in OpenIDM, which has `required` as a property of its own instead.
    fn name(self) -> Option<&'static str> {
        match self {
            Required => None,
            NotCreatable => Some("NOT_CREATABLE"),
            NotUpdateable => Some("NOT_UPDATEABLE"),
            NotReadable => Some("NOT_READABLE"),
            NotReturnedByDefault => Some("NOT_RETURNED_BY_DEFAULT"),
        }
    }
}

/// The schema of every object class, where that version of Graph is spoken.
pub fn schema(version: Version) -> Value {
    let user: Map<String, Value> = USER.iter().map(|a| (a.name.to_owned(), a.declaration())).collect();
    json!({
        "user": class("user", user),
        "contact": class("contact", contact(version)),
        "contactFolder": class("contactFolder", folder(version)),
        "orgContact": class("orgContact", ORG_CONTACT.iter().map(|a| (a.name.to_owned(), a.declaration())).collect()),
    })
}

fn class(name: &str, properties: Map<String, Value>) -> Value {
    json!({
        "$schema": "http://json-schema.org/draft-03/schema",
        "id": name,
        "type": "object",
        "nativeType": name,
        "properties": properties,
    })
}

/// The attributes of a contact: where it is, and the properties of the table.
fn contact(version: Version) -> Map<String, Value> {
    let place = [
        Attribute { name: MAILBOX, native: None, kind: Type::Text, flags: &[Required, NotUpdateable] },
        Attribute { name: FOLDERS, native: None, kind: Type::Texts, flags: &[NotUpdateable] },
    ];
    let extras =
        [Attribute { name: PHOTO_CONTENT, native: None, kind: Type::Text, flags: &[NotCreatable, NotReturnedByDefault] }];
    let place = place.into_iter().chain(extras).map(|attribute| (attribute.name.to_owned(), attribute.declaration()));
    place.chain(properties::for_callers(version).map(|property| (property.name.to_owned(), declaration(property)))).collect()
}

/// The attributes of a contact folder.
fn folder(version: Version) -> Map<String, Value> {
    let place = [
        Attribute { name: MAILBOX, native: None, kind: Type::Text, flags: &[Required, NotUpdateable] },
        Attribute { name: FOLDERS, native: None, kind: Type::Texts, flags: &[NotUpdateable, NotReadable, NotReturnedByDefault] },
        Attribute { name: "displayName", native: Some("__NAME__"), kind: Type::Text, flags: &[Required] },
    ];
    let assigned = Folder::PARTS.iter().filter(|part| part.is_in(version) && part.name != "displayName");
    let assigned = assigned.map(|part| Attribute { name: part.name, native: None, kind: Type::Text, flags: FIXED });
    place.into_iter().chain(assigned).map(|attribute| (attribute.name.to_owned(), attribute.declaration())).collect()
}

fn declaration(property: &Property) -> Value {
    let (item, array) = match &property.place {
        Place::Text(_) | Place::PhoneOf(_) | Place::WebsiteOf(_) | Place::DateTime(_) | Place::Date(_) => ("string", false),
        Place::Bool(_) => ("boolean", false),
        Place::Texts(_) | Place::PhonesOf(_) => ("string", true),
        Place::Email(_) | Place::AddressOf(_) | Place::Flag(_) | Place::Photo(_) => ("object", false),
        Place::Emails(_)
        | Place::Phones
        | Place::Addresses
        | Place::Websites
        | Place::Extensions(_)
        | Place::SingleValueExtended(_)
        | Place::MultiValueExtended(_) => ("object", true),
    };
    // ICF's name of an object, which every object class has to have.
    let native = if property.name == "displayName" { "__NAME__" } else { property.name };
    declared(item, array, false, native, &property.flags())
}

/// A declaration in the form of the OpenICF page "Contacts (MS Graph API)".
fn declared(item: &str, array: bool, required: bool, native: &str, flags: &[&str]) -> Value {
    let mut declaration = Map::new();
    declaration.insert("type".to_owned(), json!(if array { "array" } else { item }));
    if array {
        declaration.insert("items".to_owned(), json!({"type": item, "nativeType": item}));
    }
    if required {
        declaration.insert("required".to_owned(), json!(true));
    }
    declaration.insert("nativeName".to_owned(), json!(native));
    declaration.insert("nativeType".to_owned(), json!(item));
    if !flags.is_empty() {
        declaration.insert("flags".to_owned(), json!(flags));
    }
    Value::Object(declaration)
}
