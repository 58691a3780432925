//! The object for a row of the directory: a user or an organizational contact.

use serde_json::{Map, Value};

use crate::error::Result;
use crate::graph::response;

/// Returns the object for a row: `_id`, and the attributes of these names that have a value.
pub(in crate::operations) fn build_object(mut row: Map<String, Value>, names: &[&str]) -> Result<Map<String, Value>> {
    response::check_id(&row, "an object")?;
    let id = row.remove("id").unwrap_or_default();
    let mut object = Map::from_iter([("_id".to_owned(), id)]);
    object.extend(names.iter().filter_map(|name| row.remove_entry(*name)).filter(|(_, value)| !value.is_null()));
    Ok(object)
}
