//! Operations on organizational contacts in the form of Microsoft Graph: with all properties, under Graph's names.
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
use crate::operations::send::evidence::Evidence;

/// The properties of a related object that are read.
pub const RELATED_PROPERTIES: &[&str] = &["id", "displayName"];

/// The relationships of a contact that can have several objects.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Relationship {
    /// The users and contacts whose manager it is.
    DirectReports,
    /// The groups and administrative units that it is a direct member of.
    MemberOf,
    /// The groups and administrative units that it is a direct or transitive member of.
    TransitiveMemberOf,
}

impl Relationship {
    /// Returns the name in Microsoft Graph.
    pub fn name(self) -> &'static str {
        match self {
            Relationship::DirectReports => "directReports",
            Relationship::MemberOf => "memberOf",
            Relationship::TransitiveMemberOf => "transitiveMemberOf",
        }
    }
}

/// A change: the id of a contact, and the contact as stored; `None` for a removed one.
pub type OrgContactChange = (String, Option<Map<String, Value>>);

impl Connector<'_> {
    /// Returns a contact.
    pub fn get_org_contact(&self, id: &str) -> Result<Map<String, Value>> {
        self.send(&org_contacts::get(self.service(), id, &[])?)
    }

    /// Updates a contact. Returns it as stored. Properties that are absent in `wanted` stay, and null clears. If nothing changes,
    /// nothing is sent.
    ///
    /// # Errors
    ///
    /// If the tenant's premises are the source of authority of the contact. Then nothing is written.
    pub fn update_org_contact(&self, id: &str, wanted: &Map<String, Value>) -> Result<Map<String, Value>> {
        let stored = self.get_org_contact(id)?;
        let read = || self.get_org_contact(id);
        self.write_org_contact(id, stored, wanted, &read)
    }

    /// Updates the `stored` contact to `wanted`. Returns it as stored, as `read` reads it.
    pub(in crate::operations) fn write_org_contact(
        &self,
        id: &str,
        stored: Map<String, Value>,
        wanted: &Map<String, Value>,
        read: &dyn Fn() -> Result<Map<String, Value>>,
    ) -> Result<Map<String, Value>> {
        let Some(request) = build_update_request(self.service(), id, &stored, wanted)? else { return Ok(stored) };
        self.check_org_contact_authority(id, &stored)?;
        match self.send(&request) {
            Ok(_) => read().map_err(Error::mark_after_write),
            Err(error) => self.settle(Err(error), |_| {
                let now = read()?;
                Ok(match build_update_request(self.service(), id, &now, wanted)? {
                    None => Evidence::Done(now),
                    Some(_) if now == stored => Evidence::NotDone,
                    Some(_) => Evidence::Unknown,
                })
            }),
        }
    }

    /// Deletes a contact, unless the tenant's premises are its source of authority.
    pub fn delete_org_contact(&self, id: &str) -> Result<()> {
        let [read, delete] = build_delete_requests(self.service(), id)?;
        self.check_org_contact_authority(id, &self.send(&read)?)?;
        self.delete_existing(&delete, &read)
    }

    /// Checks that the `stored` contact may be changed in the cloud: it is not synchronized from the tenant's premises, or its source of
    /// authority was moved to the cloud (`isCloudManaged`). This is asked only for a synchronized contact.
    /// <https://learn.microsoft.com/en-us/graph/api/resources/onpremisessyncbehavior>
    ///
    /// # Errors
    ///
    /// `permission-denied` if the premises are the source of authority, or if the application may not read which it is.
    pub fn check_org_contact_authority(&self, id: &str, stored: &Map<String, Value>) -> Result<()> {
        if stored.get("onPremisesSyncEnabled") != Some(&Value::Bool(true)) {
            return Ok(());
        }
        let hint = match self.send(&org_contacts::get_sync_behavior(self.service(), id)?) {
            Ok(behavior) if behavior.get("isCloudManaged") == Some(&Value::Bool(true)) => return Ok(()),
            Ok(_) => "change it there",
            // Some clouds and versions do not have the resource.
            Err(error) if error.kind == ErrorKind::UnknownUid => "change it there",
            Err(error) if error.kind == ErrorKind::PermissionDenied => {
                "change it there; if its source of authority was moved to the cloud, permit the application \
                 Contacts-OnPremisesSyncBehavior.ReadWrite.All"
            }
            Err(error) => return Err(error),
        };
        let problem = format!("the contact is synchronized from the tenant's premises (onPremisesSyncEnabled): {hint}");
        Err(Error::new(ErrorKind::PermissionDenied, problem))
    }

    /// Returns a page of the changes of the tenant's contacts since `token`. Without a token, each contact is a change.
    pub fn get_org_contact_delta(&self, token: Option<&str>) -> Result<DeltaPage<OrgContactChange>> {
        self.fetch_delta_page(&build_delta_request(self.service(), token)?, |row| match row {
            DeltaChange::Upserted(row) => (row.get("id").and_then(Value::as_str).unwrap_or_default().to_owned(), Some(row)),
            DeltaChange::Removed(id) => (id, None),
        })
    }

    /// Returns the manager of a contact, which is a user or a contact.
    pub fn get_org_contact_manager(&self, id: &str) -> Result<Option<Map<String, Value>>> {
        match self.send(&org_contacts::list_related(self.service(), id, MANAGER, RELATED_PROPERTIES)?) {
            // The contact has no manager, or does not exist.
            Err(error) if error.kind == ErrorKind::UnknownUid => {
                self.send(&org_contacts::get(self.service(), id, &["id"])?).map(|_| None)
            }
            manager => manager.map(Some),
        }
    }

    /// Returns the objects that a contact is related to.
    pub fn list_org_contact_related(&self, id: &str, relationship: Relationship) -> Result<Vec<Map<String, Value>>> {
        self.list_all_pages(&org_contacts::list_related(self.service(), id, relationship.name(), RELATED_PROPERTIES)?)
    }

    /// Returns the ids of the groups that a contact is a direct or transitive member of.
    pub fn get_org_contact_member_groups(&self, id: &str) -> Result<Vec<String>> {
        self.get_member_groups(&org_contacts::build_key(id), false, false)
    }

    /// Returns those of the groups, at most 20, that a contact is a direct or transitive member of.
    pub fn check_org_contact_member_groups(&self, id: &str, groups: &[String]) -> Result<Vec<String>> {
        self.check_member_groups(&org_contacts::build_key(id), groups)
    }

    /// Returns the contacts with these ids, at most 1,000, in any order. Contacts that do not exist are omitted.
    pub fn get_org_contacts_by_ids(&self, ids: &[String]) -> Result<Vec<Map<String, Value>>> {
        self.get_objects_by_ids(ids, &[org_contacts::TYPE_NAME], &[])
    }
}

