//! Parsing of JSON values: strict for what a caller sends, preserving for what Graph returned.

use serde_json::{Map, Value};

use super::complex_type::ComplexType;
use super::date::Date;
use super::entry::Entry;
use super::field::Field;
use super::kinds::{EmailKind, Kind};
use super::parts::{EmailAddress, ExtendedProperty};
use crate::error::{Error, Problems, Result};

/// The most values of an attribute that a caller can send. Outlook stores far fewer.
pub const MAX_VALUES: usize = 1000;

/// How strictly to parse members and kinds that the connector does not know.
#[derive(Clone, Copy)]
pub(super) enum Strictness<'v> {
    /// Input of a caller: reject them by name, unless the caller was shown them. Here is what it was shown in this place.
    Reject(Option<&'v Value>),
    /// A response of the service: preserve them. Graph's contact is an open type, and grows.
    Preserve,
}

impl<'v> Strictness<'v> {
    fn is_input(self) -> bool {
        matches!(self, Strictness::Reject(_))
    }

    /// Returns the strictness for an item of a list: what was shown is taken as it is.
    fn for_item(self, item: &Value) -> Strictness<'v> {
        match self {
            Strictness::Reject(Some(Value::Array(shown))) if shown.contains(item) => Strictness::Preserve,
            Strictness::Reject(_) => Strictness::Reject(None),
            Strictness::Preserve => Strictness::Preserve,
        }
    }

    /// Checks whether an unknown member is accepted: one that the service returned, and a caller sends back or removes with null.
    pub(super) fn accepts(self, name: &str, value: &Value) -> bool {
        match self {
            Strictness::Reject(shown) => {
                shown.and_then(|shown| shown.get(name)).is_some_and(|shown| value.is_null() || shown == value)
            }
            Strictness::Preserve => true,
        }
    }
}

pub(super) fn parse_nullable<T>(value: &Value, parse: impl FnOnce(&Value) -> Result<T>) -> Result<Field<T>> {
    if value.is_null() { Ok(Field::Null) } else { parse(value).map(Field::Set) }
}

fn wrong_type(path: &str, expected: &str, value: &Value) -> Error {
    let found = match value {
        Value::Null => "null",
        Value::Bool(_) => "a Boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    };
    Error::invalid_attribute(path, format!("expected {expected}, found {found}"))
}

pub(super) fn parse_string(value: &Value, path: &str) -> Result<String> {
    value.as_str().map(str::to_owned).ok_or_else(|| wrong_type(path, "a string", value))
}

pub(super) fn parse_boolean(value: &Value, path: &str) -> Result<bool> {
    value.as_bool().ok_or_else(|| wrong_type(path, "true or false", value))
}

pub(super) fn parse_date(value: &Value, path: &str) -> Result<Date> {
    let text = value.as_str().ok_or_else(|| wrong_type(path, "a date, YYYY-MM-DD", value))?;
    Date::parse(text).ok_or_else(|| Error::invalid_attribute(path, Date::EXPECTED))
}

pub(super) fn parse_object<'v>(value: &'v Value, path: &str) -> Result<&'v Map<String, Value>> {
    value.as_object().ok_or_else(|| wrong_type(path, "an object", value))
}

/// Parses a collection. Null is an empty one: Graph has no null collections.
///
/// A caller's bare value is a collection of one, as in OpenIDM (`AttributeInfoHelper.getMultiValue`). A null among the items that
/// Graph returned is not a value.
pub(super) fn parse_collection<T>(
    value: &Value,
    path: &str,
    strictness: Strictness<'_>,
    parse: impl Fn(&Value, &str, Strictness<'_>) -> Result<T>,
) -> Result<Vec<T>> {
    let mut parsed = Vec::new();
    let mut problems = Problems::default();
    for (item, position, strictness) in list_items(value, path, strictness)? {
        let path = position.map_or_else(|| path.to_owned(), |position| format!("{path}[{position}]"));
        match parse(item, &path, strictness) {
            Ok(item) => parsed.push(item),
            Err(error) => problems.push(error),
        }
    }
    problems.into_result().map(|()| parsed)
}

/// Returns the items of a collection, each with its position and strictness. A bare value has no position.
#[allow(clippy::type_complexity, reason = "the three are for the caller's loop alone")]
fn list_items<'v>(
    value: &'v Value,
    path: &str,
    strictness: Strictness<'v>,
) -> Result<Vec<(&'v Value, Option<usize>, Strictness<'v>)>> {
    let is_input = strictness.is_input();
    match value {
        Value::Null => Ok(Vec::new()),
        Value::Array(items) if is_input && items.len() > MAX_VALUES => {
            Err(Error::invalid_attribute(path, format!("expected at most {MAX_VALUES} values, found {}", items.len())))
        }
        Value::Array(items) => {
            let items = items.iter().enumerate().filter(|(_, item)| is_input || !item.is_null());
            Ok(items.map(|(position, item)| (item, Some(position), strictness.for_item(item))).collect())
        }
        bare if is_input => Ok(vec![(bare, None, strictness.for_item(bare))]),
        other => Err(wrong_type(path, "an array", other)),
    }
}

/// Parses a complex value. The members named in `others` are left to the function that calls this one.
pub(super) fn parse_complex<T: ComplexType>(value: &Value, path: &str, strictness: Strictness<'_>, others: &[&str]) -> Result<T> {
    let names: Vec<&str> = T::PARTS.iter().map(|part| part.name).collect();
    let (parts, unknown) = parse_parts(value, path, strictness, &names, others)?;
    let mut complex = T::default();
    // The unknown members are specified, even if there are none.
    *complex.unknown_mut() = unknown;
    for (part, value) in T::PARTS.iter().zip(parts) {
        *(part.field.get_mut)(&mut complex) = value;
    }
    Ok(complex)
}

