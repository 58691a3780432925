//! Lockouts after failed logins.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Failed logins of one name from one address before it is locked out there.
const MAX_FAILURES_PER_PAIR: u32 = 5;
/// Failed logins of one name from all addresses together before it is locked out everywhere but where it last succeeded.
const MAX_FAILURES_PER_NAME: u32 = 100;
/// Failed logins from one address before it is locked out. Several callers may share an address.
const MAX_FAILURES_PER_ADDRESS: u32 = 20;
/// The first lockout. Each further failure doubles the next one.
const FIRST_LOCKOUT: Duration = Duration::from_secs(30);
/// The longest lockout.
const MAX_LOCKOUT: Duration = Duration::from_secs(15 * 60);
/// The time after the last failure and its lockout at which a counter resets.
const RESET_AFTER: Duration = Duration::from_secs(15 * 60);
/// Counters kept at a time; a new one replaces the oldest without a lockout.
const MAX_COUNTERS: usize = 10_000;

type Clock = Arc<dyn Fn() -> Instant + Send + Sync>;

/// A name or address is locked out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LockedOut {
    /// The rest of the lockout.
    pub(crate) remaining: Duration,
}

/// Counts failed logins of all tenants, and locks out names and addresses.
pub(crate) struct LoginThrottle {
    clock: Clock,
    /// An attacker chooses the names, which may be as long as a header: only their hashes are kept.
    name_hasher: RandomState,
    state: Mutex<ThrottleState>,
}

#[derive(Default)]
struct ThrottleState {
    failures: HashMap<Subject, Failures>,
    /// The address of each caller's last successful login, by the caller's name.
    known_addresses: HashMap<u64, IpAddr>,
    /// When a caller last succeeded from an address.
    successes: HashMap<(u64, Option<IpAddr>), Instant>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Subject {
    /// A name at an address; those of loopback and unknown addresses are one.
    Pair(u64, Option<IpAddr>),
    Name(u64),
    Address(IpAddr),
}

struct Failures {
    count: u32,
    last: Instant,
    locked_until: Instant,
}

impl Default for LoginThrottle {
    fn default() -> Self {
        Self { clock: Arc::new(Instant::now), name_hasher: RandomState::new(), state: Mutex::default() }
    }
}

impl LoginThrottle {
    /// Checks that neither the name at this address, nor the name, nor the address is locked out.
    ///
    /// Failures from elsewhere do not lock a caller out at the address of its last successful login.
    pub(crate) fn check(&self, name: &str, address: Option<IpAddr>) -> Result<(), LockedOut> {
        let (name, address, now) = (self.name_hasher.hash_one(name), address.and_then(normalize), (self.clock)());
        let state = self.state();
        let is_known_address = address.is_some() && state.known_addresses.get(&name) == address.as_ref();
        let everywhere = Some(Subject::Name(name)).filter(|_| !is_known_address);
        let subjects = [Some(Subject::Pair(name, address)), everywhere, address.map(Subject::Address)].into_iter().flatten();
        let lockouts = subjects.filter_map(|subject| state.failures.get(&subject));
        let remaining = lockouts.map(|failures| failures.locked_until.saturating_duration_since(now)).max().unwrap_or_default();
        if remaining.is_zero() { Ok(()) } else { Err(LockedOut { remaining }) }
    }

    /// Records a failed login.
    pub(crate) fn record_failure(&self, name: &str, address: Option<IpAddr>) {
        let (name, address, now) = (self.name_hasher.hash_one(name), address.and_then(normalize), (self.clock)());
        let mut state = self.state();
        if state.add(Subject::Pair(name, address), MAX_FAILURES_PER_PAIR, now) {
            // The name may be a password in the wrong place.
            tracing::warn!(?address, "too many failed logins: a name is locked out at its address");
        }
        if state.add(Subject::Name(name), MAX_FAILURES_PER_NAME, now) {
            tracing::warn!("too many failed logins: a name is locked out at all new addresses");
        }
        if let Some(address) = address
            && state.add(Subject::Address(address), MAX_FAILURES_PER_ADDRESS, now)
        {
            tracing::warn!(%address, "too many failed logins: the address is locked out");
        }
    }

    /// Records a successful login. It resets the counter of the name at this address, unless the name has just succeeded there before:
    /// one who tries passwords beside a caller that polls would get no lockout.
    pub(crate) fn record_success(&self, name: &str, address: Option<IpAddr>) {
        let (name, address, now) = (self.name_hasher.hash_one(name), address.and_then(normalize), (self.clock)());
        let mut state = self.state();
        let is_recent = |last: &Instant| now.saturating_duration_since(*last) < RESET_AFTER;
        if state.successes.len() >= MAX_COUNTERS {
            state.successes.retain(|_, last| is_recent(last));
        }
        if !state.successes.insert((name, address), now).is_some_and(|last| is_recent(&last)) {
            state.failures.remove(&Subject::Pair(name, address));
        }
        if let Some(address) = address {
            state.known_addresses.insert(name, address);
        }
    }

    fn state(&self) -> MutexGuard<'_, ThrottleState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ThrottleState {
    /// Counts a failure, and returns whether it causes the first lockout.
    fn add(&mut self, subject: Subject, max_failures: u32, now: Instant) -> bool {
        if self.failures.len() >= MAX_COUNTERS && !self.failures.contains_key(&subject) {
            self.make_room(now);
        }
        let failures = self.failures.entry(subject).or_insert(Failures { count: 0, last: now, locked_until: now });
        if failures.is_expired(now) {
            failures.count = 0;
        }
        failures.count = failures.count.saturating_add(1);
        failures.last = now;
        if let Some(excess) = failures.count.checked_sub(max_failures) {
            let factor = 1_u32.checked_shl(excess).unwrap_or(u32::MAX);
            failures.locked_until = now + FIRST_LOCKOUT.saturating_mul(factor).min(MAX_LOCKOUT);
        }
        failures.count == max_failures
    }

    fn make_room(&mut self, now: Instant) {
        self.failures.retain(|_, failures| !failures.is_expired(now));
        if self.failures.len() >= MAX_COUNTERS
            && let Some(oldest) = self
                .failures
                .iter()
                .min_by_key(|(_, failures)| (failures.locked_until > now, failures.last))
                .map(|(subject, _)| *subject)
        {
            self.failures.remove(&oldest);
        }
    }
}

impl Failures {
    fn is_expired(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.last.max(self.locked_until)) >= RESET_AFTER
    }
}

/// Returns the address to count under: for IPv6 the customer's /64. Loopback does not count, because it is a proxy's.
fn normalize(address: IpAddr) -> Option<IpAddr> {
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
