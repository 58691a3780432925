//! The ICF object class `orgContact`: an organizational contact, which the directory of the tenant has for someone outside of it.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::error::{Error, Kind, Result};
use crate::graph::delta::Row;
use crate::graph::directory_objects::{self, Collection, MOST_A_PAGE, Options};
use crate::graph::{Request, Service, org_contacts};
use crate::operations::Connector;
use crate::operations::network::Network;
use crate::operations::object_class::ObjectClass::OrgContact;
use crate::operations::org_contacts::{by_id, is_ours, list_request, the_one, update_request};
use crate::operations::schema::Flag::{NotCreatable, NotReturnedByDefault, NotUpdateable};
use crate::operations::schema::{Attribute, FIXED, Flag, Type};
use crate::operations::search::{Each, Found, Search};
use crate::operations::sync::{self, Sync, SyncDelta};
use crate::operations::user::object;

/// Why none is created, for whoever tries.
pub const NEVER_CREATED: &str = "Microsoft Graph creates no organizational contacts: create it in Exchange, or in the directory on \
                                 your premises that is synchronised";

/// What is created elsewhere, and can be changed.
const WRITABLE: &[Flag] = &[NotCreatable];
/// What is another object's id, and takes a request of its own to read.
const RELATED: &[Flag] = &[NotCreatable, NotUpdateable, NotReturnedByDefault];

const fn attribute(name: &'static str, kind: Type, flags: &'static [Flag]) -> Attribute {
    Attribute { name, native: None, kind, flags }
}

/// The attributes, one line each: those of Graph's `orgContact`, and the ids of those that it is related to.
/// <https://learn.microsoft.com/en-us/graph/api/resources/orgcontact?view=graph-rest-1.0#properties>
pub static ORG_CONTACT: &[Attribute] = &[
    Attribute { name: "displayName", native: Some("__NAME__"), kind: Type::Text, flags: WRITABLE },
    attribute("givenName", Type::Text, WRITABLE),
    attribute("surname", Type::Text, WRITABLE),
    attribute("mail", Type::Text, WRITABLE),
    attribute("mailNickname", Type::Text, WRITABLE),
    attribute("companyName", Type::Text, WRITABLE),
    attribute("department", Type::Text, WRITABLE),
    attribute("jobTitle", Type::Text, WRITABLE),
    attribute("addresses", Type::Objects, WRITABLE),
    attribute("phones", Type::Objects, WRITABLE),
    attribute("proxyAddresses", Type::Texts, FIXED),
    attribute("onPremisesSyncEnabled", Type::Truth, FIXED),
    attribute("onPremisesLastSyncDateTime", Type::Text, FIXED),
    attribute("onPremisesProvisioningErrors", Type::Objects, FIXED),
    attribute("serviceProvisioningErrors", Type::Objects, RELATED),
    attribute(MANAGER, Type::Text, RELATED),
    attribute("directReports", Type::Texts, RELATED),
    attribute("memberOf", Type::Texts, RELATED),
    attribute("transitiveMemberOf", Type::Texts, RELATED),
];

/// The relationship of which there is at most one.
pub const MANAGER: &str = "manager";
const RELATIONSHIPS: [&str; 4] = [MANAGER, "directReports", "memberOf", "transitiveMemberOf"];

/// Whether an attribute has several values.
pub fn has_several(name: &str) -> bool {
    ORG_CONTACT.iter().any(|a| a.name == name && matches!(a.kind, Type::Texts | Type::Objects))
}

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
pub fn get_requests(service: &Service, id: &str, names: &[&str]) -> Result<Vec<Request>> {
    let read = org_contacts::get(service, id, &selected(&own(names)));
    let related = RELATIONSHIPS.iter().filter(|name| names.contains(name));
    std::iter::once(read).chain(related.map(|name| org_contacts::related(service, id, name, &["id"]))).collect()
}

/// The first request of a search.
pub fn search_request(service: &Service, search: &Search) -> Result<Request> {
    let select = own(&search.needed());
    match by_id(search) {
        Some(id) => org_contacts::get(service, id, &selected(&select)),
        None => list_request(service, search, selected(&select)),
    }
}

