//! Tenants: the configuration of a multi-tenant gateway, its tenants, and who may call them.

pub(crate) mod callers;
pub mod config;
pub(crate) mod listener_tls;
pub(crate) mod operation_set;
pub(crate) mod snapshot;
pub(crate) mod tenant;
pub(crate) mod tenant_registry;
