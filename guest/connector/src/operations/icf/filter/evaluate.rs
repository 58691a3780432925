//! What a filter means for an object.

use std::cmp::Ordering;
use std::slice;

use serde_json::{Map, Number, Value};

use super::expression::{Filter, Operator};

impl Filter {
    /// Whether it finds that object.
    ///
    /// * An attribute with several values compares as one of its values does (CREST, `QueryFilterParser`), but for `ca`.
    /// * An attribute that is absent or null compares with nothing: every comparison is false, and its negation true. So it is
    ///   in CREST's `MemoryBackend` and ICF's `NotFilter`; OpenICF's `FilteredResultsHandlerVisitor` has neither of them true.
    /// * Values of different types, and structures, never compare: `"7"` is not `7`, and neither comes before the other.
    /// * Texts compare with case, by their characters, and so do dates: OpenICF compares so unless `enableCaseInsensitiveFilter`
    ///   is set, which it is not by default (`ResultsHandlerConfiguration`). CREST's `MemoryBackend` ignores case.
    /// * `false` comes before `true`.
    /// * An attribute is present where it has a value that is not null (OpenIDM's Integrator's Guide). An empty collection has
    ///   none: that is this connector's choice, because Graph writes `[]` where there is nothing.
    pub fn matches(&self, object: &Map<String, Value>) -> bool {
        matches(self, object)
    }
}

/// Whether the filter finds the object. It calls itself as deep as the filter nests, which the parser limits.
fn matches(filter: &Filter, object: &Map<String, Value>) -> bool {
    match filter {
        Filter::And(parts) => parts.iter().all(|part| matches(part, object)),
        Filter::Or(parts) => parts.iter().any(|part| matches(part, object)),
        Filter::Not(part) => !matches(part, object),
        Filter::Comparison { field, operator, value } => {
            object.get(field).is_some_and(|stored| compares(stored, *operator, value))
        }
        Filter::Presence(field) => object.get(field).is_some_and(has_value),
        Filter::Constant(constant) => *constant,
    }
}

/// Whether what is stored compares so with what is given.
fn compares(stored: &Value, operator: Operator, given: &Value) -> bool {
    if operator == Operator::ContainsAll {
        // Not so of null, even where nothing is asked for: null is no collection.
        return !stored.is_null() && values(given).iter().all(|given| values(stored).iter().any(|one| is_equal(one, given)));
    }
    values(stored).iter().any(|stored| one_compares(stored, operator, given))
}

fn one_compares(stored: &Value, operator: Operator, given: &Value) -> bool {
    let order = || order(stored, given);
    let texts = || stored.as_str().zip(given.as_str());
    match operator {
        Operator::Equals | Operator::ContainsAll => is_equal(stored, given),
        Operator::Contains => texts().is_some_and(|(stored, given)| stored.contains(given)),
        Operator::StartsWith => texts().is_some_and(|(stored, given)| stored.starts_with(given)),
        Operator::EndsWith => texts().is_some_and(|(stored, given)| stored.ends_with(given)),
        Operator::LessThan => order().is_some_and(Ordering::is_lt),
        Operator::LessThanOrEqual => order().is_some_and(Ordering::is_le),
        Operator::GreaterThan => order().is_some_and(Ordering::is_gt),
        Operator::GreaterThanOrEqual => order().is_some_and(Ordering::is_ge),
    }
}

/// The values of an attribute, of which an attribute that is no collection has one.
fn values(value: &Value) -> &[Value] {
    match value {
        Value::Array(values) => values,
        one => slice::from_ref(one),
    }
}

/// Whether there is anything in it but nulls.
fn has_value(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Array(values) => values.iter().any(|value| !value.is_null()),
        Value::Object(members) => members.values().any(|value| !value.is_null()),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => true,
    }
}

fn is_equal(stored: &Value, given: &Value) -> bool {
    order(stored, given).is_some_and(Ordering::is_eq)
}

/// Which of the two comes first, where they are of one type that has an order.
fn order(stored: &Value, given: &Value) -> Option<Ordering> {
    match (stored, given) {
        (Value::String(stored), Value::String(given)) => Some(stored.cmp(given)),
        (Value::Number(stored), Value::Number(given)) => order_of_numbers(stored, given),
        (Value::Bool(stored), Value::Bool(given)) => Some(stored.cmp(given)),
        _ => None,
    }
}

fn order_of_numbers(stored: &Number, given: &Number) -> Option<Ordering> {
    // Whole numbers on their own first: as a floating-point number one of 17 digits would be its neighbour.
    match (stored.as_i64(), given.as_i64()) {
        (Some(stored), Some(given)) => Some(stored.cmp(&given)),
        _ => stored.as_f64()?.partial_cmp(&given.as_f64()?),
    }
}
