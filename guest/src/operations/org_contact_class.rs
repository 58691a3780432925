//! The ICF object class `orgContact`: an organizational contact, which the directory of the tenant has for someone outside of it.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::error::{Error, Kind, Problems, Result};
use crate::graph::delta::Row;
use crate::graph::page::Page;
use crate::graph::{Request, Service, directory, org_contacts};
use crate::operations::Connector;
use crate::operations::directory_search::{Filtered, Objects, pushed_down};
use crate::operations::network::Network;
use crate::operations::object_class::ObjectClass::OrgContact;
use crate::operations::schema::Flag::{NotCreatable, NotReturnedByDefault, NotUpdateable};
use crate::operations::schema::{Attribute, FIXED, Flag, Type};
use crate::operations::search::{Each, Search};
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

const MANAGER: &str = "manager";
const RELATIONSHIPS: [&str; 4] = [MANAGER, "directReports", "memberOf", "transitiveMemberOf"];

/// What the page on the resource says that `$filter` takes.
const FILTERED: &Filtered = &[
    ("displayName", false),
    ("givenName", false),
    ("surname", false),
    ("mail", false),
    ("mailNickname", false),
    ("companyName", false),
    ("department", false),
    ("jobTitle", false),
];

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

fn selected<'n>(names: &[&'n str]) -> Vec<&'n str> {
    std::iter::once("id").chain(names.iter().copied()).collect()
}

/// The requests by which a contact is read; of a list of those that it is related to the first page.
pub fn get_requests(service: &Service, id: &str, names: &[&str]) -> Result<Vec<Request>> {
    let read = org_contacts::get(service, id, &selected(&own(names)));
    let related = RELATIONSHIPS.iter().filter(|name| names.contains(name));
    std::iter::once(read).chain(related.map(|name| org_contacts::related(service, id, name))).collect()
}

/// The first request of a search.
pub fn search_request(service: &Service, search: &Search) -> Result<Request> {
    let select = own(&search.needed());
    if let Some(id) = search.required("_id") {
        return org_contacts::get(service, id, &selected(&select));
    }
    let pushed = pushed_down(&search.filter, FILTERED);
    let advanced = pushed.as_ref().is_some_and(|pushed| pushed.advanced);
    org_contacts::list(service, &selected(&select), pushed.as_ref().map(|pushed| pushed.text.as_str()), advanced)
}

/// The request that lists all, for a comparison.
pub fn list_request(service: &Service) -> Result<Request> {
    org_contacts::list(service, &selected(&own(&[])), None, false)
}

/// The request that gives a page of changes.
pub fn sync_request(service: &Service, token: Option<&str>) -> Result<Request> {
    sync::resumed(org_contacts::delta(service, &selected(&own(&[])))?, token)
}

