//! JSON without nulls: to Graph and to callers, an absent member and a null one are the same.

use serde_json::{Map, Value};

/// Returns the value without the null members of its objects, at any depth.
pub fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            Value::Object(members.into_iter().filter(|(_, v)| !v.is_null()).map(|(k, v)| (k, without_nulls(v))).collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(without_nulls).collect()),
        other => other,
    }
}

/// Returns the members without nulls, at any depth.
pub fn members_without_nulls(members: &Map<String, Value>) -> Map<String, Value> {
    members.iter().filter(|(_, v)| !v.is_null()).map(|(k, v)| (k.clone(), without_nulls(v.clone()))).collect()
}

/// Checks whether both have the same members, without regard to nulls.
pub fn are_same_members(one: &Map<String, Value>, other: &Map<String, Value>) -> bool {
    one.len().max(other.len()) == 0 || members_without_nulls(one) == members_without_nulls(other)
}
