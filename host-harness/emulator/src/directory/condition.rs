//! `$filter` on directory objects: conditions and when an object meets them. `condition_parser` parses them.

use jiff::Timestamp;
use serde_json::Value;

use crate::directory::object::Object;
use crate::odata::expression::{has_prefix, is_same};

/// A condition on an object. That the directory ignores case is unverified for properties other than userPrincipalName.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
    /// A property passes the test.
    Is(&'static str, Test),
    /// An item of a collection, or a member of the item, passes the test.
    Has(&'static str, Option<&'static str>, Test),
    /// The collection is empty.
    Empty(&'static str),
    /// The manager has this id.
    Manager(String),
    /// The object has an identity with this name and this issuer.
    Identity(String, String),
}

/// A test of a value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Test {
    /// The value is one of these.
    In(Vec<Literal>),
    AtLeast(Literal),
    AtMost(Literal),
    StartsWith(String),
    EndsWith(String),
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Literal {
    String(String),
    Boolean(bool),
    DateTimeOffset(Timestamp),
    Null,
}

impl Condition {
    pub(crate) fn is_met_by(&self, object: &Object) -> bool {
        match self {
            Self::All(conditions) => conditions.iter().all(|condition| condition.is_met_by(object)),
            Self::Any(conditions) => conditions.iter().any(|condition| condition.is_met_by(object)),
            Self::Not(condition) => !condition.is_met_by(object),
            Self::Is(name, test) => test.is_met_by(&object.get(name)),
            Self::Has(name, member, test) => get_items(object, name).iter().any(|item| match member {
                Some(member) => test.is_met_by(item.get(member).unwrap_or(&Value::Null)),
                None => test.is_met_by(item),
            }),
            Self::Empty(name) => get_items(object, name).is_empty(),
            Self::Identity(name, issuer) => get_items(object, "identities").iter().any(|identity| {
                let is = |member: &str, expected: &str| {
                    identity.get(member).and_then(Value::as_str).is_some_and(|it| is_same(it, expected))
                };
                // "Only where the signInType is not userPrincipalName".
                is("issuerAssignedId", name) && is("issuer", issuer) && !is("signInType", "userPrincipalName")
            }),
            Self::Manager(id) => object.manager.as_ref().is_some_and(|manager| manager.eq_ignore_ascii_case(id)),
        }
    }
}

fn get_items(object: &Object, name: &str) -> Vec<Value> {
    match object.get(name) {
        Value::Array(items) => items,
        _ => Vec::new(),
    }
}

impl Test {
    fn is_met_by(&self, value: &Value) -> bool {
        let text = |test: &dyn Fn(&str) -> bool| value.as_str().is_some_and(test);
        match self {
            Self::In(literals) => literals.iter().any(|literal| match literal {
                Literal::String(expected) => text(&|text| is_same(text, expected)),
                Literal::Boolean(expected) => value.as_bool() == Some(*expected),
                Literal::DateTimeOffset(expected) => parse_date_time(value) == Some(*expected),
                Literal::Null => value.is_null(),
            }),
            Self::AtLeast(Literal::DateTimeOffset(expected)) => {
                parse_date_time(value).is_some_and(|timestamp| timestamp >= *expected)
            }
            Self::AtMost(Literal::DateTimeOffset(expected)) => {
                parse_date_time(value).is_some_and(|timestamp| timestamp <= *expected)
            }
            Self::AtLeast(Literal::String(expected)) => text(&|text| text.to_lowercase() >= expected.to_lowercase()),
            Self::AtMost(Literal::String(expected)) => text(&|text| text.to_lowercase() <= expected.to_lowercase()),
            // The parser refuses other literals.
            Self::AtLeast(_) | Self::AtMost(_) => false,
            Self::StartsWith(expected) => text(&|text| has_prefix(text, expected)),
            Self::EndsWith(expected) => text(&|text| text.to_lowercase().ends_with(&expected.to_lowercase())),
        }
    }
}

fn parse_date_time(value: &Value) -> Option<Timestamp> {
    value.as_str()?.parse().ok()
}
