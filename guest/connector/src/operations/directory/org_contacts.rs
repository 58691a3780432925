//! Organizational contacts as the directory has them: with every property, under Graph's names.
//! <https://learn.microsoft.com/en-us/graph/api/resources/orgcontact?view=graph-rest-1.0>

use serde_json::{Map, Value, json};

use crate::error::{Error, ErrorKind, Problems, Result};
use crate::graph::delta::DeltaChange;
use crate::graph::org_contacts;
use crate::graph::request::GraphRequest;
use crate::graph::service::Service;
use crate::operations::connector::Connector;
use crate::operations::directory::org_contact_properties::{MANAGER, OrgContactProperty, ValueKind, is_collection};
use crate::operations::send::delta::{DeltaPage, resume};

/// What is read of an object that a contact is related to.
pub const RELATED_PROPERTIES: &[&str] = &["id", "displayName"];

/// Those that a contact is related to, of which there may be several.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Relationship {
    /// Users and contacts whose manager it is.
    DirectReports,
    /// Groups and administrative units that it is a member of.
    MemberOf,
    /// The same, also through others.
    TransitiveMemberOf,
}

impl Relationship {
    /// Graph's name of it.
    pub fn name(self) -> &'static str {
        match self {
            Relationship::DirectReports => "directReports",
            Relationship::MemberOf => "memberOf",
            Relationship::TransitiveMemberOf => "transitiveMemberOf",
        }
    }
}

/// The id of a contact that is new, has changed or is gone, and the contact where it is there.
pub type OrgContactChange = (String, Option<Map<String, Value>>);

impl Connector<'_> {
    /// One contact.
    pub fn get_org_contact(&self, id: &str) -> Result<Map<String, Value>> {
        self.send(&org_contacts::get(self.service(), id, &[])?)
    }

    /// Changes a contact, and gives it as it now is: what `wanted` does not name stays, null clears. Where nothing changes, nothing
    /// is sent. One that is synchronised from the tenant's premises is changed there: this fails before anything is sent.
    pub fn update_org_contact(&self, id: &str, wanted: &Map<String, Value>) -> Result<Map<String, Value>> {
        let stored = self.get_org_contact(id)?;
        match build_update_request(self.service(), id, &stored, wanted)? {
            None => Ok(stored),
            Some(request) => {
                self.send(&request)?;
                self.get_org_contact(id).map_err(Error::mark_after_write)
            }
        }
    }

    /// Deletes a contact, which must not be synchronised from the tenant's premises.
    pub fn delete_org_contact(&self, id: &str) -> Result<()> {
        let [read, delete] = build_delete_requests(self.service(), id)?;
        check_not_synchronized(&self.send(&read)?)?;
        self.send(&delete).map(|_| ())
    }

    /// What has changed among the contacts of the tenant since `token` was given, by id, with the contacts that are there; without
    /// a token, all contacts. One page at a time.
    pub fn get_org_contact_delta(&self, token: Option<&str>) -> Result<DeltaPage<OrgContactChange>> {
        self.fetch_delta_page(&build_delta_request(self.service(), token)?, |row| match row {
            DeltaChange::Upserted(row) => (row.get("id").and_then(Value::as_str).unwrap_or_default().to_owned(), Some(row)),
            DeltaChange::Removed(id) => (id, None),
        })
    }

    /// The manager of a contact, a user or a contact, where it has one.
    pub fn get_org_contact_manager(&self, id: &str) -> Result<Option<Map<String, Value>>> {
        match self.send(&org_contacts::list_related(self.service(), id, MANAGER, RELATED_PROPERTIES)?) {
            // It has none, or there is no such contact.
            Err(error) if error.kind == ErrorKind::UnknownUid => {
                self.send(&org_contacts::get(self.service(), id, &["id"])?).map(|_| None)
            }
            manager => manager.map(Some),
        }
    }

    /// Those that a contact is related to.
    pub fn list_org_contact_related(&self, id: &str, relationship: Relationship) -> Result<Vec<Map<String, Value>>> {
        self.list_all_pages(&org_contacts::list_related(self.service(), id, relationship.name(), RELATED_PROPERTIES)?)
    }

    /// The ids of the groups that a contact is a member of, also through others.
    pub fn get_org_contact_member_groups(&self, id: &str) -> Result<Vec<String>> {
        self.get_member_groups(&org_contacts::build_key(id), false, false)
    }

    /// Which of at most 20 groups a contact is a member of, also through others.
    pub fn check_org_contact_member_groups(&self, id: &str, groups: &[String]) -> Result<Vec<String>> {
        self.check_member_groups(&org_contacts::build_key(id), groups)
    }

    /// The contacts with these ids, at most 1,000, in whatever order; those that there are not are left out.
    pub fn get_org_contacts_by_ids(&self, ids: &[String]) -> Result<Vec<Map<String, Value>>> {
        self.get_objects_by_ids(ids, &[org_contacts::TYPE_NAME], &[])
    }
}

