//! The object that a row of the directory is: a user or an organizational contact.

use serde_json::{Map, Value, json};

use crate::error::{Error, ErrorKind, Result};

/// The object that an answered user or organizational contact is: `_id`, and the attributes of these names that have a value.
pub(in crate::operations) fn build_object(mut answer: Map<String, Value>, names: &[&str]) -> Result<Map<String, Value>> {
    let Some(Value::String(id)) = answer.remove("id") else {
        return Err(Error::new(ErrorKind::Unavailable, "Microsoft Graph answered an object without an id"));
    };
    let mut user = Map::from_iter([("_id".to_owned(), json!(id))]);
    user.extend(names.iter().filter_map(|name| answer.remove_entry(*name)).filter(|(_, value)| !value.is_null()));
    Ok(user)
}
