//! The attributes of the object class `orgContact`: the properties of Microsoft Graph's `orgContact` with ICF's flags.

use std::sync::LazyLock;

use crate::operations::directory::org_contact_properties::{Access, OrgContactProperty, PROPERTIES};
use crate::operations::icf::attribute::Flag::{NotCreatable, NotReturnedByDefault, NotUpdateable};
use crate::operations::icf::attribute::{Attribute, READ_ONLY};

/// The attributes.
pub static ORG_CONTACT: LazyLock<Vec<Attribute>> = LazyLock::new(|| PROPERTIES.iter().map(to_attribute).collect());

fn to_attribute(property: &OrgContactProperty) -> Attribute {
    let flags = match property.access {
        Access::Writable => &[NotCreatable],
        Access::ReadOnly => READ_ONLY,
        Access::OnRequest => &[NotCreatable, NotUpdateable, NotReturnedByDefault],
    };
    let native_name = (property.name == "displayName").then_some("__NAME__");
    Attribute { name: property.name, native_name, kind: property.kind, flags }
}
