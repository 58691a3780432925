//! Comparisons of a password with its slow hash: how many at a time, how many wait, and in which memory.
//!
//! Each takes tens of MiB and a core for tens of milliseconds, and anybody can cause one. So the memory is kept and used again: an
//! allocator would keep a block for each thread that ever compared.

use std::sync::{Arc, Mutex, PoisonError};

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Block, Params, Version};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Concurrent comparisons, where the machine has as many cores.
pub(super) const MAX_CONCURRENT: usize = 2;
/// Logins that wait for a comparison; further ones are refused.
pub(super) const MAX_WAITING: usize = 64;

/// The places for comparisons.
pub(super) struct Comparisons {
    /// For those that run and those that wait.
    entries: Arc<Semaphore>,
    running: Arc<Semaphore>,
    /// Memory of the comparisons that do not run.
    memory: Mutex<Vec<Vec<Block>>>,
}

/// The right to compare a password, until it is dropped.
pub(super) struct ComparisonPermit {
    comparisons: Arc<Comparisons>,
    _permits: [OwnedSemaphorePermit; 2],
}

/// Too many logins wait already.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TooManyWaiting;

impl Default for Comparisons {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let concurrent = cores.min(MAX_CONCURRENT);
        let entries = Arc::new(Semaphore::new(concurrent + MAX_WAITING));
        Self { entries, running: Arc::new(Semaphore::new(concurrent)), memory: Mutex::default() }
    }
}

impl Comparisons {
    /// Waits for a permit.
    pub(super) async fn acquire(self: &Arc<Self>) -> Result<ComparisonPermit, TooManyWaiting> {
        let entry = Arc::clone(&self.entries).try_acquire_owned().map_err(|_| TooManyWaiting)?;
        // The semaphore is never closed.
        let running = Arc::clone(&self.running).acquire_owned().await.map_err(|_| TooManyWaiting)?;
        Ok(ComparisonPermit { comparisons: Arc::clone(self), _permits: [entry, running] })
    }
}

impl ComparisonPermit {
    /// Returns whether a hash in PHC format is that of a password. It takes tens of milliseconds.
    pub(super) fn compare(&self, password: &str, hash: &str) -> bool {
        let kept = || self.comparisons.memory.lock().unwrap_or_else(PoisonError::into_inner);
        let mut memory = kept().pop().unwrap_or_default();
        let is_equal = is_password_of(password, hash, &mut memory).unwrap_or(false);
        kept().push(memory);
        is_equal
    }
}

/// Returns `None` if the hash is not one of Argon2.
fn is_password_of(password: &str, hash: &str, memory: &mut Vec<Block>) -> Option<bool> {
    let hash = PasswordHash::new(hash).ok()?;
    let algorithm = Algorithm::try_from(hash.algorithm.as_str()).ok()?;
    let version = hash.version.map_or(Some(Version::default()), |version| Version::try_from(version).ok())?;
    let (params, salt, expected) = (Params::try_from(&hash).ok()?, hash.salt?, hash.hash?);
    if memory.len() < params.block_count() {
        memory.resize(params.block_count(), Block::new());
    }
    let mut computed = vec![0; expected.as_bytes().len()];
    let argon2 = Argon2::new(algorithm, version, params);
    argon2.hash_password_into_with_memory(password.as_bytes(), &salt, &mut computed, memory.as_mut_slice()).ok()?;
    Some(verify_slices_are_equal(&computed, expected.as_bytes()).is_ok())
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;
    use crate::tenants::callers::proof::hash_password;

    /// The hashes are those of the reference implementation's test vectors, as in the argon2 crate, and one of other parameters:
    /// <https://github.com/P-H-C/phc-winner-argon2/blob/master/src/test.c>
    #[tokio::test]
    async fn memory_is_used_again_for_hashes_with_other_parameters() {
        let comparisons = Arc::<Comparisons>::default();
        let vectors = [
            ("$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc", "password"),
            ("$argon2i$v=19$m=256,t=2,p=1$c29tZXNhbHQ$iekCn0Y3spW+sCcFanM2xBT63UP2sghkUoHLIUpWRS8", "password"),
        ];
        let own = hash_password("café").unwrap();
        for (hash, password) in vectors.into_iter().chain([(own.as_str(), "café"), vectors[0]]) {
            let permit = comparisons.acquire().await.unwrap();
            assert!(permit.compare(password, hash), "{hash}");
            assert!(!permit.compare("wrong", hash), "{hash}");
        }
        assert!(!comparisons.acquire().await.unwrap().compare("x", "no hash"));
        let memory: Vec<usize> = comparisons.memory.lock().unwrap().iter().map(Vec::len).collect();
        assert_eq!(memory, [65536], "one buffer, as large as the largest hash needs");
    }

    #[tokio::test]
    async fn waiting_logins_are_bounded() {
        let comparisons = Arc::<Comparisons>::default();
        let mut all: Vec<_> = (0..).map(|_| Box::pin(comparisons.acquire())).take(MAX_CONCURRENT + MAX_WAITING).collect();
        let running: Vec<_> = all.iter_mut().filter_map(|each| each.now_or_never()?.ok()).collect();
        assert!((1..=MAX_CONCURRENT).contains(&running.len()));
        assert!(comparisons.acquire().now_or_never().is_some_and(|outcome| outcome.is_err()), "no more wait");
        drop(all);
        drop(running);
        assert!(comparisons.acquire().await.is_ok());
    }
}
