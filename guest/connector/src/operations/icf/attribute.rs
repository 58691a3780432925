//! Attributes of an object class, with ICF's flags.

use crate::operations::directory::org_contact_properties::ValueKind;

/// An attribute of an object class.
pub struct Attribute {
    /// The name.
    pub name: &'static str,
    /// The name in ICF, if it is another one.
    pub(in crate::operations) native_name: Option<&'static str>,
    pub(in crate::operations) kind: ValueKind,
    pub(in crate::operations) flags: &'static [Flag],
}

/// ICF's flags of an attribute. Each removes a capability.
/// (ConnId, `AttributeInfo.Flags`.)
#[derive(Clone, Copy, PartialEq)]
pub enum Flag {
    /// A new object requires it.
    Required,
    /// A new object cannot have it.
    NotCreatable,
    /// It cannot be changed.
    NotUpdateable,
    /// It is not returned.
    NotReadable,
    /// It is returned only on request.
    NotReturnedByDefault,
}

use Flag::{NotCreatable, NotReadable, NotReturnedByDefault, NotUpdateable, Required};

/// The flags of an attribute that callers can only read: this connector writes contacts, and only reads users.
pub(in crate::operations) const READ_ONLY: &[Flag] = &[NotCreatable, NotUpdateable];

impl Attribute {
    /// Checks whether callers can read it.
    pub fn is_readable(&self) -> bool {
        !self.flags.contains(&Flag::NotReadable)
    }

    /// Checks whether it is returned without a request for it.
    pub fn is_returned_by_default(&self) -> bool {
        !self.flags.contains(&Flag::NotReturnedByDefault)
    }
}

impl Flag {
    /// Returns the name in OpenIDM, which has a property `required` in place of a flag.
    pub(in crate::operations) fn name(self) -> Option<&'static str> {
        match self {
            Required => None,
            NotCreatable => Some("NOT_CREATABLE"),
            NotUpdateable => Some("NOT_UPDATEABLE"),
            NotReadable => Some("NOT_READABLE"),
            NotReturnedByDefault => Some("NOT_RETURNED_BY_DEFAULT"),
        }
    }
}
