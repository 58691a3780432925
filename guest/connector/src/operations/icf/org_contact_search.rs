//! Searching organizational contacts.

use serde_json::{Map, Value};

use crate::error::{Error, ErrorKind, Result};
use crate::graph::address::encode_search_clause;
use crate::graph::directory_objects::{self, Collection, MAX_PAGE_SIZE, QueryOptions};
use crate::graph::org_contacts;
use crate::graph::request::GraphRequest;
use crate::graph::service::Service;
use crate::operations::connector::Connector;
use crate::operations::icf::directory_search::{FilterSupport, FilterableAttributes, Objects, comparable, push_down};
use crate::operations::icf::org_contact_attributes::ORG_CONTACT;
use crate::operations::icf::search::{ObjectSink, Search, SearchSummary};

/// The property that the directory searches for words, and sorts by.
const DISPLAY_NAME: &str = "displayName";

/// What the page on the resource says that `$filter` takes, and the one on advanced queries that it takes how.
/// <https://learn.microsoft.com/en-us/graph/aad-advanced-queries#organizational-contact-properties>
const FILTERABLE: &FilterableAttributes = &[
    (DISPLAY_NAME, FilterSupport::String),
    ("givenName", FilterSupport::String),
    ("surname", FilterSupport::String),
    ("mail", FilterSupport::String),
    ("mailNickname", FilterSupport::String),
    ("companyName", FilterSupport::IndexedString),
    ("department", FilterSupport::String),
    ("jobTitle", FilterSupport::String),
    ("proxyAddresses", FilterSupport::StringCollection),
    ("onPremisesSyncEnabled", FilterSupport::Boolean),
];

impl Connector<'_> {
    /// Searches the contacts of the tenant; of `search` the attributes do not count.
    pub fn list_org_contacts(&self, search: &Search, each: ObjectSink<'_>) -> Result<SearchSummary> {
        search.check_attributes("orgContact", |name| {
            name == "_id" || ORG_CONTACT.iter().any(|a| a.name == name && a.is_returned_by_default())
        })?;
        match find_required_id(search) {
            Some(id) => emit_single(search, self.get_org_contact(id), each),
            None => self.search_directory(search, None, each),
        }
    }

    /// Searches the directory for contacts with the attributes of these names; `None` for the rows as they are.
    pub(in crate::operations) fn search_directory(
        &self,
        search: &Search,
        names: Option<Vec<&'static str>>,
        each: ObjectSink<'_>,
    ) -> Result<SearchSummary> {
        let select: Vec<&'static str> =
            names.iter().flat_map(|names| std::iter::once("id").chain(names.iter().copied())).collect();
        let mut source = Objects { first: build_list_request(self.service(), search, select)?, names, count: None };
        // What the directory sorts need not be sorted here, so that it can be given page by page.
        let sorted = Search { sort: Vec::new(), ..search.clone() };
        let search = if order(search).is_some() { &sorted } else { search };
        let cookie = self.search_source(search, &mut source, each)?;
        Ok(SearchSummary { cookie, count: source.count.filter(|_| search.count) })
    }
}

/// The id of the one contact that a search is about, where its filter demands one. Whether the words are in its name is for the
/// directory to say.
pub(in crate::operations) fn find_required_id(search: &Search) -> Option<&str> {
    search.find_required_value("_id").filter(|_| search.words.is_none())
}

/// The contact of that id, where the search finds it.
pub(in crate::operations) fn emit_single(
    search: &Search,
    found: Result<Map<String, Value>>,
    each: ObjectSink<'_>,
) -> Result<SearchSummary> {
    let found = match found {
        Ok(contact) => Some(contact).filter(|contact| search.filter.matches(&comparable(contact))),
        Err(error) if error.kind == ErrorKind::UnknownUid => None,
        Err(error) => return Err(error),
    };
    let count = search.count.then_some(u64::from(found.is_some()));
    found.into_iter().skip(search.offset).try_for_each(each)?;
    Ok(SearchSummary { cookie: None, count })
}

/// The first request of [`Connector::list_org_contacts`].
pub fn build_search_request(service: &Service, search: &Search) -> Result<GraphRequest> {
    match find_required_id(search) {
        Some(id) => org_contacts::get(service, id, &[]),
        None => build_list_request(service, search, Vec::new()),
    }
}

/// The request of the first page that the directory is asked for.
pub(in crate::operations) fn build_list_request(
    service: &Service,
    search: &Search,
    select: Vec<&'static str>,
) -> Result<GraphRequest> {
    if search.words.as_ref().is_some_and(|words| words.trim().is_empty()) {
        return Err(Error::invalid_attribute("search", "there is no word in it"));
    }
    let words = search.words.as_ref().map(|words| encode_search_clause(DISPLAY_NAME, words));
    let filter = push_down(&search.filter, FILTERABLE);
    let order = order(search);
    let advanced = search.count || words.is_some() || order.is_some() || filter.as_ref().is_some_and(|filter| filter.advanced);
    let options = QueryOptions {
        select,
        filter: filter.map(|filter| filter.text),
        search: words,
        order_by: order.map(str::to_owned),
        top: Some(MAX_PAGE_SIZE),
        advanced,
        ..QueryOptions::default()
    };
    directory_objects::list(service, Collection::Contacts, &options)
}

/// The order that is asked for, where it is one that the directory has.
/// <https://learn.microsoft.com/en-us/graph/aad-advanced-queries#support-for-sorting-by-properties-of-directory-objects>
fn order(search: &Search) -> Option<&'static str> {
    match search.sort.as_slice() {
        [(name, false)] if name == DISPLAY_NAME => Some("displayName"),
        [(name, true)] if name == DISPLAY_NAME => Some("displayName%20desc"),
        _ => None,
    }
}
