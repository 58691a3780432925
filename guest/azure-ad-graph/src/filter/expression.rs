//! Filters as values.

use connector::contact::Instant;
use connector::operations::directory::objects::Object;
use serde_json::Value;

use crate::edm::EdmType;
use crate::entity::read_value;
use crate::properties::{EntityProperty, FilterSupport};

/// A filter whose properties are known and whose values have their types.
#[derive(Clone, Debug)]
pub enum ODataFilter {
    /// All of these match.
    And(Vec<ODataFilter>),
    /// At least one of these matches.
    Or(Vec<ODataFilter>),
    /// The value of a property matches.
    Property(&'static EntityProperty, Comparison),
    /// At least one item of a collection matches.
    AnyItem(&'static EntityProperty, Comparison),
    /// A local account signs in with this name.
    SignInName(&'static EntityProperty, SignInName),
}

/// A name with which a local account signs in, and the domains that may have issued it.
#[derive(Clone, Debug, PartialEq)]
pub struct SignInName {
    pub(super) name: String,
    pub(super) issuers: Vec<String>,
}

/// A comparison with a value.
#[derive(Clone, Debug, PartialEq)]
pub enum Comparison {
    /// `eq`
    Equals(Value),
    /// `ge`
    GreaterOrEqual(Value),
    /// `le`
    LessOrEqual(Value),
    /// `startswith`
    StartsWith(String),
}

/// A filter as it is written, before its names are looked up.
#[derive(Clone, Debug, PartialEq)]
pub enum ParsedFilter {
    /// All of these match.
    And(Vec<ParsedFilter>),
    /// At least one of these matches.
    Or(Vec<ParsedFilter>),
    /// The value of the property with that name matches.
    Property(String, Comparison),
    /// At least one item of the collection with that name matches, or the member with that name of an item.
    AnyItem(String, Option<String>, Comparison),
    /// The object has that type.
    IsOf(String),
}

impl ODataFilter {
    /// Checks whether the connector has to evaluate a part of the filter.
    pub(super) fn needs_client(&self) -> bool {
        match self {
            ODataFilter::And(parts) | ODataFilter::Or(parts) => parts.iter().any(ODataFilter::needs_client),
            ODataFilter::Property(property, _) | ODataFilter::AnyItem(property, _) => {
                property.filter_support == FilterSupport::Client
            }
            ODataFilter::SignInName(..) => false,
        }
    }

    /// Returns the properties in the filter.
    pub fn properties(&self) -> Vec<&'static EntityProperty> {
        match self {
            ODataFilter::And(parts) | ODataFilter::Or(parts) => parts.iter().flat_map(ODataFilter::properties).collect(),
            ODataFilter::Property(property, _) | ODataFilter::AnyItem(property, _) | ODataFilter::SignInName(property, _) => {
                vec![property]
            }
        }
    }

    /// Checks whether an object of Microsoft Graph matches. Strings are compared without case, as in the directory.
    pub fn matches(&self, object: &Object) -> bool {
        match self {
            ODataFilter::And(parts) => parts.iter().all(|part| part.matches(object)),
            ODataFilter::Or(parts) => parts.iter().any(|part| part.matches(object)),
            ODataFilter::Property(property, comparison) => comparison.matches(property.edm_type, &read_value(property, object)),
            ODataFilter::AnyItem(property, comparison) => read_value(property, object)
                .as_array()
                .is_some_and(|items| items.iter().any(|item| comparison.matches(EdmType::String, item))),
            ODataFilter::SignInName(property, SignInName { name, .. }) => {
                let comparison = Comparison::Equals(name.as_str().into());
                let is_name = |item: &Value| comparison.matches(EdmType::String, item.get("value").unwrap_or(&Value::Null));
                read_value(property, object).as_array().is_some_and(|items| items.iter().any(is_name))
            }
        }
    }
}

impl Comparison {
    fn matches(&self, edm_type: EdmType, value: &Value) -> bool {
        let to_lower = |value: &Value| value.as_str().map(str::to_lowercase);
        let to_instant = |value: &Value| value.as_str().and_then(Instant::parse);
        let compare = |other: &Value| match edm_type {
            EdmType::DateTime => Some(to_instant(value)?.cmp(&to_instant(other)?)),
            _ => Some(to_lower(value)?.cmp(&to_lower(other)?)),
        };
        match self {
            Comparison::Equals(other) if matches!(edm_type, EdmType::String | EdmType::DateTime) => {
                value == other || compare(other).is_some_and(std::cmp::Ordering::is_eq)
            }
            Comparison::Equals(other) => value == other,
            Comparison::GreaterOrEqual(other) => compare(other).is_some_and(std::cmp::Ordering::is_ge),
            Comparison::LessOrEqual(other) => compare(other).is_some_and(std::cmp::Ordering::is_le),
            Comparison::StartsWith(text) => to_lower(value).is_some_and(|value| value.starts_with(&text.to_lowercase())),
        }
    }
}
