//! The state that the connections and the owner of the emulator share.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::faults::fault::Faults;
use crate::faults::throttle::Traffic;
use crate::server::request_log::RequestLog;
use crate::sign_in::SignIn;
use crate::store::Store;
use crate::variation::choices::Choices;
use crate::variation::setting::Variation;

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
    variation: Option<Variation>,
    /// Requests that chose their variations.
    chosen: u64,
}

impl State {
    /// Returns what varies in the response to the next request.
    pub(crate) fn choose(&mut self) -> Choices {
        self.chosen += 1;
        self.variation.map(|variation| variation.choose(self.chosen)).unwrap_or_default()
    }
}

impl Shared {
    pub(crate) fn new(token: Option<String>, variation: Option<Variation>) -> Self {
        let state = State { variation, ..State::default() };
        Self { token, sign_in: SignIn::default(), state: Mutex::new(state) }
    }

    /// Locks the state for one request. No request leaves it half changed, so a poisoned lock is valid.
    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
