//! Personal distribution lists, from and to JSON.
//! <https://learn.microsoft.com/en-us/graph/api/resources/distributionlist?view=graph-rest-beta>
//!
//! Microsoft's pages disagree on the names of a member's properties. The text about `addMembers` says `emailAddress`. Its example and the
//! type `member` say `key`, `recipientType` and `contactId`; newer pages of the type say `type` and `memberId`. All of them are read. Those
//! of the type in the beta of June 2026 are shown to callers and sent to the service.

use serde_json::{Map, Value, json};

use crate::error::{Error, Problems, Result};
use crate::nearest::find_nearest;

/// The property with the members.
pub const MEMBERS: &str = "members";
/// The name of a list.
pub const DISPLAY_NAME: &str = "displayName";
/// The properties that the service assigns, and the members.
pub const PROPERTIES: [&str; 7] =
    ["id", DISPLAY_NAME, "changeKey", "createdDateTime", "lastModifiedDateTime", "categories", MEMBERS];

/// The property of a member by which it is found: its e-mail address.
pub const KEY: &str = "key";
/// The property of a member that says what it is.
const RECIPIENT_TYPE: &str = "recipientType";
/// The kinds of members.
/// <https://learn.microsoft.com/en-us/graph/api/resources/enums?view=graph-rest-beta#recipienttype-values>
pub const RECIPIENT_TYPES: [&str; 4] = ["contact", "oneOff", "mailbox", "privateDL"];

/// The properties of a member, each with its other name on Microsoft's pages.
const MEMBER_PROPERTIES: [(&str, Option<&str>); 6] = [
    (KEY, Some("emailAddress")),
    (DISPLAY_NAME, None),
    (RECIPIENT_TYPE, Some("type")),
    ("routingType", None),
    ("contactId", None),
    ("memberId", None),
];

/// Returns the name that callers see of a member's property.
fn find_member_property(name: &str) -> Option<&'static str> {
    MEMBER_PROPERTIES.iter().find(|(known, other)| *known == name || *other == Some(name)).map(|(known, _)| *known)
}

/// Parses the list that Graph returned: without nulls and `@odata` annotations, and with the members' names as callers see them. Unknown
/// properties are kept.
pub fn parse_response(object: Map<String, Value>) -> Map<String, Value> {
    let shown = object.into_iter().filter(|(name, value)| !name.contains('@') && !value.is_null());
    let parse = |(name, value): (String, Value)| match value {
        Value::Array(items) => {
            let items = items.into_iter().filter(|item| !item.is_null());
            let is_members = name == MEMBERS;
            (name, items.map(|item| if is_members { parse_stored_member(item) } else { item }).collect())
        }
        value => (name, value),
    };
    shown.map(parse).collect()
}

fn parse_stored_member(member: Value) -> Value {
    let Value::Object(properties) = member else { return member };
    let mut parsed = Map::new();
    for (name, value) in properties.into_iter().filter(|(name, value)| !name.contains('@') && !value.is_null()) {
        let known = find_member_property(&name);
        let value = match (known, value) {
            // Other types of Graph have an address as an object.
            (Some(KEY), Value::Object(address)) => address.get("address").cloned().unwrap_or(Value::Object(address)),
            (_, value) => value,
        };
        parsed.entry(known.map_or(name, str::to_owned)).or_insert(value);
    }
    Value::Object(parsed)
}

/// What a caller wants a list to have.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WantedList {
    /// The name. `None`: as it is.
    pub display_name: Option<String>,
    /// All members. `None`: as they are.
    pub members: Option<Vec<Value>>,
}

impl WantedList {
    /// Parses a caller's attributes. `stored` are those of the list, which a caller may send back unchanged.
    pub fn parse(attributes: &Map<String, Value>, stored: &Map<String, Value>) -> Result<WantedList> {
        let mut problems = Problems::default();
        let mut wanted = WantedList::default();
        for (name, value) in attributes {
            match (name.as_str(), value) {
                _ if stored.get(name) == Some(value) => {}
                (DISPLAY_NAME, Value::String(text)) if !text.trim().is_empty() => wanted.display_name = Some(text.clone()),
                (DISPLAY_NAME, _) => problems.push(Error::invalid_attribute(name, NO_NAME)),
                (MEMBERS, Value::Null) => wanted.members = Some(Vec::new()),
                (MEMBERS, value) => match parse_members_beside(value, get_members(stored)) {
                    Ok(members) => wanted.members = Some(members),
                    Err(error) => problems.push(error),
                },
                _ if PROPERTIES.contains(&name.as_str()) => {
                    problems.push(Error::invalid_attribute(name, "the service assigns it; leave it out"))
                }
                _ => problems.push(Error::invalid_attribute(
                    name,
                    "Target does not support it: a distribution list has a displayName and members",
                )),
            }
        }
        problems.into_result().map(|()| wanted)
    }

