//! The result of an update: the object, and for a user the outcome of each value.

use serde_json::{Map, Value, json};

use crate::error::Error;

/// The outcome of a value of a write-only attribute.
#[derive(Debug, PartialEq)]
pub struct Outcome {
    /// The attribute.
    pub attribute: &'static str,
    /// The position of the value in the attribute, from 0.
    pub position: usize,
    /// The id of the contact, if it is known.
    pub id: Option<String>,
    /// The error; `None` for a success.
    pub error: Option<Error>,
}

/// An object after an update.
#[derive(Debug, PartialEq)]
pub struct Updated {
    /// The object as stored. A user has the attributes that are returned by default.
    pub object: Map<String, Value>,
    /// For a user, the outcome of each value of the write-only attributes, in the order of execution: update, add, remove.
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
