//! A personal distribution list and its members.
//! <https://learn.microsoft.com/graph/api/resources/distributionlist?view=graph-rest-beta>

use http::HeaderMap;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::odata::error::{GraphError, Outcome};
use crate::odata::expression::is_same;

/// The property with the members, which is not returned by default.
pub(crate) const MEMBERS: &str = "members";
/// The other properties.
pub(crate) const PROPERTIES: [&str; 6] =
    ["id", "changeKey", "createdDateTime", "lastModifiedDateTime", "categories", "displayName"];

/// The properties of a member in the beta of June 2026, each with its name on newer pages of the type `member`. The text about
/// `addMembers` has a third one for the key, `emailAddress`.
/// <https://learn.microsoft.com/graph/api/resources/member?view=graph-rest-beta>
const MEMBER_PROPERTIES: [(&str, &str); 5] = [
    ("displayName", "displayName"),
    ("key", "key"),
    ("routingType", "routingType"),
    ("recipientType", "type"),
    ("contactId", "memberId"),
];
/// <https://learn.microsoft.com/graph/api/resources/enums?view=graph-rest-beta#recipienttype-values>
const RECIPIENT_TYPES: [&str; 4] = ["contact", "oneOff", "mailbox", "privateDL"];

/// The names under which members are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MemberNames {
    /// Those of June 2026, which requests have.
    Type,
    /// Those of newer pages.
    NewerType,
    /// `emailAddress` for the key, as in the text.
    Text,
}

/// A list in a mailbox.
#[derive(Debug, Clone)]
pub(crate) struct DistributionList {
    pub(crate) id: String,
    pub(crate) display_name: String,
    pub(crate) change_key: String,
    pub(crate) created: Timestamp,
    pub(crate) modified: Timestamp,
    pub(crate) members: Vec<Map<String, Value>>,
}

impl DistributionList {
    /// Fails with 412 if the request names another version: `changeKey` is used "via the If-Match header".
    pub(crate) fn check_if_match(&self, headers: &HeaderMap) -> Outcome<()> {
        let Some(expected) = headers.get(http::header::IF_MATCH).and_then(|value| value.to_str().ok()) else { return Ok(()) };
        let is_current = expected == "*" || expected.trim_start_matches("W/").trim_matches('"') == self.change_key;
        if is_current { Ok(()) } else { Err(GraphError::conflict()) }
    }

    /// Adds members. One with the key of another replaces it, which is unverified.
    pub(crate) fn add(&mut self, members: Vec<Map<String, Value>>) {
        self.remove(&members);
        self.members.extend(members);
    }

    /// Removes the members with these keys. That unknown keys are ignored is unverified.
    pub(crate) fn remove(&mut self, members: &[Map<String, Value>]) {
        let key = |member: &Map<String, Value>| member.get("key").and_then(Value::as_str).unwrap_or_default().to_owned();
        self.members.retain(|stored| !members.iter().any(|member| is_same(&key(stored), &key(member))));
    }

    /// Renders the list as JSON, with the default properties or the selected ones.
    pub(crate) fn render(&self, select: Option<&[String]>, names: MemberNames) -> Map<String, Value> {
        let timestamp = |time: Timestamp| json!(time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string());
        let value = |name: &str| match name {
            "id" => json!(self.id),
            "changeKey" => json!(self.change_key),
            "createdDateTime" => timestamp(self.created),
            "lastModifiedDateTime" => timestamp(self.modified),
            "categories" => json!([]),
            "displayName" => json!(self.display_name),
            _ => self.members.iter().map(|member| render_member(member, names)).collect(),
        };
        let is_shown = |name: &&&str| {
            select.map_or(**name != MEMBERS, |selected| **name == "id" || selected.iter().any(|one| one == **name))
        };
        let mut shown = Map::from_iter([("@odata.etag".to_owned(), json!(format!("W/\"{}\"", self.change_key)))]);
        shown.extend(PROPERTIES.iter().chain(&[MEMBERS]).filter(is_shown).map(|name| ((*name).to_owned(), value(name))));
        shown
    }
}

fn render_member(member: &Map<String, Value>, names: MemberNames) -> Value {
    let rename = |name: &str| match (names, MEMBER_PROPERTIES.iter().find(|(known, _)| *known == name)) {
        (MemberNames::NewerType, Some((_, newer))) => (*newer).to_owned(),
        (MemberNames::Text, Some(("key", _))) => "emailAddress".to_owned(),
        _ => name.to_owned(),
    };
    let mut shown = Map::from_iter([("@odata.type".to_owned(), json!("#microsoft.graph.member"))]);
    shown.extend(member.iter().map(|(name, value)| (rename(name), value.clone())));
    Value::Object(shown)
}

/// Parses the members in a body. Each needs its key.
pub(crate) fn parse_members(value: &Value) -> Outcome<Vec<Map<String, Value>>> {
    let invalid = || GraphError::invalid_argument("The members of a distribution list are a collection of members.");
    value.as_array().ok_or_else(invalid)?.iter().map(|member| parse_member(member.as_object().ok_or_else(invalid)?)).collect()
}

fn parse_member(properties: &Map<String, Value>) -> Outcome<Map<String, Value>> {
    let mut member = Map::new();
    for (name, value) in properties.iter().filter(|(name, value)| !name.contains('@') && !value.is_null()) {
        if !MEMBER_PROPERTIES.iter().any(|(known, _)| known == name) {
            return Err(GraphError::undeclared(name, "member"));
        }
        let Some(text) = value.as_str() else { return Err(GraphError::invalid_argument("A member has only texts.")) };
        if name == "recipientType" && !RECIPIENT_TYPES.contains(&text) {
            return Err(GraphError::request_body_read(format!("Requested value '{text}' was not found.")));
        }
        member.insert(name.clone(), value.clone());
    }
    if member.get("key").and_then(Value::as_str).is_none_or(str::is_empty) {
        return Err(GraphError::invalid_argument("A member needs a key."));
    }
    Ok(member)
}
