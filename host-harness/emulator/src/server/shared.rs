//! The state that the connections and the owner of the emulator share.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::faults::fault::Faults;
use crate::faults::throttle::Traffic;
use crate::server::request_log::RequestLog;
use crate::sign_in::SignIn;
use crate::store::Store;

/// What the connections and the emulator's owner share.
#[derive(Debug, Default)]
pub(crate) struct Shared {
    pub(crate) token: Option<String>,
    pub(crate) sign_in: SignIn,
    state: Mutex<State>,
}

/// Everything that changes.
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

    /// The state, for as long as one request takes. No request leaves it half changed, so a poisoned lock is taken too.
    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
