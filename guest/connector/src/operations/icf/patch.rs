//! Partial changes of an object: CREST's patch operations.
//!
//! The rules are those of CREST's `PatchOperation` and OpenIDM's provisioner: `add` to an attribute with several values appends and
//! sets any other, `remove` takes values away or clears, `replace` sets, `increment` adds to a number.

use std::collections::BTreeMap;

use serde_json::{Map, Number, Value};

use crate::error::{Error, ErrorKind, Problems, Result};

/// One operation.
#[derive(Clone, Debug, PartialEq)]
pub struct PatchOperation {
    kind: Operation,
    /// The tokens of the JSON pointer: the attribute, and maybe a position or a part.
    field: Vec<String>,
    value: Option<Value>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Operation {
    Add,
    Remove,
    Replace,
    Increment,
}

/// Reads the body of a patch: an array of operations.
pub fn parse(body: &Value) -> Result<Vec<PatchOperation>> {
    let wrong = |problem: String| {
        Error::new(ErrorKind::InvalidAttributeValue, format!("The request is not a valid JSON patch: {problem}"))
    };
    let operations = body.as_array().ok_or_else(|| wrong("an array of operations is wanted".to_owned()))?;
    let mut problems = Problems::default();
    let mut parsed = Vec::new();
    for (position, operation) in operations.iter().enumerate() {
        match operation_of(operation) {
            Ok(operation) => parsed.push(operation),
            Err(problem) => problems.push(wrong(format!("operation {position}: {problem}"))),
        }
    }
    problems.into_result().map(|()| parsed)
}

fn operation_of(operation: &Value) -> std::result::Result<PatchOperation, String> {
    let members = operation.as_object().ok_or("an object is wanted")?;
    let text = |name: &str| members.get(name).and_then(Value::as_str);
    // In any case: `PatchOperation.is`.
    let kind = match text("operation").map(str::to_ascii_lowercase).as_deref() {
        Some("add") => Operation::Add,
        Some("remove") => Operation::Remove,
        Some("replace") => Operation::Replace,
        Some("increment") => Operation::Increment,
        Some(other) => return Err(format!("{other} is not an operation here; there are add, remove, replace and increment")),
        None => return Err("`operation` is missing".to_owned()),
    };
    let field = text("field").ok_or("`field` is missing")?;
    let field: Vec<String> =
        field.trim_matches('/').split('/').map(|token| token.replace("~1", "/").replace("~0", "~")).collect();
    if field.iter().any(String::is_empty) || field.len() > 2 {
        return Err("`field` has to name an attribute, or a position or a part of one".to_owned());
    }
    if members.get("from").is_some_and(|from| !from.is_null()) {
        return Err("`from` belongs to no operation here".to_owned());
    }
    let value = members.get("value").filter(|value| !value.is_null()).cloned();
    match (kind, &value) {
        (Operation::Remove, _) => {}
        (Operation::Increment, Some(Value::Number(_))) => {}
        (Operation::Increment, _) => return Err("`value` has to be a number".to_owned()),
        (_, None) => return Err("`value` is missing".to_owned()),
        _ => {}
    }
    Ok(PatchOperation { kind, field, value })
}

/// What an object's attributes have to be after the operations, of those that they change. `has_several` says of an attribute
/// whether it can have several values.
pub fn apply(
    operations: &[PatchOperation],
    object: &Map<String, Value>,
    has_several: impl Fn(&str) -> bool,
) -> Result<Map<String, Value>> {
    let mut changed = Map::new();
    for operation in operations {
        let (name, rest) = operation.field.split_first().map_or(("", None), |(name, rest)| (name.as_str(), rest.first()));
        let now = changed.get(name).or_else(|| object.get(name)).cloned().unwrap_or_default();
        let now = match now {
            Value::Null if has_several(name) => Value::Array(Vec::new()),
            other => other,
        };
        let then = operation.of(now, rest.map(String::as_str)).map_err(|problem| Error::invalid_attribute(name, problem))?;
        changed.insert(name.to_owned(), then);
    }
    Ok(changed)
}

/// The attributes that operations write to a user, of which values can be added to those of contacts.
pub fn collect_written_values(operations: &[PatchOperation]) -> Result<Map<String, Value>> {
    let mut attributes: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for operation in operations {
        let (name, values) = operation.written().ok_or_else(|| {
            Error::invalid_attribute(operation.attribute(), "of a user, values can be added to the attributes of contacts")
        })?;
        attributes.entry(name).or_default().extend(values);
    }
    Ok(attributes.into_iter().map(|(name, values)| (name.to_owned(), Value::Array(values))).collect())
}

impl PatchOperation {
    /// The values that the operation adds to a special attribute of a user, which are written and never read.
    fn written(&self) -> Option<(&str, Vec<Value>)> {
        let values = match (self.kind, &self.value) {
            (Operation::Add | Operation::Replace, Some(Value::Array(values))) => values.clone(),
            (Operation::Add | Operation::Replace, Some(value)) => vec![value.clone()],
            _ => return None,
        };
        let name = self.field.first()?;
        (self.field.len() == 1 || self.field.get(1).is_some_and(|token| token == "-")).then_some((name.as_str(), values))
    }

