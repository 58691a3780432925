//! The body of a contact folder.

use serde_json::{Value, json};

use crate::mailbox::folder_properties;
use crate::mailbox::folder_tree::Folder;
use crate::odata::edm::Version;
use crate::odata::error::{GraphError, Outcome};
use crate::odata::json_body::{self, is_same_name};
use crate::odata::request::GraphRequest;

/// The values that a body gives a folder. "Update contactFolder" has two properties: `displayName`, and `parentFolderId`, which
/// moves the folder.
#[derive(Debug, Default)]
pub(crate) struct FolderChanges {
    pub(crate) name: Option<String>,
    pub(crate) parent: Option<Value>,
    id: Option<Value>,
    well_known_name: Option<Value>,
}

impl FolderChanges {
    /// Parses a body. Fails on an undeclared property, on one that is there twice, and on a name that is empty.
    pub(crate) fn parse(request: &GraphRequest, version: Version) -> Outcome<Self> {
        let mut changes = Self::default();
        for (name, value) in json_body::parse_object(&request.headers, &request.body)? {
            if json_body::is_annotation(&name, &value, "contactFolder")? {
                continue;
            }
            if ["singleValueExtendedProperties", "multiValueExtendedProperties"].iter().any(|known| is_same_name(known, &name)) {
                return Err(GraphError::not_emulated("extended properties of folders"));
            }
            let property = folder_properties::find_body_property(&name, version);
            let property = property.ok_or_else(|| GraphError::undeclared(&name, "contactFolder"))?;
            let before = match property {
                "displayName" => match value {
                    Value::String(text) if !text.trim().is_empty() => changes.name.replace(text).map(Value::String),
                    _ => return Err(GraphError::invalid_argument("The displayName of a folder is a text that is not empty.")),
                },
                "parentFolderId" => changes.parent.replace(value),
                "id" => changes.id.replace(value),
                _ => changes.well_known_name.replace(value),
            };
            if before.is_some() {
                return Err(GraphError::duplicate_property(property));
            }
        }
        Ok(changes)
    }

    /// Fails if the body gives a new folder a value that the service sets.
    pub(crate) fn check_new(&self) -> Outcome<()> {
        let managed = [&self.id, &self.well_known_name].into_iter().flatten();
        if managed.into_iter().all(Value::is_null) { Ok(()) } else { Err(GraphError::set_action()) }
    }

    /// Fails if the body gives a stored folder another value for a property that the service sets.
    pub(crate) fn check_stored(&self, folder: &Folder, default: &Folder) -> Outcome<()> {
        let well_known = folder_properties::get_value("wellKnownName", folder, default);
        let id_is_same = self.id.as_ref().is_none_or(|id| *id == json!(folder.id));
        let name_is_same = self.well_known_name.as_ref().is_none_or(|name| *name == well_known);
        if id_is_same && name_is_same { Ok(()) } else { Err(GraphError::set_action()) }
    }
}
