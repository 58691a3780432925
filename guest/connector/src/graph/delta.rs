//! Delta queries: the changes in a folder, or of the folders, since a token.
//! <https://learn.microsoft.com/en-us/graph/delta-query-overview>, <https://learn.microsoft.com/en-us/graph/api/contact-delta>,
//! <https://learn.microsoft.com/en-us/graph/api/contactfolder-delta>

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::address::Container;
use super::page::Page;
use super::request::GraphRequest;
use super::service::Service;
use super::{cloud, contacts, response};
use crate::error::{Error, ErrorKind, Result};

/// Creates `GET .../contacts/delta`: the first page of all contacts in a folder.
pub fn get_contacts_delta(service: &Service, container: &Container) -> Result<GraphRequest> {
    build_delta(service, &container.contacts_path(None)?)
}

/// Creates `GET .../contactFolders/delta`: the first page of all folders of the mailbox. `.../childFolders/delta`: of those in a
/// folder.
pub fn get_folders_delta(service: &Service, container: &Container) -> Result<GraphRequest> {
    build_delta(service, &container.folders_path()?)
}

fn build_delta(service: &Service, path: &str) -> Result<GraphRequest> {
    let instead = "call reconcile, which compares with the known revisions";
    cloud::require(service.cloud, service.cloud.has_delta, "delta queries of contacts", instead)?;
    contacts::list_next(service.address(&format!("{path}/delta")))
}

/// Creates `GET` of the link that a page gave. It has to be an address of the collection of `first`.
pub fn resume(first: &GraphRequest, link: &str) -> Result<GraphRequest> {
    contacts::resume(first, link)
        .ok_or_else(|| Error::invalid_attribute("token", "expected a token of this connector for this mailbox and folder"))
}

/// The response to a delta query: a page of changes.
#[derive(Debug, PartialEq)]
pub struct DeltaResponse {
    /// The changes.
    pub changes: Vec<DeltaChange>,
    /// The link to the next changes.
    pub link: String,
    /// Whether there are more changes now. Otherwise the link is for later.
    pub more: bool,
}

/// A change of a contact or a folder.
#[derive(Debug, PartialEq)]
pub enum DeltaChange {
    /// The object is new or has changed.
    Upserted(Map<String, Value>),
    /// The object with this id was deleted, or moved to another folder.
    Removed(String),
}

impl DeltaResponse {
    /// Parses a page.
    pub fn parse(service: &Service, body: Map<String, Value>) -> Result<DeltaResponse> {
        let page = Page::parse(service, body)?;
        let parse_change =
            |object: Map<String, Value>| match (object.contains_key("@removed"), object.get("id").and_then(Value::as_str)) {
                (true, Some(id)) => Ok(DeltaChange::Removed(id.to_owned())),
                (false, _) => response::check_id(&object, "a changed object").map(|()| DeltaChange::Upserted(object)),
                (true, None) => Err(Error::new(
                    ErrorKind::Unavailable,
                    "expected an id of a removed object in the response of Microsoft Graph, found none",
                )),
            };
        let changes = page.value.into_iter().map(parse_change).collect::<Result<Vec<_>>>()?;
        let changes = keep_last(changes);
        let more = page.next.is_some();
        match page.next.or(page.delta) {
            Some(link) => Ok(DeltaResponse { changes, link, more }),
            None => Err(Error::new(
                ErrorKind::Unavailable,
                "expected a link after the changes in the response of Microsoft Graph, found none",
            )),
        }
    }
}

/// Removes the changes of objects that changed again on the page.
fn keep_last(changes: Vec<DeltaChange>) -> Vec<DeltaChange> {
    let mut seen = BTreeSet::new();
    let mut kept: Vec<DeltaChange> =
        changes.into_iter().rev().filter(|change| change.id().is_none_or(|id| seen.insert(id.to_owned()))).collect();
    kept.reverse();
    kept
}

impl DeltaChange {
    /// Returns the id of the object, if it has one.
    pub fn id(&self) -> Option<&str> {
        match self {
            DeltaChange::Upserted(object) => object.get("id").and_then(Value::as_str),
            DeltaChange::Removed(id) => Some(id),
        }
    }
}
