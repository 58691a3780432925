//! Open extensions: named data of applications on a contact.
//!
//! <https://learn.microsoft.com/graph/api/resources/opentypeextension>

use serde_json::{Map, Value, json};

use crate::odata::error::{GraphError, Outcome};
use crate::odata::expression::is_same;
use crate::odata::json_body::{self, is_same_name};

/// The prefixes of an id. The page "Get open extension" has the first, the page "Create open extension" of 2021 the second;
/// Graph accepts both.
const PREFIXES: [&str; 2] = ["Microsoft.OutlookServices.OpenTypeExtension.", "microsoft.graph.openTypeExtension."];

/// An open extension of a contact.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct OpenExtension {
    pub(crate) name: String,
    data: Map<String, Value>,
}

impl OpenExtension {
    /// Parses an extension in a request body. Fails without a name; that Graph responds with this error is unverified.
    pub(crate) fn parse(value: &Value) -> Outcome<Self> {
        let object = value.as_object().ok_or_else(|| GraphError::request_body_read("An extension is an object."))?;
        let name = object
            .iter()
            .find(|(name, _)| is_same_name("extensionName", name))
            .and_then(|(_, name)| name.as_str())
            .map(str::trim)
            .filter(|name| !name.is_empty());
        let name = name.ok_or_else(|| GraphError::invalid_argument("An open extension needs an extensionName."))?.to_owned();
        let mut extension = Self { name, data: Map::new() };
        extension.update(object)?;
        Ok(extension)
    }

    /// Merges the data of a body into the extension; properties outside of the body stay ("Update open extension"). That null
    /// removes a property is unverified. The name does not change: a body with another name or id is refused, which is
    /// unverified.
    pub(crate) fn update(&mut self, object: &Map<String, Value>) -> Outcome<()> {
        let is_key = |name: &str| ["id", "extensionName"].iter().any(|key| is_same_name(key, name));
        if object.iter().any(|(name, value)| is_key(name) && !value.as_str().is_some_and(|key| self.is_named(key))) {
            return Err(GraphError::set_action());
        }
        for (name, value) in object {
            json_body::is_annotation(name, value, "openTypeExtension")?;
        }
        let own = |name: &str| !name.contains('@') && !is_key(name);
        let simple = |value: &Value| !value.is_object() && !value.is_array();
        for (name, value) in object.iter().filter(|(name, _)| own(name)) {
            // "The data in the JSON payload can be primitive types, or arrays of primitive types."
            if !simple(value) && !value.as_array().is_some_and(|items| items.iter().all(simple)) {
                return Err(GraphError::request_body_read(format!("The value of '{name}' is not of a type that is supported.")));
            }
            if value.is_null() {
                self.data.shift_remove(name);
            } else {
                self.data.insert(name.clone(), value.clone());
            }
        }
        Ok(())
    }

    /// Returns whether a key names this extension, by its name or by its id, "the fully qualified name".
    pub(crate) fn is_named(&self, key: &str) -> bool {
        let name = PREFIXES.iter().find_map(|prefix| {
            let start = key.get(..prefix.len())?;
            key.get(prefix.len()..).filter(|_| is_same(start, prefix))
        });
        is_same(&self.name, name.unwrap_or(key))
    }

    pub(crate) fn render(&self) -> Map<String, Value> {
        let mut shown = Map::from_iter([
            ("@odata.type".to_owned(), json!("#microsoft.graph.openTypeExtension")),
            ("id".to_owned(), json!(format!("{}{}", PREFIXES[0], self.name))),
            ("extensionName".to_owned(), json!(self.name)),
        ]);
        shown.extend(self.data.clone());
        shown
    }
}

/// Adds an extension to those of a contact. Fails if one has its name; status and code are unverified.
pub(crate) fn add_extension(extensions: &mut Vec<OpenExtension>, extension: OpenExtension) -> Outcome<()> {
    if extensions.iter().any(|one| is_same(&one.name, &extension.name)) {
        return Err(GraphError::extension_exists());
    }
    extensions.push(extension);
    Ok(())
}
