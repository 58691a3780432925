//! Search of users.

use serde_json::{Map, Value};

use crate::error::{ErrorKind, Result};
use crate::graph::address::Mailbox;
use crate::graph::directory_objects::{self, Collection, MAX_PAGE_SIZE, QueryOptions};
use crate::graph::request::GraphRequest;
use crate::graph::service::Service;
use crate::graph::users;
use crate::operations::connector::Connector;
use crate::operations::icf::directory_search::{DirectorySource, FilterSupport, FilterableAttributes, push_down};
use crate::operations::icf::search::{ObjectSink, Search};
use crate::operations::icf::user_attributes::{CONTACTS, USER};
use crate::operations::icf::user_class::list_default_names;
use crate::operations::icf::user_contacts::UserMailbox;
use crate::operations::memory_budget::MemoryBudget;

impl Connector<'_> {
    /// Searches the users of the tenant.
    pub(in crate::operations) fn search_users(&self, search: &Search, sink: ObjectSink<'_>) -> Result<Option<String>> {
        let mut budget = MemoryBudget::default();
        self.search_users_without_contacts(search, &mut |mut user, mailbox| {
            if let Some(mailbox) = mailbox {
                match self.get_user_contacts(&mailbox) {
                    // The user was deleted after the directory returned it.
                    Err(error) if error.kind == ErrorKind::UnknownUid => return Ok(()),
                    contacts => user.insert(CONTACTS.to_owned(), contacts?),
                };
                budget.add(&Value::Object(user.clone()), "ask for pages, with a page size")?;
            }
            sink(user)
        })
    }

    /// Searches the users of the tenant. Passes each to `sink` without the contacts, and the mailbox if they are requested.
    pub fn search_users_without_contacts(
        &self,
        search: &Search,
        sink: &mut dyn FnMut(Map<String, Value>, Option<UserMailbox>) -> Result<()>,
    ) -> Result<Option<String>> {
        let is_known = |name: &str| name == "_id" || USER.iter().any(|a| a.name == name && a.is_readable());
        search.check_attributes("user", is_known, |name| name == CONTACTS)?;
        let names = list_names(search);
        let wants_contacts = search.attributes.iter().any(|name| name == CONTACTS);
        if let Some(id) = search.find_required_value("_id") {
            search.check_no_cookie()?;
            let requested: Vec<&str> = names.iter().copied().chain(wants_contacts.then_some(CONTACTS)).collect();
            let found = match self.get_user_without_contacts(id, &requested) {
                // The id can be another name of the user.
                Ok(found) => Some(found).filter(|(user, _)| search.filter.with_id(id, user).matches(user)),
                Err(error) if error.kind == ErrorKind::UnknownUid => None,
                Err(error) => return Err(error),
            };
            return found.into_iter().skip(search.offset).try_for_each(|(user, mailbox)| sink(user, mailbox)).map(|()| None);
        }
        let first = build_search_request(self.service(), search)?;
        let mut source = DirectorySource { first, names: Some(names), is_sorted: false, count: None };
        self.search_source(search, &mut source, &mut |user| {
            let id = user.get("_id").and_then(Value::as_str).unwrap_or_default();
            let mailbox = wants_contacts.then(|| UserMailbox::new(Mailbox::User(id.to_owned()), true));
            sink(user, mailbox)
        })
    }
}

/// Creates the first request of a search.
pub fn build_search_request(service: &Service, search: &Search) -> Result<GraphRequest> {
    let names = list_names(search);
    if let Some(id) = search.find_required_value("_id") {
        return users::get(service, &Mailbox::from_name(id), &names);
    }
    let select = std::iter::once("id").chain(names).collect();
    let pushed = push_down(&search.filter, FILTERABLE);
    let advanced = pushed.as_ref().is_some_and(|pushed| pushed.is_advanced);
    let filter = pushed.map(|pushed| pushed.text);
    let options = QueryOptions { select, filter, top: Some(MAX_PAGE_SIZE), advanced, ..QueryOptions::default() };
    directory_objects::list(service, Collection::Users, &options)
}

/// Returns the names of the attributes of the user to read: those to return, compare and sort by.
fn list_names(search: &Search) -> Vec<&'static str> {
    let needed = search.list_needed_attributes();
    if needed.is_empty() {
        return list_default_names();
    }
    let readable = USER.iter().filter(|a| a.is_readable() && a.name != CONTACTS);
    readable.map(|a| a.name).filter(|name| needed.contains(name)).collect()
}

/// The attributes that Graph filters by. They are on the page on the resource, and their operators on the page on advanced
/// queries.
/// <https://learn.microsoft.com/en-us/graph/api/resources/user?view=graph-rest-1.0#properties>,
/// <https://learn.microsoft.com/en-us/graph/aad-advanced-queries#user-properties>
const FILTERABLE: &FilterableAttributes = &[
    ("displayName", FilterSupport::String),
    ("givenName", FilterSupport::String),
    ("surname", FilterSupport::String),
    ("jobTitle", FilterSupport::String),
    ("mail", FilterSupport::SuffixString),
    ("userPrincipalName", FilterSupport::SuffixString),
    ("mobilePhone", FilterSupport::IndexedString),
    ("officeLocation", FilterSupport::IndexedString),
    ("preferredLanguage", FilterSupport::IndexedString),
];
