//! Structures of strings, described by a table.

use serde_json::{Map, Value};

use super::field::Field;
use super::field_ref::FieldRef;
use super::version::Version;

/// A structure of strings: Graph's complex types `physicalAddress`, `emailAddress` and `website`, and `contactFolder`.
pub trait ComplexType: Clone + Default + PartialEq + 'static {
    /// The parts, in Graph's order.
    const PARTS: &'static [Part<Self>];
    /// Returns the members that Graph returned and this connector does not know.
    fn unknown(&self) -> &Map<String, Value>;
    /// Returns the same members for writing.
    fn unknown_mut(&mut self) -> &mut Map<String, Value>;

    /// Returns this structure, with the unset parts taken from `stored`: Graph replaces a complex value whole.
    /// <https://learn.microsoft.com/en-us/graph/api/contact-update?view=graph-rest-1.0>
    fn completed_from(mut self, stored: &Self) -> Self {
        for part in Self::PARTS {
            let value = std::mem::take((part.field.get_mut)(&mut self));
            *(part.field.get_mut)(&mut self) = value.or((part.field.get)(stored));
        }
        for (name, value) in stored.unknown() {
            self.unknown_mut().entry(name).or_insert_with(|| value.clone());
        }
        self
    }

    /// Checks whether both hold the same values. An unset part equals a null one.
    fn has_same_values(&self, other: &Self) -> bool {
        Self::PARTS.iter().all(|part| (part.field.get)(self).value() == (part.field.get)(other).value())
            && self.unknown() == other.unknown()
    }

    /// Checks whether it holds no value.
    fn is_empty(&self) -> bool {
        self.has_same_values(&Self::default())
    }
}

/// A part of a complex type: a string.
pub struct Part<S: 'static> {
    /// Graph's name.
    pub name: &'static str,
    /// The field of the structure.
    pub field: FieldRef<S, Field<String>>,
    /// The only version that has the part; `None` if both have it.
    pub only_in: Option<Version>,
}

impl<S> Part<S> {
    /// Checks whether a version has the part.
    pub fn is_in(&self, version: Version) -> bool {
        self.only_in.is_none_or(|only| only == version)
    }
}
