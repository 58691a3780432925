//! The evaluation of a filter for an object.

use std::cmp::Ordering;
use std::slice;

use serde_json::{Map, Number, Value};

use super::expression::{Filter, Operator};
use super::meaning::Meaning;

impl Filter {
    /// Checks whether an object meets the filter.
    ///
    /// * A comparison with a collection is true if it is true for one of the values (CREST, `QueryFilterParser`), except `ca`.
    /// * Every comparison with an absent or null attribute is false, and its negation true. So it is in CREST's `MemoryBackend`
    ///   and ICF's `NotFilter`. In OpenICF's `FilteredResultsHandlerVisitor` neither of them is true.
    /// * Values of different types, and structures, do not compare: `"7"` is not `7`, and neither is less than the other.
    /// * Strings compare by their characters, with case. So does OpenICF unless `enableCaseInsensitiveFilter` is set, which is not
    ///   the default (`ResultsHandlerConfiguration`). CREST's `MemoryBackend` ignores case.
    /// * E-mail addresses and user principal names have no case.
    /// * Times compare as points in time, in whatever offset they are written, and dates without their time of day.
    /// * `false` is less than `true`.
    /// * An attribute is present if it has a value that is not null (OpenIDM's Integrator's Guide). An empty collection is not
    ///   present: that is this connector's choice, because Graph writes `[]` for no values.
    pub fn matches(&self, object: &Map<String, Value>) -> bool {
        matches(self, object)
    }

    /// Returns the first attribute that is compared with a text that it cannot have, and what is wrong with the text.
    pub(in crate::operations) fn find_problem(&self) -> Option<(&str, &'static str)> {
        match self {
            Filter::And(parts) | Filter::Or(parts) => parts.iter().find_map(Filter::find_problem),
            Filter::Not(part) => part.find_problem(),
            // A part of a text can be searched for in a time too.
            Filter::Comparison { operator: Operator::Contains | Operator::StartsWith | Operator::EndsWith, .. } => None,
            Filter::Comparison { field, value, .. } => {
                let find = |value: &Value| value.as_str().and_then(|text| Meaning::of(field).find_problem(text));
                list_values(value).iter().find_map(find).map(|problem| (field.as_str(), problem))
            }
            Filter::Presence(_) | Filter::Constant(_) => None,
        }
    }
}

/// Checks whether an object meets a filter. The recursion is as deep as the filter, which the parser limits.
fn matches(filter: &Filter, object: &Map<String, Value>) -> bool {
    match filter {
        Filter::And(parts) => parts.iter().all(|part| matches(part, object)),
        Filter::Or(parts) => parts.iter().any(|part| matches(part, object)),
        Filter::Not(part) => !matches(part, object),
        Filter::Comparison { field, operator, value } => {
            object.get(field).is_some_and(|stored| is_true(Meaning::of(field), stored, *operator, value))
        }
        Filter::Presence(field) => object.get(field).is_some_and(has_value),
        Filter::Constant(constant) => *constant,
    }
}

/// Checks whether a comparison of a stored value with a given one is true.
fn is_true(meaning: Meaning, stored: &Value, operator: Operator, given: &Value) -> bool {
    if operator == Operator::ContainsAll {
        // False for null, also without given values: null is not a collection.
        let is_stored = |given: &Value| list_values(stored).iter().any(|one| is_equal(meaning, one, given));
        return !stored.is_null() && list_values(given).iter().all(is_stored);
    }
    list_values(stored).iter().any(|stored| is_true_for_value(meaning, stored, operator, given))
}

fn is_true_for_value(meaning: Meaning, stored: &Value, operator: Operator, given: &Value) -> bool {
    let order = || compare(meaning, stored, given);
    let strings = || Some((meaning.fold(stored.as_str()?), meaning.fold(given.as_str()?)));
    match operator {
        Operator::Equals | Operator::ContainsAll => is_equal(meaning, stored, given),
        Operator::Contains => strings().is_some_and(|(stored, given)| stored.contains(&*given)),
        Operator::StartsWith => strings().is_some_and(|(stored, given)| stored.starts_with(&*given)),
        Operator::EndsWith => strings().is_some_and(|(stored, given)| stored.ends_with(&*given)),
        Operator::LessThan => order().is_some_and(Ordering::is_lt),
        Operator::LessThanOrEqual => order().is_some_and(Ordering::is_le),
        Operator::GreaterThan => order().is_some_and(Ordering::is_gt),
        Operator::GreaterThanOrEqual => order().is_some_and(Ordering::is_ge),
    }
}

/// Returns the values of an attribute: one, unless it is a collection.
fn list_values(value: &Value) -> &[Value] {
    match value {
        Value::Array(values) => values,
        one => slice::from_ref(one),
    }
}

/// Checks whether a value contains anything but nulls.
fn has_value(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Array(values) => values.iter().any(|value| !value.is_null()),
        Value::Object(members) => members.values().any(|value| !value.is_null()),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => true,
    }
}

fn is_equal(meaning: Meaning, stored: &Value, given: &Value) -> bool {
    compare(meaning, stored, given).is_some_and(Ordering::is_eq)
}

/// Compares two values. `None` if they do not have the same ordered type.
fn compare(meaning: Meaning, stored: &Value, given: &Value) -> Option<Ordering> {
    match (stored, given) {
        (Value::String(stored), Value::String(given)) => Some(meaning.compare(stored, given)),
        (Value::Number(stored), Value::Number(given)) => compare_numbers(stored, given),
        (Value::Bool(stored), Value::Bool(given)) => Some(stored.cmp(given)),
        _ => None,
    }
}

fn compare_numbers(stored: &Number, given: &Number) -> Option<Ordering> {
    // First as integers: an integer of 17 digits as a floating-point number can equal its neighbour.
    match (stored.as_i64(), given.as_i64()) {
        (Some(stored), Some(given)) => Some(stored.cmp(&given)),
        _ => stored.as_f64()?.partial_cmp(&given.as_f64()?),
    }
}
