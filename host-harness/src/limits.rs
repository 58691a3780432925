//! The limits of one call.

use std::time::Duration;

const KIB: usize = 1 << 10;
const MIB: usize = 1 << 20;

/// The limits of one call of the component, and of concurrent calls.
///
/// The defaults suit a mailbox of some ten thousand contacts. wasmtime's defaults for host calls, handles and header sizes are
/// much higher. They are lowered here because they bound what a hostile component can make the host allocate
/// (GHSA-852m-cvvp-9p4w, GHSA-243v-98vx-264h).
#[derive(Debug, Clone)]
pub struct Limits {
    /// Linear memory of one sandbox, of all of its memories together, in bytes. 128 MiB.
    pub memory: usize,
    /// Entries of each table of one sandbox. 100,000.
    pub table_elements: usize,
    /// Stack of the component's functions in bytes, which bounds how deep calls nest. The same for all tenants. 512 KiB.
    pub stack: usize,
    /// CPU time of one call, in ticks of [`Limits::TICK`]. Waiting for the network does not count. 10 s.
    pub cpu_time: Duration,
    /// Bytes that the component may pass to the host in one host call. 32 MiB.
    pub hostcall_bytes: usize,
    /// Handles that the component may hold at a time. 1,000.
    pub handles: usize,
    /// Host resources (requests, bodies, streams) that one sandbox may hold at a time. 1,000.
    pub resources: usize,
    /// Headers of one request or response in bytes: those that the component sets, and those of Microsoft Graph's responses that
    /// the component gets. 32 KiB.
    pub header_bytes: usize,
    /// Random bytes that the component may request at a time. 64 KiB.
    pub random_bytes: u64,
    /// Requests of one call to Microsoft Graph; a batch is one. 5,000.
    pub requests: usize,
    /// Body of the gateway's response to one call in bytes. It is streamed. 256 MiB.
    pub gateway_response_bytes: usize,
    /// Body of one request to Microsoft Graph in bytes. A batch is held in memory until it leaves. 8 MiB.
    pub request_bytes: usize,
    /// Body of one response from Microsoft Graph in bytes after decompression. 64 MiB.
    pub response_bytes: usize,
    /// Maximum time to connect, with name resolution and TLS. 10 s.
    pub connect_timeout: Duration,
    /// Maximum time from the connection to the head of a response. 60 s.
    pub first_byte_timeout: Duration,
    /// Maximum time between two frames of a response's body. 30 s.
    pub between_bytes_timeout: Duration,
    /// Concurrent requests for one mailbox, of all calls together; further ones wait. 4, which is Outlook's limit.
    pub mailbox_concurrency: usize,
    /// Concurrent calls; further ones wait. 64.
    pub concurrency: usize,
    /// Maximum time that a call waits for a sandbox. 5 s.
    pub queue_timeout: Duration,
    /// The time after [`Settings::deadline`](crate::Settings::deadline), which the component enforces itself, at which the host
    /// ends a call. 5 s.
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
            gateway_response_bytes: 256 * MIB,
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