    /// Returns the body of the request that changes the `stored` list; empty if nothing changes. Members are replaced as a whole.
    pub fn to_changes(&self, stored: &Map<String, Value>) -> Map<String, Value> {
        let mut changes = Map::new();
        if let Some(name) = &self.display_name {
            changes.insert(DISPLAY_NAME.to_owned(), json!(name));
        }
        if let Some(members) = &self.members
            && !are_stored(members, stored)
        {
            changes.insert(MEMBERS.to_owned(), json!(members));
        }
        changes.retain(|name, value| stored.get(name) != Some(value));
        changes
    }
}

const NO_NAME: &str = "expected a string that is not empty: the name of the distribution list";

/// Returns the name of a new list.
pub fn require_name(name: Option<&str>) -> Result<&str> {
    let missing = || Error::invalid_attribute(DISPLAY_NAME, "Required attribute 'displayName' value is null: name the list");
    name.ok_or_else(missing)
}

/// Parses a caller's members: an array, or a single one.
pub fn parse_members(value: &Value) -> Result<Vec<Value>> {
    parse_members_beside(value, &[])
}

/// Parses a caller's members. One that is as `stored` may have properties that this connector does not know: they are not sent.
fn parse_members_beside(value: &Value, stored: &[Value]) -> Result<Vec<Value>> {
    let single = std::slice::from_ref(value);
    let members = value.as_array().map_or(single, Vec::as_slice);
    let mut problems = Problems::default();
    let mut parsed = Vec::new();
    for (position, member) in members.iter().enumerate() {
        let known = Some(member).filter(|member| stored.contains(member)).map(retain_known_properties);
        match parse_member(known.as_ref().unwrap_or(member), &format!("{MEMBERS}[{position}]")) {
            Ok(member) => parsed.push(member),
            Err(error) => problems.push(error),
        }
    }
    problems.into_result().map(|()| parsed)
}

/// Returns a stored member with what this connector knows of it.
fn retain_known_properties(member: &Value) -> Value {
    let mut properties = member.as_object().cloned().unwrap_or_default();
    properties.retain(|name, value| match find_member_property(name) {
        Some(RECIPIENT_TYPE) => RECIPIENT_TYPES.iter().any(|known| value == known),
        known => known.is_some(),
    });
    Value::Object(properties)
}

fn parse_member(member: &Value, path: &str) -> Result<Value> {
    let properties = member
        .as_object()
        .ok_or_else(|| Error::invalid_attribute(path, "expected an object such as {\"key\": \"ada@contoso.com\"}"))?;
    let mut problems = Problems::default();
    let mut parsed = Map::new();
    for (name, value) in properties.iter().filter(|(_, value)| !value.is_null()) {
        let path = format!("{path}.{name}");
        match (find_member_property(name), value) {
            (None, _) => {
                let nearest = find_nearest(name, MEMBER_PROPERTIES.iter().map(|(known, _)| *known));
                let hint = nearest.map(|known| format!("; did you mean {known}?")).unwrap_or_default();
                problems.push(Error::invalid_attribute(path, format!("a member has no such property{hint}")));
            }
            (Some(RECIPIENT_TYPE), Value::String(text)) if !RECIPIENT_TYPES.contains(&text.as_str()) => {
                problems.push(Error::invalid_attribute(path, format!("expected one of {}", RECIPIENT_TYPES.join(", "))))
            }
            (Some(known), Value::String(text)) => {
                if parsed.insert(known.to_owned(), json!(text)).is_some_and(|other| other != json!(text)) {
                    problems.push(Error::invalid_attribute(path, format!("{known} has another value: give one")));
                }
            }
            (Some(_), _) => problems.push(Error::invalid_attribute(path, "expected a string")),
        }
    }
    if parsed.get(KEY).and_then(Value::as_str).is_none_or(str::is_empty) {
        problems.push(Error::invalid_attribute(format!("{path}.{KEY}"), "missing; it is the member's e-mail address"));
    }
    problems.into_result().map(|()| Value::Object(parsed))
}

/// Checks whether the `stored` list has these members and no others, in any order, with the properties that are given.
fn are_stored(members: &[Value], stored: &Map<String, Value>) -> bool {
    let stored = get_members(stored);
    let is_same = |member: &Value, other: &Value| {
        let mut given = member.as_object().into_iter().flatten();
        is_same_key(member, other) && given.all(|(name, value)| name == KEY || other.get(name) == Some(value))
    };
    members.len() == stored.len() && members.iter().all(|member| stored.iter().any(|other| is_same(member, other)))
}

/// Checks whether the list has every one of these members, by key.
pub fn has_all_members(list: &Map<String, Value>, members: &[Value]) -> bool {
    members.iter().all(|member| get_members(list).iter().any(|stored| is_same_key(stored, member)))
}

/// Checks whether the list has any of these members, by key.
pub fn has_any_member(list: &Map<String, Value>, members: &[Value]) -> bool {
    members.iter().any(|member| get_members(list).iter().any(|stored| is_same_key(stored, member)))
}

fn get_members(list: &Map<String, Value>) -> &[Value] {
    list.get(MEMBERS).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// Compares keys, which are e-mail addresses, without case.
fn is_same_key(one: &Value, other: &Value) -> bool {
    let key = |member: &Value| member.get(KEY).and_then(Value::as_str).map(str::to_lowercase);
    key(one).is_some() && key(one) == key(other)
}
