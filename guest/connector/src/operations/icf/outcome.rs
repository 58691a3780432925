//! What an update returns: the object, and of a user the outcome of each value.

use serde_json::{Map, Value, json};

use crate::error::Error;

/// What became of one value of the three attributes.
#[derive(Debug, PartialEq)]
pub struct Outcome {
    /// The attribute.
    pub attribute: &'static str,
    /// The value's position in the attribute, from 0.
    pub position: usize,
    /// The id of the contact, where it is known.
    pub id: Option<String>,
    /// Why it was not done; `None` where it was.
    pub error: Option<Error>,
}

/// An object after an update.
#[derive(Debug, PartialEq)]
pub struct Updated {
    /// The object as it now is; a user with the attributes that are returned by default.
    pub object: Map<String, Value>,
    /// Of a user, what became of each value of the three attributes, in the order in which they ran: update, add, remove.
    pub outcomes: Vec<Outcome>,
}

impl Outcome {
    /// Returns the outcome as JSON: `done`, or the error.
    pub fn to_json(&self) -> Value {
        let mut shown = json!({"attribute": self.attribute, "position": self.position});
        if let Some(id) = &self.id {
            shown["id"] = json!(id);
        }
        shown["done"] = json!(self.error.is_none());
        if let Some(error) = &self.error {
            shown["error"] = error.to_json();
        }
        shown
    }
}
