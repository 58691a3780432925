//! The state that the connections and the owner of the emulator share.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::faults::fault::Faults;
use crate::faults::throttle::Traffic;
use crate::server::request_log::RequestLog;
use crate::sign_in::SignIn;
use crate::store::Store;

/// The state that connections and owner share.
#[derive(Debug, Default)]
pub(crate) struct Shared {
    pub(crate) token: Option<String>,
    pub(crate) sign_in: SignIn,
    state: Mutex<State>,
}

/// The mutable state.
#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) store: Store,
    pub(crate) faults: Faults,
    pub(crate) requests: RequestLog,
    pub(crate) traffic: Traffic,
}

impl Shared {
    pub(crate) fn new(token: Option<String>) -> Self {
        Self { token, sign_in: SignIn::default(), state: Mutex::default() }
    }

    /// Locks the state for one request. No request leaves it half changed, so a poisoned lock is valid.
    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
