//! The sandbox: the compiled component, what one call of it runs in, and how a call ends.

mod allocation_limiter;
#[cfg(feature = "artifacts")]
pub(crate) mod artifacts;
pub mod bindings;
pub(crate) mod call_error;
pub(crate) mod component_host;
pub(crate) mod context;
mod engine;
mod guest_log;
pub(crate) mod lease;
mod permit;
#[cfg(feature = "artifacts")]
mod private_directory;
mod runtime;
mod sandbox_pool;
pub(crate) mod write_permits;
