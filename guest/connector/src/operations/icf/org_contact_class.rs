//! The ICF object class `orgContact`: an organizational contact, an entry of the tenant's directory for someone outside the
//! tenant.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::error::{ErrorKind, Result};
use crate::graph::delta::DeltaChange;
use crate::graph::directory_objects::{self, Collection, MAX_PAGE_SIZE, QueryOptions};
use crate::graph::org_contacts;
use crate::graph::request::GraphRequest;
use crate::graph::service::Service;
use crate::operations::connector::Connector;
use crate::operations::directory::org_contact_properties::MANAGER;
use crate::operations::directory::org_contact_properties::RELATIONSHIPS;
use crate::operations::directory::org_contacts::build_delete_requests;
use crate::operations::icf::attribute::Attribute;
use crate::operations::icf::directory_row::build_object;
use crate::operations::icf::object_class::ObjectClass::OrgContact;
use crate::operations::icf::org_contact_attributes::ORG_CONTACT;
use crate::operations::icf::org_contact_search::{build_list_request, emit_single, find_required_id};
use crate::operations::icf::search::{ObjectSink, Search, SearchSummary};
use crate::operations::icf::sync::{SyncDelta, SyncPage};
use crate::operations::send::delta::resume;

/// Returns the named attributes of the contact itself, without relationships. No names stand for those returned by default.
fn list_own_attributes(names: &[&str]) -> Vec<&'static str> {
    let all = names.is_empty() || names.contains(&"*");
    let is_requested = |a: &&Attribute| (all && a.is_returned_by_default()) || names.contains(&a.name);
    ORG_CONTACT.iter().filter(is_requested).map(|a| a.name).filter(|name| !RELATIONSHIPS.contains(name)).collect()
}

