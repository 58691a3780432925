//! The ICF object class `orgContact`: an organizational contact, which the directory of the tenant has for someone outside of it.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::error::{Error, ErrorKind, Result};
use crate::graph::delta::DeltaChange;
use crate::graph::directory_objects::{self, Collection, MAX_PAGE_SIZE, QueryOptions};
use crate::graph::org_contacts;
use crate::graph::request::GraphRequest;
use crate::graph::service::Service;
use crate::operations::connector::Connector;
use crate::operations::directory::org_contact_properties::MANAGER;
use crate::operations::directory::org_contact_properties::RELATIONSHIPS;
use crate::operations::directory::org_contacts::{build_update_request, check_not_synchronized};
use crate::operations::icf::attribute::Attribute;
use crate::operations::icf::directory_row::build_object;
use crate::operations::icf::object_class::ObjectClass::OrgContact;
use crate::operations::icf::org_contact_attributes::ORG_CONTACT;
use crate::operations::icf::org_contact_search::{build_list_request, emit_single, find_required_id};
use crate::operations::icf::search::{ObjectSink, Search, SearchSummary};
use crate::operations::icf::sync::{SyncDelta, SyncPage};
use crate::operations::send::delta::resume;

/// The contact's own attributes among those that are named; where none is, those that are returned by default.
fn own(names: &[&str]) -> Vec<&'static str> {
    let all = names.is_empty() || names.contains(&"*");
    let wanted = |a: &&Attribute| (all && a.is_returned_by_default()) || names.contains(&a.name);
    ORG_CONTACT.iter().filter(wanted).map(|a| a.name).filter(|name| !RELATIONSHIPS.contains(name)).collect()
}

fn selected(names: &[&'static str]) -> Vec<&'static str> {
    std::iter::once("id").chain(names.iter().copied()).collect()
}

/// The requests by which a contact is read; of a list of those that it is related to the first page.
pub fn build_get_requests(service: &Service, id: &str, names: &[&str]) -> Result<Vec<GraphRequest>> {
    let read = org_contacts::get(service, id, &selected(&own(names)));
    let related = RELATIONSHIPS.iter().filter(|name| names.contains(name));
    std::iter::once(read).chain(related.map(|name| org_contacts::list_related(service, id, name, &["id"]))).collect()
}

/// The first request of a search.
pub fn build_search_request(service: &Service, search: &Search) -> Result<GraphRequest> {
    let select = own(&search.list_needed_attributes());
    match find_required_id(search) {
        Some(id) => org_contacts::get(service, id, &selected(&select)),
        None => build_list_request(service, search, selected(&select)),
    }
}

/// The request that lists all, for a comparison.
pub fn build_reconcile_request(service: &Service) -> Result<GraphRequest> {
    let options = QueryOptions { select: selected(&own(&[])), top: Some(MAX_PAGE_SIZE), ..QueryOptions::default() };
    directory_objects::list(service, Collection::Contacts, &options)
}

/// The request that gives a page of changes.
pub fn build_sync_request(service: &Service, token: Option<&str>) -> Result<GraphRequest> {
    resume(org_contacts::get_delta(service, &selected(&own(&[])))?, token)
}

impl Connector<'_> {
    /// One contact. Names that there are not are left out.
    pub(in crate::operations) fn get_org_contact_object(&self, id: &str, names: &[&str]) -> Result<Map<String, Value>> {
        let own = own(names);
        let answer = self.send(&org_contacts::get(self.service(), id, &selected(&own))?)?;
        let mut contact = build_object(answer, &own)?;
        for name in RELATIONSHIPS.iter().filter(|name| names.contains(name)) {
            if let Some(value) = self.related_ids(id, name)? {
                contact.insert((*name).to_owned(), value);
            }
        }
        Ok(contact)
    }

    /// The ids of those that a contact is related to; of its manager the one, where it has one.
    fn related_ids(&self, id: &str, relationship: &str) -> Result<Option<Value>> {
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
    pub(in crate::operations) fn search_org_contacts(&self, search: &Search, each: ObjectSink<'_>) -> Result<SearchSummary> {
        let known = |name: &str| name == "_id" || own(&[]).contains(&name);
        search.check_attributes("orgContact", known)?;
        let related: Vec<&str> = RELATIONSHIPS.into_iter().filter(|name| search.attributes.iter().any(|a| a == name)).collect();
        let mut names = own(&search.list_needed_attributes());
        if let Some(id) = find_required_id(search) {
            names.extend(&related);
            return emit_single(search, self.get_org_contact_object(id, &names), each);
        }
        self.search_directory(search, Some(names), &mut |mut contact| {
            let id = contact.get("_id").and_then(Value::as_str).unwrap_or_default().to_owned();
            for name in &related {
                if let Some(value) = self.related_ids(&id, name)? {
                    contact.insert((*name).to_owned(), value);
                }
            }
            each(contact)
        })
    }

    /// Replaces attributes of a contact.
    pub(in crate::operations) fn update_org_contact_object(
        &self,
        id: &str,
        revision: Option<&str>,
        attributes: &Map<String, Value>,
    ) -> Result<Map<String, Value>> {
        OrgContact.check_no_revision(revision)?;
        let stored = self.get_org_contact_object(id, &[])?;
        match build_update_request(self.service(), id, &stored, attributes)? {
            None => Ok(stored),
            Some(request) => {
                self.send(&request)?;
                self.get_org_contact_object(id, &[]).map_err(Error::mark_after_write)
            }
        }
    }

    /// Deletes a contact, and gives it as it was.
    pub(in crate::operations) fn delete_org_contact_object(
        &self,
        id: &str,
        revision: Option<&str>,
    ) -> Result<Map<String, Value>> {
        OrgContact.check_no_revision(revision)?;
        let stored = self.get_org_contact_object(id, &[])?;
        check_not_synchronized(&stored)?;
        self.send(&org_contacts::delete(self.service(), id)?)?;
        Ok(stored)
    }

    /// What has changed among the contacts of the tenant since `token` was given.
    pub(in crate::operations) fn sync_org_contacts(&self, token: Option<&str>) -> Result<SyncPage> {
        let names = own(&[]);
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

    /// Every contact, and which of the known ones are gone: contacts have no revision to compare.
    pub(in crate::operations) fn reconcile_org_contacts(&self, known: &BTreeMap<String, String>) -> Result<Vec<SyncDelta>> {
        let mut gone = known.clone();
        let mut deltas = Vec::new();
        for row in self.list_all_pages(&build_reconcile_request(self.service())?)? {
            let contact = build_object(row, &own(&[]))?;
            gone.remove(contact.get("_id").and_then(Value::as_str).unwrap_or_default());
            deltas.push(SyncDelta::CreateOrUpdate(contact));
        }
        deltas.extend(gone.into_keys().map(SyncDelta::Delete));
        Ok(deltas)
    }
}
