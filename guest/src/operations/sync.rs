//! Following the contacts of a folder: what is new, has changed, or is gone.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use crate::contact::read;
use crate::error::{Error, Result};
use crate::graph::address::Container;
use crate::graph::delta::{self, Changes, Row};
use crate::graph::selection::Selection;
use crate::graph::{Request, Service};
use crate::operations::Connector;
use crate::operations::contact_class::Uid;
use crate::operations::network::Network;

/// A change of a contact, in ICF's words.
#[derive(Debug, PartialEq)]
pub enum SyncDelta {
    /// The contact, as an object of the class, is new or has changed.
    CreateOrUpdate(Map<String, Value>),
    /// The contact of that uid is gone: deleted, or moved to another folder.
    Delete(String),
}

/// Some changes, and where to go on.
#[derive(Debug, PartialEq)]
pub struct Sync {
    /// The changes, in their order. The same may come again.
    pub deltas: Vec<SyncDelta>,
    /// The token to go on with. It is good to be kept as soon as these changes are dealt with.
    pub token: String,
    /// Whether there is more to be had at once.
    pub more: bool,
}

impl<N: Network> Connector<'_, N> {
    /// What has changed in a folder since `token` was given; without one, all contacts. One page at a time.
    ///
    /// Fails with `resync-required` where the token has expired: then [`Connector::reconcile`] tells what has changed.
    pub fn sync_contacts(&self, container: &Container, token: Option<&str>) -> Result<Sync> {
        let request = request(self.service(), container, token)?;
        let changes = Changes::read(self.service(), self.call(&request)?)?;
        let delta = |row| match row {
            Row::There(answer) => {
                let contact = read::answer(&answer, self.service().version);
                SyncDelta::CreateOrUpdate(self.contact_object(container, &contact))
            }
            Row::Gone(id) => SyncDelta::Delete(Uid { container: container.clone(), id }.encode()),
        };
        let deltas = changes.rows.into_iter().map(delta).collect();
        Ok(Sync { deltas, token: URL_SAFE_NO_PAD.encode(changes.link), more: changes.more })
    }

    /// The token of now: what changes after this comes with it.
    pub fn latest_sync_token(&self, container: &Container) -> Result<String> {
        let mut token = None;
        loop {
            let page = self.sync_contacts(container, token.as_deref())?;
            if !page.more {
                return Ok(page.token);
            }
            token = Some(page.token);
        }
    }

    /// What has changed in a folder since its contacts had these revisions, by uid: a full enumeration, for when a token has
    /// expired, and for clouds without delta queries.
    pub fn reconcile(&self, container: &Container, known: &BTreeMap<String, String>) -> Result<Vec<SyncDelta>> {
        let mut gone = known.clone();
        let mut deltas = Vec::new();
        self.list_contacts(container, &Selection::default(), |contact| {
            let object = self.contact_object(container, &contact);
            let text = |name: &str| object.get(name).and_then(Value::as_str).unwrap_or_default();
            if gone.remove(text("_id")).is_none_or(|revision| revision != text("_rev")) {
                deltas.push(SyncDelta::CreateOrUpdate(object));
            }
        })?;
        deltas.extend(gone.into_keys().map(SyncDelta::Delete));
        Ok(deltas)
    }
}

/// The request that gives a page of changes.
pub fn request(service: &Service, container: &Container, token: Option<&str>) -> Result<Request> {
    match token {
        None => delta::start(service, container),
        Some(token) => delta::resume(service, container, &link(token)?),
    }
}

fn link(token: &str) -> Result<String> {
    let bytes = URL_SAFE_NO_PAD.decode(token).ok();
    bytes
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .ok_or_else(|| Error::attribute("token", "it is none of this connector's"))
}
