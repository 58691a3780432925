//! A filter as a value.

use serde_json::Value;

/// What an object has to be like to be found.
#[derive(Clone, Debug, PartialEq)]
pub enum Filter {
    /// Each of these holds; all of none do.
    And(Vec<Filter>),
    /// One of these holds at least; of none, none does.
    Or(Vec<Filter>),
    /// This does not hold.
    Not(Box<Filter>),
    /// An attribute compares so with a value.
    Comparison {
        /// The attribute's name.
        field: String,
        /// How it compares.
        operator: Operator,
        /// What with: a text, a number or a truth value. Of [`Operator::ContainsAll`] it may be a list of these, as it is in
        /// ICF; the language has no way to write one.
        value: Value,
    },
    /// The attribute of this name has a value.
    Presence(String),
    /// Every object is found, or none.
    Constant(bool),
}

/// How the value of an attribute compares with the value that a filter gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// `eq`: it is that.
    Equals,
    /// `co`: the text has that in it.
    Contains,
    /// `sw`: the text begins with that.
    StartsWith,
    /// `ew`: the text ends with that.
    EndsWith,
    /// `lt`: it comes before that.
    LessThan,
    /// `le`: it comes before that, or is that.
    LessThanOrEqual,
    /// `gt`: it comes after that.
    GreaterThan,
    /// `ge`: it comes after that, or is that.
    GreaterThanOrEqual,
    /// `ca`: all of those are among its values.
    ContainsAll,
}

impl Filter {
    /// What all has to hold, whatever parentheses are around it.
    pub(in crate::operations) fn list_conjuncts(&self) -> Vec<&Filter> {
        match self {
            Filter::And(parts) => parts.iter().flat_map(Filter::list_conjuncts).collect(),
            other => vec![other],
        }
    }

    /// The names of the attributes that it asks the presence of, once for each mention.
    pub(in crate::operations) fn list_presence_fields(&self) -> Vec<&str> {
        match self {
            Filter::And(parts) | Filter::Or(parts) => parts.iter().flat_map(Filter::list_presence_fields).collect(),
            Filter::Not(part) => part.list_presence_fields(),
            Filter::Presence(name) => vec![name],
            Filter::Comparison { .. } | Filter::Constant(_) => Vec::new(),
        }
    }

    /// The names of the attributes that it compares, in the order of the text, once for each mention.
    ///
    /// Whether they exist is for the caller to know: to OpenIDM a comparison with an unknown attribute is an error, and asking
    /// for its presence is not.
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
