//! Search of objects: Graph filters as far as it can, and the connector the rest; page by page, in Graph's order or sorted.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

use crate::error::{Error, Result};
use crate::graph::contacts;
use crate::graph::page::{self, Page};
use crate::graph::request::GraphRequest;
use crate::operations::connector::Connector;
use crate::operations::icf::filter::meaning::Meaning;
use crate::operations::icf::filter::{Filter, Operator};
use crate::operations::send::page_progress::PageProgress;

/// A search: its filter, and the form of the result.
#[derive(Clone, Debug)]
pub struct Search {
    /// The filter. For contacts and folders, `mailbox eq "..."` or `_id eq "..."` has to be a condition that all results meet.
    pub filter: Filter,
    /// The attributes to return. None stand for those returned by default. Objects can have others.
    pub attributes: Vec<String>,
    /// The maximum number of objects; `None` for all.
    pub page_size: Option<usize>,
    /// The cookie that the page before gave.
    pub cookie: Option<String>,
    /// The number of objects to skip first.
    pub offset: usize,
    /// The sort keys, in order: an attribute, and `true` for descending.
    pub sort: Vec<(String, bool)>,
    /// Words that the display name has to contain, in any order. The directory searches for them. Only for organizational
    /// contacts.
    pub words: Option<String>,
    /// Whether the service counts the objects on all pages. Only for organizational contacts.
    pub count: bool,
}

/// The result of a search beside the objects.
#[derive(Debug, Default, PartialEq)]
pub struct SearchSummary {
    /// The cookie of the next page; `None` after the last object.
    pub cookie: Option<String>,
    /// The number of objects on all pages, as the service counts them with the filter and the search that it evaluates.
    pub count: Option<u64>,
}

impl SearchSummary {
    /// Creates the result of a search without a count.
    pub(in crate::operations) fn from_cookie(cookie: Option<String>) -> SearchSummary {
        SearchSummary { cookie, count: None }
    }
}

impl Search {
    /// Returns the names of the attributes to read: those to return, compare and sort by. None stand for all.
    pub(in crate::operations) fn list_needed_attributes(&self) -> Vec<&str> {
        if self.attributes.is_empty() {
            return Vec::new();
        }
        let sorted = self.sort.iter().map(|(name, _)| name.as_str());
        let mut names: Vec<&str> =
            self.attributes.iter().map(String::as_str).chain(self.filter.list_compared_fields()).chain(sorted).collect();
        names.extend(self.filter.list_presence_fields());
        names
    }

    /// Checks that the attributes to compare and sort by exist.
    pub(in crate::operations) fn check_attributes(&self, class: &str, known: impl Fn(&str) -> bool) -> Result<()> {
        let unknown = |name: &str| Error::invalid_attribute(name, format!("Attribute {name} does not exist as part of {class}"));
        if let Some(name) = self.filter.list_compared_fields().find(|name| !known(name)) {
            return Err(unknown(name));
        }
        if let Some((name, problem)) = self.filter.find_problem() {
            return Err(Error::invalid_attribute(name, problem));
        }
        match self.sort.iter().find(|(name, _)| !known(name)) {
            Some((name, _)) => Err(unknown(name)),
            None if self.page_size == Some(0) => Err(Error::invalid_attribute("_pageSize", "expected at least 1, found 0")),
            None => Ok(()),
        }
    }

    /// Returns the value that the filter requires of an attribute.
    pub(in crate::operations) fn find_required_value(&self, name: &str) -> Option<&str> {
        self.filter.list_conjuncts().into_iter().find_map(|part| match part {
            Filter::Comparison { field, operator: Operator::Equals, value: Value::String(value) } if field == name => {
                Some(value.as_str())
            }
            _ => None,
        })
    }
}