/// The request of a page of [`Connector::get_org_contact_delta`].
pub fn build_delta_request(service: &Service, token: Option<&str>) -> Result<GraphRequest> {
    resume(org_contacts::get_delta(service, &[])?, token)
}

/// The requests of [`Connector::delete_org_contact`]: whose it is is read first.
pub fn build_delete_requests(service: &Service, id: &str) -> Result<[GraphRequest; 2]> {
    Ok([org_contacts::get(service, id, &["id", "onPremisesSyncEnabled"])?, org_contacts::delete(service, id)?])
}

/// The request by which the `stored` contact becomes what is wanted; `None` where nothing changes.
pub fn build_update_request(
    service: &Service,
    id: &str,
    stored: &Map<String, Value>,
    wanted: &Map<String, Value>,
) -> Result<Option<GraphRequest>> {
    let changes = changes(stored, wanted)?;
    if changes.is_empty() {
        return Ok(None);
    }
    check_not_synchronized(stored)?;
    org_contacts::update(service, id, changes).map(Some)
}

/// What an update changes of the stored contact; what is the same already is left out.
fn changes(stored: &Map<String, Value>, wanted: &Map<String, Value>) -> Result<Map<String, Value>> {
    let mut problems = Problems::default();
    let mut changes = Map::new();
    for (name, value) in wanted {
        let before = stored.get(name).unwrap_or(&Value::Null);
        let value = &if name == "phones" { placed(before, value.clone()) } else { value.clone() };
        let same = said(before) == said(value);
        match OrgContactProperty::find(name) {
            _ if same => {}
            None if name == "_id" || name == "id" => {
                problems.push(Error::invalid_attribute(name, "the address names another contact"))
            }
            None => problems.push(Error::invalid_attribute(name, format!("Target does not support attribute {name}"))),
            Some(property) if !property.is_writable() => {
                problems
                    .push(Error::invalid_attribute(name, "the directory assigns it, or it is changed elsewhere; leave it out"));
            }
            Some(property) => match wrong(property.kind, value) {
                Some(wanted) => problems.push(Error::invalid_attribute(name, format!("{wanted} is wanted"))),
                None => {
                    changes.insert(name.clone(), if value.is_null() && is_collection(name) { json!([]) } else { value.clone() });
                }
            },
        }
    }
    problems.into_result().map(|()| changes)
}

/// Phones with the language and the region that the stored ones of their type have, where they do not say them: the typed interface has
/// no place for these.
fn placed(stored: &Value, mut wanted: Value) -> Value {
    let stored = stored.as_array().map(Vec::as_slice).unwrap_or_default();
    for phone in wanted.as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut) {
        let same_type = stored.iter().find(|other| other.get("type").is_some() && other.get("type") == phone.get("type"));
        for name in ["language", "region"] {
            if let Some(value) = same_type.and_then(|other| other.get(name)).filter(|_| !phone.contains_key(name)) {
                phone.insert(name.to_owned(), value.clone());
            }
        }
    }
    wanted
}

/// What a value says: a member that is null says nothing, and neither does an empty list.
fn said(value: &Value) -> Value {
    match value {
        Value::Array(values) if values.is_empty() => Value::Null,
        Value::Array(values) => values.iter().map(said).collect(),
        Value::Object(members) => {
            let members = members.iter().filter(|(_, value)| !value.is_null());
            members.map(|(name, value)| (name.clone(), said(value))).collect::<Map<_, _>>().into()
        }
        other => other.clone(),
    }
}

/// What is wanted of a value of that type, where it is not that.
fn wrong(kind: ValueKind, value: &Value) -> Option<&'static str> {
    let all = |test: fn(&Value) -> bool| value.as_array().is_some_and(|values| values.iter().all(test));
    match kind {
        _ if value.is_null() => None,
        ValueKind::String => (!value.is_string()).then_some("a string"),
        ValueKind::Boolean => (!value.is_boolean()).then_some("true or false"),
        ValueKind::Strings => (!all(Value::is_string)).then_some("an array of strings"),
        ValueKind::Objects => (!all(Value::is_object)).then_some("an array of objects"),
    }
}

/// Checks that a contact is the cloud's own.
pub(in crate::operations) fn check_not_synchronized(stored: &Map<String, Value>) -> Result<()> {
    if !is_synchronized(stored) {
        return Ok(());
    }
    let problem = "the contact is synchronised from the tenant's premises (onPremisesSyncEnabled): change it there";
    Err(Error::new(ErrorKind::PermissionDenied, problem))
}

/// Whether an object is synchronised from the tenant's premises.
pub fn is_synchronized(object: &Map<String, Value>) -> bool {
    object.get("onPremisesSyncEnabled") == Some(&Value::Bool(true))
}
