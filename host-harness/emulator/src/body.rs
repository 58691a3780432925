//! Request bodies: JSON in, checked against the table of properties, values as the mailbox stores them out.

use http::{HeaderMap, header};
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Map, Value};

use super::error::{GraphError, Outcome};
use super::extended::{self, Extended};
use super::open_extension::OpenExtension;
use super::schema::{self, Complex, Edm, Property, Version};

/// What a body is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Write {
    Create,
    Update,
}

/// What a body asks to store.
#[derive(Debug, Default)]
pub(super) struct Changes {
    /// Values by property, in the order of the body; null clears.
    pub(super) values: Vec<(&'static Property, Value)>,
    /// Extended properties to add or to replace.
    pub(super) extended: Vec<Extended>,
    /// Open extensions to add.
    pub(super) extensions: Vec<OpenExtension>,
}

impl Changes {
    /// The value for a property, if the body has one.
    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.values.iter().find(|(property, _)| property.name == name).map(|(_, value)| value)
    }
}

/// Reads a JSON object. All three refusals are 400 `BadRequest` from Graph's front door, whatever the resource:
/// microsoft-graph-docs#4769, msgraph-cli#258 and microsoft-graph-comms-samples#22. That it takes any other media type for
/// broken JSON is unverified.
pub(super) fn object(headers: &HeaderMap, body: &[u8]) -> Outcome<Map<String, Value>> {
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

/// Checks the body of a contact. The type is open in the CSDL, and Outlook refuses what it does not declare
/// all the same (msgraph-sdk-dotnet#270); what the service manages itself it ignores.
pub(super) fn contact(object: Map<String, Value>, version: Version, write: Write) -> Outcome<Changes> {
    let mut changes = Changes::default();
    for (name, value) in object {
        // Annotations such as "@odata.type", which SDKs send.
        if name.contains('@') {
            continue;
        }
        if let Some(kind) = extended::Kind::of(&name) {
            changes.extended.extend(extended::read(kind, &value)?);
            continue;
        }
        // "Use the same REST request that you use to create the instance" ("Create open extension"). An update has its own
        // address for them; that they are refused here is unverified.
        if name == "extensions" && write == Write::Create {
            let items = value.as_array().ok_or_else(|| unexpected_node(&value, Some(&name), "StartArray"))?;
            changes.extensions = items.iter().map(OpenExtension::read).collect::<Outcome<_>>()?;
            continue;
        }
        let property = schema::property(&name, version).ok_or_else(|| GraphError::undeclared(&name, "contact"))?;
        if property.managed {
            continue;
        }
        let value = match value {
            Value::Null if property.edm.is_primitive() => Value::Null,
            // An empty e-mail slot reads as null, and nothing else could empty it; that an update takes null is unverified.
            Value::Null if name.ends_with("EmailAddress") && write == Write::Update => Value::Null,
            Value::Null => return Err(GraphError::null_refused()),
            other => stored(property.edm, other, &name, version)?,
        };
        changes.values.push((property, value));
    }
    Ok(changes)
}

/// A value of that type as the mailbox stores it: without annotations, without nulls inside, dates in Outlook's form.
pub(super) fn stored(edm: Edm, value: Value, name: &str, version: Version) -> Outcome<Value> {
    match (edm, value) {
        (Edm::Collection(item), Value::Array(items)) => items
            .into_iter()
            .map(|value| match value {
                Value::Null => Err(GraphError::request_body_read(format!(
                    "A null value was found for an item of the collection '{name}', which does not allow null values."
                ))),
                other => stored(*item, other, name, version),
            })
            .collect::<Outcome<Vec<Value>>>()
            .map(Value::Array),
        (Edm::Collection(_), other) => Err(unexpected_node(&other, Some(name), "StartArray")),
        (Edm::Complex(complex), Value::Object(object)) => members(complex, object, version),
        (Edm::Complex(_), other) => Err(unexpected_node(&other, Some(name), "StartObject")),
        (_, other @ (Value::Object(_) | Value::Array(_))) => Err(unexpected_node(&other, Some(name), "PrimitiveValue")),
        (edm, value) => primitive(edm, value),
    }
}

fn members(complex: &'static Complex, object: Map<String, Value>, version: Version) -> Outcome<Value> {
    let mut stored_members = Map::new();
    for (name, value) in object {
        if name.contains('@') {
            continue;
        }
        let member = complex.members.iter().find(|member| member.name == name && member.declared.holds(version));
        let member = member.ok_or_else(|| GraphError::undeclared(&name, complex.name))?;
        if !value.is_null() {
            stored_members.insert(name.clone(), stored(member.edm, value, &name, version)?);
        }
    }
    Ok(Value::Object(stored_members))
}

fn primitive(edm: Edm, value: Value) -> Outcome<Value> {
    let cannot = |type_name: &str| {
        let literal = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        GraphError::request_body_read(format!("Cannot convert the literal '{literal}' to the expected type '{type_name}'."))
    };
    let text = value.as_str();
    match edm {
        Edm::String if text.is_some() => Ok(value),
        Edm::Boolean if value.is_boolean() => Ok(value),
        Edm::Date => text.and_then(date).map(|day| day.to_string().into()).ok_or_else(|| cannot("Edm.Date")),
        Edm::DateTimeOffset => {
            let day = text.and_then(|text| date(text).or_else(|| utc_date(text)));
            day.map(|day| birthday(day).into()).ok_or_else(|| cannot("Edm.DateTimeOffset"))
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

/// `YYYY-MM-DD` and nothing more. "Update contact" writes a birthday so, although its type has a time.
fn date(text: &str) -> Option<Date> {
    if text.len() == 10 { text.parse().ok() } else { None }
}

/// The day that a full timestamp falls on in UTC. A time without an offset is no DateTimeOffset.
fn utc_date(text: &str) -> Option<Date> {
    let moment: Timestamp = text.parse().ok()?;
    moment.strftime("%Y-%m-%d").to_string().parse().ok()
}

/// A birthday as Outlook keeps it: a day, with the time of MS-ASCNTC ("The time portion of the dateTime value might be 11:59").
/// The page of the type says "always in UTC". So a time that a client sends is lost, and a midnight east of Greenwich becomes
/// the day before, which is the complaint in techcommunity 1259112; that Graph does exactly this is unverified.
fn birthday(day: Date) -> String {
    format!("{day}T11:59:00Z")
}

/// The refusal of a value that is no list of texts.
pub(super) fn wrong_type(found: &Value, name: &str) -> GraphError {
    let expected = if found.is_array() { "PrimitiveValue" } else { "StartArray" };
    unexpected_node(found, Some(name), expected)
}

/// OData.NET's text for a JSON value of the wrong kind.
fn unexpected_node(found: &Value, name: Option<&str>, expected: &str) -> GraphError {
    let node = match found {
        Value::Object(_) => "StartObject",
        Value::Array(_) => "StartArray",
        _ => "PrimitiveValue",
    };
    let place = name.map(|name| format!(" for property named '{name}'")).unwrap_or_default();
    GraphError::request_body_read(format!(
        "An unexpected '{node}' node was found{place} when reading from the JSON reader. A '{expected}' node was expected."
    ))
}
