//! The callers of a multi-tenant gateway.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use anyhow::Context as _;
use aws_lc_rs::constant_time::verify_slices_are_equal;
use http::HeaderMap;
use protocol::login::Login;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::comparisons::{Comparisons, TooManyWaiting};
use super::login_throttle::{LockedOut, LoginThrottle};
use super::proof::{Proof, generate_token, hash_password, sha256};
use crate::sandbox::call_error::CallError;

/// Concurrent calls of one caller unless the configuration says otherwise.
pub(crate) const DEFAULT_CALLER_CALLS: usize = 32;

/// A caller as configured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CallerSpec {
    pub(crate) proof: Proof,
    /// Its concurrent calls, to all tenants together.
    pub(crate) calls: usize,
}

/// The concurrent calls that a caller may have.
struct CallPermits {
    calls: usize,
    permits: Arc<Semaphore>,
}

/// Everybody who may call a tenant.
pub(crate) struct CallerRegistry {
    by_name: HashMap<String, Arc<PasswordCaller>>,
    by_token: HashMap<[u8; 32], Arc<str>>,
    calls: HashMap<String, CallPermits>,
    comparisons: Arc<Comparisons>,
    throttle: Arc<LoginThrottle>,
    salt: [u8; 32],
}

/// Why no login was compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LoginRefusal {
    /// The name or the address is locked out.
    LockedOut(LockedOut),
    /// Too many logins wait to be compared.
    Busy,
}

impl From<LockedOut> for LoginRefusal {
    fn from(locked_out: LockedOut) -> Self {
        Self::LockedOut(locked_out)
    }
}

impl From<TooManyWaiting> for LoginRefusal {
    fn from(_: TooManyWaiting) -> Self {
        Self::Busy
    }
}

/// A caller with a password.
struct PasswordCaller {
    name: Arc<str>,
    hash: String,
    /// A fast hash of the last correct password, with a salt of this process. A caller sends its password with every request, and
    /// comparing it with the slow hash each time would be most of the cost.
    remembered: Mutex<Option<[u8; 32]>>,
}

impl CallerRegistry {
    /// Creates a registry of callers by name.
    ///
    /// # Errors
    ///
    /// If the machine has no random numbers.
    pub(crate) fn new(callers: impl IntoIterator<Item = (String, CallerSpec)>) -> anyhow::Result<Self> {
        let mut salt = [0; 32];
        aws_lc_rs::rand::fill(&mut salt).ok().context("the machine has no random numbers")?;
        let (comparisons, throttle) = (Arc::default(), Arc::default());
        let (by_name, by_token, calls) = (HashMap::new(), HashMap::new(), HashMap::new());
        let mut registry = Self { by_name, by_token, calls, comparisons, throttle, salt };
        for (name, CallerSpec { proof, calls }) in callers {
            let permits = CallPermits { calls, permits: Arc::new(Semaphore::new(calls)) };
            registry.calls.insert(name.clone(), permits);
            match proof {
                Proof::Password(hash) => {
                    let caller = PasswordCaller { name: Arc::from(name.as_str()), hash, remembered: Mutex::default() };
                    registry.by_name.insert(name, Arc::new(caller));
                }
                Proof::Token(hash) => {
                    registry.by_token.insert(hash, Arc::from(name));
                }
            }
        }
        Ok(registry)
    }

    /// Returns the registry with the failed logins and the remembered passwords of a previous one, which stay after a reload. Otherwise
    /// every caller would have to be compared at once.
    pub(crate) fn with_logins_of(self, previous: &Self) -> Self {
        let keep = |(name, caller): (String, Arc<PasswordCaller>)| {
            let unchanged = previous.by_name.get(&name).filter(|known| known.hash == caller.hash);
            (name, unchanged.map_or(caller, Arc::clone))
        };
        let keep_calls = |(name, calls): (String, CallPermits)| {
            // So that those in progress count on.
            let unchanged = previous.calls.get(&name).filter(|known| known.calls == calls.calls);
            let permits = unchanged.map_or(calls.permits, |known| Arc::clone(&known.permits));
            (name, CallPermits { permits, ..calls })
        };
        Self {
            by_name: self.by_name.into_iter().map(keep).collect(),
            by_token: self.by_token,
            calls: self.calls.into_iter().map(keep_calls).collect(),
            comparisons: Arc::clone(&previous.comparisons),
            throttle: Arc::clone(&previous.throttle),
            salt: previous.salt,
        }
    }

