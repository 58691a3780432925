//! The connections of one listener: how many there are, and which one makes room for a new one.
//!
//! Anybody can open connections and leave them. So their number is bounded, well below the number of files that the process may open, and
//! a connection without a request in progress makes room for a new one: the one that has waited longest, of the address that has most.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

/// Connections of one listener, where the process may open as many files.
const MAX_CONNECTIONS: usize = 4_096;
/// Files that are kept back for requests to Microsoft Graph, for the listener of the status page and for files, where the process may
/// open as many.
const RESERVED_FILES: usize = 512;
/// The limit of open files where the system does not say.
const DEFAULT_FILE_LIMIT: usize = 1_024;
/// Connections of the listener of the status page.
const MAX_ADMIN_CONNECTIONS: usize = 32;

/// The connections of one listener. Clones are the same table.
#[derive(Clone)]
pub(super) struct ConnectionTable(Arc<Inner>);

struct Inner {
    total: usize,
    per_address: usize,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// The number of the last connection or request, which tells what came first.
    clock: u64,
    open: HashMap<u64, Entry>,
    by_address: HashMap<IpAddr, usize>,
}

struct Entry {
    address: IpAddr,
    /// Since when it waits for a request; `None` while it has one.
    idle_since: Option<u64>,
    evicted: bool,
    close: Arc<Notify>,
}

/// A connection in the table, until it is dropped.
pub(super) struct OpenConnection {
    table: ConnectionTable,
    id: u64,
    close: Arc<Notify>,
}

/// A request in progress on a connection, until it is dropped.
pub(super) struct ActiveRequest(Arc<OpenConnection>);

/// How a new connection is treated.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Admission {
    Admitted,
    /// An older connection makes room.
    Evicted,
    /// All connections have requests in progress.
    Refused,
}

impl ConnectionTable {
    /// Creates a table for a gateway, with room for as many connections as the limit of open files leaves.
    pub(super) fn for_gateway() -> Self {
        let total = max_connections(file_limit());
        Self::new(total, (total / 2).max(1))
    }

    /// Creates a table for the listener of the status page.
    pub(super) fn for_admin() -> Self {
        Self::new(MAX_ADMIN_CONNECTIONS, MAX_ADMIN_CONNECTIONS)
    }

    fn new(total: usize, per_address: usize) -> Self {
        Self(Arc::new(Inner { total, per_address, state: Mutex::default() }))
    }

    /// Adds a connection from an address; an unknown one counts as an address.
    pub(super) fn open(&self, address: Option<IpAddr>) -> (Admission, Option<Arc<OpenConnection>>) {
        let address = normalize(address);
        let mut state = self.state();
        let is_full_for = |state: &State| state.by_address.get(&address).is_some_and(|count| *count >= self.0.per_address);
        let mut admission = Admission::Admitted;
        if is_full_for(&state) || state.live() >= self.0.total {
            let within = is_full_for(&state).then_some(address);
            if !state.evict(within) {
                return (Admission::Refused, None);
            }
            admission = Admission::Evicted;
        }
        state.clock += 1;
        let (id, close) = (state.clock, Arc::new(Notify::new()));
        let entry = Entry { address, idle_since: Some(id), evicted: false, close: Arc::clone(&close) };
        state.open.insert(id, entry);
        *state.by_address.entry(address).or_default() += 1;
        (admission, Some(Arc::new(OpenConnection { table: self.clone(), id, close })))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Returns the number of connections that are not about to close.
    fn live(&self) -> usize {
        self.by_address.values().sum()
    }

    /// Has a connection close that waits for a request, of an address or of the one with most connections. Returns whether there is one.
    fn evict(&mut self, within: Option<IpAddr>) -> bool {
        let counts = &self.by_address;
        let candidates = self.open.values_mut().filter(|entry| !entry.evicted && within.is_none_or(|only| only == entry.address));
        let ranked = candidates.filter_map(|entry| {
            let count = counts.get(&entry.address).copied().unwrap_or_default();
            Some(((std::cmp::Reverse(count), entry.idle_since?), entry))
        });
        let Some((_, victim)) = ranked.min_by_key(|(rank, _)| *rank) else { return false };
        victim.evicted = true;
        victim.close.notify_one();
        let address = victim.address;
        self.forget(address);
        true
    }

    fn forget(&mut self, address: IpAddr) {
        if let Some(count) = self.by_address.get_mut(&address) {
            *count -= 1;
            if *count == 0 {
                self.by_address.remove(&address);
            }
        }
    }
}

impl OpenConnection {
    /// Waits until the connection has to make room for another one.
    pub(super) async fn evicted(&self) {
        self.close.notified().await;
    }

