//! Searching the directory, for users and organizational contacts.
//!
//! The directory filters what it can, as `$filter`. It ignores case, so that it finds what is searched for and maybe more, and the connector compares again. Hence nothing that is
//! negated is asked of it, and nothing that compares an order.

use serde_json::{Map, Value};

use crate::error::Result;
use crate::graph::address::literal;
use crate::graph::{Request, directory};
use crate::operations::filter::{Filter, Operator};
use crate::operations::search::{Section, Source};
use crate::operations::user::object;

/// Objects of the directory: one section.
pub(super) struct Objects {
    /// The request of the first page.
    pub first: Request,
    /// The attributes that were selected.
    pub names: Vec<&'static str>,
}

impl Source for Objects {
    fn section(&mut self, key: &str) -> Result<Option<Section>> {
        Ok(key.is_empty().then(|| Section { key: String::new(), first: self.first.clone() }))
    }

    fn after(&mut self, _: &str) -> Result<Option<Section>> {
        Ok(None)
    }

    fn next(&self, link: String) -> Result<Request> {
        directory::next(link, directory::is_advanced(&self.first))
    }

    fn object(&mut self, _: &Section, row: &Map<String, Value>) -> Result<Map<String, Value>> {
        object(row.clone(), &self.names)
    }
}

/// A filter, or a part of one, as the directory takes it.
pub struct Pushed {
    /// The text, encoded for an address.
    pub text: String,
    /// Whether it is one of the advanced queries, which need `ConsistencyLevel`.
    /// <https://learn.microsoft.com/en-us/graph/aad-advanced-queries>
    pub advanced: bool,
}

/// Attributes that the directory filters by with `eq` and `startsWith`; `true` where `endsWith` is there too.
pub type Filtered = [(&'static str, bool)];

/// What the directory can do of a filter, where it can do anything.
pub fn pushed_down(filter: &Filter, filtered: &Filtered) -> Option<Pushed> {
    match filter {
        Filter::And(parts) => joined(parts.iter().filter_map(|part| pushed_down(part, filtered)).collect(), "and"),
        // Of what may hold instead of each other nothing can be left out.
        Filter::Or(parts) => joined(parts.iter().map(|part| pushed_down(part, filtered)).collect::<Option<Vec<_>>>()?, "or"),
        Filter::Comparison { field, operator, value: Value::String(value) } => {
            let (name, ends) = filtered.iter().find(|(name, _)| name == field)?;
            let value = literal(value);
            match operator {
                Operator::Equals => Some(Pushed { text: format!("{name}%20eq%20{value}"), advanced: false }),
                Operator::StartsWith => Some(Pushed { text: format!("startswith({name},{value})"), advanced: false }),
                Operator::EndsWith if *ends => Some(Pushed { text: format!("endswith({name},{value})"), advanced: true }),
                _ => None,
            }
        }
        _ => None,
    }
}

fn joined(mut parts: Vec<Pushed>, word: &str) -> Option<Pushed> {
    if parts.len() < 2 {
        return parts.pop();
    }
    let advanced = parts.iter().any(|part| part.advanced);
    let texts: Vec<String> = parts.into_iter().map(|part| part.text).collect();
    Some(Pushed { text: format!("({})", texts.join(&format!("%20{word}%20"))), advanced })
}
