//! Search of the directory, for users and organizational contacts.
//!
//! Filters are pushed down to the directory as `$filter`, as far as it supports them. It ignores case: it finds every match and
//! possibly more, and the connector compares again. Hence negations and comparisons of an order are not pushed down.

use serde_json::{Map, Value};

use crate::error::Result;
use crate::graph::filter_text::{FilterText, Literal};
use crate::graph::request::GraphRequest;
use crate::operations::icf::directory_row::build_object;
use crate::operations::icf::filter::{Filter, Operator};
use crate::operations::icf::filter_shape::{FilterShape, Junction, MAX_PREFIX};
use crate::operations::icf::row_search::{Section, Source};

/// The objects of the directory, as one section.
pub(in crate::operations) struct DirectorySource {
    /// The request of the first page.
    pub first: GraphRequest,
    /// The attributes of an object; `None` for the rows of Microsoft Graph.
    pub names: Option<Vec<&'static str>>,
    /// Whether the service sorts the objects.
    pub is_sorted: bool,
    /// The number of objects on all pages, if the service counts them.
    pub count: Option<u64>,
}

impl Source for DirectorySource {
    fn find_section(&mut self, key: &str) -> Result<Option<Section>> {
        Ok(key.is_empty().then(|| Section { key: String::new(), first: self.first.clone() }))
    }

    fn next_section(&mut self, _: &str) -> Result<Option<Section>> {
        Ok(None)
    }

    fn build_object(&mut self, _: &Section, row: &Map<String, Value>) -> Result<Map<String, Value>> {
        match &self.names {
            Some(names) => build_object(row.clone(), names),
            None => Ok(row.clone()),
        }
    }

    fn to_comparable(&self, object: &Map<String, Value>) -> Map<String, Value> {
        to_comparable(object)
    }

    fn is_sorted(&self) -> bool {
        self.is_sorted
    }

    fn record_count(&mut self, count: u64) {
        // The count of the first page. It can change while pages are read.
        self.count.get_or_insert(count);
    }
}

/// Returns an object for filters: the id is also `_id`.
pub(in crate::operations) fn to_comparable(object: &Map<String, Value>) -> Map<String, Value> {
    let mut comparable = object.clone();
    if let Some(id) = object.get("id") {
        comparable.insert("_id".to_owned(), id.clone());
    }
    comparable
}

/// A filter, or a part of one, that the directory evaluates.
pub struct PushedFilter {
    /// The condition.
    pub text: FilterText,
    /// Whether it requires an advanced query, with `ConsistencyLevel`.
    /// <https://learn.microsoft.com/en-us/graph/aad-advanced-queries>
    pub is_advanced: bool,
    shape: FilterShape,
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

/// The attributes that the directory filters by.
pub type FilterableAttributes = [(&'static str, FilterSupport)];

/// Returns the part of a filter that the directory evaluates.
pub fn push_down(filter: &Filter, filterable: &FilterableAttributes) -> Option<PushedFilter> {
    match filter {
        Filter::And(parts) => {
            // A part that would be too high within the conjunction is left to the client.
            let is_supported = |part: &PushedFilter| FilterShape::join(Junction::And, [part.shape].into_iter()).is_supported();
            let pushed: Vec<PushedFilter> = parts.iter().filter_map(|part| push_down(part, filterable)).collect();
            match pushed.len() {
                0 | 1 => join(pushed, Junction::And),
                _ => join(pushed.into_iter().filter(is_supported).collect(), Junction::And),
            }
        }
        // A disjunction can be pushed down only if every branch can.
        Filter::Or(parts) => {
            let pushed = parts.iter().map(|part| push_down(part, filterable)).collect::<Option<Vec<_>>>()?;
            join(pushed, Junction::Or)
        }
        Filter::Comparison { field, operator, value } => {
            let (name, support) = filterable.iter().find(|(name, _)| name == field)?;
            let text = push_down_comparison(name, *support, *operator, value)?;
            let is_advanced = matches!(support, FilterSupport::IndexedString) || *operator == Operator::EndsWith;
            Some(PushedFilter { text, is_advanced, shape: FilterShape::COMPARISON })
        }
        _ => None,
    }
}

/// Returns a comparison as a condition, if the directory supports it.
fn push_down_comparison(name: &'static str, support: FilterSupport, operator: Operator, value: &Value) -> Option<FilterText> {
    let is_long = value.as_str().is_some_and(|text| text.chars().nth(MAX_PREFIX).is_some());
    if operator == Operator::StartsWith && is_long {
        return None;
    }
    match (support, operator, value) {
        (FilterSupport::StringCollection, Operator::Equals, Value::String(text)) => {
            Some(FilterText::any(name, "v", FilterText::equals("v", &Literal::string(text))))
        }
        (FilterSupport::StringCollection, Operator::StartsWith, Value::String(text)) => {
            Some(FilterText::any(name, "v", FilterText::starts_with("v", text)))
        }
        (FilterSupport::StringCollection, ..) => None,
        (FilterSupport::Boolean, Operator::Equals, Value::Bool(value)) => {
            Some(FilterText::equals(name, &Literal::boolean(*value)))
        }
        (FilterSupport::Boolean, ..) => None,
        (_, Operator::Equals, Value::String(text)) => Some(FilterText::equals(name, &Literal::string(text))),
        (_, Operator::StartsWith, Value::String(text)) => Some(FilterText::starts_with(name, text)),
        (FilterSupport::SuffixString, Operator::EndsWith, Value::String(text)) => Some(FilterText::ends_with(name, text)),
        _ => None,
    }
}

/// Joins parts. Returns none if there is none, and if the directory does not support the result.
fn join(mut parts: Vec<PushedFilter>, junction: Junction) -> Option<PushedFilter> {
    if parts.len() < 2 {
        return parts.pop();
    }
    let is_advanced = parts.iter().any(|part| part.is_advanced);
    let shape = FilterShape::join(junction, parts.iter().map(|part| part.shape));
    let texts = parts.into_iter().map(|part| part.text).collect();
    let text = match junction {
        Junction::And => FilterText::join_and(texts),
        Junction::Or => FilterText::join_or(texts),
    };
    shape.is_supported().then_some(PushedFilter { text: text?.parenthesize(), is_advanced, shape })
}
