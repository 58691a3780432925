//! The permits to write: calls that write to the same object run one after another.
//!
//! A call reads before it writes: it compares a revision, completes an address, looks for a contact with its idempotency key. Microsoft
//! Graph documents no conditional requests for contacts, so two calls at a time would overwrite each other. A sandbox sees only its own
//! call, so the host orders them.
//!
//! A contact is known by its id alone, which no other mailbox has, however the mailbox is written. A write to one contact also keeps
//! those to the whole mailbox waiting, and they it.

use std::collections::HashMap;
use std::hash::RandomState;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use protocol::write_target::WriteTarget;
use tokio::sync::{OwnedRwLockReadGuard, OwnedRwLockWriteGuard, RwLock};

use crate::http_client::endpoint::Endpoint;
use crate::settings::Settings;

/// The permits of the objects that calls write to, or wait to write to.
#[derive(Default)]
pub(crate) struct WritePermits {
    locks: Mutex<HashMap<Key, Weak<RwLock<()>>>>,
    /// Tells credentials apart without keeping a token.
    credential_hasher: RandomState,
}

/// What a call can have for itself. Calls for several acquire them in the order of the variants, so that no two wait for each other.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Subject {
    IdempotencyKey(String),
    Owner(String),
    Object(String),
}

/// A subject, and whose it is: no party can make another one wait.
type Key = (Arc<str>, Subject);

/// The right to write to a target, until it is dropped.
pub(crate) struct WritePermit {
    _held: Vec<Held>,
}

/// One lock. Its entry is removed with the last call that holds it or waits for it.
struct Held {
    permits: Arc<WritePermits>,
    key: Key,
    lock: Option<Arc<RwLock<()>>>,
    guard: Option<Guard>,
}

