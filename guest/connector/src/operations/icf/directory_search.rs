//! Searching the directory, for users and organizational contacts.
//!
//! The directory filters what it can, as `$filter`. It ignores case, so that it finds what is searched for and maybe more, and the connector compares again. Hence nothing that is
//! negated is asked of it, and nothing that compares an order.

use serde_json::{Map, Value};

use crate::error::Result;
use crate::graph::filter_text::{FilterText, Literal};
use crate::graph::request::GraphRequest;
use crate::operations::icf::directory_row::build_object;
use crate::operations::icf::filter::{Filter, Operator};
use crate::operations::icf::search::{Section, Source};

/// Objects of the directory: one section.
pub(in crate::operations) struct Objects {
    /// The request of the first page.
    pub first: GraphRequest,
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

    fn next(&self, link: String) -> Result<GraphRequest> {
        self.first.follow(link)
    }

    fn object(&mut self, _: &Section, row: &Map<String, Value>) -> Result<Map<String, Value>> {
        match &self.names {
            Some(names) => build_object(row.clone(), names),
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
pub struct PushedFilter {
    /// The text.
    pub text: FilterText,
    /// Whether it is one of the advanced queries, which need `ConsistencyLevel`.
    /// <https://learn.microsoft.com/en-us/graph/aad-advanced-queries>
    pub advanced: bool,
}

/// The operators of `$filter` that the directory takes for an attribute.
#[derive(Clone, Copy)]
pub enum FilterSupport {
    /// A string: `eq` and `startsWith`.
    String,
    /// A string that is only in the index: `eq` and `startsWith`, each as an advanced query.
    IndexedString,
    /// A string: `eq`, `startsWith` and `endsWith`.
    SuffixString,
    /// A collection of strings: `eq` and `startsWith` of an item.
    StringCollection,
    /// A Boolean: `eq`.
    Boolean,
}

/// Attributes that the directory filters by.
pub type FilterableAttributes = [(&'static str, FilterSupport)];

/// What the directory can do of a filter, where it can do anything.
pub fn push_down(filter: &Filter, filtered: &FilterableAttributes) -> Option<PushedFilter> {
    match filter {
        Filter::And(parts) => {
            let pushed = parts.iter().filter_map(|part| push_down(part, filtered)).collect();
            join(pushed, FilterText::join_and)
        }
        // A disjunction can be pushed down only if every branch can.
        Filter::Or(parts) => {
            let pushed = parts.iter().map(|part| push_down(part, filtered)).collect::<Option<Vec<_>>>()?;
            join(pushed, FilterText::join_or)
        }
        Filter::Comparison { field, operator, value } => {
            let (name, by) = filtered.iter().find(|(name, _)| name == field)?;
            let text = push_down_comparison(name, *by, *operator, value)?;
            let advanced = matches!(by, FilterSupport::IndexedString) || *operator == Operator::EndsWith;
            Some(PushedFilter { text, advanced })
        }
        _ => None,
    }
}

/// A comparison in the directory's words, where it has it.
fn push_down_comparison(name: &'static str, by: FilterSupport, operator: Operator, value: &Value) -> Option<FilterText> {
    match (by, operator, value) {
        (FilterSupport::StringCollection, Operator::Equals, Value::String(text)) => {
            Some(FilterText::any(name, "v", FilterText::equals("v", &Literal::string(text))))
        }
        (FilterSupport::StringCollection, Operator::StartsWith, Value::String(text)) => {
            Some(FilterText::any(name, "v", FilterText::starts_with("v", text)))
        }
        (FilterSupport::StringCollection, ..) => None,
        (FilterSupport::Boolean, Operator::Equals, Value::Bool(truth)) => {
            Some(FilterText::equals(name, &Literal::boolean(*truth)))
        }
        (FilterSupport::Boolean, ..) => None,
        (_, Operator::Equals, Value::String(text)) => Some(FilterText::equals(name, &Literal::string(text))),
        (_, Operator::StartsWith, Value::String(text)) => Some(FilterText::starts_with(name, text)),
        (FilterSupport::SuffixString, Operator::EndsWith, Value::String(text)) => Some(FilterText::ends_with(name, text)),
        _ => None,
    }
}

fn join(mut parts: Vec<PushedFilter>, join: fn(Vec<FilterText>) -> Option<FilterText>) -> Option<PushedFilter> {
    if parts.len() < 2 {
        return parts.pop();
    }
    let advanced = parts.iter().any(|part| part.advanced);
    let text = join(parts.into_iter().map(|part| part.text).collect())?;
    Some(PushedFilter { text: text.parenthesize(), advanced })
}
