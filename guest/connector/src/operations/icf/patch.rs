//! Partial updates of an object: CREST's patch operations.
//!
//! The rules are those of CREST's `PatchOperation` and OpenIDM's provisioner: `add` appends to a collection and sets any other
//! attribute, `remove` removes values or clears, `replace` sets, `increment` adds to a number.

use std::collections::BTreeMap;
use std::{mem, slice};

use serde_json::{Map, Number, Value};

use crate::contact::json_values::MAX_VALUES;
use crate::error::{Error, ErrorKind, Problems, Result};

/// The most operations in a patch: as many as an attribute can have values.
const MAX_OPERATIONS: usize = MAX_VALUES;

/// A patch operation.
#[derive(Clone, Debug, PartialEq)]
pub struct PatchOperation {
    kind: PatchKind,
    /// The tokens of the JSON pointer: the attribute, and possibly a position or a part.
    field: Vec<String>,
    value: Option<Value>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum PatchKind {
    Add,
    Remove,
    Replace,
    Increment,
}

/// Parses the body of a patch: an array of operations.
pub fn parse(body: &Value) -> Result<Vec<PatchOperation>> {
    let error = |problem: String| {
        Error::new(ErrorKind::InvalidAttributeValue, format!("The request is not a valid JSON patch: {problem}"))
    };
    let operations = body.as_array().ok_or_else(|| error("expected an array of operations".to_owned()))?;
    if operations.len() > MAX_OPERATIONS {
        return Err(error(format!("expected at most {MAX_OPERATIONS} operations, found {}", operations.len())));
    }
    let mut problems = Problems::default();
    let mut parsed = Vec::new();
    for (position, operation) in operations.iter().enumerate() {
        match parse_operation(operation) {
            Ok(operation) => parsed.push(operation),
            Err(problem) => problems.push(error(format!("operation {position}: {problem}"))),
        }
    }
    problems.into_result().map(|()| parsed)
}

fn parse_operation(operation: &Value) -> std::result::Result<PatchOperation, String> {
    let members = operation.as_object().ok_or("expected an object")?;
    let text = |name: &str| members.get(name).and_then(Value::as_str);
    // Not case-sensitive: `PatchOperation.is`.
    let kind = match text("operation").map(str::to_ascii_lowercase).as_deref() {
        Some("add") => PatchKind::Add,
        Some("remove") => PatchKind::Remove,
        Some("replace") => PatchKind::Replace,
        Some("increment") => PatchKind::Increment,
        Some(other) => return Err(format!("expected add, remove, replace or increment as `operation`, found {other}")),
        None => return Err("`operation` is missing".to_owned()),
    };
    let field = text("field").ok_or("`field` is missing")?;
    let field: Vec<String> =
        field.trim_matches('/').split('/').map(|token| token.replace("~1", "/").replace("~0", "~")).collect();
    if field.iter().any(String::is_empty) || field.len() > 2 {
        return Err("expected an attribute, or a position or a part of one, as `field`".to_owned());
    }
    if members.get("from").is_some_and(|from| !from.is_null()) {
        return Err("no supported operation has `from`".to_owned());
    }
    let value = members.get("value").filter(|value| !value.is_null());
    let count = value.and_then(Value::as_array).map_or(0, Vec::len);
    if count > MAX_VALUES {
        return Err(format!("expected at most {MAX_VALUES} values, found {count}"));
    }
    match (kind, value) {
        (PatchKind::Remove, _) => {}
        (PatchKind::Increment, Some(Value::Number(_))) => {}
        (PatchKind::Increment, _) => return Err("expected a number as `value`".to_owned()),
        (_, None) => return Err("`value` is missing".to_owned()),
        _ => {}
    }
    Ok(PatchOperation { kind, field, value: value.cloned() })
}

/// Applies operations to an object. Returns the changed attributes. `is_collection` says whether an attribute is a collection.
pub fn apply(
    operations: &[PatchOperation],
    object: &Map<String, Value>,
    is_collection: impl Fn(&str) -> bool,
) -> Result<Map<String, Value>> {
    let mut changed: Map<String, Value> = Map::new();
    for operation in operations {
        let (name, rest) = operation.field.split_first().map_or(("", None), |(name, rest)| (name.as_str(), rest.first()));
        let value = changed.entry(name).or_insert_with(|| object.get(name).cloned().unwrap_or_default());
        if value.is_null() && is_collection(name) {
            *value = Value::Array(Vec::new());
        }
        let applied = operation.apply_to(mem::take(value), rest.map(String::as_str));
        *value = applied.map_err(|problem| Error::invalid_attribute(name, problem))?;
    }
    Ok(changed)
}

/// Checks that the operations change nothing that the service assigns. An update ignores it, and a patch names it on purpose.
pub fn check_assigned(
    object: &Map<String, Value>,
    changed: &Map<String, Value>,
    is_assigned: impl Fn(&str) -> bool,
) -> Result<()> {
    let differs = |name: &str, value: &Value| value != object.get(name).unwrap_or(&Value::Null);
    let refused = changed.iter().filter(|(name, value)| is_assigned(name) && differs(name, value));
    let problem = "the service assigns it: it cannot be changed";
    refused.map(|(name, _)| Error::invalid_attribute(name, problem)).collect::<Problems>().into_result()
}

/// Returns the values that operations add to the write-only attributes of a user. Other changes of a user are errors.
pub fn collect_written_values(operations: &[PatchOperation]) -> Result<Map<String, Value>> {
    let mut attributes: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for operation in operations {
        let (name, values) = operation.list_added_values().ok_or_else(|| {
            Error::invalid_attribute(
                operation.attribute(),
                "a patch of a user can only add values to the attributes for contacts",
            )
        })?;
        attributes.entry(name).or_default().extend(values);
    }
    Ok(attributes.into_iter().map(|(name, values)| (name.to_owned(), Value::Array(values))).collect())
}

impl PatchOperation {
    /// Returns the values that the operation adds to a write-only attribute of a user.
    fn list_added_values(&self) -> Option<(&str, Vec<Value>)> {
        let values = match (self.kind, &self.value) {
            (PatchKind::Add | PatchKind::Replace, Some(Value::Array(values))) => values.clone(),
            (PatchKind::Add | PatchKind::Replace, Some(value)) => vec![value.clone()],
            _ => return None,
        };
        let name = self.field.first()?;
        (self.field.len() == 1 || self.field.get(1).is_some_and(|token| token == "-")).then_some((name.as_str(), values))
    }

