//! What one call leaves for the audit log.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Request ids kept of one call.
const MAX_REQUEST_IDS: usize = 100;
/// Longer ids are not kept: they are GUIDs.
const MAX_ID_BYTES: usize = 64;

/// The ids of a call's requests to Microsoft Graph, and what ended the call. Clones belong to the same call.
#[derive(Debug, Clone, Default)]
pub(crate) struct CallTrail(Arc<Mutex<Marks>>);

/// What is recorded.
#[derive(Debug, Default)]
pub(crate) struct Marks {
    /// Created by the component, one for each request.
    pub(crate) client_request_ids: Vec<String>,
    /// Created by Microsoft Graph, one for each response.
    pub(crate) request_ids: Vec<String>,
    /// Why the component returned no response, or an incomplete one.
    pub(crate) failure: Option<&'static str>,
}

impl CallTrail {
    /// Records the id of a response from Microsoft Graph.
    pub(crate) fn record_request_id(&self, id: &str) {
        add(&mut self.marks().request_ids, id);
    }

    /// Records the id of a request as it leaves.
    pub(crate) fn record_client_request_id(&self, id: &str) {
        add(&mut self.marks().client_request_ids, id);
    }

    /// Records why the component returned no response, or an incomplete one. Only the first reason is kept.
    pub(crate) fn record_failure(&self, name: &'static str) {
        self.marks().failure.get_or_insert(name);
    }

    pub(crate) fn marks(&self) -> MutexGuard<'_, Marks> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn add(ids: &mut Vec<String>, id: &str) {
    if ids.len() < MAX_REQUEST_IDS && id.len() <= MAX_ID_BYTES {
        ids.push(id.to_owned());
    }
}
