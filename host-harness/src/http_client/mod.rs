//! The process's HTTP client: endpoints, proxy, CA certificates, name resolution and connect timeouts.

pub(crate) mod client;
pub(crate) mod connect_timeout;
pub(crate) mod egress_config;
pub(crate) mod endpoint;
pub(crate) mod public_addresses;