    /// Returns the name of the attribute.
    pub fn attribute(&self) -> &str {
        self.field.first().map_or("", String::as_str)
    }

    /// Applies the operation to a value. `inner` is the position or part in the pointer.
    fn apply_to(&self, value: Value, inner: Option<&str>) -> std::result::Result<Value, String> {
        match (value, inner) {
            (Value::Array(values), inner) => self.apply_to_list(values, inner).map(Value::Array),
            (Value::Object(mut parts), Some(part)) => {
                let place = parts.entry(part).or_insert(Value::Null);
                *place = self.apply_to_value(mem::take(place))?;
                Ok(Value::Object(parts))
            }
            (Value::Null, Some(part)) => {
                Ok(Value::Object(Map::from_iter([(part.to_owned(), self.apply_to_value(Value::Null)?)])))
            }
            (_, Some(_)) => Err("it has neither positions nor parts".to_owned()),
            (value, None) => self.apply_to_value(value),
        }
    }

    fn apply_to_value(&self, value: Value) -> std::result::Result<Value, String> {
        match (self.kind, &self.value) {
            // Only the stored value can be removed.
            (PatchKind::Remove, Some(given)) if *given != value => Ok(value),
            (PatchKind::Remove, _) => Ok(Value::Null),
            (PatchKind::Increment, Some(by)) => {
                let sum = value.as_f64().zip(by.as_f64()).map(|(value, by)| value + by).and_then(Number::from_f64);
                sum.map(Value::Number).ok_or_else(|| "it is not a number, so it cannot be incremented".to_owned())
            }
            (_, given) => Ok(given.clone().unwrap_or_default()),
        }
    }

    fn apply_to_list(&self, mut values: Vec<Value>, inner: Option<&str>) -> std::result::Result<Vec<Value>, String> {
        let given: &[Value] = match &self.value {
            Some(Value::Array(values)) => values,
            Some(value) => slice::from_ref(value),
            None => &[],
        };
        let position = match inner {
            None => None,
            Some("-") if self.kind == PatchKind::Add => None,
            Some(text) => {
                // A value can be added before each of them, and after the last one.
                let end = values.len() + usize::from(self.kind == PatchKind::Add);
                let position = text.parse::<usize>().ok().filter(|position| *position < end);
                Some(
                    position
                        .ok_or_else(|| format!("it has {} values: expected the position of one, found {text}", values.len()))?,
                )
            }
        };
        match (self.kind, position) {
            (PatchKind::Add, Some(position)) => {
                values.splice(position..position, given.iter().cloned());
            }
            (PatchKind::Add, None) => values.extend(given.iter().cloned()),
            (PatchKind::Replace, None) => values = given.to_vec(),
            (PatchKind::Replace, Some(position)) => {
                values.splice(position..=position, given.iter().cloned());
            }
            // Only the stored value can be removed.
            (PatchKind::Remove, Some(position)) => {
                if self.value.is_none() || values.get(position) == self.value.as_ref() {
                    values.remove(position);
                }
            }
            (PatchKind::Remove, None) if self.value.is_some() => values.retain(|value| !given.contains(value)),
            (PatchKind::Remove, None) => values.clear(),
            (PatchKind::Increment, _) => return Err("it is a collection, so it cannot be incremented".to_owned()),
        }
        if self.kind == PatchKind::Add && values.len() > MAX_VALUES {
            return Err(format!("expected at most {MAX_VALUES} values, found {}", values.len()));
        }
        Ok(values)
    }
}
