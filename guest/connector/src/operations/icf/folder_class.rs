//! The ICF object class `contactFolder`: a folder of contacts in the mailbox that its uid names.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::contact::complex_type::ComplexType;
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
use crate::operations::icf::search::{ObjectSink, Search};
use crate::operations::icf::sync::{SyncDelta, SyncPage};
use crate::operations::icf::uid::Uid;
use crate::operations::send::delta::resume;

impl Connector<'_> {
    /// One folder.
    pub fn get_folder_object(&self, uid: &Uid) -> Result<Map<String, Value>> {
        let folder = self.get_folder(&uid.container.mailbox, &uid.id)?;
        Ok(self.build_folder_object(&uid.container, &folder))
    }

    /// Creates a folder: in `mailbox`, inside the last of `folders` where there are any. Its name is its key: a repeated creation
    /// is `already-exists`.
    pub(in crate::operations) fn create_folder_object(
        &self,
        attributes: &Map<String, Value>,
        key: Option<&str>,
    ) -> Result<Map<String, Value>> {
        if key.is_some() {
            let problem = "a folder is created without a key: where it was created before, already-exists tells";
            return Err(Error::new(ErrorKind::Unsupported, problem));
        }
        let (inside, name) = self.parse_new_folder(attributes)?;
        let created = self.create_folder(&inside, &name)?;
        Ok(self.build_folder_object(&inside, &created))
    }

    /// The name of the folder that the attributes of a new object describe, and where it is to be.
    pub fn parse_new_folder(&self, attributes: &Map<String, Value>) -> Result<(Container, String)> {
        let mut attributes = attributes.clone();
        let inside = take_container(&mut attributes)?;
        let name = folder::parse_name(&attributes, &Map::new(), self.service().version)?;
        let missing =
            || Error::invalid_attribute("displayName", "Required attribute 'displayName' value is null: name the folder");
        Ok((inside, name.ok_or_else(missing)?))
    }

    /// Gives a folder the name that the attributes say.
    pub(in crate::operations) fn update_folder_object(
        &self,
        uid: &Uid,
        revision: Option<&str>,
        attributes: &Map<String, Value>,
    ) -> Result<Map<String, Value>> {
        ContactFolder.check_no_revision(revision)?;
        let stored = self.get_folder_object(uid)?;
        let name = folder::parse_name(attributes, &stored, self.service().version)?;
        match name.filter(|name| stored.get("displayName").and_then(Value::as_str) != Some(name)) {
            None => Ok(stored),
            Some(name) => {
                let renamed = self.rename_folder(&uid.container.mailbox, &uid.id, &name)?;
                Ok(self.build_folder_object(&uid.container, &renamed))
            }
        }
    }

    /// Deletes a folder with what is in it, and gives it as it was.
    pub(in crate::operations) fn delete_folder_object(&self, uid: &Uid, revision: Option<&str>) -> Result<Map<String, Value>> {
        ContactFolder.check_no_revision(revision)?;
        let stored = self.get_folder_object(uid)?;
        self.delete_folder(&uid.container.mailbox, &uid.id, false)?;
        Ok(stored)
    }

    /// Searches the folders of the mailbox that the filter names, at any depth.
    pub(in crate::operations) fn search_folders(&self, search: &Search, each: ObjectSink<'_>) -> Result<Option<String>> {
        search.check_attributes("contactFolder", |name| {
            matches!(name, "_id" | MAILBOX) || Folder::PARTS.iter().any(|part| part.name == name)
        })?;
        let objects = match search.find_required_value("_id") {
            Some(id) => match Uid::decode(id).and_then(|uid| self.get_folder_object(&uid)) {
                Err(error) if error.kind == ErrorKind::UnknownUid => Vec::new(),
                found => vec![found?],
            },
            None => {
                let container = Container::from_mailbox(find_searched_mailbox(search)?);
                let folders = self.list_folder_tree(&container.mailbox)?;
                folders.iter().map(|folder| self.build_folder_object(&container, folder)).collect()
            }
        };
        self.search_among(search, objects, each)
    }

    /// What has changed among the folders of a mailbox, at any depth, or directly inside a folder, since `token` was given.
    pub(in crate::operations) fn sync_folders(&self, container: &Container, token: Option<&str>) -> Result<SyncPage> {
        self.fetch_delta_page(&build_sync_request(self.service(), container, token)?, |row| match row {
            DeltaChange::Upserted(row) => {
                SyncDelta::CreateOrUpdate(self.build_folder_object(container, &folder::parse_response(&row)))
            }
            DeltaChange::Removed(id) => SyncDelta::Delete(uid(container, id).encode()),
        })
    }

    /// The folders of a container, at any depth, and which of the known ones are gone. A folder has no revision, so that each
    /// that is there is told.
    pub(in crate::operations) fn reconcile_folders(
        &self,
        container: &Container,
        known: &BTreeMap<String, String>,
    ) -> Result<Vec<SyncDelta>> {
        let mut gone = known.clone();
        let mut deltas = Vec::new();
        for folder in self.list_folders_below(container)? {
            let object = self.build_folder_object(container, &folder);
            gone.remove(object.get("_id").and_then(Value::as_str).unwrap_or_default());
            deltas.push(SyncDelta::CreateOrUpdate(object));
        }
        deltas.extend(gone.into_keys().map(SyncDelta::Delete));
        Ok(deltas)
    }

    /// A folder as an object of the class. Its uid names mailbox and folder: where the folder lies is no part of it.
    fn build_folder_object(&self, container: &Container, folder: &Folder) -> Map<String, Value> {
        let id = folder.id.value().cloned().unwrap_or_default();
        let uid = uid(container, id).encode();
        let mut object = Map::from_iter([("_id".to_owned(), json!(uid)), (MAILBOX.to_owned(), json!(container.mailbox.name()))]);
        object.extend(folder::write_for_caller(folder, self.service().version));
        object
    }
}

fn uid(container: &Container, id: String) -> Uid {
    Uid { container: Container::from_mailbox(container.mailbox.clone()), id }
}

/// The request that gives a page of changes.
pub fn build_sync_request(service: &Service, container: &Container, token: Option<&str>) -> Result<GraphRequest> {
    resume(delta::get_folders_delta(service, container)?, token)
}

/// The first request of a search.
pub fn build_search_request(service: &Service, search: &Search) -> Result<GraphRequest> {
    match search.find_required_value("_id") {
        Some(id) => build_read_request(service, &Uid::decode(id)?),
        None => folders::list(service, &Container::from_mailbox(find_searched_mailbox(search)?)),
    }
}

/// The request by which a folder is read.
pub fn build_read_request(service: &Service, uid: &Uid) -> Result<GraphRequest> {
    folders::get(service, &uid.container.mailbox, &uid.id)
}
