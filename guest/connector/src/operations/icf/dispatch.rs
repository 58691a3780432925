//! ICF's operations, dispatched by object class.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::error::{Error, ErrorKind, Result};
use crate::graph::address::Container;
use crate::operations::connector::Connector;
use crate::operations::directory::org_contact_properties::{self, CREATE_UNSUPPORTED, OrgContactProperty};
use crate::operations::icf::distribution_list_class::build_sync_error;
use crate::operations::icf::folder_class::build_sync_request;
use crate::operations::icf::object_class::ObjectClass::{self, Contact, ContactFolder, DistributionList, OrgContact, User};
use crate::operations::icf::outcome::Updated;
use crate::operations::icf::patch::{self, PatchOperation};
use crate::operations::icf::search::{ObjectSink, Search, SearchSummary};
use crate::operations::icf::sync::{SyncDelta, SyncPage};
use crate::operations::mailbox::contacts::build_delta_request;
use crate::operations::send::page_progress::PageProgress;

impl Connector<'_> {
    /// ICF's get. Returns an object with the attributes of these names. None, and `*`, stand for those returned by default.
    pub fn get_object(&self, class: ObjectClass, uid: &str, names: &[&str]) -> Result<Map<String, Value>> {
        let mut object = match class {
            User => return self.get_user(uid, names),
            OrgContact => return self.get_org_contact_object(uid, names),
            Contact => self.get_contact_object(&self.identify_uid(uid)?, names)?,
            ContactFolder => self.get_folder_object(&self.identify_uid(uid)?)?,
            DistributionList => self.get_distribution_list_object(&self.identify_uid(uid)?)?,
        };
        object.retain(|name, _| {
            names.is_empty() || names.contains(&"*") || name.starts_with('_') || names.contains(&name.as_str())
        });
        Ok(object)
    }

    /// ICF's search. Passes each found object to `sink`.
    pub fn search_objects(&self, class: ObjectClass, search: &Search, sink: ObjectSink<'_>) -> Result<SearchSummary> {
        match class {
            User => self.search_users(search, sink).map(SearchSummary::from_cookie),
            Contact => self.search_contacts(search, sink).map(SearchSummary::from_cookie),
            ContactFolder => self.search_folders(search, sink).map(SearchSummary::from_cookie),
            OrgContact => self.search_org_contacts(search, sink),
            DistributionList => self.search_distribution_lists(search, sink).map(SearchSummary::from_cookie),
        }
    }

    /// ICF's create. Returns the new object.
    pub fn create_object(
        &self,
        class: ObjectClass,
        attributes: &Map<String, Value>,
        key: Option<&str>,
    ) -> Result<Map<String, Value>> {
        match class {
            User => Err(User.build_unsupported_error("create")),
            Contact => self.create_contact_object(attributes, key),
            ContactFolder => self.create_folder_object(attributes, key),
            OrgContact => Err(Error::new(ErrorKind::Unsupported, CREATE_UNSUPPORTED)),
            DistributionList => self.create_distribution_list_object(attributes, key),
        }
    }

    /// ICF's update. Returns the object as stored, and for a user the outcome of each value of the write-only attributes.
    pub fn update_object(
        &self,
        class: ObjectClass,
        uid: &str,
        revision: Option<&str>,
        attributes: &Map<String, Value>,
        key: Option<&str>,
    ) -> Result<Updated> {
        let object = match class {
            User => return self.update_user(uid, revision, attributes, key),
            Contact => self.update_contact_object(&self.identify_uid(uid)?, revision, attributes)?,
            ContactFolder => self.update_folder_object(&self.identify_uid(uid)?, revision, attributes)?,
            OrgContact => self.update_org_contact_object(uid, revision, attributes)?,
            DistributionList => self.update_distribution_list_object(&self.identify_uid(uid)?, revision, attributes)?,
        };
        Ok(Updated { object, outcomes: Vec::new() })
    }

    /// Updates an object with patch operations.
    pub fn patch_object(
        &self,
        class: ObjectClass,
        uid: &str,
        revision: Option<&str>,
        operations: &[PatchOperation],
        key: Option<&str>,
    ) -> Result<Updated> {
        match class {
            User => self.update_user(uid, revision, &patch::collect_written_values(operations)?, key),
            OrgContact => {
                let now = self.get_org_contact_object(uid, &[])?;
                let changed = patch::apply(operations, &now, org_contact_properties::is_collection)?;
                let is_assigned = |name: &str| OrgContactProperty::find(name).is_some_and(|property| !property.is_writable());
                patch::check_assigned(&now, &changed, is_assigned)?;
                Ok(Updated { object: self.update_org_contact_object(uid, revision, &changed)?, outcomes: Vec::new() })
            }
            Contact => {
                let object = self.patch_contact_object(&self.identify_uid(uid)?, revision, operations)?;
                Ok(Updated { object, outcomes: Vec::new() })
            }
            DistributionList => {
                let object = self.patch_distribution_list_object(&self.identify_uid(uid)?, revision, operations)?;
                Ok(Updated { object, outcomes: Vec::new() })
            }
            ContactFolder => {
                let uid = self.identify_uid(uid)?;
                let changed = patch::apply(operations, &self.get_folder_object(&uid)?, |_| false)?;
                Ok(Updated { object: self.update_folder_object(&uid, revision, &changed)?, outcomes: Vec::new() })
            }
        }
    }

    /// ICF's delete. Returns the object as it was.
    pub fn delete_object(&self, class: ObjectClass, uid: &str, revision: Option<&str>) -> Result<Map<String, Value>> {
        match class {
            User => Err(User.build_unsupported_error("delete")),
            Contact => self.delete_contact_object(&self.identify_uid(uid)?, revision),
            ContactFolder => self.delete_folder_object(&self.identify_uid(uid)?, revision),
            OrgContact => self.delete_org_contact_object(uid, revision),
            DistributionList => self.delete_distribution_list_object(&self.identify_uid(uid)?, revision),
        }
    }

    /// ICF's sync. Returns a page of the changes in a container. Organizational contacts are one collection, for any container.
    pub fn sync_objects(&self, class: ObjectClass, container: &Container, token: Option<&str>) -> Result<SyncPage> {
        match class {
            User => Err(User.build_unsupported_error("sync")),
            // The first request is checked before the user's id is read.
            Contact => {
                build_delta_request(self.service(), container, token)?;
                self.sync_contacts(&self.identify_container(container)?, token)
            }
            ContactFolder => {
                build_sync_request(self.service(), container, token)?;
                self.sync_folders(&self.identify_container(container)?, token)
            }
            OrgContact => self.sync_org_contacts(token),
            DistributionList => Err(build_sync_error()),
        }
    }

    /// ICF's latest sync token. Returns a token for the changes in a container from now on.
    pub fn get_latest_sync_token(&self, class: ObjectClass, container: &Container) -> Result<String> {
        let (mut token, mut progress) = (None, PageProgress::default());
        loop {
            let page = self.sync_objects(class, container, token.as_deref())?;
            if !page.more {
                return Ok(page.token);
            }
            for change in &page.changes {
                progress.add(change.uid());
            }
            progress.follow(&page.token)?;
            token = Some(page.token);
        }
    }

    /// Returns the changes in a container since its objects had these revisions, by uid. It enumerates all objects, for expired
    /// tokens and for clouds without delta queries.
    pub fn reconcile(
        &self,
        class: ObjectClass,
        container: &Container,
        known: &BTreeMap<String, String>,
    ) -> Result<Vec<SyncDelta>> {
        match class {
            User => Err(User.build_unsupported_error("reconcile")),
            Contact => self.reconcile_contacts(&self.identify_container(container)?, known),
            ContactFolder => self.reconcile_folders(&self.identify_container(container)?, known),
            OrgContact => self.reconcile_org_contacts(known),
            DistributionList => self.reconcile_distribution_lists(container, known),
        }
    }
}
