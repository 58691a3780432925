//! Searching the directory, for users and organizational contacts.
//!
//! The directory filters what it can, as `$filter`. It ignores case, so that it finds what is searched for and maybe more, and the connector compares again. Hence nothing that is
//! negated is asked of it, and nothing that compares an order.

use serde_json::{Map, Value};

use crate::error::Result;
use crate::graph::address::literal;
use crate::graph::{Request, directory_objects};
use crate::operations::icf::directory_row::object;
use crate::operations::icf::filter::{Filter, Operator};
use crate::operations::icf::search::{Section, Source};

/// Objects of the directory: one section.
pub(in crate::operations) struct Objects {
    /// The request of the first page.
    pub first: Request,
    /// The attributes that an object has; `None` for the rows as they are.
    pub names: Option<Vec<&'static str>>,
    /// How many there are in all, where the service said so.
    pub count: Option<u64>,
}

impl Source for Objects {
    fn section(&mut self, key: &str) -> Result<Option<Section>> {
        Ok(key.is_empty().then(|| Section { key: String::new(), first: self.first.clone() }))
    }

    fn after(&mut self, _: &str) -> Result<Option<Section>> {
        Ok(None)
    }

    fn next(&self, link: String) -> Result<Request> {
        directory_objects::next(&self.first, link)
    }

    fn object(&mut self, _: &Section, row: &Map<String, Value>) -> Result<Map<String, Value>> {
        match &self.names {
            Some(names) => object(row.clone(), names),
            None => Ok(row.clone()),
        }
    }

    fn comparable(&self, object: &Map<String, Value>) -> Map<String, Value> {
        comparable(object)
    }

    fn counted(&mut self, count: u64) {
        // Of the first page that says it: what is there changes while pages are read.
        self.count.get_or_insert(count);
    }
}

/// An object as filters see it: its id is `_id`, whatever it is called.
pub(in crate::operations) fn comparable(object: &Map<String, Value>) -> Map<String, Value> {
    let mut comparable = object.clone();
    if let Some(id) = object.get("id") {
        comparable.insert("_id".to_owned(), id.clone());
    }
    comparable
}

/// A filter, or a part of one, as the directory takes it.
pub struct Pushed {
    /// The text, encoded for an address.
    pub text: String,
    /// Whether it is one of the advanced queries, which need `ConsistencyLevel`.
    /// <https://learn.microsoft.com/en-us/graph/aad-advanced-queries>
    pub advanced: bool,
}

/// How the directory filters by an attribute.
#[derive(Clone, Copy)]
pub enum By {
    /// A text: with `eq` and `startsWith`.
    Text,
    /// A text that is in the index alone: every filter by it is an advanced query.
    IndexedText,
    /// A text: with `endsWith` too.
    Address,
    /// Texts: with `eq` and `startsWith` of one of them.
    Texts,
    /// A truth value: with `eq`.
    Truth,
}

/// Attributes that the directory filters by.
pub type Filtered = [(&'static str, By)];

/// What the directory can do of a filter, where it can do anything.
pub fn pushed_down(filter: &Filter, filtered: &Filtered) -> Option<Pushed> {
    match filter {
        Filter::And(parts) => joined(parts.iter().filter_map(|part| pushed_down(part, filtered)).collect(), "and"),
        // Of what may hold instead of each other nothing can be left out.
        Filter::Or(parts) => joined(parts.iter().map(|part| pushed_down(part, filtered)).collect::<Option<Vec<_>>>()?, "or"),
        Filter::Comparison { field, operator, value } => {
            let (name, by) = filtered.iter().find(|(name, _)| name == field)?;
            let text = compared(name, *by, *operator, value)?;
            let advanced = matches!(by, By::IndexedText) || *operator == Operator::EndsWith;
            Some(Pushed { text, advanced })
        }
        _ => None,
    }
}

/// A comparison in the directory's words, where it has it.
fn compared(name: &str, by: By, operator: Operator, value: &Value) -> Option<String> {
    let value = match (by, value) {
        (By::Truth, Value::Bool(truth)) => truth.to_string(),
        (By::Text | By::IndexedText | By::Address | By::Texts, Value::String(text)) => literal(text),
        _ => return None,
    };
    match (by, operator) {
        (By::Texts, Operator::Equals) => Some(format!("{name}/any(v:v%20eq%20{value})")),
        (By::Texts, Operator::StartsWith) => Some(format!("{name}/any(v:startswith(v,{value}))")),
        (_, Operator::Equals) => Some(format!("{name}%20eq%20{value}")),
        (By::Text | By::IndexedText | By::Address, Operator::StartsWith) => Some(format!("startswith({name},{value})")),
        (By::Address, Operator::EndsWith) => Some(format!("endswith({name},{value})")),
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
