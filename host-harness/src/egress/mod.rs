//! Egress: which requests of the component leave for Microsoft Graph, how fast, and what comes back.

mod audited_writes;
mod batch;
mod error_code;
pub(crate) mod exchange;
pub(crate) mod headers;
pub(crate) mod hook;
mod limits;
pub(crate) mod mailbox_permits;
mod metering;
mod policy;
pub(crate) mod rate_limit;
mod rate_limits;
mod redaction;
mod request_body;