    /// Begins a request. `None` if the connection is about to close: then nothing may be done for the request.
    pub(super) fn begin_request(self: &Arc<Self>) -> Option<ActiveRequest> {
        let mut state = self.table.state();
        let entry = state.open.get_mut(&self.id).filter(|entry| !entry.evicted)?;
        entry.idle_since = None;
        Some(ActiveRequest(Arc::clone(self)))
    }
}

impl Drop for ActiveRequest {
    fn drop(&mut self) {
        let mut state = self.0.table.state();
        state.clock += 1;
        let now = state.clock;
        if let Some(entry) = state.open.get_mut(&self.0.id) {
            entry.idle_since = Some(now);
        }
    }
}

impl Drop for OpenConnection {
    fn drop(&mut self) {
        let mut state = self.table.state();
        if let Some(entry) = state.open.remove(&self.id)
            && !entry.evicted
        {
            state.forget(entry.address);
        }
    }
}

/// Returns the address to count under: for IPv6 the customer's /64.
fn normalize(address: Option<IpAddr>) -> IpAddr {
    match address.map(|address| address.to_canonical()) {
        Some(IpAddr::V6(address)) => IpAddr::V6(Ipv6Addr::from(u128::from(address) & (u128::MAX << 64))),
        Some(address) => address,
        None => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
    }
}

/// Returns how many connections a process may have that may open so many files.
fn max_connections(file_limit: usize) -> usize {
    file_limit.saturating_sub((file_limit / 2).min(RESERVED_FILES)).clamp(1, MAX_CONNECTIONS)
}

/// Returns how many files the process may open.
fn file_limit() -> usize {
    #[cfg(unix)]
    let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
    #[cfg(not(unix))]
    let limit: Option<u64> = None;
    limit.map_or(DEFAULT_FILE_LIMIT, |limit| usize::try_from(limit).unwrap_or(usize::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(table: &ConnectionTable, address: &str) -> (Admission, Option<Arc<OpenConnection>>) {
        table.open(address.parse().ok())
    }

    /// Returns whether a connection has been told to close.
    fn is_evicted(connection: &OpenConnection) -> bool {
        connection.table.state().open.get(&connection.id).unwrap().evicted
    }

    #[test]
    fn longest_waiting_connection_of_busiest_address_makes_room() {
        let table = ConnectionTable::new(4, 3);
        let first = open(&table, "192.0.2.1").1.unwrap();
        let flood: Vec<_> = (0..3).map(|_| open(&table, "198.51.100.7").1.unwrap()).collect();
        let (admission, second) = open(&table, "192.0.2.2");
        assert_eq!(admission, Admission::Evicted);
        let evicted: Vec<bool> = flood.iter().map(|connection| is_evicted(connection)).collect();
        assert_eq!((evicted, is_evicted(&first)), (vec![true, false, false], false));
        // What is about to close does not count, and takes no request.
        assert!(flood[0].begin_request().is_none());
        drop(second);
        assert_eq!(open(&table, "192.0.2.3").0, Admission::Admitted);
    }

    #[test]
    fn connection_with_request_is_not_evicted() {
        let table = ConnectionTable::new(2, 2);
        let (one, two) = (open(&table, "192.0.2.1").1.unwrap(), open(&table, "192.0.2.1").1.unwrap());
        let (first, second) = (one.begin_request().unwrap(), two.begin_request().unwrap());
        let (admission, connection) = open(&table, "192.0.2.2");
        assert!(admission == Admission::Refused && connection.is_none());
        drop(second);
        drop(first);
        // The second has waited longer since its request.
        assert_eq!(open(&table, "192.0.2.2").0, Admission::Evicted);
        assert!(is_evicted(&two) && !is_evicted(&one));
    }

    #[test]
    fn address_has_own_limit() {
        let table = ConnectionTable::new(10, 2);
        let of_one: Vec<_> = (0..2).map(|number| open(&table, &format!("2001:db8::{number}")).1.unwrap()).collect();
        let other = open(&table, "2001:db8:0:1::1").1.unwrap();
        let requests: Vec<_> = of_one.iter().map(|connection| connection.begin_request().unwrap()).collect();
        assert_eq!(open(&table, "2001:db8::9").0, Admission::Refused, "of one /64");
        drop(requests);
        let (admission, third) = open(&table, "2001:db8::9");
        assert_eq!((admission, is_evicted(&other)), (Admission::Evicted, false));
        drop((of_one, other, third));
        assert!(table.state().open.is_empty() && table.state().by_address.is_empty(), "entries vanish");
    }

    #[test]
    fn files_are_kept_back() {
        for (limit, expected) in [(0, 1), (64, 32), (256, 128), (1_024, 512), (2_000, 1_488), (1 << 20, 4_096)] {
            assert_eq!(max_connections(limit), expected, "{limit}");
        }
    }
}
