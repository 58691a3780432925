//! `$filter` on directory objects: what a condition is, and when it holds. `condition_reader` reads them.

use jiff::Timestamp;
use serde_json::Value;

use super::object::Object;
use crate::filter;

/// A condition on an object. That upper and lower case are one to the directory is unverified for properties other than
/// userPrincipalName.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
    /// Of a property.
    Is(&'static str, Test),
    /// Of an item of a collection, or of a member of the item.
    Has(&'static str, Option<&'static str>, Test),
    /// A collection is empty.
    Empty(&'static str),
    /// The manager has this id.
    Manager(String),
    /// It signs in with this name, which this issuer gave.
    Identity(String, String),
}

/// What is asked of a value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Test {
    /// It is one of these.
    In(Vec<Literal>),
    AtLeast(Literal),
    AtMost(Literal),
    StartsWith(String),
    EndsWith(String),
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Literal {
    Text(String),
    Boolean(bool),
    Moment(Timestamp),
    Null,
}

impl Condition {
    pub(super) fn holds(&self, object: &Object) -> bool {
        match self {
            Self::All(conditions) => conditions.iter().all(|condition| condition.holds(object)),
            Self::Any(conditions) => conditions.iter().any(|condition| condition.holds(object)),
            Self::Not(condition) => !condition.holds(object),
            Self::Is(name, test) => test.holds(&object.property(name)),
            Self::Has(name, member, test) => items(object, name).iter().any(|item| match member {
                Some(member) => test.holds(item.get(member).unwrap_or(&Value::Null)),
                None => test.holds(item),
            }),
            Self::Empty(name) => items(object, name).is_empty(),
            Self::Identity(name, issuer) => items(object, "identities").iter().any(|identity| {
                let is = |member: &str, wanted: &str| {
                    identity.get(member).and_then(Value::as_str).is_some_and(|it| filter::same(it, wanted))
                };
                // "Only where the signInType is not userPrincipalName".
                is("issuerAssignedId", name) && is("issuer", issuer) && !is("signInType", "userPrincipalName")
            }),
            Self::Manager(id) => object.manager.as_ref().is_some_and(|manager| manager.eq_ignore_ascii_case(id)),
        }
    }
}

fn items(object: &Object, name: &str) -> Vec<Value> {
    match object.property(name) {
        Value::Array(items) => items,
        _ => Vec::new(),
    }
}

impl Test {
    fn holds(&self, value: &Value) -> bool {
        let text = |test: &dyn Fn(&str) -> bool| value.as_str().is_some_and(test);
        match self {
            Self::In(literals) => literals.iter().any(|literal| match literal {
                Literal::Text(wanted) => text(&|text| filter::same(text, wanted)),
                Literal::Boolean(wanted) => value.as_bool() == Some(*wanted),
                Literal::Moment(wanted) => moment(value) == Some(*wanted),
                Literal::Null => value.is_null(),
            }),
            Self::AtLeast(Literal::Moment(wanted)) => moment(value).is_some_and(|moment| moment >= *wanted),
            Self::AtMost(Literal::Moment(wanted)) => moment(value).is_some_and(|moment| moment <= *wanted),
            Self::AtLeast(Literal::Text(wanted)) => text(&|text| text.to_lowercase() >= wanted.to_lowercase()),
            Self::AtMost(Literal::Text(wanted)) => text(&|text| text.to_lowercase() <= wanted.to_lowercase()),
            // The reader lets no other literal through.
            Self::AtLeast(_) | Self::AtMost(_) => false,
            Self::StartsWith(wanted) => text(&|text| filter::begins(text, wanted)),
            Self::EndsWith(wanted) => text(&|text| text.to_lowercase().ends_with(&wanted.to_lowercase())),
        }
    }
}

fn moment(value: &Value) -> Option<Timestamp> {
    value.as_str()?.parse().ok()
}
