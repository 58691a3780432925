//! Search of users.

use serde_json::Value;

use crate::error::{ErrorKind, Result};
use crate::graph::address::{Container, Mailbox};
use crate::graph::directory_objects::{self, Collection, MAX_PAGE_SIZE, QueryOptions};
use crate::graph::request::GraphRequest;
use crate::graph::selection::Selection;
use crate::graph::service::Service;
use crate::graph::users;
use crate::operations::connector::Connector;
use crate::operations::icf::directory_search::{DirectorySource, FilterSupport, FilterableAttributes, push_down};
use crate::operations::icf::search::{ObjectSink, Search};
use crate::operations::icf::user_attributes::{CONTACTS, USER};
use crate::operations::icf::user_class::{list_default_names, write_contact_value};

impl Connector<'_> {
    /// Searches the users of the tenant.
    pub(in crate::operations) fn search_users(&self, search: &Search, sink: ObjectSink<'_>) -> Result<Option<String>> {
        search.check_attributes("user", |name| {
            name == "_id" || USER.iter().any(|a| a.name == name && a.is_readable() && name != CONTACTS)
        })?;
        let names = list_names(search);
        let wants_contacts = search.attributes.iter().any(|name| name == CONTACTS);
        if let Some(id) = search.find_required_value("_id") {
            search.check_no_cookie()?;
            let requested: Vec<&str> = names.iter().copied().chain(wants_contacts.then_some(CONTACTS)).collect();
            let found = match self.get_user(id, &requested) {
                Ok(user) => Some(user).filter(|user| search.filter.matches(user)),
                Err(error) if error.kind == ErrorKind::UnknownUid => None,
                Err(error) => return Err(error),
            };
            return found.into_iter().skip(search.offset).try_for_each(sink).map(|()| None);
        }
        let first = build_search_request(self.service(), search)?;
        let mut source = DirectorySource { first, names: Some(names), is_sorted: false, count: None };
        self.search_source(search, &mut source, &mut |mut user| {
            if wants_contacts {
                let id = user.get("_id").and_then(Value::as_str).unwrap_or_default();
                let mut contacts = Vec::new();
                self.list_contacts(&Container::from_mailbox(Mailbox::from_name(id)), &Selection::default(), |contact| {
                    contacts.push(write_contact_value(&contact, self.service().version));
                    Ok(())
                })?;
                user.insert(CONTACTS.to_owned(), contacts.into());
            }
            sink(user)
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