    /// The attribute's name.
    pub fn attribute(&self) -> &str {
        self.field.first().map_or("", String::as_str)
    }

    /// The value after the operation, of one that is `now`. `inner` is the position or part that the pointer goes on to.
    fn of(&self, now: Value, inner: Option<&str>) -> std::result::Result<Value, String> {
        match (now, inner) {
            (Value::Array(values), inner) => self.of_list(values, inner).map(Value::Array),
            (Value::Object(mut parts), Some(part)) => {
                let then = self.of_one(parts.get(part).cloned().unwrap_or_default())?;
                parts.insert(part.to_owned(), then);
                Ok(Value::Object(parts))
            }
            (Value::Null, Some(part)) => Ok(Value::Object(Map::from_iter([(part.to_owned(), self.of_one(Value::Null)?)]))),
            (_, Some(_)) => Err("it has no positions and no parts".to_owned()),
            (now, None) => self.of_one(now),
        }
    }

    fn of_one(&self, now: Value) -> std::result::Result<Value, String> {
        match (self.kind, &self.value) {
            // Only a value that it has is taken away.
            (Operation::Remove, Some(value)) if *value != now => Ok(now),
            (Operation::Remove, _) => Ok(Value::Null),
            (Operation::Increment, Some(by)) => {
                let sum = now.as_f64().zip(by.as_f64()).map(|(now, by)| now + by).and_then(Number::from_f64);
                sum.map(Value::Number).ok_or_else(|| "it is no number, and cannot be incremented".to_owned())
            }
            (_, value) => Ok(value.clone().unwrap_or_default()),
        }
    }

    fn of_list(&self, mut values: Vec<Value>, inner: Option<&str>) -> std::result::Result<Vec<Value>, String> {
        let given = match &self.value {
            Some(Value::Array(values)) => values.clone(),
            Some(value) => vec![value.clone()],
            None => Vec::new(),
        };
        let position = match inner {
            None => None,
            Some("-") if self.kind == Operation::Add => None,
            Some(text) => {
                let position = text.parse::<usize>().ok().filter(|position| *position < values.len());
                Some(position.ok_or_else(|| format!("it has {} values, and none at {text}", values.len()))?)
            }
        };
        match (self.kind, position) {
            (Operation::Add, Some(position)) => {
                values.splice(position..position, given);
            }
            (Operation::Add, None) => values.extend(given),
            (Operation::Replace, None) => values = given,
            (Operation::Replace, Some(position)) => {
                values.splice(position..=position, given);
            }
            (Operation::Remove, Some(position)) => {
                values.remove(position);
            }
            (Operation::Remove, None) if self.value.is_some() => values.retain(|value| !given.contains(value)),
            (Operation::Remove, None) => values.clear(),
            (Operation::Increment, _) => return Err("it has several values, and cannot be incremented".to_owned()),
        }
        Ok(values)
    }
}
