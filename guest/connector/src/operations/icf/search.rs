//! Searching objects: what Graph can filter it filters, and the connector the rest; page by page, in Graph's order or sorted.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

use crate::error::{Error, Result};
use crate::graph::contacts;
use crate::graph::page::Page;
use crate::graph::request::GraphRequest;
use crate::operations::connector::Connector;
use crate::operations::icf::filter::{Filter, Operator};

/// What is searched for, and how it is given.
#[derive(Clone, Debug)]
pub struct Search {
    /// Which objects. Of contacts and folders it has to say whose: `mailbox eq "..."` among what all has to hold, or
    /// `_id eq "..."`.
    pub filter: Filter,
    /// The attributes that are wanted; none means those that are returned by default. Objects may come with others.
    pub attributes: Vec<String>,
    /// The most objects that are given at once; `None` for all.
    pub page_size: Option<usize>,
    /// Where to go on, as the page before gave it.
    pub cookie: Option<String>,
    /// How many objects are passed over first.
    pub offset: usize,
    /// By which attributes they are sorted, the first first; `true` for descending.
    pub sort: Vec<(String, bool)>,
    /// Words that the display name has to have, in whatever order: what the directory searches for on its own. Of organizational
    /// contacts alone.
    pub words: Option<String>,
    /// Whether the service is to count what there is in all. Of organizational contacts alone.
    pub count: bool,
}

/// What a search gives besides the objects.
#[derive(Debug, Default, PartialEq)]
pub struct SearchSummary {
    /// Where to go on; `None` where there are no more.
    pub cookie: Option<String>,
    /// How many objects there are on all pages, as the service counts them by what it was asked to filter and to search.
    pub count: Option<u64>,
}

impl SearchSummary {
    /// A search whose objects are not counted.
    pub(in crate::operations) fn from_cookie(cookie: Option<String>) -> SearchSummary {
        SearchSummary { cookie, count: None }
    }
}

impl Search {
    /// The names of the attributes that are needed to answer: those wanted, compared and sorted by. Empty for all.
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

    /// Checks that the attributes that are compared and sorted by are there.
    pub(in crate::operations) fn check_attributes(&self, class: &str, known: impl Fn(&str) -> bool) -> Result<()> {
        let unknown = |name: &str| Error::invalid_attribute(name, format!("Attribute {name} does not exist as part of {class}"));
        if let Some(name) = self.filter.list_compared_fields().find(|name| !known(name)) {
            return Err(unknown(name));
        }
        match self.sort.iter().find(|(name, _)| !known(name)) {
            Some((name, _)) => Err(unknown(name)),
            None if self.page_size == Some(0) => Err(Error::invalid_attribute("_pageSize", "a page has one object at least")),
            None => Ok(()),
        }
    }

    /// The value that an attribute has to have, where the filter demands one.
    pub(in crate::operations) fn find_required_value(&self, name: &str) -> Option<&str> {
        self.filter.list_conjuncts().into_iter().find_map(|part| match part {
            Filter::Comparison { field, operator: Operator::Equals, value: Value::String(value) } if field == name => {
                Some(value.as_str())
            }
            _ => None,
        })
    }
}

/// Reads names with commas between them, each of which may have a sign before it: `+` for ascending, `-` for descending.
pub fn parse_sort_keys(text: &str) -> Vec<(String, bool)> {
    let names = text.split(',').map(str::trim).filter(|name| !name.is_empty());
    names
        .map(|name| {
            // A plus sign in an address is a space, unless it is encoded.
            let (descending, name) = match name.strip_prefix('-') {
                Some(name) => (true, name),
                None => (false, name.strip_prefix('+').unwrap_or(name)),
            };
            (name.trim_start_matches('/').to_owned(), descending)
        })
        .collect()
}

/// A collection of Graph's, of which a search may have several after each other.
pub(in crate::operations) struct Section {
    /// What a cookie calls it.
    pub key: String,
    /// The request of its first page.
    pub first: GraphRequest,
}

/// What is searched.
pub(in crate::operations) trait Source {
    /// The section of that key, where there is one; with an empty key the first.
    fn section(&mut self, key: &str) -> Result<Option<Section>>;
    /// The section that follows the one of that key.
    fn after(&mut self, key: &str) -> Result<Option<Section>>;
    /// The request of the page at `link`.
    fn next(&self, link: String) -> Result<GraphRequest>;
    /// The object that a row of a section is.
    fn object(&mut self, section: &Section, row: &Map<String, Value>) -> Result<Map<String, Value>>;
    /// The object as filters see it.
    fn comparable(&self, object: &Map<String, Value>) -> Map<String, Value> {
        object.clone()
    }
    /// Takes note of how many objects the service says that there are.
    fn counted(&mut self, _: u64) {}
}

/// What takes the objects that a search finds. Its failure ends the search.
pub type ObjectSink<'e> = &'e mut dyn FnMut(Map<String, Value>) -> Result<()>;

/// Where a search goes on: after so many rows of a page of a section, or of the sorted result.
#[derive(Default)]
struct Place {
    section: String,
    link: Option<String>,
    skip: usize,
}

impl Place {
    fn encode(&self) -> String {
        URL_SAFE_NO_PAD.encode(json!({"section": self.section, "link": self.link, "skip": self.skip}).to_string())
    }

