//! Contact folders, from and to JSON.

use serde_json::{Map, Value, json};

use super::complex_type::ComplexType;
use super::field::Field;
use super::parts::Folder;
use super::version::Version;
use crate::error::{Error, Problems, Result};

/// Parses the folder that Graph returned.
pub fn parse_response(object: &Map<String, Value>) -> Folder {
    let mut folder = Folder::default();
    for (name, value) in object {
        match (Folder::PARTS.iter().find(|part| part.name == name), value) {
            (Some(part), Value::String(text)) => *(part.field.get_mut)(&mut folder) = Field::Set(text.clone()),
            (Some(part), Value::Null) => *(part.field.get_mut)(&mut folder) = Field::Null,
            _ => {
                folder.unknown.insert(name.clone(), value.clone());
            }
        }
    }
    folder
}

/// Returns the folder as a caller sees it: without nulls and `@odata` annotations.
pub fn write_for_caller(folder: &Folder, version: Version) -> Map<String, Value> {
    let parts = Folder::PARTS.iter().filter(|part| part.is_in(version));
    let known = parts.filter_map(|part| Some((part.name.to_owned(), json!((part.field.get)(folder).value()?))));
    let unknown = folder.unknown.iter().filter(|(name, value)| !name.contains('@') && !value.is_null());
    known.chain(unknown.map(|(name, value)| (name.clone(), value.clone()))).collect()
}

/// Returns the body of a request that creates or renames a folder.
pub fn write_body(display_name: &str) -> Result<Map<String, Value>> {
    if display_name.trim().is_empty() {
        return Err(Error::invalid_attribute("displayName", NO_NAME));
    }
    Ok(Map::from_iter([("displayName".to_owned(), json!(display_name))]))
}

const NO_NAME: &str = "expected a string that is not empty: the name of the folder";

/// Returns the name that a caller's attributes give a folder. `stored` are the attributes that it has, which a caller may send
/// back unchanged.
pub fn parse_name(attributes: &Map<String, Value>, stored: &Map<String, Value>, version: Version) -> Result<Option<String>> {
    let mut problems = Problems::default();
    let mut name = None;
    for (attribute, value) in attributes {
        let known = Folder::PARTS.iter().any(|part| part.name == attribute && part.is_in(version));
        match (attribute.as_str(), value) {
            ("displayName", Value::String(text)) if !text.trim().is_empty() => name = Some(text.clone()),
            ("displayName", _) => problems.push(Error::invalid_attribute(attribute, NO_NAME)),
            _ if stored.get(attribute) == Some(value) => {}
            _ if known => problems.push(Error::invalid_attribute(attribute, "the service assigns it; leave it out")),
            _ => problems.push(Error::invalid_attribute(attribute, "Target does not support it: a folder has a displayName")),
        }
    }
    problems.into_result().map(|()| name)
}