/// Returns the names with `id`, for a selection.
fn with_id(names: &[&'static str]) -> Vec<&'static str> {
    std::iter::once("id").chain(names.iter().copied()).collect()
}

/// Creates the requests that read a contact; of a list of related objects only the first page.
pub fn build_get_requests(service: &Service, id: &str, names: &[&str]) -> Result<Vec<GraphRequest>> {
    let read = org_contacts::get(service, id, &with_id(&list_own_attributes(names)));
    let related = RELATIONSHIPS.iter().filter(|name| names.contains(name));
    std::iter::once(read).chain(related.map(|name| org_contacts::list_related(service, id, name, &["id"]))).collect()
}

/// Creates the first request of a search.
pub fn build_search_request(service: &Service, search: &Search) -> Result<GraphRequest> {
    let select = list_own_attributes(&search.list_needed_attributes());
    match find_required_id(search) {
        Some(id) => org_contacts::get(service, id, &with_id(&select)),
        None => build_list_request(service, search, with_id(&select)),
    }
}

/// Creates the request that lists all contacts, for a comparison.
pub fn build_reconcile_request(service: &Service) -> Result<GraphRequest> {
    let options =
        QueryOptions { select: with_id(&list_own_attributes(&[])), top: Some(MAX_PAGE_SIZE), ..QueryOptions::default() };
    directory_objects::list(service, Collection::Contacts, &options)
}

/// Creates the request for a page of changes.
pub fn build_sync_request(service: &Service, token: Option<&str>) -> Result<GraphRequest> {
    resume(org_contacts::get_delta(service, &with_id(&list_own_attributes(&[])))?, token)
}

impl Connector<'_> {
    /// Returns a contact. Unknown names are ignored.
    pub(in crate::operations) fn get_org_contact_object(&self, id: &str, names: &[&str]) -> Result<Map<String, Value>> {
        let own = list_own_attributes(names);
        let row = self.send(&org_contacts::get(self.service(), id, &with_id(&own))?)?;
        let mut contact = build_object(row, &own)?;
        for name in RELATIONSHIPS.iter().filter(|name| names.contains(name)) {
            if let Some(value) = self.list_related_ids(id, name)? {
                contact.insert((*name).to_owned(), value);
            }
        }
        Ok(contact)
    }

    /// Returns the ids of the related objects: an array, or the single id of the manager.
    fn list_related_ids(&self, id: &str, relationship: &str) -> Result<Option<Value>> {
        let id_of = |object: &Map<String, Value>| object.get("id").cloned().unwrap_or_default();
        if relationship == MANAGER {
            return match self.send(&org_contacts::list_related(self.service(), id, MANAGER, &["id"])?) {
                Ok(manager) => Ok(Some(id_of(&manager))),
                Err(error) if error.kind == ErrorKind::UnknownUid => Ok(None),
                Err(error) => Err(error),
            };
        }
        let related = self.list_all_pages(&org_contacts::list_related(self.service(), id, relationship, &["id"])?)?;
        Ok(Some(related.iter().map(id_of).collect()))
    }

    /// Searches the contacts of the tenant.
    pub(in crate::operations) fn search_org_contacts(&self, search: &Search, sink: ObjectSink<'_>) -> Result<SearchSummary> {
        let is_known = |name: &str| name == "_id" || list_own_attributes(&[]).contains(&name);
        search.check_attributes("orgContact", is_known, |name| {
            ORG_CONTACT.iter().any(|a| a.name == name && !a.is_returned_by_default())
        })?;
        let related: Vec<&str> = RELATIONSHIPS.into_iter().filter(|name| search.attributes.iter().any(|a| a == name)).collect();
        let mut names = list_own_attributes(&search.list_needed_attributes());
        if let Some(id) = find_required_id(search) {
            names.extend(&related);
            return emit_single(search, self.get_org_contact_object(id, &names), sink);
        }
        self.search_directory(search, Some(names), &mut |mut contact| {
            let id = contact.get("_id").and_then(Value::as_str).unwrap_or_default().to_owned();
            for name in &related {
                if let Some(value) = self.list_related_ids(&id, name)? {
                    contact.insert((*name).to_owned(), value);
                }
            }
            sink(contact)
        })
    }

    /// Updates attributes of a contact. Returns it as stored.
    pub(in crate::operations) fn update_org_contact_object(
        &self,
        id: &str,
        revision: Option<&str>,
        attributes: &Map<String, Value>,
    ) -> Result<Map<String, Value>> {
        OrgContact.check_no_revision(revision)?;
        let stored = self.get_org_contact_object(id, &[])?;
        self.write_org_contact(id, stored, attributes, &|| self.get_org_contact_object(id, &[]))
    }

    /// Deletes a contact. Returns it as it was.
    pub(in crate::operations) fn delete_org_contact_object(
        &self,
        id: &str,
        revision: Option<&str>,
    ) -> Result<Map<String, Value>> {
        OrgContact.check_no_revision(revision)?;
        let stored = self.get_org_contact_object(id, &[])?;
        self.check_org_contact_authority(id, &stored)?;
        let [read, delete] = build_delete_requests(self.service(), id)?;
        self.delete_existing(&delete, &read)?;
        Ok(stored)
    }

    /// Returns a page of the changes of the tenant's contacts since `token`.
    pub(in crate::operations) fn sync_org_contacts(&self, token: Option<&str>) -> Result<SyncPage> {
        let names = list_own_attributes(&[]);
        self.fetch_delta_page(&build_sync_request(self.service(), token)?, |row| match row {
            DeltaChange::Upserted(row) => {
                let id = row.get("id").cloned();
                let mut contact = build_object(row, &names).unwrap_or_default();
                contact.entry("_id".to_owned()).or_insert_with(|| id.unwrap_or_default());
                SyncDelta::CreateOrUpdate(contact)
            }
            DeltaChange::Removed(id) => SyncDelta::Delete(id),
        })
    }

    /// Returns the changes of the tenant's contacts compared to the known ones: all contacts, which have no revision, and removed
    /// ones.
    pub(in crate::operations) fn reconcile_org_contacts(&self, known: &BTreeMap<String, String>) -> Result<Vec<SyncDelta>> {
        let mut removed = known.clone();
        let mut changes = Vec::new();
        for row in self.list_all_pages(&build_reconcile_request(self.service())?)? {
            let contact = build_object(row, &list_own_attributes(&[]))?;
            removed.remove(contact.get("_id").and_then(Value::as_str).unwrap_or_default());
            changes.push(SyncDelta::CreateOrUpdate(contact));
        }
        changes.extend(removed.into_keys().map(SyncDelta::Delete));
        Ok(changes)
    }
}
