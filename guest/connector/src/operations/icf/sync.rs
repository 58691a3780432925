//! Sync of the objects of a container: those that are new, changed or removed.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::contact::Contact;
use crate::error::Result;
use crate::graph::address::Container;
use crate::graph::selection::Selection;
use crate::operations::connector::Connector;
use crate::operations::icf::uid::Uid;
use crate::operations::memory_budget::MemoryBudget;
use crate::operations::send::delta::DeltaPage;

/// A change of an object, in the terms of ICF.
#[derive(Debug, PartialEq)]
pub enum SyncDelta {
    /// The object is new or has changed.
    CreateOrUpdate(Map<String, Value>),
    /// The object with this uid was deleted, or moved to another folder.
    Delete(String),
}

/// A page of changes of objects.
pub type SyncPage = DeltaPage<SyncDelta>;

impl SyncDelta {
    /// Returns the uid of the object.
    pub fn uid(&self) -> Option<&str> {
        match self {
            SyncDelta::CreateOrUpdate(object) => object.get("_id").and_then(Value::as_str),
            SyncDelta::Delete(uid) => Some(uid),
        }
    }

    /// Returns the change as JSON.
    pub fn to_json(&self) -> Value {
        match self {
            SyncDelta::CreateOrUpdate(object) => json!({"uid": object.get("_id"), "object": object}),
            SyncDelta::Delete(uid) => json!({"uid": uid, "deleted": true}),
        }
    }
}

impl Connector<'_> {
    /// Returns a page of the changes in a container since `token`, as objects of the class `contact`.
    ///
    /// # Errors
    ///
    /// `resync-required` if the token has expired: then [`Connector::reconcile`] returns the changes.
    pub(in crate::operations) fn sync_contacts(&self, container: &Container, token: Option<&str>) -> Result<SyncPage> {
        let delta = self.get_contact_delta(container, token)?;
        let change = |(id, contact): (String, Option<Contact>)| match contact {
            Some(contact) => SyncDelta::CreateOrUpdate(self.build_contact_object(container, &contact)),
            None => SyncDelta::Delete(Uid { container: container.clone(), id }.encode()),
        };
        Ok(DeltaPage { changes: delta.changes.into_iter().map(change).collect(), token: delta.token, more: delta.more })
    }

    /// Returns the changes in a container compared to the known revisions: contacts with another revision, and removed ones.
    pub(in crate::operations) fn reconcile_contacts(
        &self,
        container: &Container,
        known: &BTreeMap<String, String>,
    ) -> Result<Vec<SyncDelta>> {
        let (mut removed, mut budget) = (index_by_id(known), MemoryBudget::default());
        let mut changes = Vec::new();
        self.list_contacts(container, &Selection::default(), |contact| {
            let object = self.build_contact_object(&self.locate(container, &contact)?, &contact);
            let revision = object.get("_rev").and_then(Value::as_str).unwrap_or_default();
            let id = contact.id.value().map(String::as_str).unwrap_or_default();
            if removed.remove(id).is_none_or(|(_, known)| known != revision) {
                let object = Value::Object(object);
                budget.add(&object, "search in pages, and compare")?;
                let Value::Object(object) = object else { return Ok(()) };
                changes.push(SyncDelta::CreateOrUpdate(object));
            }
            Ok(())
        })?;
        changes.extend(removed.into_values().map(|(uid, _)| SyncDelta::Delete(uid.to_owned())));
        Ok(changes)
    }
}

/// Returns known uids and revisions, by the id in the uid. A mailbox has several names, and earlier uids have any of them.
pub(in crate::operations) fn index_by_id(known: &BTreeMap<String, String>) -> BTreeMap<String, (&str, &str)> {
    let get_id = |uid: &String| Uid::decode(uid).map_or_else(|_| uid.clone(), |uid| uid.id);
    known.iter().map(|(uid, revision)| (get_id(uid), (uid.as_str(), revision.as_str()))).collect()
}