/// Parses a list of names separated by commas, each with an optional sign: `+` for ascending, `-` for descending.
pub fn parse_sort_keys(text: &str) -> Vec<(String, bool)> {
    let names = text.split(',').map(str::trim).filter(|name| !name.is_empty());
    names
        .map(|name| {
            // An unencoded plus sign in an address is a space.
            let (descending, name) = match name.strip_prefix('-') {
                Some(name) => (true, name),
                None => (false, name.strip_prefix('+').unwrap_or(name)),
            };
            (name.trim_start_matches('/').to_owned(), descending)
        })
        .collect()
}

/// A collection of Graph. A search can go through several.
pub(in crate::operations) struct Section {
    /// The name in a cookie.
    pub key: String,
    /// The request for the first page.
    pub first: GraphRequest,
}

/// The source of the objects of a search.
pub(in crate::operations) trait Source {
    /// Returns the section with that key. The first one has an empty key.
    fn find_section(&mut self, key: &str) -> Result<Option<Section>>;
    /// Returns the section after the one with that key.
    fn next_section(&mut self, key: &str) -> Result<Option<Section>>;
    /// Returns the object for a row of a section.
    fn build_object(&mut self, section: &Section, row: &Map<String, Value>) -> Result<Map<String, Value>>;
    /// Returns an object for filters.
    fn to_comparable(&self, object: &Map<String, Value>) -> Map<String, Value> {
        object.clone()
    }
    /// Records the number of objects on all pages.
    fn record_count(&mut self, _: u64) {}
}

/// A sink for the objects that a search finds. An error ends the search.
pub type ObjectSink<'s> = &'s mut dyn FnMut(Map<String, Value>) -> Result<()>;

/// The position of a search: a number of rows in a page of a section, or in the sorted result.
#[derive(Default)]
struct Cursor {
    section: String,
    link: Option<String>,
    skip: usize,
}

impl Cursor {
    fn encode(&self) -> String {
        URL_SAFE_NO_PAD.encode(json!({"section": self.section, "link": self.link, "skip": self.skip}).to_string())
    }

    fn decode(cookie: &str) -> Result<Cursor> {
        let parse = || {
            let value: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(cookie).ok()?).ok()?;
            let text = |name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
            let skip = usize::try_from(value.get("skip")?.as_u64()?).ok()?;
            Some(Cursor { section: text("section")?, link: text("link"), skip })
        };
        parse().ok_or_else(|| build_cookie_error("expected a cookie of this connector"))
    }
}

