//! A filter as a value.

use serde_json::{Map, Value};

use crate::error::Result;

/// A filter: the conditions that an object has to meet.
#[derive(Clone, Debug, PartialEq)]
pub enum Filter {
    /// All of these are true. It is true without parts.
    And(Vec<Filter>),
    /// At least one of these is true. It is false without parts.
    Or(Vec<Filter>),
    /// This is false.
    Not(Box<Filter>),
    /// A comparison of an attribute with a value.
    Comparison {
        /// The name of the attribute.
        field: String,
        /// The operator.
        operator: Operator,
        /// The value: a string, a number or a Boolean. For [`Operator::ContainsAll`] it can be an array of these, as in ICF. The
        /// language cannot express an array.
        value: Value,
    },
    /// The attribute with this name has a value.
    Presence(String),
    /// True for every object, or for none.
    Constant(bool),
}

/// An operator of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// `eq`: equal.
    Equals,
    /// `co`: the string contains the value.
    Contains,
    /// `sw`: the string starts with the value.
    StartsWith,
    /// `ew`: the string ends with the value.
    EndsWith,
    /// `lt`: less than.
    LessThan,
    /// `le`: less than or equal.
    LessThanOrEqual,
    /// `gt`: greater than.
    GreaterThan,
    /// `ge`: greater than or equal.
    GreaterThanOrEqual,
    /// `ca`: the collection contains all values.
    ContainsAll,
}

impl Filter {
    /// Returns the filter with the id of an object in the place of the name by which it was found.
    pub(in crate::operations) fn with_id(&self, name: &str, object: &Map<String, Value>) -> Filter {
        let mut filter = self.clone();
        let id = object.get("_id").and_then(Value::as_str);
        // This replacement has no errors.
        let _ = filter.replace_values(&mut |field, value| Ok(id.filter(|_| field == "_id" && value == name).map(str::to_owned)));
        filter
    }

    /// Replaces the string of each comparison for which `replace` returns another, by the attribute and the string.
    pub(in crate::operations) fn replace_values(
        &mut self,
        replace: &mut dyn FnMut(&str, &str) -> Result<Option<String>>,
    ) -> Result<()> {
        match self {
            Filter::And(parts) | Filter::Or(parts) => parts.iter_mut().try_for_each(|part| part.replace_values(replace)),
            Filter::Not(part) => part.replace_values(replace),
            Filter::Comparison { field, operator: Operator::Equals, value: Value::String(value) } => {
                if let Some(other) = replace(field, value)? {
                    *value = other;
                }
                Ok(())
            }
            Filter::Comparison { .. } | Filter::Presence(_) | Filter::Constant(_) => Ok(()),
        }
    }

    /// Returns the conditions that all have to be true, without regard to parentheses.
    pub(in crate::operations) fn list_conjuncts(&self) -> Vec<&Filter> {
        match self {
            Filter::And(parts) => parts.iter().flat_map(Filter::list_conjuncts).collect(),
            other => vec![other],
        }
    }

    /// Returns the names of the attributes in presence conditions, once for each occurrence.
    pub(in crate::operations) fn list_presence_fields(&self) -> Vec<&str> {
        match self {
            Filter::And(parts) | Filter::Or(parts) => parts.iter().flat_map(Filter::list_presence_fields).collect(),
            Filter::Not(part) => part.list_presence_fields(),
            Filter::Presence(name) => vec![name],
            Filter::Comparison { .. } | Filter::Constant(_) => Vec::new(),
        }
    }

    /// Returns the names of the attributes in comparisons, in the order of the text, once for each occurrence.
    ///
    /// The caller checks that they exist. To OpenIDM, a comparison with an unknown attribute is an error, and a presence
    /// condition is not.
    pub fn list_compared_fields(&self) -> impl Iterator<Item = &str> {
        let mut open = vec![self];
        std::iter::from_fn(move || {
            while let Some(filter) = open.pop() {
                match filter {
                    Filter::And(parts) | Filter::Or(parts) => open.extend(parts.iter().rev()),
                    Filter::Not(part) => open.push(part),
                    Filter::Comparison { field, .. } => return Some(field.as_str()),
                    Filter::Presence(_) | Filter::Constant(_) => {}
                }
            }
            None
        })
    }
}
