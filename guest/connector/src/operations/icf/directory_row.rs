//! The object for a row of the directory: a user or an organizational contact.

use serde_json::{Map, Value, json};

use crate::error::{Error, ErrorKind, Result};

/// Returns the object for a row: `_id`, and the attributes of these names that have a value.
pub(in crate::operations) fn build_object(mut row: Map<String, Value>, names: &[&str]) -> Result<Map<String, Value>> {
    let Some(Value::String(id)) = row.remove("id") else {
        return Err(Error::new(
            ErrorKind::Unavailable,
            "expected an id of an object in the response of Microsoft Graph, found none",
        ));
    };
    let mut object = Map::from_iter([("_id".to_owned(), json!(id))]);
    object.extend(names.iter().filter_map(|name| row.remove_entry(*name)).filter(|(_, value)| !value.is_null()));
    Ok(object)
}
