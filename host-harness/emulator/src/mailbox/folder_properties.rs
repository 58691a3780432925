//! The properties of a contact folder, and a folder as JSON.
//!
//! <https://learn.microsoft.com/graph/api/resources/contactfolder>

use serde_json::{Map, Value, json};

use crate::mailbox::folder_tree::Folder;
use crate::odata::edm::Version;
use crate::odata::error::{GraphError, Outcome};
use crate::odata::json_body::is_same_name;

/// The names, and whether v1.0 has them.
const PROPERTIES: [(&str, bool); 4] = [("id", true), ("parentFolderId", true), ("displayName", true), ("wellKnownName", false)];

fn list_properties(version: Version) -> impl Iterator<Item = &'static str> {
    PROPERTIES.iter().filter(move |(_, v1)| *v1 || version == Version::Beta).map(|(name, _)| *name)
}

/// Fails on a name that is not a property of a folder in that version.
pub(crate) fn check_declared(clause: &str, name: &str, version: Version) -> Outcome<()> {
    if list_properties(version).any(|property| property == name) {
        return Ok(());
    }
    Err(GraphError::unknown_property(clause, name, "contactFolder"))
}

/// Returns the property with that name in a body (see [`is_same_name`]).
pub(crate) fn find_body_property(name: &str, version: Version) -> Option<&'static str> {
    list_properties(version).find(|property| is_same_name(property, name))
}

/// Returns the value of a property. Only the default folder has a well-known name.
pub(crate) fn get_value(name: &str, folder: &Folder, default: &Folder) -> Value {
    match name {
        "id" => json!(folder.id),
        "parentFolderId" => json!(folder.parent),
        "displayName" => json!(folder.display_name),
        _ => (folder.id == default.id).then_some("contacts").into(),
    }
}

/// Renders a folder as JSON.
pub(crate) fn render_folder(
    folder: &Folder,
    default: &Folder,
    version: Version,
    select: Option<&[String]>,
) -> Map<String, Value> {
    let shown = |name: &&str| *name == "id" || select.is_none_or(|names| names.iter().any(|one| one == name));
    let names = list_properties(version).filter(shown);
    names.map(|name| (name.to_owned(), get_value(name, folder, default))).collect()
}
