//! The operations on personal contacts.
//! <https://learn.microsoft.com/en-us/graph/api/resources/contact?view=graph-rest-1.0#methods>

use protocol::graph_link::GraphLink;
use serde_json::{Map, Value};

use super::address::Container;
use super::filter_text::FilterText;
use super::page;
use super::request::GraphRequest;
use super::selection::Selection;
use super::service::Service;
use crate::error::Result;

/// The preference for ids that stay the same when a contact moves to another folder of its mailbox.
/// <https://learn.microsoft.com/en-us/graph/outlook-immutable-id>
pub(super) const IMMUTABLE_IDS: &str = "IdType=\"ImmutableId\"";

/// The preference for the page size. The service's default is 10. It does not remember the preference from page to page.
const PREFER_PAGE_SIZE: &str = "odata.maxpagesize=100";

/// Creates `GET .../contacts` <https://learn.microsoft.com/en-us/graph/api/user-list-contacts?view=graph-rest-1.0>
pub fn list(service: &Service, container: &Container, selection: &Selection) -> Result<GraphRequest> {
    list_next(service.address(&format!("{}{}", container.contacts_path(None)?, selection.query())))
}

/// Returns the `GET` of a page whose address comes from a caller. `None` if it is not an address of the collection of `first`, in
/// whatever spelling: a caller must not be able to read anything else.
///
/// The path is that of `first`, and only the query is the caller's. So a link that names the user by id, and a request that names
/// the user by user principal name, can only be of the mailbox of the request.
pub fn resume(first: &GraphRequest, link: &str) -> Option<GraphRequest> {
    let own = first.uri().to_string();
    let (own, link) = (GraphLink::parse(&own)?, GraphLink::parse(link)?);
    if !own.has_same_service(&link) || own.path.compare(&link.path).is_none() {
        return None;
    }
    list_next(page::move_query(first, &link)).ok()
}

/// Creates `GET .../contacts?$filter=...`, with a filter or without.
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

/// Creates `GET` of a page, whose address the page before it gave.
pub fn list_next(link: String) -> Result<GraphRequest> {
    GraphRequest::get(link, &[PREFER_PAGE_SIZE, IMMUTABLE_IDS])
}

/// Creates `GET .../contacts/{id}` <https://learn.microsoft.com/en-us/graph/api/contact-get?view=graph-rest-1.0>
pub fn get(service: &Service, container: &Container, id: &str, selection: &Selection) -> Result<GraphRequest> {
    let path = format!("{}{}", container.contacts_path(Some(id))?, selection.query());
    GraphRequest::get(service.address(&path), &[IMMUTABLE_IDS])
}

/// Creates `POST .../contacts` <https://learn.microsoft.com/en-us/graph/api/user-post-contacts?view=graph-rest-1.0>
pub fn create(service: &Service, container: &Container, body: Map<String, Value>) -> Result<GraphRequest> {
    GraphRequest::post(service.address(&container.contacts_path(None)?), &[IMMUTABLE_IDS], body.into())
}

/// Creates `PATCH .../contacts/{id}` <https://learn.microsoft.com/en-us/graph/api/contact-update?view=graph-rest-1.0>
pub fn update(service: &Service, container: &Container, id: &str, body: Map<String, Value>) -> Result<GraphRequest> {
    GraphRequest::patch(service.address(&container.contacts_path(Some(id))?), &[IMMUTABLE_IDS], body.into())
}

/// Creates `DELETE .../contacts/{id}` <https://learn.microsoft.com/en-us/graph/api/contact-delete?view=graph-rest-1.0>
pub fn delete(service: &Service, container: &Container, id: &str) -> Result<GraphRequest> {
    GraphRequest::delete(service.address(&container.contacts_path(Some(id))?), &[IMMUTABLE_IDS])
}

/// Creates `POST .../contacts/{id}/permanentDelete`, which leaves nothing in Deleted Items.
/// <https://learn.microsoft.com/en-us/graph/api/contact-permanentdelete?view=graph-rest-1.0>
pub fn permanent_delete(service: &Service, container: &Container, id: &str) -> Result<GraphRequest> {
    let path = format!("{}/permanentDelete", container.contacts_path(Some(id))?);
    GraphRequest::post_deletion(service.address(&path), &[IMMUTABLE_IDS])
}