    /// Waits until a caller may have a further call in progress, until the result is dropped.
    ///
    /// # Errors
    ///
    /// If none of its calls ends within `waited`.
    pub(crate) async fn acquire_call(&self, caller: &str, waited: Duration) -> Result<Option<OwnedSemaphorePermit>, CallError> {
        let Some(CallPermits { calls, permits }) = self.calls.get(caller) else { return Ok(None) };
        match tokio::time::timeout(waited, Arc::clone(permits).acquire_owned()).await {
            // The semaphore is never closed.
            Ok(permit) => Ok(permit.ok()),
            Err(_) => Err(CallError::CallerBusy { calls: *calls, waited }),
        }
    }

    /// Returns the name of the caller that a request authenticates: by `X-OpenIDM-Username` and `X-OpenIDM-Password`, else Basic
    /// (RFC 7617), else a bearer token. `None` if the login is missing or wrong.
    ///
    /// # Errors
    ///
    /// If the name or the address is locked out after failed logins, or too many logins wait. Then no password is compared.
    pub(crate) async fn identify(&self, headers: &HeaderMap, address: Option<IpAddr>) -> Result<Option<Arc<str>>, LoginRefusal> {
        match Login::from_headers(headers) {
            Some(Login::Password(name, password)) => self.identify_by_password(&name, password, address).await,
            Some(Login::Token(token)) => Ok(self.identify_by_token(&token)),
            None => Ok(None),
        }
    }

    fn identify_by_token(&self, token: &str) -> Option<Arc<str>> {
        // Tokens are long and random, so that the time of a look-up by hash reveals nothing.
        self.by_token.get(&sha256(token.as_bytes())).cloned()
    }

    async fn identify_by_password(
        &self,
        name: &str,
        password: String,
        address: Option<IpAddr>,
    ) -> Result<Option<Arc<str>>, LoginRefusal> {
        self.throttle.check(name, address)?;
        let caller = self.by_name.get(name).cloned();
        let fast_hash = sha256(&[self.salt.as_slice(), password.as_bytes()].concat());
        if let Some(caller) = &caller {
            let remembered = *caller.remembered.lock().unwrap_or_else(PoisonError::into_inner);
            if remembered.is_some_and(|correct| verify_slices_are_equal(&correct, &fast_hash).is_ok()) {
                self.throttle.record_success(name, address);
                return Ok(Some(Arc::clone(&caller.name)));
            }
        }
        let permit = self.comparisons.acquire().await?;
        // Earlier logins may have failed in the meantime.
        self.throttle.check(name, address)?;
        let hash = caller.as_ref().map(|caller| caller.hash.clone());
        let (throttle, attempted) = (Arc::clone(&self.throttle), name.to_owned());
        let comparison = tokio::task::spawn_blocking(move || {
            // An unknown name takes as long as a wrong password.
            let is_correct = permit.compare(&password, hash.as_deref().unwrap_or_else(|| unmatched_hash()));
            if is_correct {
                throttle.record_success(&attempted, address);
            } else {
                throttle.record_failure(&attempted, address);
            }
            // Here, because a comparison completes and counts even if its caller has disconnected.
            drop(permit);
            is_correct
        });
        let is_correct = comparison.await.unwrap_or(false);
        let Some(caller) = caller.filter(|_| is_correct) else { return Ok(None) };
        *caller.remembered.lock().unwrap_or_else(PoisonError::into_inner) = Some(fast_hash);
        Ok(Some(Arc::clone(&caller.name)))
    }
}

/// Returns a hash that no password has, and that costs as much to compare as others.
fn unmatched_hash() -> &'static str {
    static HASH: OnceLock<String> = OnceLock::new();
    HASH.get_or_init(|| generate_token().and_then(|(token, _)| hash_password(&token)).unwrap_or_default())
}

#[cfg(test)]
mod tests;
