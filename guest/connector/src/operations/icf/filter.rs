//! Filters: what `_queryFilter` asks for, in the words of ICF.
//!
//! The language is CREST's (`QueryFilterParser` of forgerock-commons); `ew` and `ca` are what OpenIDM's provisioner adds to it
//! (`OpenICFFilterAdapter`). `filter/parse.rs` reads it, and `filter/evaluate.rs` says what it means for an object.

mod evaluate;
mod parse;

use serde_json::{Map, Value};

use crate::error::Result;

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
    /// Reads the value of `_queryFilter`, percent-decoded.
    ///
    /// ```text
    /// filter      = conjunction *( "or" conjunction )
    /// conjunction = term *( "and" term )
    /// term        = [ "!" ] ( "(" filter ")" | field operator value | field "pr" | "true" | "false" )
    /// field       = [ "/" ] name [ "/" ]    ; a JSON pointer of one level: ~0 is ~, ~1 is /
    /// operator    = "eq" | "co" | "sw" | "ew" | "lt" | "le" | "gt" | "ge" | "ca"
    /// value       = number | "true" | "false" | text in " or '    ; a backslash takes the next character as it is
    /// ```
    ///
    /// `co`, `sw` and `ew` take a text. Names keep their case, the other words are taken in any; white space is needed only where
    /// two words would run together. Nothing that was read nests deeper than 256 levels of parentheses, so that what walks through
    /// a filter may call itself.
    ///
    /// # Errors
    ///
    /// [`Kind::InvalidAttributeValue`](crate::error::Kind::InvalidAttributeValue) of `_queryFilter`, where the text is not of this
    /// language or nests deeper. The message says what was wrong, and at which character, counted from 1.
    pub fn parse(text: &str) -> Result<Filter> {
        parse::filter(text)
    }

    /// What all has to hold, whatever parentheses are around it.
    pub(in crate::operations) fn conjuncts(&self) -> Vec<&Filter> {
        match self {
            Filter::And(parts) => parts.iter().flat_map(Filter::conjuncts).collect(),
            other => vec![other],
        }
    }

    /// The names of the attributes that it asks the presence of, once for each mention.
    pub(in crate::operations) fn asked_for(&self) -> Vec<&str> {
        match self {
            Filter::And(parts) | Filter::Or(parts) => parts.iter().flat_map(Filter::asked_for).collect(),
            Filter::Not(part) => part.asked_for(),
            Filter::Presence(name) => vec![name],
            Filter::Comparison { .. } | Filter::Constant(_) => Vec::new(),
        }
    }

    /// The names of the attributes that it compares, in the order of the text, once for each mention.
    ///
    /// Whether they exist is for the caller to know: to OpenIDM a comparison with an unknown attribute is an error, and asking
    /// for its presence is not.
    pub fn compared(&self) -> impl Iterator<Item = &str> {
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

    /// Whether it finds that object.
    ///
    /// * An attribute with several values compares as one of its values does (CREST, `QueryFilterParser`), but for `ca`.
    /// * An attribute that is absent or null compares with nothing: every comparison is false, and its negation true. So it is
    ///   in CREST's `MemoryBackend` and ICF's `NotFilter`; OpenICF's `FilteredResultsHandlerVisitor` has neither of them true.
    /// * Values of different types, and structures, never compare: `"7"` is not `7`, and neither comes before the other.
    /// * Texts compare with case, by their characters, and so do dates: OpenICF compares so unless `enableCaseInsensitiveFilter`
    ///   is set, which it is not by default (`ResultsHandlerConfiguration`). CREST's `MemoryBackend` ignores case.
    /// * `false` comes before `true`.
    /// * An attribute is present where it has a value that is not null (OpenIDM's Integrator's Guide). An empty collection has
    ///   none: that is this connector's choice, because Graph writes `[]` where there is nothing.
    pub fn matches(&self, object: &Map<String, Value>) -> bool {
        evaluate::matches(self, object)
    }
}