impl Connector<'_> {
    /// Passes the objects that a search finds to `sink`. Returns the cookie of the next page, if there is one.
    pub(in crate::operations) fn search_source(
        &self,
        search: &Search,
        source: &mut dyn Source,
        sink: ObjectSink<'_>,
    ) -> Result<Option<String>> {
        let cursor = search.cookie.as_deref().map_or(Ok(Cursor::default()), Cursor::decode)?;
        if search.sort.is_empty() {
            return self.search_in_service_order(search, source, cursor, sink);
        }
        let all = Search { page_size: None, cookie: None, offset: 0, ..search.clone() };
        let mut objects = Vec::new();
        self.search_in_service_order(&all, source, Cursor::default(), &mut |object| {
            objects.push(object);
            Ok(())
        })?;
        sort_objects(&mut objects, &search.sort);
        emit_page(search, cursor.skip, objects, sink)
    }

    /// Searches objects in memory. Returns the cookie of the next page, if there is one.
    pub(in crate::operations) fn search_in_memory(
        &self,
        search: &Search,
        mut objects: Vec<Map<String, Value>>,
        sink: ObjectSink<'_>,
    ) -> Result<Option<String>> {
        let cursor = search.cookie.as_deref().map_or(Ok(Cursor::default()), Cursor::decode)?;
        objects.retain(|object| search.filter.matches(object));
        sort_objects(&mut objects, &search.sort);
        emit_page(search, cursor.skip, objects, sink)
    }

    /// Searches in Graph's order, page by page, until there are enough objects.
    fn search_in_service_order(
        &self,
        search: &Search,
        source: &mut dyn Source,
        cursor: Cursor,
        sink: ObjectSink<'_>,
    ) -> Result<Option<String>> {
        let (mut count, mut to_skip, mut skip) = (0, search.offset, cursor.skip);
        let section = source.find_section(&cursor.section)?;
        let mut section = section.ok_or_else(|| {
            build_cookie_error("the cookie is of another search, or its folder does not exist any more: search again")
        })?;
        let mut request = match cursor.link {
            None => section.first.clone(),
            Some(link) => {
                let checked = contacts::resume(&section.first, &link)
                    .ok_or_else(|| build_cookie_error("the cookie is of another search"))?;
                section.first.follow(checked.uri().to_string())?
            }
        };
        let mut progress = PageProgress::from_request(&request);
        loop {
            let link = request.uri().to_string();
            let page = Page::parse(self.service(), self.send(&request)?)?;
            if let Some(total) = page.count {
                source.record_count(total);
            }
            let next = page.next.map(|link| page::respell(&section.first, &link)).transpose()?;
            let rows = page.value.len();
            for (position, row) in page.value.into_iter().enumerate() {
                // A row can occur again on a later page.
                if !progress.add_row(&row) || position < skip {
                    continue;
                }
                let object = source.build_object(&section, &row)?;
                if !search.filter.matches(&source.to_comparable(&object)) {
                    continue;
                }
                if to_skip > 0 {
                    to_skip -= 1;
                    continue;
                }
                sink(object)?;
                count += 1;
                if search.page_size == Some(count) {
                    let cursor = if position + 1 < rows {
                        Some(Cursor { section: section.key, link: Some(link), skip: position + 1 })
                    } else if next.is_some() {
                        Some(Cursor { section: section.key, link: next, skip: 0 })
                    } else {
                        source.next_section(&section.key)?.map(|next| Cursor { section: next.key, link: None, skip: 0 })
                    };
                    return Ok(cursor.map(|cursor| cursor.encode()));
                }
            }
            skip = 0;
            request = match progress.next_request(&section.first, next.as_deref())? {
                Some(request) => request,
                None => match source.next_section(&section.key)? {
                    Some(next) => {
                        section = next;
                        section.first.clone()
                    }
                    None => return Ok(None),
                },
            };
        }
    }
}

/// Passes the requested page of the objects to `sink`. Returns the cookie of the next page, if there is one.
fn emit_page(search: &Search, skip: usize, objects: Vec<Map<String, Value>>, sink: ObjectSink<'_>) -> Result<Option<String>> {
    let start = search.offset.saturating_add(skip).min(objects.len());
    let remaining = objects.len() - start;
    let size = search.page_size.unwrap_or(remaining).min(remaining);
    objects.into_iter().skip(start).take(size).try_for_each(sink)?;
    Ok((remaining > size).then(|| Cursor { skip: start + size, ..Cursor::default() }.encode()))
}

/// Sorts by strings, without case, by times and by Booleans. Objects without a value come last, in either direction.
fn sort_objects(objects: &mut [Map<String, Value>], keys: &[(String, bool)]) {
    objects.sort_by(|a, b| {
        let compare = |(name, descending): &(String, bool)| {
            let (a, b) = (get_sort_key(a, name), get_sort_key(b, name));
            let order = b.is_some().cmp(&a.is_some());
            order.then_with(|| if *descending { b.cmp(&a) } else { a.cmp(&b) })
        };
        keys.iter().map(compare).find(|order| order.is_ne()).unwrap_or(std::cmp::Ordering::Equal)
    });
}

/// Returns the text by which an object is sorted.
fn get_sort_key(object: &Map<String, Value>, name: &str) -> Option<String> {
    match object.get(name)? {
        Value::String(text) => Some(Meaning::of(name).to_sort_key(text)),
        Value::Bool(value) => Some(u8::from(*value).to_string()),
        _ => None,
    }
}

/// Creates the error about a cookie.
pub(in crate::operations) fn build_cookie_error(problem: &str) -> Error {
    Error::invalid_attribute("_pagedResultsCookie", problem)
}