impl<N: Network> Connector<'_, N> {
    /// One contact. Names that there are not are left out.
    pub(super) fn get_org_contact(&self, id: &str, names: &[&str]) -> Result<Map<String, Value>> {
        let own = own(names);
        let answer = self.call(&org_contacts::get(self.service(), id, &selected(&own))?)?;
        let mut contact = object(answer, &own)?;
        for name in RELATIONSHIPS.iter().filter(|name| names.contains(name)) {
            if let Some(value) = self.related(id, name)? {
                contact.insert((*name).to_owned(), value);
            }
        }
        Ok(contact)
    }

    /// The ids of those that a contact is related to; of its manager the one, where it has one.
    fn related(&self, id: &str, relationship: &str) -> Result<Option<Value>> {
        let mut request = org_contacts::related(self.service(), id, relationship)?;
        let id_of = |object: &Map<String, Value>| object.get("id").cloned().unwrap_or_default();
        if relationship == MANAGER {
            return match self.call(&request) {
                Ok(manager) => Ok(Some(id_of(&manager))),
                Err(error) if error.kind == Kind::UnknownUid => Ok(None),
                Err(error) => Err(error),
            };
        }
        let mut ids = Vec::new();
        loop {
            let page = Page::read(self.service(), self.call(&request)?)?;
            ids.extend(page.value.iter().map(id_of));
            match page.next {
                Some(link) => request = directory::next(link, false)?,
                None => return Ok(Some(ids.into())),
            }
        }
    }

    /// Searches the contacts of the tenant.
    pub(super) fn search_org_contacts(&self, search: &Search, each: Each<'_>) -> Result<Option<String>> {
        let known = |name: &str| name == "_id" || own(&[]).contains(&name);
        search.check("orgContact", known)?;
        let related: Vec<&str> = RELATIONSHIPS.into_iter().filter(|name| search.attributes.iter().any(|a| a == name)).collect();
        if let Some(id) = search.required("_id") {
            let mut names = own(&search.needed());
            names.extend(&related);
            let found = match self.get_org_contact(id, &names) {
                Ok(contact) => Some(contact).filter(|contact| search.filter.matches(contact)),
                Err(error) if error.kind == Kind::UnknownUid => None,
                Err(error) => return Err(error),
            };
            return found.into_iter().skip(search.offset).try_for_each(each).map(|()| None);
        }
        let mut source = Objects { first: search_request(self.service(), search)?, names: own(&search.needed()) };
        self.search_in(search, &mut source, &mut |mut contact| {
            let id = contact.get("_id").and_then(Value::as_str).unwrap_or_default().to_owned();
            for name in &related {
                if let Some(value) = self.related(&id, name)? {
                    contact.insert((*name).to_owned(), value);
                }
            }
            each(contact)
        })
    }

    /// Replaces attributes of a contact. One that is synchronised from the tenant's premises is changed there: this fails before
    /// anything is sent.
    pub(super) fn update_org_contact(
        &self,
        id: &str,
        revision: Option<&str>,
        attributes: &Map<String, Value>,
    ) -> Result<Map<String, Value>> {
        OrgContact.has_no_revision(revision)?;
        let stored = self.get_org_contact(id, &[])?;
        let changes = changes(&stored, attributes)?;
        if changes.is_empty() {
            return Ok(stored);
        }
        is_ours(&stored)?;
        self.call(&org_contacts::update(self.service(), id, changes)?)?;
        self.get_org_contact(id, &[])
    }

    /// Deletes a contact, and gives it as it was.
    pub(super) fn delete_org_contact(&self, id: &str, revision: Option<&str>) -> Result<Map<String, Value>> {
        OrgContact.has_no_revision(revision)?;
        let stored = self.get_org_contact(id, &[])?;
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
        let mut request = list_request(self.service())?;
        loop {
            let page = Page::read(self.service(), self.call(&request)?)?;
            for row in page.value {
                let contact = object(row, &own(&[]))?;
                gone.remove(contact.get("_id").and_then(Value::as_str).unwrap_or_default());
                deltas.push(SyncDelta::CreateOrUpdate(contact));
            }
            match page.next {
                Some(link) => request = directory::next(link, false)?,
                None => break,
            }
        }
        deltas.extend(gone.into_keys().map(SyncDelta::Delete));
        Ok(deltas)
    }
}

/// What an update changes of the stored contact; what is the same already is left out.
fn changes(stored: &Map<String, Value>, attributes: &Map<String, Value>) -> Result<Map<String, Value>> {
    let mut problems = Problems::default();
    let mut changes = Map::new();
    for (name, value) in attributes {
        let same = stored.get(name).unwrap_or(&Value::Null) == value;
        match ORG_CONTACT.iter().find(|a| a.name == name) {
            _ if same || (name == "_rev" && value.is_null()) => {}
            None if name == "_id" => problems.push(Error::attribute(name, "the address names another contact")),
            None => problems.push(Error::attribute(name, format!("Target does not support attribute {name}"))),
            Some(attribute) if attribute.flags.contains(&NotUpdateable) => {
                problems.push(Error::attribute(name, "the directory assigns it, or it is changed elsewhere; leave it out"));
            }
            Some(attribute) => match wrong(attribute.kind, value) {
                Some(wanted) => problems.push(Error::attribute(name, format!("{wanted} is wanted"))),
                None => {
                    changes.insert(name.clone(), if value.is_null() && has_several(name) { json!([]) } else { value.clone() });
                }
            },
        }
    }
    problems.result().map(|()| changes)
}

/// What is wanted of a value of that type, where it is not that.
fn wrong(kind: Type, value: &Value) -> Option<&'static str> {
    let all = |test: fn(&Value) -> bool| value.as_array().is_some_and(|values| values.iter().all(test));
    match kind {
        _ if value.is_null() => None,
        Type::Text => (!value.is_string()).then_some("a string"),
        Type::Truth => (!value.is_boolean()).then_some("true or false"),
        Type::Texts => (!all(Value::is_string)).then_some("an array of strings"),
        Type::Objects => (!all(Value::is_object)).then_some("an array of objects"),
    }
}

/// Checks that a contact is the cloud's own.
fn is_ours(stored: &Map<String, Value>) -> Result<()> {
    match stored.get("onPremisesSyncEnabled") {
        Some(Value::Bool(true)) => {
            let problem = "the contact is synchronised from the tenant's premises (onPremisesSyncEnabled): change it there";
            Err(Error::new(Kind::PermissionDenied, problem))
        }
        _ => Ok(()),
    }
}
