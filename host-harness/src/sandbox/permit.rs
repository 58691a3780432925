//! The right to run a sandbox.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::OwnedSemaphorePermit;

use crate::observability::metrics::meter::LiveSandbox;

/// One of the [`Limits::concurrency`](crate::Limits::concurrency) permits, counted as live while it is held.
pub(crate) struct SandboxPermit {
    live: Arc<AtomicUsize>,
    _permits: Vec<OwnedSemaphorePermit>,
    _metered: LiveSandbox,
}

impl SandboxPermit {
    pub(crate) fn new(live: Arc<AtomicUsize>, permits: Vec<OwnedSemaphorePermit>, metered: LiveSandbox) -> Self {
        live.fetch_add(1, Ordering::SeqCst);
        Self { live, _permits: permits, _metered: metered }
    }
}

impl Drop for SandboxPermit {
    fn drop(&mut self) {
        self.live.fetch_sub(1, Ordering::SeqCst);
    }
}
