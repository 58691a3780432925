//! JSON bodies of requests: OData's checks, and values in the form in which the service stores them.

use std::collections::HashSet;

use http::{HeaderMap, header};
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Map, Value};

use crate::odata::edm::{Complex, Edm, Version};
use crate::odata::error::{GraphError, Outcome};

/// Parses a JSON object. Graph's gateway refuses others with 400 `BadRequest` for every resource: microsoft-graph-docs#4769,
/// msgraph-cli#258 and microsoft-graph-comms-samples#22. That other media types count as invalid JSON is unverified.
pub(crate) fn parse_object(headers: &HeaderMap, body: &[u8]) -> Outcome<Map<String, Value>> {
    if body.is_empty() {
        return Err(GraphError::bad_request("Empty Payload. JSON content expected."));
    }
    let Some(media_type) = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()) else {
        return Err(GraphError::bad_request(
            "Write requests (excluding DELETE) must contain the Content-Type header declaration.",
        ));
    };
    let is_json = media_type.split(';').next().is_some_and(|media| media.trim().eq_ignore_ascii_case("application/json"));
    match serde_json::from_slice(body).ok().filter(|_| is_json) {
        Some(Value::Object(object)) => Ok(object),
        Some(other) => Err(unexpected_node(&other, None, "StartObject")),
        None => Err(GraphError::bad_request(
            "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.",
        )),
    }
}

/// Parses the parameters of an action. Fails on a name that is not one of them, with OData.NET's text.
pub(crate) fn parse_parameters(headers: &HeaderMap, body: &[u8], action: &str, names: &[&str]) -> Outcome<Map<String, Value>> {
    let parameters = parse_object(headers, body)?;
    match parameters.keys().find(|name| !name.contains('@') && !names.contains(&name.as_str())) {
        Some(name) => Err(GraphError::bad_request(format!(
            "The parameter '{name}' in the request payload is not a valid parameter for the operation '{action}'."
        ))),
        None => Ok(parameters),
    }
}

/// Fails on a body with parameters for an action that has none.
pub(crate) fn check_no_parameters(headers: &HeaderMap, body: &[u8], action: &str) -> Outcome<()> {
    if body.is_empty() { Ok(()) } else { parse_parameters(headers, body, action, &[]).map(drop) }
}

/// Returns whether a member of a body is an annotation, such as the `@odata.type` that SDKs send, and not a property of the
/// entity. Annotations have no effect. So one that is to have one is refused: a reference by `@odata.bind`, which the emulator does not
/// have, and the type of another entity, with OData.NET's text.
pub(crate) fn is_annotation(name: &str, value: &Value, entity: &str) -> Outcome<bool> {
    let Some((_, term)) = name.split_once('@') else { return Ok(false) };
    if term.eq_ignore_ascii_case("odata.bind") {
        return Err(GraphError::not_emulated(name));
    }
    let named = value.as_str().filter(|_| name.eq_ignore_ascii_case("@odata.type")).unwrap_or(entity);
    let short = named.rsplit(['.', '#']).next().unwrap_or_default();
    if !short.eq_ignore_ascii_case(entity) {
        return Err(GraphError::request_body_read(format!(
            "A resource with type '{named}' was found, but it is not assignable to the expected type 'microsoft.graph.{entity}'."
        )));
    }
    Ok(true)
}

/// Returns whether a name in a body is that of a property. Case makes no difference: @pnp/graph sends every `surname` as
/// `surName` (pnp/pnpjs, `packages/graph/contacts/types.ts`), and its tests run against the service.
pub(crate) fn is_same_name(property: &str, name: &str) -> bool {
    property.eq_ignore_ascii_case(name)
}

/// Converts a value to its stored form: without annotations, without nulls inside, dates in Outlook's form.
pub(crate) fn to_stored(edm: Edm, value: Value, name: &str, version: Version) -> Outcome<Value> {
    match (edm, value) {
        (Edm::Collection(item), Value::Array(items)) => items
            .into_iter()
            .map(|value| match value {
                Value::Null => Err(GraphError::request_body_read(format!(
                    "A null value was found for an item of the collection '{name}', which does not allow null values."
                ))),
                other => to_stored(*item, other, name, version),
            })
            .collect::<Outcome<Vec<Value>>>()
            .map(Value::Array),
        (Edm::Collection(_), other) => Err(unexpected_node(&other, Some(name), "StartArray")),
        (Edm::Complex(complex), Value::Object(object)) => to_stored_members(complex, object, version),
        (Edm::Complex(_), other) => Err(unexpected_node(&other, Some(name), "StartObject")),
        (_, other @ (Value::Object(_) | Value::Array(_))) => Err(unexpected_node(&other, Some(name), "PrimitiveValue")),
        (edm, value) => to_stored_primitive(edm, value),
    }
}

