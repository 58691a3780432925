//! The operations on contact folders.
//! <https://learn.microsoft.com/en-us/graph/api/resources/contactfolder?view=graph-rest-1.0#methods>
//!
//! The address of a folder has only its id, at any depth: an id is valid in the whole mailbox (alcionai/corso uses it so), and
//! delta queries return nothing else.

use serde_json::{Map, Value};

use super::address::{Container, Mailbox, build_folder_path};
use super::contacts::list_next;
use super::request::GraphRequest;
use super::service::Service;
use crate::error::Result;

/// Creates `GET .../contactFolders`, or `.../childFolders` of a folder: the folders directly inside. v1.0 omits the default
/// folder.
/// <https://learn.microsoft.com/en-us/graph/api/user-list-contactfolders?view=graph-rest-1.0>
pub fn list(service: &Service, inside: &Container) -> Result<GraphRequest> {
    list_next(service.address(&inside.folders_path()?))
}

/// Creates `GET .../contactFolders/{id}` <https://learn.microsoft.com/en-us/graph/api/contactfolder-get?view=graph-rest-1.0>
pub fn get(service: &Service, mailbox: &Mailbox, id: &str) -> Result<GraphRequest> {
    GraphRequest::get(service.address(&build_folder_path(mailbox, id)?), &[])
}

/// Creates `POST .../contactFolders` or `.../childFolders`
/// <https://learn.microsoft.com/en-us/graph/api/user-post-contactfolders?view=graph-rest-1.0>
pub fn create(service: &Service, inside: &Container, body: Map<String, Value>) -> Result<GraphRequest> {
    GraphRequest::post(service.address(&inside.folders_path()?), &[], body.into())
}

/// Creates `PATCH .../contactFolders/{id}` <https://learn.microsoft.com/en-us/graph/api/contactfolder-update?view=graph-rest-1.0>
pub fn update(service: &Service, mailbox: &Mailbox, id: &str, body: Map<String, Value>) -> Result<GraphRequest> {
    GraphRequest::patch(service.address(&build_folder_path(mailbox, id)?), &[], body.into())
}

/// Creates `DELETE .../contactFolders/{id}`: the folder, its contacts and its folders.
/// <https://learn.microsoft.com/en-us/graph/api/contactfolder-delete?view=graph-rest-1.0>
pub fn delete(service: &Service, mailbox: &Mailbox, id: &str) -> Result<GraphRequest> {
    GraphRequest::delete(service.address(&build_folder_path(mailbox, id)?), &[])
}

/// Creates `POST .../contactFolders/{id}/permanentDelete`, which leaves nothing in Deleted Items.
/// <https://learn.microsoft.com/en-us/graph/api/contactfolder-permanentdelete?view=graph-rest-1.0>
pub fn permanent_delete(service: &Service, mailbox: &Mailbox, id: &str) -> Result<GraphRequest> {
    GraphRequest::post_deletion(service.address(&format!("{}/permanentDelete", build_folder_path(mailbox, id)?)), &[])
}
