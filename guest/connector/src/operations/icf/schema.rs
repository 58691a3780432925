//! The ICF schema: the attributes of each object class, with types and flags, in OpenIDM's form.

use serde_json::{Map, Value, json};

use crate::contact::accessor::Accessor;
use crate::contact::complex_type::ComplexType;
use crate::contact::distribution_list::{DISPLAY_NAME, MEMBERS};
use crate::contact::properties::{self, Property};
use crate::contact::{Folder, Version};
use crate::graph::service::Service;
use crate::operations::directory::org_contact_properties::ValueKind;
use crate::operations::icf::attribute::Flag::{NotCreatable, NotReadable, NotReturnedByDefault, NotUpdateable, Required};
use crate::operations::icf::attribute::{Attribute, READ_ONLY};
use crate::operations::icf::contact_extras::PHOTO_CONTENT;
use crate::operations::icf::container::{FOLDERS, MAILBOX};
use crate::operations::icf::object_class::ObjectClass;
use crate::operations::icf::org_contact_attributes::ORG_CONTACT;
use crate::operations::icf::user_attributes::USER;

/// Returns the schema of the object classes of a service.
pub fn build_schema(service: &Service) -> Value {
    let declare_all = |attributes: &[Attribute]| attributes.iter().map(|a| (a.name.to_owned(), declare(a))).collect();
    let build = |class: ObjectClass| {
        let properties = match class {
            ObjectClass::User => declare_all(USER),
            ObjectClass::Contact => list_contact_attributes(service.version),
            ObjectClass::ContactFolder => list_folder_attributes(service.version),
            ObjectClass::OrgContact => declare_all(&ORG_CONTACT),
            ObjectClass::DistributionList => declare_all(DISTRIBUTION_LIST),
        };
        (class.name().to_owned(), build_class(class.name(), properties))
    };
    Value::Object(ObjectClass::list_for(service).into_iter().map(build).collect())
}

/// The attributes of a distribution list.
const DISTRIBUTION_LIST: &[Attribute] = &[
    Attribute { name: MAILBOX, native_name: None, kind: ValueKind::String, flags: &[Required, NotUpdateable] },
    Attribute { name: DISPLAY_NAME, native_name: Some("__NAME__"), kind: ValueKind::String, flags: &[Required] },
    Attribute { name: MEMBERS, native_name: None, kind: ValueKind::Objects, flags: &[] },
    Attribute { name: "id", native_name: None, kind: ValueKind::String, flags: READ_ONLY },
    Attribute { name: "changeKey", native_name: None, kind: ValueKind::String, flags: READ_ONLY },
    Attribute { name: "createdDateTime", native_name: None, kind: ValueKind::String, flags: READ_ONLY },
    Attribute { name: "lastModifiedDateTime", native_name: None, kind: ValueKind::String, flags: READ_ONLY },
    Attribute { name: "categories", native_name: None, kind: ValueKind::Strings, flags: READ_ONLY },
];

fn build_class(name: &str, properties: Map<String, Value>) -> Value {
    json!({
        "$schema": "http://json-schema.org/draft-03/schema",
        "id": name,
        "type": "object",
        "nativeType": name,
        "properties": properties,
    })
}

/// Returns the attributes of a contact: the container, and the properties of the table.
fn list_contact_attributes(version: Version) -> Map<String, Value> {
    let container = [
        Attribute { name: MAILBOX, native_name: None, kind: ValueKind::String, flags: &[Required, NotUpdateable] },
        Attribute { name: FOLDERS, native_name: None, kind: ValueKind::Strings, flags: &[NotUpdateable] },
    ];
    let extras = [Attribute {
        name: PHOTO_CONTENT,
        native_name: None,
        kind: ValueKind::String,
        flags: &[NotCreatable, NotReturnedByDefault],
    }];
    let container = container.into_iter().chain(extras).map(|attribute| (attribute.name.to_owned(), declare(&attribute)));
    container
        .chain(properties::list_for_callers(version).map(|property| (property.name.to_owned(), declare_property(property))))
        .collect()
}

/// Returns the attributes of a contact folder.
fn list_folder_attributes(version: Version) -> Map<String, Value> {
    let container = [
        Attribute { name: MAILBOX, native_name: None, kind: ValueKind::String, flags: &[Required, NotUpdateable] },
        Attribute {
            name: FOLDERS,
            native_name: None,
            kind: ValueKind::Strings,
            flags: &[NotUpdateable, NotReadable, NotReturnedByDefault],
        },
        Attribute { name: "displayName", native_name: Some("__NAME__"), kind: ValueKind::String, flags: &[Required] },
    ];
    let assigned = Folder::PARTS.iter().filter(|part| part.is_in(version) && part.name != "displayName");
    let assigned = assigned.map(|part| {
        // An update moves the folder.
        let flags = if part.name == "parentFolderId" { &[NotCreatable][..] } else { READ_ONLY };
        Attribute { name: part.name, native_name: None, kind: ValueKind::String, flags }
    });
    container.into_iter().chain(assigned).map(|attribute| (attribute.name.to_owned(), declare(&attribute))).collect()
}

fn declare(attribute: &Attribute) -> Value {
    let (item, array) = match attribute.kind {
        ValueKind::String => ("string", false),
        ValueKind::Boolean => ("boolean", false),
        ValueKind::Strings => ("string", true),
        ValueKind::Objects => ("object", true),
    };
    let flags: Vec<&str> = attribute.flags.iter().filter_map(|flag| flag.name()).collect();
    write_declaration(item, array, attribute.flags.contains(&Required), attribute.native_name.unwrap_or(attribute.name), &flags)
}

fn declare_property(property: &Property) -> Value {
    let (item, array) = match &property.accessor {
        Accessor::String(_)
        | Accessor::PhoneOfKind(..)
        | Accessor::WebsiteOfKind(..)
        | Accessor::DateTimeOffset(_)
        | Accessor::Date(_) => ("string", false),
        Accessor::Boolean(_) => ("boolean", false),
        Accessor::Strings(_) | Accessor::PhonesOfKind(..) => ("string", true),
        Accessor::EmailAddress(_) | Accessor::AddressOfKind(..) | Accessor::Flag(_) | Accessor::Photo(_) => ("object", false),
        Accessor::EmailAddresses(_)
        | Accessor::Phones(_)
        | Accessor::PostalAddresses(_)
        | Accessor::Websites(_)
        | Accessor::Extensions(_)
        | Accessor::SingleValueExtended(_)
        | Accessor::MultiValueExtended(_) => ("object", true),
    };
    // ICF's name of an object, which every object class requires.
    let native = if property.name == "displayName" { "__NAME__" } else { property.name };
    write_declaration(item, array, false, native, &property.flags())
}

/// Returns a declaration in the form of the OpenICF page "Contacts (MS Graph API)".
fn write_declaration(item: &str, array: bool, required: bool, native: &str, flags: &[&str]) -> Value {
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
