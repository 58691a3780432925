//! Search of organizational contacts.

use serde_json::{Map, Value};

use crate::error::{Error, ErrorKind, Result};
use crate::graph::address::encode_search_clause;
use crate::graph::directory_objects::{self, Collection, MAX_PAGE_SIZE, QueryOptions};
use crate::graph::org_contacts;
use crate::graph::request::GraphRequest;
use crate::graph::service::Service;
use crate::operations::connector::Connector;
use crate::operations::icf::directory_search::{DirectorySource, FilterSupport, FilterableAttributes, push_down, to_comparable};
use crate::operations::icf::org_contact_attributes::ORG_CONTACT;
use crate::operations::icf::search::{ObjectSink, Search, SearchSummary};

/// The property that the directory searches and sorts by.
const DISPLAY_NAME: &str = "displayName";

/// The attributes that the directory filters by. They are on the page on the resource, and their operators on the page on
/// advanced queries.
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
    /// Searches the contacts of the tenant. Ignores the attributes of `search`.
    pub fn list_org_contacts(&self, search: &Search, sink: ObjectSink<'_>) -> Result<SearchSummary> {
        let is_default = |name: &str| ORG_CONTACT.iter().any(|a| a.name == name && a.is_returned_by_default());
        let is_known = |name: &str| name == "_id" || is_default(name);
        search
            .check_attributes("orgContact", is_known, |name| ORG_CONTACT.iter().any(|a| a.name == name) && !is_default(name))?;
        match find_required_id(search) {
            Some(id) => emit_single(search, self.get_org_contact(id), sink),
            None => self.search_directory(search, None, sink),
        }
    }

    /// Searches the directory for contacts. Returns the attributes of these names; `None` for the rows of Microsoft Graph.
    pub(in crate::operations) fn search_directory(
        &self,
        search: &Search,
        names: Option<Vec<&'static str>>,
        sink: ObjectSink<'_>,
    ) -> Result<SearchSummary> {
        let select: Vec<&'static str> =
            names.iter().flat_map(|names| std::iter::once("id").chain(names.iter().copied())).collect();
        let first = build_list_request(self.service(), search, select)?;
        let mut source = DirectorySource { first, names, is_sorted: find_server_order(search).is_some(), count: None };
        let cookie = self.search_source(search, &mut source, sink)?;
        Ok(SearchSummary { cookie, count: source.count.filter(|_| search.count) })
    }
}

/// Returns the id that the filter of a search requires. `None` with words: only the directory can search for them.
pub(in crate::operations) fn find_required_id(search: &Search) -> Option<&str> {
    search.find_required_value("_id").filter(|_| search.words.is_none())
}

/// Passes a single contact to `sink`, if it meets the filter of the search.
pub(in crate::operations) fn emit_single(
    search: &Search,
    found: Result<Map<String, Value>>,
    sink: ObjectSink<'_>,
) -> Result<SearchSummary> {
    search.check_no_cookie()?;
    let found = match found {
        Ok(contact) => Some(contact).filter(|contact| {
            let comparable = to_comparable(contact);
            find_required_id(search)
                .map_or(search.filter.clone(), |id| search.filter.with_id(id, &comparable))
                .matches(&comparable)
        }),
        Err(error) if error.kind == ErrorKind::UnknownUid => None,
        Err(error) => return Err(error),
    };
    let count = search.count.then_some(u64::from(found.is_some()));
    found.into_iter().skip(search.offset).try_for_each(sink)?;
    Ok(SearchSummary { cookie: None, count })
}

/// Creates the first request of [`Connector::list_org_contacts`].
pub fn build_search_request(service: &Service, search: &Search) -> Result<GraphRequest> {
    match find_required_id(search) {
        Some(id) => org_contacts::get(service, id, &[]),
        None => build_list_request(service, search, Vec::new()),
    }
}

/// Creates the request for the first page of the directory.
pub(in crate::operations) fn build_list_request(
    service: &Service,
    search: &Search,
    select: Vec<&'static str>,
) -> Result<GraphRequest> {
    if search.words.as_ref().is_some_and(|words| words.trim().is_empty()) {
        return Err(Error::invalid_attribute("search", "expected at least one word, found none"));
    }
    let words = search.words.as_ref().map(|words| encode_search_clause(DISPLAY_NAME, words));
    let filter = push_down(&search.filter, FILTERABLE);
    let order = find_server_order(search);
    let advanced = search.count || words.is_some() || order.is_some() || filter.as_ref().is_some_and(|filter| filter.is_advanced);
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

/// Returns the requested order, if the directory supports it.
/// <https://learn.microsoft.com/en-us/graph/aad-advanced-queries#support-for-sorting-by-properties-of-directory-objects>
fn find_server_order(search: &Search) -> Option<&'static str> {
    match search.sort.as_slice() {
        [(name, false)] if name == DISPLAY_NAME => Some("displayName"),
        [(name, true)] if name == DISPLAY_NAME => Some("displayName%20desc"),
        _ => None,
    }
}
