//! Operations on contact folders.

use crate::contact::{Folder, folder};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::address::{Container, Mailbox};
use crate::graph::page::Page;
use crate::graph::request::GraphRequest;
use crate::graph::{cloud, contacts, folders};
use crate::operations::connector::Connector;

impl Connector<'_> {
    /// The folders directly inside a container. v1.0 leaves out the default folder, and beta shows it among those of the mailbox.
    pub fn list_folders(&self, inside: &Container) -> Result<Vec<Folder>> {
        self.folder_pages(folders::list(self.service, inside)?)
    }

    /// Every folder of a mailbox, at any depth, parents before their children; the default folder only in beta.
    pub fn list_folder_tree(&self, mailbox: &Mailbox) -> Result<Vec<Folder>> {
        self.folders_below(&Container::from_mailbox(mailbox.clone()))
    }

    /// Every folder inside a container, at any depth, parents before their children.
    pub(in crate::operations) fn folders_below(&self, inside: &Container) -> Result<Vec<Folder>> {
        let mut level = self.list_folders(inside)?;
        let mut all: Vec<Folder> = Vec::new();
        while !level.is_empty() {
            // What is inside the default folder is listed beside it.
            let parents = level.iter().filter(|folder| folder.well_known_name.value().is_none()).filter_map(|f| f.id.value());
            let inside = |id: &String| Container { mailbox: inside.mailbox.clone(), folders: vec![id.clone()] };
            let requests: Vec<GraphRequest> =
                parents.map(|id| folders::list(self.service, &inside(id))).collect::<Result<_>>()?;
            all.append(&mut level);
            for answer in self.send_all(&requests) {
                let page = Page::parse(self.service, answer?)?;
                level.extend(page.value.iter().map(folder::parse_response));
                if let Some(link) = page.next {
                    level.extend(self.folder_pages(contacts::list_next(link)?)?);
                }
            }
            // Where the service answers a folder as its own descendant, this would not end.
            level.retain(|folder| !all.iter().any(|known| known.id == folder.id));
        }
        Ok(all)
    }

    fn folder_pages(&self, mut request: GraphRequest) -> Result<Vec<Folder>> {
        let mut all = Vec::new();
        loop {
            let page = Page::parse(self.service, self.send(&request)?)?;
            all.extend(page.value.iter().map(folder::parse_response));
            match page.next {
                Some(link) => request = contacts::list_next(link)?,
                None => return Ok(all),
            }
        }
    }

    /// One folder.
    pub fn get_folder(&self, mailbox: &Mailbox, id: &str) -> Result<Folder> {
        let answer = self.send(&folders::get(self.service, mailbox, id)?).map_err(|error| about(id, error))?;
        Ok(folder::parse_response(&answer))
    }

    /// Creates a folder inside a container, and gives it as it was stored. `already-exists` where there is one of that name.
    ///
    /// A creation whose answer gets lost is not repeated: the error says that there may be the folder, and the name tells.
    pub fn create_folder(&self, inside: &Container, display_name: &str) -> Result<Folder> {
        let body = folder::write_body(display_name)?;
        Ok(folder::parse_response(&self.send(&folders::create(self.service, inside, body)?)?))
    }

    /// Gives a folder another name, and gives it as it now is.
    pub fn rename_folder(&self, mailbox: &Mailbox, id: &str, display_name: &str) -> Result<Folder> {
        let body = folder::write_body(display_name)?;
        let answer = self.send(&folders::update(self.service, mailbox, id, body)?).map_err(|error| about(id, error))?;
        Ok(folder::parse_response(&answer))
    }

    /// Deletes a folder, with the contacts and folders in it; `permanently` so that they are not in Deleted Items either.
    pub fn delete_folder(&self, mailbox: &Mailbox, id: &str, permanently: bool) -> Result<()> {
        let request = if permanently {
            self.permanent()?;
            folders::permanent_delete(self.service, mailbox, id)?
        } else {
            folders::delete(self.service, mailbox, id)?
        };
        self.send(&request).map(|_| ()).map_err(|error| about(id, error))
    }

    /// Checks that the cloud can delete permanently.
    pub(in crate::operations) fn permanent(&self) -> Result<()> {
        let service = self.service;
        cloud::require(service.cloud, service.cloud.has_permanent_delete, "permanentDelete", "delete without it")
    }
}

/// The error, which says which folder it is about where the service does not know that folder.
fn about(id: &str, error: Error) -> Error {
    match error.kind {
        ErrorKind::UnknownUid if error.is_unknown_item() => {
            Error { message: format!("there is no contact folder {id} in the mailbox: {}", error.message), ..error }
        }
        _ => error,
    }
}
