//! What one call may use.

use std::time::Duration;

const KIB: usize = 1 << 10;
const MIB: usize = 1 << 20;

/// What one call of the component may use, and how many calls run at once.
///
/// The defaults suit a mailbox of some ten thousand contacts. wasmtime's own defaults for host calls, handles and header
/// sizes are far higher; they are set down here because they bound what a hostile component can make the host allocate
/// (GHSA-852m-cvvp-9p4w, GHSA-243v-98vx-264h).
#[derive(Debug, Clone)]
pub struct Limits {
    /// Linear memory of one sandbox, in bytes. 128 MiB.
    pub memory: usize,
    /// Entries of each table of one sandbox. 100,000.
    pub table_elements: usize,
    /// Stack of the component's functions, in bytes: how deep they may be nested. 512 KiB. It is of the process, not of a tenant.
    pub stack: usize,
    /// Time that one call may compute, in which time spent waiting for the network does not count. Counted in ticks of
    /// [`Limits::TICK`]. 10 s.
    pub cpu_time: Duration,
    /// Bytes that the component may hand to the host in one call between them. 32 MiB.
    pub hostcall_bytes: usize,
    /// Handles that the component may hold at a time. 1,000.
    pub handles: usize,
    /// Host resources (requests, bodies, streams) that one sandbox may hold at a time. 1,000.
    pub resources: usize,
    /// Headers of one request or response, in bytes: of those that the component builds as the host stores them, of those of
    /// Microsoft Graph's answers what the component is given of them. 32 KiB.
    pub header_bytes: usize,
    /// Random bytes that the component may ask for at a time. 64 KiB.
    pub random_bytes: u64,
    /// Requests that one call may make to Microsoft Graph; a batch is one. 5,000.
    pub requests: usize,
    /// Body of the answer to one call through the gateway, in bytes, which goes out as it comes. 256 MiB.
    pub answer_bytes: usize,
    /// Body of one request to Microsoft Graph, in bytes. A batch is kept in memory until it leaves. 8 MiB.
    pub request_bytes: usize,
    /// Body of one response of Microsoft Graph, in bytes after decompression. 64 MiB.
    pub response_bytes: usize,
    /// The longest wait for a connection, name lookup and TLS included. 10 s.
    pub connect_timeout: Duration,
    /// The longest wait for the head of a response once there is a connection. 60 s.
    pub first_byte_timeout: Duration,
    /// The longest wait between two pieces of a response's body. 30 s.
    pub between_bytes_timeout: Duration,
    /// Requests under way for one mailbox at a time, of all calls together; the others wait. 4, which is Outlook's limit.
    pub mailbox_concurrency: usize,
    /// Calls that run at a time; the others wait. 64.
    pub concurrency: usize,
    /// The longest wait of a call for its turn. 5 s.
    pub queue_timeout: Duration,
    /// How long a call may run on after [`Settings::deadline`](crate::Settings::deadline), which the component keeps
    /// itself, before the host ends it. 5 s.
    pub grace: Duration,
}

impl Limits {
    /// The unit in which [`Limits::cpu_time`] is counted.
    pub const TICK: Duration = Duration::from_millis(10);
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            memory: 128 * MIB,
            table_elements: 100_000,
            stack: 512 * KIB,
            cpu_time: Duration::from_secs(10),
            hostcall_bytes: 32 * MIB,
            handles: 1_000,
            resources: 1_000,
            header_bytes: 32 * KIB,
            random_bytes: 64 << 10,
            requests: 5_000,
            answer_bytes: 256 * MIB,
            request_bytes: 8 * MIB,
            response_bytes: 64 * MIB,
            connect_timeout: Duration::from_secs(10),
            first_byte_timeout: Duration::from_secs(60),
            between_bytes_timeout: Duration::from_secs(30),
            mailbox_concurrency: 4,
            concurrency: 64,
            queue_timeout: Duration::from_secs(5),
            grace: Duration::from_secs(5),
        }
    }
}
