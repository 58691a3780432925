//! The operations on contact folders.
//! <https://learn.microsoft.com/en-us/graph/api/resources/contactfolder?view=graph-rest-1.0#methods>
//!
//! A folder is addressed by its id alone, at whatever depth it lies: an id is good in the whole mailbox (as alcionai/corso uses
//! it), and delta queries name nothing else.

use serde_json::{Map, Value};

use super::address::{Container, Mailbox, folder_path};
use super::contacts::list_next;
use super::request::GraphRequest;
use super::service::Service;
use crate::error::Result;

/// `GET .../contactFolders`, or `.../childFolders` of a folder: the folders directly inside. v1.0 leaves out the default folder.
/// <https://learn.microsoft.com/en-us/graph/api/user-list-contactfolders?view=graph-rest-1.0>
pub fn list(service: &Service, inside: &Container) -> Result<GraphRequest> {
    list_next(service.address(&inside.folders_path()?))
}

/// `GET .../contactFolders/{id}` <https://learn.microsoft.com/en-us/graph/api/contactfolder-get?view=graph-rest-1.0>
pub fn get(service: &Service, mailbox: &Mailbox, id: &str) -> Result<GraphRequest> {
    GraphRequest::get(service.address(&folder_path(mailbox, id)?), &[])
}

/// `POST .../contactFolders` or `.../childFolders`
/// <https://learn.microsoft.com/en-us/graph/api/user-post-contactfolders?view=graph-rest-1.0>
pub fn create(service: &Service, inside: &Container, body: Map<String, Value>) -> Result<GraphRequest> {
    GraphRequest::post(service.address(&inside.folders_path()?), &[], body.into())
}

/// `PATCH .../contactFolders/{id}` <https://learn.microsoft.com/en-us/graph/api/contactfolder-update?view=graph-rest-1.0>
pub fn update(service: &Service, mailbox: &Mailbox, id: &str, body: Map<String, Value>) -> Result<GraphRequest> {
    GraphRequest::patch(service.address(&folder_path(mailbox, id)?), &[], body.into())
}

/// `DELETE .../contactFolders/{id}`: the folder, what is in it, and the folders inside it.
/// <https://learn.microsoft.com/en-us/graph/api/contactfolder-delete?view=graph-rest-1.0>
pub fn delete(service: &Service, mailbox: &Mailbox, id: &str) -> Result<GraphRequest> {
    GraphRequest::delete(service.address(&folder_path(mailbox, id)?), &[])
}

/// `POST .../contactFolders/{id}/permanentDelete`, after which nothing is in Deleted Items.
/// <https://learn.microsoft.com/en-us/graph/api/contactfolder-permanentdelete?view=graph-rest-1.0>
pub fn permanent_delete(service: &Service, mailbox: &Mailbox, id: &str) -> Result<GraphRequest> {
    GraphRequest::post_empty(service.address(&format!("{}/permanentDelete", folder_path(mailbox, id)?)), &[])
}
