//! A page of a sorted result.
//!
//! A page begins after the sort keys of the last object of the page before, not after a number of objects. So nobody is skipped
//! if objects of the pages before are deleted.

use std::cmp::Ordering;

use serde_json::{Map, Value, json};

use crate::error::Result;
use crate::operations::icf::filter::meaning::Meaning;
use crate::operations::icf::search::{ObjectSink, Search};
use crate::operations::memory_budget::MemoryBudget;

/// The place of an object in a sorted result: a value for each sort key, and the id.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct SortPosition {
    values: Vec<Option<String>>,
    id: String,
}

/// The most characters of a value that are compared. A cookie has the values of an object.
const MAX_COMPARED_CHARS: usize = 256;

impl SortPosition {
    /// Returns the place of an object, by strings without case, times and Booleans.
    fn of(object: &Map<String, Value>, keys: &[(String, bool)]) -> SortPosition {
        let value = |name: &str| match object.get(name) {
            Some(Value::String(text)) => Some(Meaning::of(name).to_sort_key(text).chars().take(MAX_COMPARED_CHARS).collect()),
            Some(Value::Bool(value)) => Some(u8::from(*value).to_string()),
            _ => None,
        };
        let id = object.get("_id").or_else(|| object.get("id")).and_then(Value::as_str).unwrap_or_default();
        SortPosition { values: keys.iter().map(|(name, _)| value(name)).collect(), id: id.to_owned() }
    }

    /// Compares two places. Objects without a value come last, in either direction. The id decides between equal ones.
    fn compare(&self, other: &SortPosition, keys: &[(String, bool)]) -> Ordering {
        let pairs = self.values.iter().zip(&other.values).zip(keys);
        let orders = pairs.map(|((a, b), (_, descending))| {
            let order = b.is_some().cmp(&a.is_some());
            order.then_with(|| if *descending { b.cmp(a) } else { a.cmp(b) })
        });
        orders.fold(Ordering::Equal, Ordering::then).then_with(|| self.id.cmp(&other.id))
    }

    /// Returns the place for a cookie.
    pub(super) fn encode(&self) -> Value {
        json!([self.values, self.id])
    }

    /// Parses what [`SortPosition::encode`] returned.
    pub(super) fn decode(value: &Value) -> Option<SortPosition> {
        let read = |value: &Value| match value {
            Value::Null => Some(None),
            other => other.as_str().map(|text| Some(text.to_owned())),
        };
        let values = value.get(0)?.as_array()?.iter().map(read).collect::<Option<_>>()?;
        Some(SortPosition { values, id: value.get(1)?.as_str()?.to_owned() })
    }
}

/// A page of a sorted result, which takes objects in any order.
pub(super) struct SortedPage<'s> {
    search: &'s Search,
    /// The place after which the page begins.
    after: Option<SortPosition>,
    objects: Vec<(SortPosition, Map<String, Value>)>,
    budget: MemoryBudget,
}

impl<'s> SortedPage<'s> {
    /// Creates the page of a search that begins after a place.
    pub(super) fn new(search: &'s Search, after: Option<SortPosition>) -> SortedPage<'s> {
        SortedPage { search, after, objects: Vec::new(), budget: MemoryBudget::default() }
    }

    /// Adds an object, if it is after the beginning of the page. Only as many are kept as the page has.
    pub(super) fn push(&mut self, object: Map<String, Value>) -> Result<()> {
        let position = SortPosition::of(&object, &self.search.sort);
        if self.after.as_ref().is_some_and(|after| position.compare(after, &self.search.sort).is_le()) {
            return Ok(());
        }
        let object = Value::Object(object);
        self.budget.add(&object, "ask for pages, with a page size, or for fewer attributes")?;
        let Value::Object(object) = object else { return Ok(()) };
        self.objects.push((position, object));
        if self.objects.len() >= self.capacity().saturating_mul(2) {
            self.keep_first();
        }
        Ok(())
    }

    /// Returns the most objects that the page needs: it can pass over some, and has to know whether there are more.
    fn capacity(&self) -> usize {
        self.search.page_size.map_or(usize::MAX, |size| size.saturating_add(self.search.offset).saturating_add(1))
    }

    fn keep_first(&mut self) {
        let all = self.objects.len();
        self.objects.sort_by(|(a, _), (b, _)| a.compare(b, &self.search.sort));
        self.objects.truncate(self.capacity());
        self.budget.keep(self.objects.len(), all);
    }

    /// Passes the objects to `sink`. Returns the place after which the next page begins, if there is one.
    pub(super) fn emit(mut self, sink: ObjectSink<'_>) -> Result<Option<SortPosition>> {
        self.keep_first();
        let has_more = self.objects.len() == self.capacity();
        let size = self.search.page_size.unwrap_or(usize::MAX);
        let mut last = None;
        for (position, object) in self.objects.into_iter().skip(self.search.offset).take(size) {
            sink(object)?;
            last = Some(position);
        }
        Ok(last.filter(|_| has_more))
    }
}
