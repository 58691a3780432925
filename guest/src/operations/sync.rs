//! Following the objects of a container: what is new, has changed, or is gone.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use crate::contact::{Contact, read};
use crate::error::{Error, Result};
use crate::graph::address::Container;
use crate::graph::delta::{self, Changes, Row};
use crate::graph::selection::Selection;
use crate::graph::{Request, Service};
use crate::operations::Connector;
use crate::operations::contact_class::Uid;
use crate::operations::network::Network;

/// A change of an object, in ICF's words.
#[derive(Debug, PartialEq)]
pub enum SyncDelta {
    /// The object, one of its class, is new or has changed.
    CreateOrUpdate(Map<String, Value>),
    /// The object of that uid is gone: deleted, or moved to another folder.
    Delete(String),
}

/// Some changes, and where to go on.
#[derive(Debug, PartialEq)]
pub struct Sync<C = SyncDelta> {
    /// The changes, in their order. The same may come again.
    pub changes: Vec<C>,
    /// The token to go on with. It is good to be kept as soon as these changes are dealt with.
    pub token: String,
    /// Whether there is more to be had at once.
    pub more: bool,
}

impl<N: Network> Connector<'_, N> {
    /// What has changed in a folder since `token` was given, by id, with the contacts that are there; without a token, all
    /// contacts. One page at a time.
    pub fn contact_delta(&self, container: &Container, token: Option<&str>) -> Result<Sync<(String, Option<Contact>)>> {
        let version = self.service().version;
        self.sync_page(&request(self.service(), container, token)?, |row| match row {
            Row::There(row) => {
                let contact = read::answer(&row, version);
                (contact.id.value().cloned().unwrap_or_default(), Some(contact))
            }
            Row::Gone(id) => (id, None),
        })
    }

    /// The same as objects of the class `contact`.
    ///
    /// Fails with `resync-required` where the token has expired: then [`Connector::reconcile`] tells what has changed.
    pub(super) fn sync_contacts(&self, container: &Container, token: Option<&str>) -> Result<Sync> {
        let delta = self.contact_delta(container, token)?;
        let change = |(id, contact): (String, Option<Contact>)| match contact {
            Some(contact) => SyncDelta::CreateOrUpdate(self.contact_object(container, &contact)),
            None => SyncDelta::Delete(Uid { container: container.clone(), id }.encode()),
        };
        Ok(Sync { changes: delta.changes.into_iter().map(change).collect(), token: delta.token, more: delta.more })
    }

    /// A page of changes, whose rows `change` reads.
    pub(super) fn sync_page<C>(&self, request: &Request, change: impl Fn(Row) -> C) -> Result<Sync<C>> {
        let page = Changes::read(self.service(), self.call(request)?)?;
        let changes = page.rows.into_iter().map(change).collect();
        Ok(Sync { changes, token: URL_SAFE_NO_PAD.encode(page.link), more: page.more })
    }

    /// The contacts of a folder that have other revisions than the known ones, and which of the known ones are gone.
    pub(super) fn reconcile_contacts(&self, container: &Container, known: &BTreeMap<String, String>) -> Result<Vec<SyncDelta>> {
        let mut gone = known.clone();
        let mut deltas = Vec::new();
        self.list_contacts(container, &Selection::default(), |contact| {
            let object = self.contact_object(container, &contact);
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

/// The request that gives a page of changes.
pub fn request(service: &Service, container: &Container, token: Option<&str>) -> Result<Request> {
    resumed(delta::of_contacts(service, container)?, token)
}

/// The request at which a token goes on, of those that `first` begins; without a token the first.
pub(super) fn resumed(first: Request, token: Option<&str>) -> Result<Request> {
    match token {
        None => Ok(first),
        Some(token) => delta::resume(&first, &link(token)?),
    }
}

fn link(token: &str) -> Result<String> {
    let bytes = URL_SAFE_NO_PAD.decode(token).ok();
    bytes
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .ok_or_else(|| Error::attribute("token", "it is none of this connector's"))
}
