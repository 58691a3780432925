//! The operations on contacts.
//! <https://learn.microsoft.com/en-us/graph/api/resources/contact?view=graph-rest-1.0#methods>

use serde_json::{Map, Value};

use super::address::Container;
use super::filter_text::FilterText;
use super::request::GraphRequest;
use super::selection::Selection;
use super::service::Service;
use crate::error::Result;

/// Ids that stay the same when a contact moves to another folder of its mailbox.
/// <https://learn.microsoft.com/en-us/graph/outlook-immutable-id>
pub(super) const IMMUTABLE_IDS: &str = "IdType=\"ImmutableId\"";

/// Contacts a page. The service's default is 10; and it does not remember the preference from page to page.
const PAGE_SIZE: &str = "odata.maxpagesize=100";

/// `GET .../contacts` <https://learn.microsoft.com/en-us/graph/api/user-list-contacts?view=graph-rest-1.0>
pub fn list(service: &Service, container: &Container, selection: &Selection) -> Result<GraphRequest> {
    list_next(service.address(&format!("{}{}", container.contacts_path(None)?, selection.query())))
}

/// `GET` of a page whose address a caller brings; `None` where it does not lead to what `first` asks for, so that it cannot make
/// the token read anything else.
pub fn resume(first: &GraphRequest, link: &str) -> Option<GraphRequest> {
    let request = list_next(link.to_owned()).ok()?;
    let (here, there) = (first.uri(), request.uri());
    let same = here.scheme() == there.scheme() && here.authority() == there.authority() && here.path() == there.path();
    same.then_some(request)
}

/// `GET .../contacts?$filter=...`, where there is a filter.
pub fn search(
    service: &Service,
    container: &Container,
    selection: &Selection,
    filter: Option<&FilterText>,
) -> Result<GraphRequest> {
    let query = selection.query();
    let joined = if query.is_empty() { "?" } else { "&" };
    let filter = filter.map(|filter| format!("{joined}$filter={filter}")).unwrap_or_default();
    list_next(service.address(&format!("{}{query}{filter}", container.contacts_path(None)?)))
}

/// `GET` of a following page, whose address the page before it gave.
pub fn list_next(link: String) -> Result<GraphRequest> {
    GraphRequest::get(link, &[PAGE_SIZE, IMMUTABLE_IDS])
}

/// `GET .../contacts/{id}` <https://learn.microsoft.com/en-us/graph/api/contact-get?view=graph-rest-1.0>
pub fn get(service: &Service, container: &Container, id: &str, selection: &Selection) -> Result<GraphRequest> {
    let path = format!("{}{}", container.contacts_path(Some(id))?, selection.query());
    GraphRequest::get(service.address(&path), &[IMMUTABLE_IDS])
}

/// `POST .../contacts` <https://learn.microsoft.com/en-us/graph/api/user-post-contacts?view=graph-rest-1.0>
pub fn create(service: &Service, container: &Container, body: Map<String, Value>) -> Result<GraphRequest> {
    GraphRequest::post(service.address(&container.contacts_path(None)?), &[IMMUTABLE_IDS], body.into())
}

/// `PATCH .../contacts/{id}` <https://learn.microsoft.com/en-us/graph/api/contact-update?view=graph-rest-1.0>
pub fn update(service: &Service, container: &Container, id: &str, body: Map<String, Value>) -> Result<GraphRequest> {
    GraphRequest::patch(service.address(&container.contacts_path(Some(id))?), &[IMMUTABLE_IDS], body.into())
}

/// `DELETE .../contacts/{id}` <https://learn.microsoft.com/en-us/graph/api/contact-delete?view=graph-rest-1.0>
pub fn delete(service: &Service, container: &Container, id: &str) -> Result<GraphRequest> {
    GraphRequest::delete(service.address(&container.contacts_path(Some(id))?), &[IMMUTABLE_IDS])
}

/// `POST .../contacts/{id}/permanentDelete`, after which nothing is in Deleted Items.
/// <https://learn.microsoft.com/en-us/graph/api/contact-permanentdelete?view=graph-rest-1.0>
pub fn permanent_delete(service: &Service, container: &Container, id: &str) -> Result<GraphRequest> {
    let path = format!("{}/permanentDelete", container.contacts_path(Some(id))?);
    GraphRequest::post_empty(service.address(&path), &[IMMUTABLE_IDS])
}