/// The request that lists all, for a comparison.
pub fn reconcile_request(service: &Service) -> Result<Request> {
    let options = Options { select: selected(&own(&[])), top: Some(MOST_A_PAGE), ..Options::default() };
    directory_objects::list(service, Collection::Contacts, &options)
}

/// The request that gives a page of changes.
pub fn sync_request(service: &Service, token: Option<&str>) -> Result<Request> {
    sync::resumed(org_contacts::delta(service, &selected(&own(&[])))?, token)
}

impl<N: Network> Connector<'_, N> {
    /// One contact. Names that there are not are left out.
    pub(super) fn get_org_contact_object(&self, id: &str, names: &[&str]) -> Result<Map<String, Value>> {
        let own = own(names);
        let answer = self.call(&org_contacts::get(self.service(), id, &selected(&own))?)?;
        let mut contact = object(answer, &own)?;
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
            return match self.call(&org_contacts::related(self.service(), id, MANAGER, &["id"])?) {
                Ok(manager) => Ok(Some(id_of(&manager))),
                Err(error) if error.kind == Kind::UnknownUid => Ok(None),
                Err(error) => Err(error),
            };
        }
        let related = self.all_pages(&org_contacts::related(self.service(), id, relationship, &["id"])?)?;
        Ok(Some(related.iter().map(id_of).collect()))
    }

    /// Searches the contacts of the tenant.
    pub(super) fn search_org_contacts(&self, search: &Search, each: Each<'_>) -> Result<Found> {
        let known = |name: &str| name == "_id" || own(&[]).contains(&name);
        search.check("orgContact", known)?;
        let related: Vec<&str> = RELATIONSHIPS.into_iter().filter(|name| search.attributes.iter().any(|a| a == name)).collect();
        let mut names = own(&search.needed());
        if let Some(id) = by_id(search) {
            names.extend(&related);
            return the_one(search, self.get_org_contact_object(id, &names), each);
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
    pub(super) fn update_org_contact_object(
        &self,
        id: &str,
        revision: Option<&str>,
        attributes: &Map<String, Value>,
    ) -> Result<Map<String, Value>> {
        OrgContact.has_no_revision(revision)?;
        let stored = self.get_org_contact_object(id, &[])?;
        match update_request(self.service(), id, &stored, attributes)? {
            None => Ok(stored),
            Some(request) => {
                self.call(&request)?;
                self.get_org_contact_object(id, &[]).map_err(Error::after_write)
            }
        }
    }

    /// Deletes a contact, and gives it as it was.
    pub(super) fn delete_org_contact_object(&self, id: &str, revision: Option<&str>) -> Result<Map<String, Value>> {
        OrgContact.has_no_revision(revision)?;
        let stored = self.get_org_contact_object(id, &[])?;
        is_ours(&stored)?;
        self.call(&org_contacts::delete(self.service(), id)?)?;
        Ok(stored)
    }

    /// What has changed among the contacts of the tenant since `token` was given.
    pub(super) fn sync_org_contacts(&self, token: Option<&str>) -> Result<Sync> {
        let names = own(&[]);
        self.sync_page(&sync_request(self.service(), token)?, |row| match row {
            Row::There(row) => {
                let id = row.get("id").cloned();
                let mut contact = object(row, &names).unwrap_or_default();
                contact.entry("_id".to_owned()).or_insert_with(|| id.unwrap_or_default());
                SyncDelta::CreateOrUpdate(contact)
            }
            Row::Gone(id) => SyncDelta::Delete(id),
        })
    }

    /// Every contact, and which of the known ones are gone: contacts have no revision to compare.
    pub(super) fn reconcile_org_contacts(&self, known: &BTreeMap<String, String>) -> Result<Vec<SyncDelta>> {
        let mut gone = known.clone();
        let mut deltas = Vec::new();
        for row in self.all_pages(&reconcile_request(self.service())?)? {
            let contact = object(row, &own(&[]))?;
            gone.remove(contact.get("_id").and_then(Value::as_str).unwrap_or_default());
            deltas.push(SyncDelta::CreateOrUpdate(contact));
        }
        deltas.extend(gone.into_keys().map(SyncDelta::Delete));
        Ok(deltas)
    }
}
