//! A search: its filter, and the form of the result.

use std::collections::HashSet;

use serde_json::{Map, Value};

use crate::error::{Error, Result};
use crate::operations::icf::cookie_error::build_other_search_error;
use crate::operations::icf::filter::{Filter, Operator};
use crate::operations::icf::fingerprint::fingerprint;

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

    /// Returns the fingerprint of a search in a collection: the same for each page, and another one for another search. The page
    /// size can change from page to page.
    pub(super) fn fingerprint(&self, collection: &str) -> u64 {
        let mut attributes: Vec<&str> = self.attributes.iter().map(String::as_str).collect();
        attributes.sort_unstable();
        attributes.dedup();
        let (filter, sort, words) = (format!("{:?}", self.filter), format!("{:?}", self.sort), self.words.as_deref());
        fingerprint([collection, &filter, &sort, words.unwrap_or_default()].into_iter().chain(attributes))
    }

    /// Checks that the attributes to compare and sort by exist, and that none of the conditions is about an attribute that is read
    /// on request: it is in no row, whether the caller selects it or not.
    pub(in crate::operations) fn check_attributes(
        &self,
        class: &str,
        known: impl Fn(&str) -> bool,
        is_on_request: impl Fn(&str) -> bool,
    ) -> Result<()> {
        let presence = self.filter.list_presence_fields();
        let count = presence.len() + self.filter.list_compared_fields().count();
        if count > MAX_CONDITIONS {
            let problem = format!("expected at most {MAX_CONDITIONS} conditions, found {count}");
            return Err(Error::invalid_attribute("_queryFilter", problem));
        }
        let sorted = self.sort.iter().map(|(name, _)| name.as_str());
        if let Some(name) =
            presence.into_iter().chain(self.filter.list_compared_fields()).chain(sorted).find(|n| is_on_request(n))
        {
            let problem = "a search cannot filter or sort by it, because it is read only on request: read each object";
            return Err(Error::invalid_attribute(name, problem));
        }
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
            None if self.offset > 0 && self.cookie.is_some() => {
                let problem = "a cookie says where the page begins: leave the offset out";
                Err(Error::invalid_attribute("_pagedResultsOffset", problem))
            }
            None => Ok(()),
        }
    }

    /// Checks that there is no cookie, for a search that finds one object at most.
    pub(in crate::operations) fn check_no_cookie(&self) -> Result<()> {
        if self.cookie.is_some() { Err(build_other_search_error()) } else { Ok(()) }
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

/// The most conditions of a filter. Each is evaluated for every row.
const MAX_CONDITIONS: usize = 1000;

/// Parses a list of names separated by commas, each with an optional sign: `+` for ascending, `-` for descending. A name that was
/// there before changes no order, and is left out.
pub fn parse_sort_keys(text: &str) -> Vec<(String, bool)> {
    let mut known = HashSet::new();
    let names = text.split(',').map(str::trim).filter(|name| !name.is_empty());
    let keys = names.map(|name| {
        // An unencoded plus sign in an address is a space.
        let (descending, name) = match name.strip_prefix('-') {
            Some(name) => (true, name),
            None => (false, name.strip_prefix('+').unwrap_or(name)),
        };
        (name.trim_start_matches('/'), descending)
    });
    keys.filter(|(name, _)| known.insert(*name)).map(|(name, descending)| (name.to_owned(), descending)).collect()
}

/// A sink for the objects that a search finds. An error ends the search.
pub type ObjectSink<'s> = &'s mut dyn FnMut(Map<String, Value>) -> Result<()>;