/// Creates the request of [`Connector::get_org_contact_delta`].
pub fn build_delta_request(service: &Service, token: Option<&str>) -> Result<GraphRequest> {
    resume(org_contacts::get_delta(service, &[])?, token)
}

/// Creates the requests of [`Connector::delete_org_contact`]. The first one reads whether the contact is synchronized.
pub fn build_delete_requests(service: &Service, id: &str) -> Result<[GraphRequest; 2]> {
    Ok([org_contacts::get(service, id, &["id", "onPremisesSyncEnabled"])?, org_contacts::delete(service, id)?])
}

/// Creates the request that updates the `stored` contact to `wanted`. `None` if nothing changes.
pub fn build_update_request(
    service: &Service,
    id: &str,
    stored: &Map<String, Value>,
    wanted: &Map<String, Value>,
) -> Result<Option<GraphRequest>> {
    let changes = diff(stored, wanted)?;
    if changes.is_empty() {
        return Ok(None);
    }
    org_contacts::update(service, id, changes).map(Some)
}

/// Returns the properties that an update changes. What the directory assigns is left out: a caller may send back what it read
/// before another change. An update of nothing else is an error.
fn diff(stored: &Map<String, Value>, wanted: &Map<String, Value>) -> Result<Map<String, Value>> {
    let (mut problems, mut assigned) = (Problems::default(), Problems::default());
    let mut changes = Map::new();
    let mut has_writable = false;
    for (name, value) in wanted {
        let before = stored.get(name).unwrap_or(&Value::Null);
        let value = match value {
            Value::Array(_) | Value::Null => value.clone(),
            // A bare value is a collection of one.
            bare if is_collection(name) => Value::Array(vec![bare.clone()]),
            single => single.clone(),
        };
        let value = if name == "phones" { complete_phones(before, value) } else { value };
        let property = OrgContactProperty::find(name);
        has_writable |= property.is_some_and(OrgContactProperty::is_writable);
        let same = normalize(before) == normalize(&value);
        match property {
            _ if same => {}
            None if name == "_id" || name == "id" => {
                problems.push(Error::invalid_attribute(name, "the address identifies another contact: leave it out"))
            }
            None => problems.push(Error::invalid_attribute(name, format!("Target does not support attribute {name}"))),
            Some(property) if !property.is_writable() => {
                assigned
                    .push(Error::invalid_attribute(name, "the directory assigns it, or it is changed elsewhere: leave it out"));
            }
            Some(property) => match find_expected_type(property.kind, &value) {
                Some(expected) => problems.push(Error::invalid_attribute(name, format!("expected {expected}"))),
                None => {
                    changes.insert(name.clone(), if value.is_null() && is_collection(name) { json!([]) } else { value });
                }
            },
        }
    }
    if !has_writable {
        problems.extend(assigned.into_result().err());
    }
    problems.into_result().map(|()| changes)
}

/// Adds to phones the language and the region of the stored phones of the same type, if they have none: the typed interface does
/// not have these parts.
fn complete_phones(stored: &Value, mut wanted: Value) -> Value {
    let stored = stored.as_array().map(Vec::as_slice).unwrap_or_default();
    for phone in wanted.as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut) {
        let same_type = stored.iter().find(|other| other.get("type").is_some() && other.get("type") == phone.get("type"));
        for name in ["language", "region"] {
            if let Some(value) =
                same_type.and_then(|other| other.get(name)).filter(|value| !value.is_null() && !phone.contains_key(name))
            {
                phone.insert(name.to_owned(), value.clone());
            }
        }
    }
    wanted
}

/// Returns a value without null members and empty arrays, which are equal to absent ones.
fn normalize(value: &Value) -> Value {
    match value {
        Value::Array(values) if values.is_empty() => Value::Null,
        Value::Array(values) => values.iter().map(normalize).collect(),
        Value::Object(members) => {
            let members = members.iter().filter(|(_, value)| !value.is_null());
            members.map(|(name, value)| (name.clone(), normalize(value))).collect::<Map<_, _>>().into()
        }
        other => other.clone(),
    }
}

/// Returns the expected type, if a value has another one.
fn find_expected_type(kind: ValueKind, value: &Value) -> Option<&'static str> {
    let all = |test: fn(&Value) -> bool| value.as_array().is_some_and(|values| values.iter().all(test));
    match kind {
        _ if value.is_null() => None,
        ValueKind::String => (!value.is_string()).then_some("a string"),
        ValueKind::Boolean => (!value.is_boolean()).then_some("a Boolean"),
        ValueKind::Strings => (!all(Value::is_string)).then_some("an array of strings"),
        ValueKind::Objects => (!all(Value::is_object)).then_some("an array of objects"),
    }
}