    fn decode(cookie: &str) -> Result<Place> {
        let read = || {
            let value: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(cookie).ok()?).ok()?;
            let text = |name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
            let skip = usize::try_from(value.get("skip")?.as_u64()?).ok()?;
            Some(Place { section: text("section")?, link: text("link"), skip })
        };
        read().ok_or_else(|| build_cookie_error("it is none of this connector's"))
    }
}

impl Connector<'_> {
    /// Gives what is found to `each`. Gives the cookie to go on with, where there is more.
    pub(in crate::operations) fn search_source(
        &self,
        search: &Search,
        source: &mut dyn Source,
        each: ObjectSink<'_>,
    ) -> Result<Option<String>> {
        let place = search.cookie.as_deref().map_or(Ok(Place::default()), Place::decode)?;
        if search.sort.is_empty() {
            return self.search_in_service_order(search, source, place, each);
        }
        let all = Search { page_size: None, cookie: None, offset: 0, ..search.clone() };
        let mut objects = Vec::new();
        self.search_in_service_order(&all, source, Place::default(), &mut |object| {
            objects.push(object);
            Ok(())
        })?;
        sort_objects(&mut objects, &search.sort);
        emit_page(search, place.skip, objects, each)
    }

    /// The same of objects that are all there.
    pub(in crate::operations) fn search_among(
        &self,
        search: &Search,
        mut objects: Vec<Map<String, Value>>,
        each: ObjectSink<'_>,
    ) -> Result<Option<String>> {
        let place = search.cookie.as_deref().map_or(Ok(Place::default()), Place::decode)?;
        objects.retain(|object| search.filter.matches(object));
        sort_objects(&mut objects, &search.sort);
        emit_page(search, place.skip, objects, each)
    }

    /// In Graph's order, page by page, until there are enough.
    fn search_in_service_order(
        &self,
        search: &Search,
        source: &mut dyn Source,
        place: Place,
        each: ObjectSink<'_>,
    ) -> Result<Option<String>> {
        let (mut given, mut to_skip, mut skip) = (0, search.offset, place.skip);
        let section = source.section(&place.section)?;
        let mut section =
            section.ok_or_else(|| build_cookie_error("it is of another search, or its folder is gone: search again"))?;
        let mut request = match place.link {
            None => section.first.clone(),
            Some(link) => {
                let checked =
                    contacts::resume(&section.first, &link).ok_or_else(|| build_cookie_error("it is of another search"))?;
                source.next(checked.uri().to_string())?
            }
        };
        loop {
            let link = request.uri().to_string();
            let page = Page::parse(self.service(), self.send(&request)?)?;
            if let Some(count) = page.count {
                source.counted(count);
            }
            let rows = page.value.len();
            for (position, row) in page.value.into_iter().enumerate().skip(skip) {
                let object = source.object(&section, &row)?;
                if !search.filter.matches(&source.comparable(&object)) {
                    continue;
                }
                if to_skip > 0 {
                    to_skip -= 1;
                    continue;
                }
                each(object)?;
                given += 1;
                if search.page_size == Some(given) {
                    let place = if position + 1 < rows {
                        Some(Place { section: section.key, link: Some(link), skip: position + 1 })
                    } else if page.next.is_some() {
                        Some(Place { section: section.key, link: page.next, skip: 0 })
                    } else {
                        source.after(&section.key)?.map(|next| Place { section: next.key, link: None, skip: 0 })
                    };
                    return Ok(place.map(|place| place.encode()));
                }
            }
            skip = 0;
            request = match page.next {
                Some(link) => source.next(link)?,
                None => match source.after(&section.key)? {
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

/// Gives the part of the objects that a search asks for.
fn emit_page(search: &Search, skip: usize, objects: Vec<Map<String, Value>>, each: ObjectSink<'_>) -> Result<Option<String>> {
    let begin = search.offset.saturating_add(skip).min(objects.len());
    let left = objects.len() - begin;
    let size = search.page_size.unwrap_or(left).min(left);
    objects.into_iter().skip(begin).take(size).try_for_each(each)?;
    Ok((left > size).then(|| Place { skip: begin + size, ..Place::default() }.encode()))
}

/// Sorts by texts without case, numbers and truth values; those without a value come last, whichever way.
fn sort_objects(objects: &mut [Map<String, Value>], keys: &[(String, bool)]) {
    let key = |object: &Map<String, Value>, name: &str| match object.get(name) {
        Some(Value::String(text)) => Some(text.to_lowercase()),
        Some(Value::Bool(truth)) => Some(u8::from(*truth).to_string()),
        _ => None,
    };
    objects.sort_by(|a, b| {
        let by = |(name, descending): &(String, bool)| {
            let (a, b) = (key(a, name), key(b, name));
            let order = b.is_some().cmp(&a.is_some());
            order.then_with(|| if *descending { b.cmp(&a) } else { a.cmp(&b) })
        };
        keys.iter().map(by).find(|order| order.is_ne()).unwrap_or(std::cmp::Ordering::Equal)
    });
}

pub(in crate::operations) fn build_cookie_error(problem: &str) -> Error {
    Error::invalid_attribute("_pagedResultsCookie", problem)
}
