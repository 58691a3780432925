//! Extended properties: MAPI values in the body of a contact, which a response has only on `$expand`.
//!
//! <https://learn.microsoft.com/graph/api/resources/extended-properties-overview>

use serde_json::{Map, Value, json};

use crate::mailbox::filter;
use crate::mailbox::open_extension::OpenExtension;
use crate::odata::error::{GraphError, Outcome};
use crate::odata::expression::is_same;
use crate::odata::json_body::is_same_name;

/// The two kinds of extended properties, each with a collection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ExtendedPropertyKind {
    Single,
    Multi,
}

impl ExtendedPropertyKind {
    /// Returns the kind whose collection has that name.
    pub(crate) fn from_collection(collection: &str) -> Option<Self> {
        [Self::Single, Self::Multi].into_iter().find(|kind| is_same_name(kind.collection(), collection))
    }

    pub(crate) fn collection(self) -> &'static str {
        match self {
            Self::Single => "singleValueExtendedProperties",
            Self::Multi => "multiValueExtendedProperties",
        }
    }
}

/// One extended property of a contact.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ExtendedProperty {
    pub(crate) kind: ExtendedPropertyKind,
    /// For example `String {66f5a359-4659-4830-9070-00040ec6ac6e} Name SourceId`.
    pub(crate) id: String,
    /// A String or a Collection of them.
    pub(crate) value: Value,
}

/// Parses a collection in a request body.
pub(crate) fn parse_properties(kind: ExtendedPropertyKind, value: &Value) -> Outcome<Vec<ExtendedProperty>> {
    let malformed = || GraphError::request_body_read(format!("The value of '{}' is not valid.", kind.collection()));
    let items = value.as_array().ok_or_else(malformed)?;
    let read_item = |item: &Value| {
        let members = item.as_object()?;
        let find = |wanted: &str| members.iter().find(|(name, _)| is_same_name(wanted, name)).map(|(_, value)| value);
        // Annotations beside id and value, and nothing else.
        if members.keys().any(|name| !name.contains('@') && !["id", "value"].iter().any(|known| is_same_name(known, name))) {
            return None;
        }
        let id = find("id").and_then(Value::as_str).filter(|id| is_identifier(id))?;
        let value = find("value").filter(|value| match kind {
            ExtendedPropertyKind::Single => value.is_string(),
            ExtendedPropertyKind::Multi => value.as_array().is_some_and(|values| values.iter().all(Value::is_string)),
        })?;
        Some(ExtendedProperty { kind, id: id.to_owned(), value: value.clone() })
    };
    items.iter().map(|item| read_item(item).ok_or_else(malformed)).collect()
}

/// Returns whether an id has one of the documented forms: `{type} {guid} Name {name}`, `{type} {guid} Id {id}`, `{type}
/// {proptag}`.
fn is_identifier(id: &str) -> bool {
    match id.splitn(4, ' ').collect::<Vec<_>>().as_slice() {
        [_, tag] => tag.starts_with("0x"),
        [_, guid, "Name" | "Id", name] => guid.parse::<uuid::Uuid>().is_ok() && !name.is_empty(),
        _ => false,
    }
}

/// Adds properties to those of a contact, and replaces those with the same id.
pub(crate) fn merge_properties(stored: &mut Vec<ExtendedProperty>, changes: &[ExtendedProperty]) {
    for change in changes {
        stored.retain(|old| old.kind != change.kind || !is_same(&old.id, &change.id));
        stored.push(change.clone());
    }
}

/// The `$expand` of a contact: the extended properties and open extensions to show.
#[derive(Debug, Default)]
pub(crate) struct ContactExpand {
    properties: Vec<(ExtendedPropertyKind, Vec<String>)>,
    extensions: Option<ExtensionSelection>,
}

/// The open extensions of an `$expand`.
#[derive(Debug)]
enum ExtensionSelection {
    All,
    Named(Vec<String>),
}

impl ContactExpand {
    /// Shows all open extensions, as the response to a contact created with them: it "includes the new instance expanded"
    /// ("Create open extension").
    pub(crate) fn show_all_extensions(&mut self) {
        self.extensions = Some(ExtensionSelection::All);
    }

    /// Parses the option. It shows all open extensions, or those of a filter by id. Extended properties need such a filter; that
    /// Graph refuses a missing one is unverified.
    pub(crate) fn parse(text: Option<&str>) -> Outcome<Self> {
        let mut expand = Self::default();
        for item in text.map(split_top_level).unwrap_or_default() {
            let (name, options) = item.split_once('(').unwrap_or((item, ""));
            let condition = options.strip_suffix(')').and_then(|inner| inner.trim().strip_prefix("$filter="));
            if name.trim().eq_ignore_ascii_case("extensions") {
                let ids = condition.map(filter::parse_ids).transpose()?;
                expand.extensions = Some(ids.map_or(ExtensionSelection::All, ExtensionSelection::Named));
                continue;
            }
            let kind = ExtendedPropertyKind::from_collection(name.trim())
                .ok_or_else(|| GraphError::unknown_property("Parsing OData Select and Expand failed", name.trim(), "contact"))?;
            let ids = condition.ok_or_else(GraphError::invalid_filter).and_then(filter::parse_ids)?;
            expand.properties.push((kind, ids));
        }
        Ok(expand)
    }

    /// Adds the expanded values to a body. Leaves empty collections out.
    pub(crate) fn render(&self, stored: &[ExtendedProperty], extensions: &[OpenExtension], into: &mut Map<String, Value>) {
        let asked = |extension: &&OpenExtension| match &self.extensions {
            None => false,
            Some(ExtensionSelection::All) => true,
            Some(ExtensionSelection::Named(ids)) => ids.iter().any(|id| extension.is_named(id)),
        };
        let shown: Vec<Value> = extensions.iter().filter(asked).map(|extension| Value::Object(extension.render())).collect();
        if !shown.is_empty() {
            into.insert("extensions".to_owned(), Value::Array(shown));
        }
        for (kind, ids) in &self.properties {
            let asked = |one: &&ExtendedProperty| one.kind == *kind && ids.iter().any(|id| is_same(id, &one.id));
            let shown: Vec<Value> = stored.iter().filter(asked).map(|one| json!({"id": one.id, "value": one.value})).collect();
            if !shown.is_empty() {
                into.insert(kind.collection().to_owned(), Value::Array(shown));
            }
        }
    }
}

/// Splits a text at the commas outside of parentheses and quotes.
pub(crate) fn split_top_level(text: &str) -> Vec<&str> {
    let (mut depth, mut quoted) = (0_i32, false);
    text.split(|letter| {
        match letter {
            '\'' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => depth -= 1,
            _ => {}
        }
        letter == ',' && depth == 0 && !quoted
    })
    .map(str::trim)
    .filter(|item| !item.is_empty())
    .collect()
}
