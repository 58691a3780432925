//! Wrong passwords, and who has to wait after several of them.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Wrong passwords of one name after which nobody may try it for a while.
const OF_NAME: u32 = 5;
/// Wrong passwords from one address after which nobody may try any from there: several callers may share one.
const OF_ADDRESS: u32 = 20;
/// The first wait. Each wrong password after it doubles the next one.
const WAIT: Duration = Duration::from_secs(30);
/// The longest.
const LONGEST: Duration = Duration::from_secs(15 * 60);
/// How long after a wrong password and its wait it counts no more.
const FORGOTTEN: Duration = Duration::from_secs(15 * 60);
/// As many names and addresses are kept at a time: the oldest goes for a new one.
const KEPT: usize = 10_000;

type Clock = Arc<dyn Fn() -> Instant + Send + Sync>;

/// Somebody has to wait before a password is compared again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooMany {
    pub(crate) wait: Duration,
}

/// The wrong passwords of late, of whatever tenants.
pub(crate) struct Guesses {
    clock: Clock,
    /// Names are attackers' to choose, and may be as long as a header: their hash is enough.
    names: RandomState,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    wrong: HashMap<Key, Wrong>,
    /// The address from which a caller's password was right last, by the caller's name: there is one for each caller.
    right: HashMap<u64, IpAddr>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Key {
    Name(u64),
    Address(IpAddr),
}

struct Wrong {
    count: u32,
    last: Instant,
    /// Nobody may try before.
    until: Instant,
}

impl Default for Guesses {
    fn default() -> Self {
        Self { clock: Arc::new(Instant::now), names: RandomState::new(), kept: Mutex::default() }
    }
}

impl Guesses {
    /// Whether somebody may try a password of `name`.
    ///
    /// Who guesses elsewhere keeps nobody out at the address from which that caller's password was right last.
    pub(super) fn may_try(&self, name: &str, from: Option<IpAddr>) -> Result<(), TooMany> {
        let (name, from, now) = (self.names.hash_one(name), from.and_then(counted), (self.clock)());
        let kept = self.kept();
        let at_home = from.is_some() && kept.right.get(&name) == from.as_ref();
        let of_name = Some(Key::Name(name)).filter(|_| !at_home);
        let waits = of_name.into_iter().chain(from.map(Key::Address)).filter_map(|key| kept.wrong.get(&key));
        let wait = waits.map(|wrong| wrong.until.saturating_duration_since(now)).max().unwrap_or_default();
        if wait.is_zero() { Ok(()) } else { Err(TooMany { wait }) }
    }

    /// A password of `name` was wrong.
    pub(super) fn wrong(&self, name: &str, from: Option<IpAddr>) {
        let (name, from, now) = (self.names.hash_one(name), from.and_then(counted), (self.clock)());
        let mut kept = self.kept();
        kept.add(Key::Name(name), OF_NAME, now);
        if let Some(address) = from
            && kept.add(Key::Address(address), OF_ADDRESS, now)
        {
            tracing::warn!(%address, "many passwords from one address are wrong: none are compared for a while");
        }
    }

    /// The password of a caller was right.
    pub(super) fn right(&self, name: &str, from: Option<IpAddr>) {
        let name = self.names.hash_one(name);
        let mut kept = self.kept();
        kept.wrong.remove(&Key::Name(name));
        if let Some(address) = from.and_then(counted) {
            kept.right.insert(name, address);
        }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    /// Counts one, and says whether it is the first after which there is a wait.
    fn add(&mut self, key: Key, free: u32, now: Instant) -> bool {
        if self.wrong.len() >= KEPT && !self.wrong.contains_key(&key) {
            self.make_room(now);
        }
        let wrong = self.wrong.entry(key).or_insert(Wrong { count: 0, last: now, until: now });
        if wrong.is_forgotten(now) {
            wrong.count = 0;
        }
        wrong.count = wrong.count.saturating_add(1);
        wrong.last = now;
        if let Some(beyond) = wrong.count.checked_sub(free) {
            let times = 1_u32.checked_shl(beyond).unwrap_or(u32::MAX);
            wrong.until = now + WAIT.saturating_mul(times).min(LONGEST);
        }
        wrong.count == free
    }

    fn make_room(&mut self, now: Instant) {
        self.wrong.retain(|_, wrong| !wrong.is_forgotten(now));
        if self.wrong.len() >= KEPT
            && let Some(oldest) = self.wrong.iter().min_by_key(|(_, wrong)| wrong.last).map(|(key, _)| *key)
        {
            self.wrong.remove(&oldest);
        }
    }
}

impl Wrong {
    fn is_forgotten(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.last.max(self.until)) >= FORGOTTEN
    }
}

/// What counts as one address: of IPv6 the network of a customer. Those of this machine do not count, as they are a proxy's.
fn counted(address: IpAddr) -> Option<IpAddr> {
    match address.to_canonical() {
        address if address.is_loopback() => None,
        IpAddr::V6(address) => {
            let network = u128::from(address) & (u128::MAX << 64);
            Some(IpAddr::V6(Ipv6Addr::from(network)))
        }
        address => Some(address),
    }
}

#[cfg(test)]
mod tests;
