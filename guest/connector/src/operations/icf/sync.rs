//! Following the objects of a container: what is new, has changed, or is gone.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::contact::Contact;
use crate::error::Result;
use crate::graph::address::Container;
use crate::graph::selection::Selection;
use crate::operations::connector::Connector;
use crate::operations::icf::uid::Uid;
use crate::operations::send::delta::DeltaPage;

/// A change of an object, in ICF's words.
#[derive(Debug, PartialEq)]
pub enum SyncDelta {
    /// The object, one of its class, is new or has changed.
    CreateOrUpdate(Map<String, Value>),
    /// The object of that uid is gone: deleted, or moved to another folder.
    Delete(String),
}

/// A page of changes of objects.
pub type SyncPage = DeltaPage<SyncDelta>;

impl SyncDelta {
    /// Returns the change as JSON.
    pub fn to_json(&self) -> Value {
        match self {
            SyncDelta::CreateOrUpdate(object) => json!({"uid": object.get("_id"), "object": object}),
            SyncDelta::Delete(uid) => json!({"uid": uid, "deleted": true}),
        }
    }
}

impl Connector<'_> {
    /// The same as objects of the class `contact`.
    ///
    /// Fails with `resync-required` where the token has expired: then [`Connector::reconcile`] tells what has changed.
    pub(in crate::operations) fn sync_contacts(&self, container: &Container, token: Option<&str>) -> Result<SyncPage> {
        let delta = self.get_contact_delta(container, token)?;
        let change = |(id, contact): (String, Option<Contact>)| match contact {
            Some(contact) => SyncDelta::CreateOrUpdate(self.build_contact_object(container, &contact)),
            None => SyncDelta::Delete(Uid { container: container.clone(), id }.encode()),
        };
        Ok(DeltaPage { changes: delta.changes.into_iter().map(change).collect(), token: delta.token, more: delta.more })
    }

    /// The contacts of a folder that have other revisions than the known ones, and which of the known ones are gone.
    pub(in crate::operations) fn reconcile_contacts(
        &self,
        container: &Container,
        known: &BTreeMap<String, String>,
    ) -> Result<Vec<SyncDelta>> {
        let mut gone = known.clone();
        let mut deltas = Vec::new();
        self.list_contacts(container, &Selection::default(), |contact| {
            let object = self.build_contact_object(container, &contact);
            let text = |name: &str| object.get(name).and_then(Value::as_str).unwrap_or_default();
            if gone.remove(text("_id")).is_none_or(|revision| revision != text("_rev")) {
                deltas.push(SyncDelta::CreateOrUpdate(object));
            }
            Ok(())
        })?;
        deltas.extend(gone.into_keys().map(SyncDelta::Delete));
        Ok(deltas)
    }
}
