//! The operations on contacts.
//! <https://learn.microsoft.com/en-us/graph/api/resources/contact?view=graph-rest-1.0#methods>

use http::Method;
use serde_json::{Map, Value};

use super::address::{Container, literal};
use super::selection::Selection;
use super::{Request, Service, request, request_with};
use crate::error::Result;

/// Ids that stay the same when a contact moves to another folder of its mailbox.
/// <https://learn.microsoft.com/en-us/graph/outlook-immutable-id>
const IMMUTABLE_IDS: &str = "IdType=\"ImmutableId\"";

/// Contacts a page. The service's default is 10; and it does not remember the preference from page to page.
const PAGE_SIZE: &str = "odata.maxpagesize=100";

/// `GET .../contacts` <https://learn.microsoft.com/en-us/graph/api/user-list-contacts?view=graph-rest-1.0>
pub fn list(service: &Service, container: &Container, selection: &Selection) -> Result<Request> {
    list_next(service.address(&format!("{}{}", container.contacts_path(None)?, selection.query())))
}

/// `GET .../contacts?$filter=...`, where there is a filter.
pub fn search(service: &Service, container: &Container, selection: &Selection, filter: Option<&str>) -> Result<Request> {
    let query = selection.query();
    let joined = if query.is_empty() { "?" } else { "&" };
    let filter = filter.map(|filter| format!("{joined}$filter={filter}")).unwrap_or_default();
    list_next(service.address(&format!("{}{query}{filter}", container.contacts_path(None)?)))
}

/// A filter: the contacts with that address of e-mail.
pub fn having_address(address: &str) -> String {
    format!("emailAddresses/any(a:a/address%20eq%20{})", literal(address))
}

/// A filter: the contacts whose property begins so.
pub fn beginning(property: &str, text: &str) -> String {
    format!("startswith({property},{})", literal(text))
}

/// `GET` of a following page, whose address the page before it gave.
pub fn list_next(link: String) -> Result<Request> {
    request(Method::GET, link, &[PAGE_SIZE, IMMUTABLE_IDS])
}

/// `GET .../contacts?$filter=...`: the contacts whose MAPI property of that id has that value.
/// <https://learn.microsoft.com/en-us/graph/api/singlevaluelegacyextendedproperty-get>
pub fn find(service: &Service, container: &Container, property: &str, value: &str) -> Result<Request> {
    let condition = format!("ep/id%20eq%20{}%20and%20ep/value%20eq%20{}", literal(property), literal(value));
    let filter = format!("$filter=singleValueExtendedProperties/Any(ep:%20{condition})");
    list_next(service.address(&format!("{}?{filter}", container.contacts_path(None)?)))
}

/// `GET .../contacts/{id}` <https://learn.microsoft.com/en-us/graph/api/contact-get?view=graph-rest-1.0>
pub fn get(service: &Service, container: &Container, id: &str, selection: &Selection) -> Result<Request> {
    let path = format!("{}{}", container.contacts_path(Some(id))?, selection.query());
    request(Method::GET, service.address(&path), &[IMMUTABLE_IDS])
}

/// `POST .../contacts` <https://learn.microsoft.com/en-us/graph/api/user-post-contacts?view=graph-rest-1.0>
pub fn create(service: &Service, container: &Container, body: Map<String, Value>) -> Result<Request> {
    request_with(Method::POST, service.address(&container.contacts_path(None)?), &[IMMUTABLE_IDS], body.into())
}

/// `PATCH .../contacts/{id}` <https://learn.microsoft.com/en-us/graph/api/contact-update?view=graph-rest-1.0>
pub fn update(service: &Service, container: &Container, id: &str, body: Map<String, Value>) -> Result<Request> {
    request_with(Method::PATCH, service.address(&container.contacts_path(Some(id))?), &[IMMUTABLE_IDS], body.into())
}

/// `DELETE .../contacts/{id}` <https://learn.microsoft.com/en-us/graph/api/contact-delete?view=graph-rest-1.0>
pub fn delete(service: &Service, container: &Container, id: &str) -> Result<Request> {
    request(Method::DELETE, service.address(&container.contacts_path(Some(id))?), &[IMMUTABLE_IDS])
}
