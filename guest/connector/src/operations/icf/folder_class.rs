//! The ICF object class `contactFolder`: a contact folder, in the mailbox that its uid names.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::contact::complex_type::ComplexType;
use crate::contact::folder::FolderChanges;
use crate::contact::{Folder, folder};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::address::Container;
use crate::graph::delta::{self, DeltaChange};
use crate::graph::folders;
use crate::graph::request::GraphRequest;
use crate::graph::service::Service;
use crate::operations::connector::Connector;
use crate::operations::icf::contact_search::find_searched_mailbox;
use crate::operations::icf::container::{MAILBOX, take_container};
use crate::operations::icf::object_class::ObjectClass::ContactFolder;
use crate::operations::icf::row_search::check_cookie;
use crate::operations::icf::search::{ObjectSink, Search};
use crate::operations::icf::sync::{SyncDelta, SyncPage, index_by_id};
use crate::operations::icf::uid::Uid;
use crate::operations::send::delta::resume;

impl Connector<'_> {
    /// Returns a folder.
    pub fn get_folder_object(&self, uid: &Uid) -> Result<Map<String, Value>> {
        let folder = self.get_folder(&uid.container.mailbox, &uid.id)?;
        Ok(self.build_folder_object(&uid.container, &folder))
    }

    /// Creates a folder in `mailbox`, inside the last of `folders`, if there are any. Its name is its key: the same creation sent
    /// again is an error `already-exists`.
    pub(in crate::operations) fn create_folder_object(
        &self,
        attributes: &Map<String, Value>,
        key: Option<&str>,
    ) -> Result<Map<String, Value>> {
        if key.is_some() {
            let problem = "a folder has no key: already-exists says that it was created before";
            return Err(Error::new(ErrorKind::Unsupported, problem));
        }
        let (inside, name) = self.parse_new_folder(attributes)?;
        let inside = self.identify_container(&inside)?;
        let created = self.create_folder(&inside, &name)?;
        Ok(self.build_folder_object(&inside, &created))
    }

    /// Parses the attributes of a new object: its container, and the name of the folder.
    pub fn parse_new_folder(&self, attributes: &Map<String, Value>) -> Result<(Container, String)> {
        let mut attributes = attributes.clone();
        let inside = take_container(&mut attributes)?;
        let name = folder::parse_changes(&attributes, &Map::new(), self.service().version)?.display_name;
        let missing =
            || Error::invalid_attribute("displayName", "Required attribute 'displayName' value is null: name the folder");
        Ok((inside, name.ok_or_else(missing)?))
    }

    /// Gives a folder the name and the parent folder in the attributes. Returns it as stored.
    pub(in crate::operations) fn update_folder_object(
        &self,
        uid: &Uid,
        revision: Option<&str>,
        attributes: &Map<String, Value>,
    ) -> Result<Map<String, Value>> {
        ContactFolder.check_no_revision(revision)?;
        let stored = self.get_folder_object(uid)?;
        let attributes = &self.identify_attributes(uid, attributes)?;
        let changes = folder::parse_changes(attributes, &stored, self.service().version)?;
        if changes == FolderChanges::default() {
            return Ok(stored);
        }
        let updated = self.update_folder(&uid.container.mailbox, &uid.id, &changes)?;
        Ok(self.build_folder_object(&uid.container, &updated))
    }

    /// Deletes a folder with its contents. Returns it as it was.
    pub(in crate::operations) fn delete_folder_object(&self, uid: &Uid, revision: Option<&str>) -> Result<Map<String, Value>> {
        ContactFolder.check_no_revision(revision)?;
        let stored = self.get_folder_object(uid)?;
        let delete = folders::delete(self.service(), &uid.container.mailbox, &uid.id)?;
        self.delete_existing(&delete, &build_read_request(self.service(), uid)?)?;
        Ok(stored)
    }

    /// Searches the folders of the mailbox that the filter names, at any depth.
    pub(in crate::operations) fn search_folders(&self, search: &Search, sink: ObjectSink<'_>) -> Result<Option<String>> {
        let is_known = |name: &str| matches!(name, "_id" | MAILBOX) || Folder::PARTS.iter().any(|part| part.name == name);
        search.check_attributes("contactFolder", is_known, |_| false)?;
        check_cookie(search)?;
        let search = &self.identify_search(search)?;
        let (collection, objects) = match search.find_required_value("_id") {
            Some(id) => (
                id.to_owned(),
                match Uid::decode(id).and_then(|uid| self.get_folder_object(&uid)) {
                    Err(error) if error.kind == ErrorKind::UnknownUid => Vec::new(),
                    found => vec![found?],
                },
            ),
            None => {
                let container = Container::from_mailbox(find_searched_mailbox(search)?);
                let folders = self.list_folder_tree(&container.mailbox)?;
                let objects = folders.iter().map(|folder| self.build_folder_object(&container, folder)).collect();
                (container.folders_path()?, objects)
            }
        };
        self.search_in_memory(search, &collection, objects, sink)
    }

    /// Returns a page of the changes since `token` of the folders of a mailbox, at any depth, or of those directly inside a
    /// folder.
    pub(in crate::operations) fn sync_folders(&self, container: &Container, token: Option<&str>) -> Result<SyncPage> {
        self.fetch_delta_page(&build_sync_request(self.service(), container, token)?, |row| match row {
            DeltaChange::Upserted(row) => {
                SyncDelta::CreateOrUpdate(self.build_folder_object(container, &folder::parse_response(&row)))
            }
            DeltaChange::Removed(id) => SyncDelta::Delete(build_uid(container, id).encode()),
        })
    }

    /// Returns the changes in a container compared to the known folders: all folders, which have no revision, and removed ones.
    pub(in crate::operations) fn reconcile_folders(
        &self,
        container: &Container,
        known: &BTreeMap<String, String>,
    ) -> Result<Vec<SyncDelta>> {
        let mut removed = index_by_id(known);
        let mut changes = Vec::new();
        for folder in self.list_folders_below(container)? {
            let object = self.build_folder_object(container, &folder);
            removed.remove(folder.id.value().map(String::as_str).unwrap_or_default());
            changes.push(SyncDelta::CreateOrUpdate(object));
        }
        changes.extend(removed.into_values().map(|(uid, _)| SyncDelta::Delete(uid.to_owned())));
        Ok(changes)
    }

    /// Returns a folder as an object of the class. Its uid has the mailbox and the id, and not the parent folder.
    fn build_folder_object(&self, container: &Container, folder: &Folder) -> Map<String, Value> {
        let id = folder.id.value().cloned().unwrap_or_default();
        let uid = build_uid(container, id).encode();
        let mut object = Map::from_iter([("_id".to_owned(), json!(uid)), (MAILBOX.to_owned(), json!(container.mailbox.name()))]);
        object.extend(folder::write_for_caller(folder, self.service().version));
        object
    }
}

fn build_uid(container: &Container, id: String) -> Uid {
    Uid { container: Container::from_mailbox(container.mailbox.clone()), id }
}

/// Creates the request for a page of changes.
pub fn build_sync_request(service: &Service, container: &Container, token: Option<&str>) -> Result<GraphRequest> {
    resume(delta::get_folders_delta(service, container)?, token)
}

/// Creates the first request of a search.
pub fn build_search_request(service: &Service, search: &Search) -> Result<GraphRequest> {
    match search.find_required_value("_id") {
        Some(id) => build_read_request(service, &Uid::decode(id)?),
        None => folders::list(service, &Container::from_mailbox(find_searched_mailbox(search)?)),
    }
}

/// Creates the request that reads a folder.
pub fn build_read_request(service: &Service, uid: &Uid) -> Result<GraphRequest> {
    folders::get(service, &uid.container.mailbox, &uid.id)
}
