//! Structures of strings, described by a table.

use serde_json::{Map, Value};

use super::field::Field;
use super::field_ref::FieldRef;
use super::json_nulls::{are_same_members, members_without_nulls};
use super::version::Version;

/// A structure of strings: Graph's complex types `physicalAddress`, `emailAddress`, `phone` and `website`, and `contactFolder`.
pub trait ComplexType: Clone + Default + PartialEq + 'static {
    /// The parts, in Graph's order.
    const PARTS: &'static [Part<Self>];
    /// Returns the members that Graph returned and this connector does not know. `None` if they are unspecified: a record of
    /// `wit/types.wit` has no place for them.
    fn unknown(&self) -> Option<&Map<String, Value>>;
    /// Returns the same members for writing.
    fn unknown_mut(&mut self) -> &mut Map<String, Value>;

    /// Returns this structure, with the unset parts taken from `stored`: Graph replaces a complex value whole.
    /// <https://learn.microsoft.com/en-us/graph/api/contact-update?view=graph-rest-1.0>
    fn completed_from(mut self, stored: &Self) -> Self {
        for part in Self::PARTS {
            let value = std::mem::take((part.field.get_mut)(&mut self));
            *(part.field.get_mut)(&mut self) = value.or((part.field.get)(stored));
        }
        for (name, value) in stored.unknown().into_iter().flatten() {
            self.unknown_mut().entry(name).or_insert_with(|| value.clone());
        }
        self
    }

    /// Returns this structure without nulls: a list is sent whole, and an absent part is a null one.
    fn without_nulls(mut self) -> Self {
        for part in Self::PARTS {
            let field = (part.field.get_mut)(&mut self);
            if field.value().is_none() {
                *field = Field::Unset;
            }
        }
        if let Some(unknown) = self.unknown().map(members_without_nulls) {
            *self.unknown_mut() = unknown;
        }
        self
    }

    /// Checks whether both hold the same values. An unset part equals a null one.
    fn has_same_values(&self, other: &Self) -> bool {
        Self::PARTS.iter().all(|part| (part.field.get)(self).value() == (part.field.get)(other).value())
            && match (self.unknown(), other.unknown()) {
                (Some(ours), Some(theirs)) => are_same_members(ours, theirs),
                _ => true,
            }
    }

    /// Checks whether it holds no value.
    fn is_empty(&self) -> bool {
        Self::PARTS.iter().all(|part| (part.field.get)(self).value().is_none()) && !self.has_unknown()
    }

    /// Checks whether it holds a value that this connector does not know.
    fn has_unknown(&self) -> bool {
        self.unknown().is_some_and(|members| members.values().any(|value| !value.is_null()))
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
