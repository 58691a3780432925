//! The right to run a sandbox.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::OwnedSemaphorePermit;

use super::sandbox_pool::PoolPermit;
use crate::observability::metrics::meter::LiveSandbox;

/// One of the [`Limits::concurrency`](crate::Limits::concurrency) permits, counted as live while it is held.
pub(crate) struct SandboxPermit {
    live: Arc<AtomicUsize>,
    _own: Option<OwnedSemaphorePermit>,
    _shared: PoolPermit,
    _metered: LiveSandbox,
}

impl SandboxPermit {
    /// Creates the permit from the tenant's own, if there is one, and that of the process.
    pub(crate) fn new(
        live: Arc<AtomicUsize>,
        own: Option<OwnedSemaphorePermit>,
        shared: PoolPermit,
        metered: LiveSandbox,
    ) -> Self {
        live.fetch_add(1, Ordering::SeqCst);
        Self { live, _own: own, _shared: shared, _metered: metered }
    }
}

impl Drop for SandboxPermit {
    fn drop(&mut self) {
        self.live.fetch_sub(1, Ordering::SeqCst);
    }
}
