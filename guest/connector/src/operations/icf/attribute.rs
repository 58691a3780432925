//! An attribute of an object class, with ICF's flags.

use crate::operations::directory::org_contact_properties::ValueKind;

/// An attribute of an object class.
pub struct Attribute {
    /// Its name.
    pub name: &'static str,
    /// Its name in ICF, where that is another one.
    pub(in crate::operations) native_name: Option<&'static str>,
    pub(in crate::operations) kind: ValueKind,
    pub(in crate::operations) flags: &'static [Flag],
}

/// ICF's flags of an attribute, each of which takes something away from the default.
/// (ConnId, `AttributeInfo.Flags`.)
#[derive(Clone, Copy, PartialEq)]
pub enum Flag {
    /// A new object has to have it.
    Required,
    /// A new object cannot be given it.
    NotCreatable,
    /// It cannot be changed.
    NotUpdateable,
    /// It is not returned.
    NotReadable,
    /// It is returned only on request.
    NotReturnedByDefault,
}

use Flag::{NotCreatable, NotReadable, NotReturnedByDefault, NotUpdateable, Required};

/// What cannot be changed: this connector writes contacts, and reads users to answer with them.
pub(in crate::operations) const READ_ONLY: &[Flag] = &[NotCreatable, NotUpdateable];

impl Attribute {
    /// Whether it is never given out.
    pub fn is_readable(&self) -> bool {
        !self.flags.contains(&Flag::NotReadable)
    }

    /// Whether it is given out without being asked for.
    pub fn is_returned_by_default(&self) -> bool {
        !self.flags.contains(&Flag::NotReturnedByDefault)
    }
}

impl Flag {
    /// Its name in OpenIDM, which has `required` as a property of its own instead.
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