enum Guard {
    Shared(#[expect(dead_code, reason = "held")] OwnedRwLockReadGuard<()>),
    Exclusive(#[expect(dead_code, reason = "held")] OwnedRwLockWriteGuard<()>),
}

impl WritePermits {
    /// Returns a name of the party that calls with these settings: the tenant of that name, else whoever has the same credential. A reload
    /// changes the credential of a tenant, and not the name.
    pub(crate) fn party(&self, tenant: &str, settings: &Settings) -> Arc<str> {
        let endpoint = settings.graph_endpoint();
        let endpoint = endpoint.as_ref().map_or("", Endpoint::as_str);
        let credential = if tenant.is_empty() { settings.credential.identity(&self.credential_hasher) } else { 0 };
        format!("{tenant} {endpoint} {credential:x}").into()
    }

    /// Waits for the calls of a party that write to the same and came before. A target that names nothing waits for nobody.
    pub(crate) async fn acquire(self: &Arc<Self>, party: &Arc<str>, target: &WriteTarget) -> WritePermit {
        let owner_is_shared = target.object.is_some();
        let subjects = [
            (target.idempotency_key.clone().map(Subject::IdempotencyKey), false),
            (target.owner.clone().map(Subject::Owner), owner_is_shared),
            (target.object.clone().map(Subject::Object), false),
        ];
        let mut all = Vec::new();
        for (subject, is_shared) in subjects {
            let Some(subject) = subject else { continue };
            let mut held = self.enter((Arc::clone(party), subject));
            if let Some(lock) = held.lock.clone() {
                // Both are fair: a call that waits for the mailbox is not overtaken by later ones for its contacts.
                held.guard = Some(if is_shared {
                    Guard::Shared(lock.read_owned().await)
                } else {
                    Guard::Exclusive(lock.write_owned().await)
                });
            }
            all.push(held);
        }
        WritePermit { _held: all }
    }

    /// Returns the entry of a key, which is added if no other call has it.
    fn enter(self: &Arc<Self>, key: Key) -> Held {
        let mut locks = self.locks();
        let known = locks.get(&key).and_then(Weak::upgrade);
        let lock = known.unwrap_or_else(|| {
            let new = Arc::default();
            locks.insert(key.clone(), Arc::downgrade(&new));
            new
        });
        Held { permits: Arc::clone(self), key, lock: Some(lock), guard: None }
    }

    fn locks(&self) -> MutexGuard<'_, HashMap<Key, Weak<RwLock<()>>>> {
        self.locks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.guard = None;
        let mut locks = self.permits.locks();
        self.lock = None;
        if locks.get(&self.key).is_some_and(|lock| lock.strong_count() == 0) {
            locks.remove(&self.key);
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;
    use futures_util::future::poll_immediate;

    use super::*;
    use crate::credentials::credential::Credential;

    fn contact(owner: &str, id: &str) -> WriteTarget {
        WriteTarget { object: Some(id.to_owned()), ..WriteTarget::owner(owner) }
    }

    fn key(key: &str) -> WriteTarget {
        WriteTarget { idempotency_key: Some(key.to_owned()), ..WriteTarget::default() }
    }

    /// Returns whether a call for `second` waits while one for `first` runs.
    async fn waits(first: &WriteTarget, second: &WriteTarget) -> bool {
        let (permits, tenant) = (Arc::new(WritePermits::default()), Arc::from("a"));
        let running = permits.acquire(&tenant, first).await;
        let waited = permits.acquire(&tenant, second).now_or_never().is_none();
        assert!(!permits.locks().is_empty() || first == &WriteTarget::default());
        drop(running);
        drop(permits.acquire(&tenant, second).await);
        assert_eq!(permits.locks().len(), 0, "entries vanish");
        waited
    }

    #[tokio::test]
    async fn writes_to_same_target_wait() {
        for (first, second) in [
            (contact("a", "1"), contact("a", "1")),
            (contact("a@b.example", "1"), contact("671fa173-ad81-41c3-89bf-af939426eee7", "1")),
            (contact("a", "1"), WriteTarget::owner("A")),
            (WriteTarget::owner("A"), contact("a", "1")),
            (WriteTarget::owner("a"), WriteTarget::owner("a")),
            (key("k"), key("k")),
            (key("k"), WriteTarget { idempotency_key: Some("k".to_owned()), ..contact("a", "1") }),
        ] {
            assert!(waits(&first, &second).await, "{first:?} {second:?}");
        }
    }

    #[tokio::test]
    async fn writes_to_other_targets_do_not_wait() {
        for (first, second) in [
            (contact("a", "1"), contact("a", "2")),
            (contact("a", "1"), WriteTarget::owner("b")),
            (WriteTarget::owner("a"), WriteTarget::owner("b")),
            (key("k"), key("l")),
            (key("k"), contact("a", "1")),
            (WriteTarget::default(), WriteTarget::default()),
        ] {
            assert!(!waits(&first, &second).await, "{first:?} {second:?}");
        }
        let permits = Arc::new(WritePermits::default());
        let _of_a = permits.acquire(&Arc::from("a"), &key("k")).await;
        assert!(permits.acquire(&Arc::from("b"), &key("k")).now_or_never().is_some(), "another tenant's");
    }

    /// Calls for one contact that come later do not overtake a call for the whole mailbox.
    #[tokio::test]
    async fn waiting_write_is_not_overtaken() {
        let (permits, tenant) = (Arc::new(WritePermits::default()), Arc::from("a"));
        let running = permits.acquire(&tenant, &contact("a", "1")).await;
        let target = WriteTarget::owner("a");
        let mut whole = Box::pin(permits.acquire(&tenant, &target));
        assert!(poll_immediate(&mut whole).await.is_none());
        let second = contact("a", "2");
        assert!(permits.acquire(&tenant, &second).now_or_never().is_none());
        drop(running);
        let whole = whole.await;
        assert!(permits.acquire(&tenant, &second).now_or_never().is_none());
        drop(whole);
        drop(permits.acquire(&tenant, &contact("a", "2")).await);
        assert_eq!(permits.locks().len(), 0);
    }

    /// Parties that share a host have mailboxes of the same names.
    #[test]
    fn party_is_known_by_tenant_or_credential() {
        let permits = WritePermits::default();
        let settings = |token: &str, endpoint: &str| Settings {
            credential: Credential::bearer(token).unwrap(),
            endpoint: Some(endpoint.parse().unwrap()),
            ..Settings::default()
        };
        let (one, other) = (settings("token-1", "https://graph.example"), settings("token-2", "https://graph.example"));
        assert_eq!(permits.party("", &one), permits.party("", &one.clone()));
        assert_ne!(permits.party("", &one), permits.party("", &other));
        assert_ne!(permits.party("", &one), permits.party("", &settings("token-1", "https://graph.microsoft.us")));
        assert_eq!(permits.party("a", &one), permits.party("a", &other), "after a reload");
        assert_ne!(permits.party("a", &one), permits.party("b", &one));
        assert!(!permits.party("", &one).contains("token-1"));
    }
}
