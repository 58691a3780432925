//! Operations on contact folders.

use serde_json::{Map, Value};

use crate::contact::folder::FolderChanges;
use crate::contact::{Folder, folder};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::address::{Container, Mailbox};
use crate::graph::request::GraphRequest;
use crate::graph::service::Service;
use crate::graph::{cloud, folders, response};
use crate::operations::connector::Connector;
use crate::operations::send::create::FailedCreation;
use crate::operations::send::evidence::Evidence;

impl Connector<'_> {
    /// Returns the folders directly inside a container. v1.0 omits the default folder; beta lists it in the mailbox.
    pub fn list_folders(&self, inside: &Container) -> Result<Vec<Folder>> {
        let rows = self.list_all_pages(&folders::list(self.service, inside)?)?;
        rows.into_iter().map(parse_stored).collect()
    }

    /// Returns all folders of a mailbox, at any depth, parents before their children. Only beta has the default folder.
    pub fn list_folder_tree(&self, mailbox: &Mailbox) -> Result<Vec<Folder>> {
        self.list_folders_below(&Container::from_mailbox(mailbox.clone()))
    }

    /// Returns all folders inside a container, at any depth, parents before their children.
    pub(in crate::operations) fn list_folders_below(&self, inside: &Container) -> Result<Vec<Folder>> {
        let mut level = self.list_folders(inside)?;
        let mut all: Vec<Folder> = Vec::new();
        while !level.is_empty() {
            // The service lists the folders of the default folder beside it.
            let parents = level.iter().filter(|folder| folder.well_known_name.value().is_none()).filter_map(|f| f.id.value());
            let inside = |id: &String| Container { mailbox: inside.mailbox.clone(), folders: vec![id.clone()] };
            let requests: Vec<GraphRequest> =
                parents.map(|id| folders::list(self.service, &inside(id))).collect::<Result<_>>()?;
            all.append(&mut level);
            for (request, result) in requests.iter().zip(self.send_all(&requests)) {
                let rows = self.list_all_pages_after(request, result?)?;
                level.append(&mut rows.into_iter().map(parse_stored).collect::<Result<_>>()?);
            }
            // Without this, a service that returns a folder as its own descendant would cause an endless loop.
            level.retain(|folder| !all.iter().any(|known| known.id == folder.id));
        }
        Ok(all)
    }

    /// Returns a folder.
    pub fn get_folder(&self, mailbox: &Mailbox, id: &str) -> Result<Folder> {
        let object = self.send(&folders::get(self.service, mailbox, id)?).map_err(|error| add_folder_id(id, error))?;
        parse_stored(object)
    }

    /// Creates a folder inside a container, exactly once. Returns it as stored. `already-exists` if there is one with that name.
    ///
    /// Its name identifies it. So the folders are read first: one that is found after a failure, and was not there before, is
    /// this one.
    pub fn create_folder(&self, inside: &Container, display_name: &str) -> Result<Folder> {
        let [_, create] = build_create_requests(self.service, inside, display_name)?;
        if self.find_folder(inside, display_name)?.is_some() {
            let problem = format!("a contact folder {display_name} exists already: choose another name");
            return Err(Error::new(ErrorKind::AlreadyExists, problem));
        }
        let look = |failed: &FailedCreation| {
            let found = self.find_folder(inside, display_name)?;
            Ok(match found {
                None => Evidence::NotDone,
                // Somebody else may have created it in between.
                Some(_) if failed.error.kind == ErrorKind::AlreadyExists && !failed.failed_before => Evidence::Unknown,
                Some(row) => Evidence::Done(row),
            })
        };
        parse_stored(self.create_one(create, |object| response::check_id(object, "a contact folder"), &look)?)
    }

    /// Returns the folder with that name directly inside a container. The service compares names without case.
    fn find_folder(&self, inside: &Container, display_name: &str) -> Result<Option<Map<String, Value>>> {
        let name = display_name.trim().to_lowercase();
        let get_name = |row: &Map<String, Value>| row.get("displayName").and_then(Value::as_str).map(str::to_lowercase);
        let rows = self.list_all_pages(&folders::list(self.service, inside)?)?;
        Ok(rows.into_iter().find(|row| get_name(row).is_some_and(|other| other.trim() == name)))
    }

    /// Renames a folder, moves it with everything in it, or both. Returns it as stored.
    ///
    /// Fails before anything is sent to the folder if the new parent does not exist, or is the folder itself or inside it.
    pub fn update_folder(&self, mailbox: &Mailbox, id: &str, changes: &FolderChanges) -> Result<Folder> {
        let body = changes.write_body()?;
        let parent = match &changes.parent_folder_id {
            Some(parent) => Some(self.find_new_parent(mailbox, id, parent)?),
            None => None,
        };
        let updated = match self.send(&folders::update(self.service, mailbox, id, body)?) {
            // Graph responds with the folder, or with nothing: 204.
            Ok(object) if object.is_empty() => self.get_folder(mailbox, id).map_err(Error::mark_after_write),
            Ok(object) => parse_stored(object).map_err(Error::mark_after_write),
            Err(error) => Err(error),
        };
        let updated = self.settle(updated, |_| {
            let now = self.get_folder(mailbox, id)?;
            let is_renamed = changes.display_name.as_ref().is_none_or(|name| now.display_name.value() == Some(name));
            let is_moved = parent.as_ref().is_none_or(|parent| now.parent_folder_id.value() == Some(parent));
            Ok(match (is_renamed, is_moved) {
                (true, true) => Evidence::Done(now),
                _ if changes.display_name.is_some() && parent.is_some() && (is_renamed || is_moved) => Evidence::Unknown,
                _ => Evidence::NotDone,
            })
        });
        let updated = updated.map_err(|error| add_folder_id(id, error))?;
        if parent.is_some_and(|parent| updated.parent_folder_id.value() != Some(&parent)) {
            let problem = format!("the service accepted the move of the contact folder {id} and did not move it");
            return Err(Error::new(ErrorKind::Unavailable, problem));
        }
        Ok(updated)
    }

    /// Returns the id of the folder that a folder is to be moved to, which can be given by its well-known name.
    fn find_new_parent(&self, mailbox: &Mailbox, id: &str, parent: &str) -> Result<String> {
        let inside = || {
            let problem = format!("{parent} is the folder itself or inside it: move the folder {id} to a folder outside of it");
            Err(Error::invalid_attribute("parentFolderId", &problem))
        };
        if parent == id {
            return inside();
        }
        let mut ancestor = self.get_folder(mailbox, parent)?;
        let found = ancestor.id.value().cloned().unwrap_or_else(|| parent.to_owned());
        let mut seen = Vec::new();
        loop {
            let here = ancestor.id.value().cloned().unwrap_or_default();
            if here == id {
                return inside();
            }
            // Without this, a service that returns a folder as its own ancestor would cause an endless loop.
            if seen.contains(&here) {
                return Ok(found);
            }
            seen.push(here);
            let Some(above) = ancestor.parent_folder_id.value().cloned() else { return Ok(found) };
            ancestor = match self.get_folder(mailbox, &above) {
                // What the default folder is in is not a folder of contacts.
                Err(error) if error.kind == ErrorKind::UnknownUid || error.is_unknown_item() => return Ok(found),
                above => above?,
            };
        }
    }

    /// Deletes a folder, with the contacts and folders in it. If `permanently`, they are not in Deleted Items.
    pub fn delete_folder(&self, mailbox: &Mailbox, id: &str, permanently: bool) -> Result<()> {
        let request = if permanently {
            self.check_permanent_delete()?;
            folders::permanent_delete(self.service, mailbox, id)?
        } else {
            folders::delete(self.service, mailbox, id)?
        };
        let deleted = self.send_deletion(&request, &folders::get(self.service, mailbox, id)?);
        deleted.map_err(|error| add_folder_id(id, error))
    }

    /// Checks that the cloud supports permanent deletion.
    pub(in crate::operations) fn check_permanent_delete(&self) -> Result<()> {
        let service = self.service;
        cloud::require(service.cloud, service.cloud.has_permanent_delete, "permanentDelete", "delete without it")
    }
}

/// Creates the requests of [`Connector::create_folder`]: the folders that exist are read first.
pub fn build_create_requests(service: &Service, inside: &Container, display_name: &str) -> Result<[GraphRequest; 2]> {
    let body = FolderChanges::rename(display_name).write_body()?;
    Ok([folders::list(service, inside)?, folders::create(service, inside, body)?])
}

/// Parses the folder in a response.
fn parse_stored(object: Map<String, Value>) -> Result<Folder> {
    response::check_id(&object, "a contact folder")?;
    Ok(folder::parse_response(&object))
}

/// Adds the id of the folder to an error that says that it does not exist.
fn add_folder_id(id: &str, error: Error) -> Error {
    match error.kind {
        ErrorKind::UnknownUid if error.is_unknown_item() => {
            Error { message: format!("no contact folder {id} exists in the mailbox: {}", error.message), ..error }
        }
        _ => error,
    }
}
