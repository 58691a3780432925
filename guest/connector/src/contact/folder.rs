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
                folder.unknown_mut().insert(name.clone(), value.clone());
            }
        }
    }
    folder
}

/// Returns the folder as a caller sees it: without nulls and `@odata` annotations.
pub fn write_for_caller(folder: &Folder, version: Version) -> Map<String, Value> {
    let parts = Folder::PARTS.iter().filter(|part| part.is_in(version));
    let known = parts.filter_map(|part| Some((part.name.to_owned(), json!((part.field.get)(folder).value()?))));
    let unknown = folder.unknown.iter().flatten().filter(|(name, value)| !name.contains('@') && !value.is_null());
    known.chain(unknown.map(|(name, value)| (name.clone(), value.clone()))).collect()
}

/// What an update changes of a folder.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FolderChanges {
    /// The new name.
    pub display_name: Option<String>,
    /// The id of the folder to move it to.
    pub parent_folder_id: Option<String>,
}

impl FolderChanges {
    /// Creates the change of a name.
    pub fn rename(name: &str) -> Self {
        FolderChanges { display_name: Some(name.to_owned()), ..Self::default() }
    }

    /// Creates the move to another folder.
    pub fn move_to(parent: &str) -> Self {
        FolderChanges { parent_folder_id: Some(parent.to_owned()), ..Self::default() }
    }

    /// Returns the body of a request that creates or updates a folder. Fails on an empty value.
    pub fn write_body(&self) -> Result<Map<String, Value>> {
        let mut body = Map::new();
        let values = [("displayName", &self.display_name, NO_NAME), ("parentFolderId", &self.parent_folder_id, NO_PARENT)];
        for (name, value, problem) in values {
            match value {
                Some(text) if text.trim().is_empty() => return Err(Error::invalid_attribute(name, problem)),
                Some(text) => body.insert(name.to_owned(), json!(text)),
                None => None,
            };
        }
        Ok(body)
    }
}

const NO_NAME: &str = "expected a string that is not empty: the name of the folder";
const NO_PARENT: &str = "expected a string that is not empty: the id of the folder to move the folder to";

/// Returns what a caller's attributes change of a folder. `stored` are the attributes that it has, which a caller may send back
/// unchanged; a new folder has none, and its container says where it is.
pub fn parse_changes(attributes: &Map<String, Value>, stored: &Map<String, Value>, version: Version) -> Result<FolderChanges> {
    let mut problems = Problems::default();
    let mut changes = FolderChanges::default();
    for (attribute, value) in attributes {
        let known = Folder::PARTS.iter().any(|part| part.name == attribute && part.is_in(version));
        match (attribute.as_str(), value) {
            _ if stored.get(attribute) == Some(value) => {}
            ("displayName", Value::String(text)) if !text.trim().is_empty() => changes.display_name = Some(text.clone()),
            ("displayName", _) => problems.push(Error::invalid_attribute(attribute, NO_NAME)),
            ("parentFolderId", _) if stored.is_empty() => problems.push(Error::invalid_attribute(attribute, NO_CONTAINER)),
            ("parentFolderId", Value::String(id)) if !id.trim().is_empty() => changes.parent_folder_id = Some(id.clone()),
            ("parentFolderId", _) => problems.push(Error::invalid_attribute(attribute, NO_PARENT)),
            _ if known => problems.push(Error::invalid_attribute(attribute, "the service assigns it; leave it out")),
            _ => problems.push(Error::invalid_attribute(
                attribute,
                "Target does not support it: a folder has a displayName and a parentFolderId",
            )),
        }
    }
    problems.into_result().map(|()| changes)
}

const NO_CONTAINER: &str = "leave it out: 'folders' says where a new folder is";