/// The values of named members, in the order of the names, and the members with other names.
type PartsAndUnknown = (Vec<Field<String>>, Map<String, Value>);

/// Parses the members of these names, in their order, and the others, which are unknown.
fn parse_parts(
    value: &Value,
    path: &str,
    strictness: Strictness<'_>,
    names: &[&str],
    others: &[&str],
) -> Result<PartsAndUnknown> {
    let mut parts = vec![Field::Unset; names.len()];
    let mut unknown = Map::new();
    let mut problems = Problems::default();
    for (name, value) in parse_object(value, path)? {
        let path = format!("{path}.{name}");
        match parts.iter_mut().zip(names).find(|(_, known)| **known == name) {
            Some((part, _)) => match parse_nullable(value, |v| parse_string(v, &path)) {
                Ok(value) => *part = value,
                Err(error) => problems.push(error),
            },
            None if others.contains(&name.as_str()) => {}
            None if strictness.accepts(name, value) => {
                unknown.insert(name.clone(), value.clone());
            }
            None => problems.push(Error::invalid_attribute(path, expected_one_of(names))),
        }
    }
    problems.into_result().map(|()| (parts, unknown))
}

/// Returns the problem of a member that is none of these.
pub(super) fn expected_one_of(names: &[&str]) -> String {
    format!("unknown property; expected one of {}", names.join(", "))
}

/// Parses an entry of a list with kinds.
pub(super) fn parse_entry<T: Entry>(value: &Value, path: &str, strictness: Strictness<'_>) -> Result<(T::Kind, T)> {
    let mut entry: T = parse_complex(value, path, strictness, &["type"])?;
    if let Some(name) = T::REQUIRED.filter(|name| strictness.is_input() && value.get(name).is_none_or(Value::is_null)) {
        return Err(Error::invalid_attribute(path, format!("{name} is missing")));
    }
    let kind = parse_kind(value, path, strictness, &mut entry)?;
    Ok((kind.unwrap_or(T::Kind::UNKNOWN), entry))
}

/// Parses entries as Graph writes them.
pub(super) fn parse_stored_entries<T: Entry>(entries: &[Value]) -> Vec<(T::Kind, T)> {
    entries.iter().filter_map(|entry| parse_entry(entry, "", Strictness::Preserve).ok()).collect()
}

/// Parses an e-mail address.
pub(super) fn parse_email(value: &Value, path: &str, strictness: Strictness<'_>) -> Result<EmailAddress> {
    let mut email: EmailAddress = parse_complex(value, path, strictness, &["type"])?;
    let kind: Option<EmailKind> = parse_kind(value, path, strictness, &mut email)?;
    // In a caller's input `unknown` is not a type, and v1.0 has no types.
    email.kind = kind.filter(|kind| !strictness.is_input() || *kind != EmailKind::Unknown).into();
    Ok(email)
}

/// Parses the kind that the member `type` names, in upper or lower case; `None` without one. A kind of Graph's that the connector
/// does not know becomes an unknown member of the structure.
fn parse_kind<K: Kind, T: ComplexType>(
    value: &Value,
    path: &str,
    strictness: Strictness<'_>,
    structure: &mut T,
) -> Result<Option<K>> {
    let Some(value) = value.get("type").filter(|value| !value.is_null()) else { return Ok(None) };
    if let Some(kind) = value.as_str().and_then(K::from_name) {
        return Ok(Some(kind));
    }
    if strictness.accepts("type", value) {
        structure.unknown_mut().insert("type".to_owned(), value.clone());
        return Ok(None);
    }
    Err(build_kind_error(value, path, &K::ALL.iter().map(|kind| kind.name()).collect::<Vec<_>>()))
}

fn build_kind_error(value: &Value, path: &str, known: &[&str]) -> Error {
    let path = format!("{path}.type");
    match value {
        Value::String(_) => Error::invalid_attribute(path, format!("expected one of {}", known.join(", "))),
        other => wrong_type(&path, "a string", other),
    }
}

/// Returns the members of an object with these names, and no others. A null one is absent.
pub(super) fn parse_members<'v, const N: usize>(
    value: &'v Value,
    path: &str,
    names: [&str; N],
) -> Result<[Option<&'v Value>; N]> {
    let object = parse_object(value, path)?;
    let others = object.keys().filter(|name| !names.contains(&name.as_str()));
    let problem = expected_one_of(&names);
    others.map(|name| Error::invalid_attribute(format!("{path}.{name}"), &problem)).collect::<Problems>().into_result()?;
    Ok(names.map(|name| object.get(name).filter(|value| !value.is_null())))
}

/// Parses a member that is required.
pub(super) fn require<T>(
    member: Option<&Value>,
    path: &str,
    name: &str,
    parse: impl FnOnce(&Value, &str) -> Result<T>,
) -> Result<T> {
    let value = member.ok_or_else(|| Error::invalid_attribute(path, format!("{name} is missing")))?;
    parse(value, &format!("{path}.{name}"))
}

/// Parses a MAPI property.
pub(super) fn parse_extended<V>(
    value: &Value,
    path: &str,
    parse: impl FnOnce(&Value, &str) -> Result<V>,
) -> Result<ExtendedProperty<V>> {
    let [id, value] = parse_members(value, path, ["id", "value"])?;
    Ok(ExtendedProperty { id: require(id, path, "id", parse_string)?, value: require(value, path, "value", parse)? })
}
