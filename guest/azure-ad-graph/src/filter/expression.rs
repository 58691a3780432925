//! A filter of the Azure AD Graph API as a value.

use serde_json::Value;

use crate::complex::Edm;
use crate::entity::value;
use crate::properties::{Filtered, Property};
use connector::operations::directory::directory_objects::Object;

/// A filter whose properties are known, with values of their types.
#[derive(Clone, Debug)]
pub enum Filter {
    /// All of these hold.
    And(Vec<Filter>),
    /// One of these holds.
    Or(Vec<Filter>),
    /// A property compares so with a value.
    Is(&'static Property, Test),
    /// One of the items of a property does.
    Any(&'static Property, Test),
    /// One of the names by which local accounts of the directory sign in is this.
    SignsInAs(&'static Property, SignInName),
}

/// A name by which a local account signs in, and the domains that may have issued it.
#[derive(Clone, Debug, PartialEq)]
pub struct SignInName {
    pub(super) name: String,
    pub(super) issuers: Vec<String>,
}

/// How a value compares.
#[derive(Clone, Debug, PartialEq)]
pub enum Test {
    /// `eq`
    Equals(Value),
    /// `ge`
    AtLeast(Value),
    /// `le`
    AtMost(Value),
    /// `startswith`
    StartsWith(String),
}

/// A filter as text says it, before its names are known.
#[derive(Clone, Debug, PartialEq)]
pub enum Parsed {
    /// All of these hold.
    And(Vec<Parsed>),
    /// One of these holds.
    Or(Vec<Parsed>),
    /// The property of that name compares so.
    Is(String, Test),
    /// One of the items of the property of that name does, or a member of it.
    Any(String, Option<String>, Test),
    /// The object is of that type.
    IsOf(String),
}

impl Filter {
    /// Whether Microsoft Graph does not filter by something in it.
    pub(super) fn is_ours(&self) -> bool {
        match self {
            Filter::And(parts) | Filter::Or(parts) => parts.iter().any(Filter::is_ours),
            Filter::Is(property, _) | Filter::Any(property, _) => property.filtered == Filtered::Here,
            Filter::SignsInAs(..) => false,
        }
    }

    /// The properties in it.
    pub fn properties(&self) -> Vec<&'static Property> {
        match self {
            Filter::And(parts) | Filter::Or(parts) => parts.iter().flat_map(Filter::properties).collect(),
            Filter::Is(property, _) | Filter::Any(property, _) | Filter::SignsInAs(property, _) => vec![property],
        }
    }

    /// Whether an object of Microsoft Graph's is one of those that are wanted. Texts compare without case, as in the directory.
    pub fn holds(&self, object: &Object) -> bool {
        match self {
            Filter::And(parts) => parts.iter().all(|part| part.holds(object)),
            Filter::Or(parts) => parts.iter().any(|part| part.holds(object)),
            Filter::Is(property, test) => test.holds(property.edm, &value(property, object)),
            Filter::Any(property, test) => {
                value(property, object).as_array().is_some_and(|items| items.iter().any(|item| test.holds(Edm::Text, item)))
            }
            Filter::SignsInAs(property, SignInName { name, .. }) => {
                let names = value(property, object);
                let is_it =
                    |item: &Value| Test::Equals(name.as_str().into()).holds(Edm::Text, item.get("value").unwrap_or(&Value::Null));
                names.as_array().is_some_and(|items| items.iter().any(is_it))
            }
        }
    }
}

impl Test {
    fn holds(&self, edm: Edm, value: &Value) -> bool {
        let lower = |value: &Value| value.as_str().map(str::to_lowercase);
        // Times in one form compare as texts do.
        let compared = |other: &Value| Some(lower(value)?.cmp(&lower(other)?));
        match self {
            Test::Equals(other) if matches!(edm, Edm::Text | Edm::Moment) => {
                value == other || compared(other).is_some_and(std::cmp::Ordering::is_eq)
            }
            Test::Equals(other) => value == other,
            Test::AtLeast(other) => compared(other).is_some_and(std::cmp::Ordering::is_ge),
            Test::AtMost(other) => compared(other).is_some_and(std::cmp::Ordering::is_le),
            Test::StartsWith(text) => lower(value).is_some_and(|value| value.starts_with(&text.to_lowercase())),
        }
    }
}
