//! What has changed in a folder, or among the folders, since a token was given: delta queries.
//! <https://learn.microsoft.com/en-us/graph/delta-query-overview>, <https://learn.microsoft.com/en-us/graph/api/contact-delta>,
//! <https://learn.microsoft.com/en-us/graph/api/contactfolder-delta>

use serde_json::{Map, Value};

use super::address::Container;
use super::page::Page;
use super::request::GraphRequest;
use super::service::Service;
use super::{cloud, contacts};
use crate::error::{Error, ErrorKind, Result};

/// `GET .../contacts/delta`: the first page of all that there is in a folder.
pub fn of_contacts(service: &Service, container: &Container) -> Result<GraphRequest> {
    start(service, &container.contacts_path(None)?)
}

/// `GET .../contactFolders/delta`: the first page of all folders of the mailbox; of `.../childFolders/delta` those inside a folder.
pub fn of_folders(service: &Service, container: &Container) -> Result<GraphRequest> {
    start(service, &container.folders_path()?)
}

fn start(service: &Service, path: &str) -> Result<GraphRequest> {
    let instead = "call reconcile, which compares with what was known";
    cloud::require(service.cloud, service.cloud.has_delta, "delta queries of contacts", instead)?;
    contacts::list_next(service.address(&format!("{path}/delta")))
}

/// `GET` of the address that a page gave to go on from, which has to be one of what `first` begins.
pub fn resume(first: &GraphRequest, link: &str) -> Result<GraphRequest> {
    contacts::resume(first, link)
        .ok_or_else(|| Error::invalid_attribute("token", "it is no token of this connector for this mailbox and folder"))
}

/// A page of changes.
#[derive(Debug, PartialEq)]
pub struct DeltaResponse {
    /// The rows: objects as they now are, and removed ones.
    pub rows: Vec<DeltaChange>,
    /// Where to go on.
    pub link: String,
    /// Whether there is more to be had at once; otherwise the link is for the next time.
    pub more: bool,
}

/// A row of a page.
#[derive(Debug, PartialEq)]
pub enum DeltaChange {
    /// A contact or folder that is new or has changed.
    There(Map<String, Value>),
    /// The id of one that is gone, by deletion or into another folder.
    Gone(String),
}

impl DeltaResponse {
    /// Reads a page.
    pub fn read(service: &Service, answer: Map<String, Value>) -> Result<Changes> {
        let page = Page::parse(service, answer)?;
        let row = |object: Map<String, Value>| match (object.contains_key("@removed"), object.get("id").and_then(Value::as_str)) {
            (true, Some(id)) => Ok(DeltaChange::Removed(id.to_owned())),
            (false, _) => Ok(DeltaChange::Upserted(object)),
            (true, None) => Err(Error::new(ErrorKind::Unavailable, "Microsoft Graph answered a removed object without its id")),
        };
        let rows = page.value.into_iter().map(row).collect::<Result<_>>()?;
        let more = page.next.is_some();
        match page.next.or(page.delta) {
            Some(link) => Ok(DeltaResponse { rows, link, more }),
            None => Err(Error::new(ErrorKind::Unavailable, "Microsoft Graph answered changes without a link to go on from")),
        }
    }
}