fn to_stored_members(complex: &'static Complex, object: Map<String, Value>, version: Version) -> Outcome<Value> {
    let (mut stored_members, mut seen) = (Map::new(), HashSet::new());
    for (name, value) in object {
        if name.contains('@') {
            continue;
        }
        let member = complex.members.iter().find(|member| is_same_name(member.name, &name) && member.declared.is_in(version));
        let member = member.ok_or_else(|| GraphError::undeclared(&name, complex.name))?;
        if !seen.insert(member.name) {
            return Err(GraphError::duplicate_property(member.name));
        }
        if !value.is_null() {
            stored_members.insert(member.name.to_owned(), to_stored(member.edm, value, &name, version)?);
        }
    }
    Ok(Value::Object(stored_members))
}

fn to_stored_primitive(edm: Edm, value: Value) -> Outcome<Value> {
    let cannot = |type_name: &str| {
        let literal = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        GraphError::request_body_read(format!("Cannot convert the literal '{literal}' to the expected type '{type_name}'."))
    };
    let text = value.as_str();
    match edm {
        Edm::String if text.is_some() => Ok(value),
        Edm::Boolean if value.is_boolean() => Ok(value),
        Edm::Date => text.and_then(parse_date).map(|day| day.to_string().into()).ok_or_else(|| cannot("Edm.Date")),
        Edm::DateTimeOffset => {
            let day = text.and_then(|text| parse_date(text).or_else(|| parse_utc_date(text)));
            day.map(|day| format_birthday(day).into()).ok_or_else(|| cannot("Edm.DateTimeOffset"))
        }
        Edm::Enum(names) => match text {
            Some(text) if names.contains(&text) => Ok(value),
            Some(text) => Err(GraphError::request_body_read(format!("Requested value '{text}' was not found."))),
            None => Err(cannot("Edm.Enum")),
        },
        Edm::Boolean => Err(cannot("Edm.Boolean")),
        Edm::String | Edm::Complex(_) | Edm::Collection(_) => Err(cannot("Edm.String")),
    }
}

/// Parses `YYYY-MM-DD`. "Update contact" writes a birthday so, although its type is DateTimeOffset.
fn parse_date(text: &str) -> Option<Date> {
    if text.len() == 10 { text.parse().ok() } else { None }
}

/// Returns the date of a DateTimeOffset in UTC. A time without an offset is not one.
fn parse_utc_date(text: &str) -> Option<Date> {
    let moment: Timestamp = text.parse().ok()?;
    moment.strftime("%Y-%m-%d").to_string().parse().ok()
}

/// Formats a birthday as Outlook stores it: a date, with the time of MS-ASCNTC ("The time portion of the dateTime value might be
/// 11:59"). The page of the type says "always in UTC". So the time that a client sends is lost, and a midnight east of Greenwich
/// becomes the day before, as techcommunity 1259112 complains. That Graph does exactly this is unverified.
fn format_birthday(day: Date) -> String {
    format!("{day}T11:59:00Z")
}

/// Creates the refusal of a value that is not a Collection of Strings.
pub(crate) fn type_mismatch(found: &Value, name: &str) -> GraphError {
    let expected = if found.is_array() { "PrimitiveValue" } else { "StartArray" };
    unexpected_node(found, Some(name), expected)
}

/// Creates the refusal of a JSON value of the wrong type, with OData.NET's text.
pub(crate) fn unexpected_node(found: &Value, name: Option<&str>, expected: &str) -> GraphError {
    let node = match found {
        Value::Object(_) => "StartObject",
        Value::Array(_) => "StartArray",
        _ => "PrimitiveValue",
    };
    let property = name.map(|name| format!(" for property named '{name}'")).unwrap_or_default();
    GraphError::request_body_read(format!(
        "An unexpected '{node}' node was found{property} when reading from the JSON reader. A '{expected}' node was expected."
    ))
}
