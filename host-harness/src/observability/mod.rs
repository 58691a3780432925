//! Observability: the audit log, the metrics, and trace ids.

pub(crate) mod audit_entry;
pub(crate) mod audit_log;
pub(crate) mod audited_write;
mod call_audit;
pub(crate) mod call_trail;
pub(crate) mod log_queue;
pub(crate) mod metrics;
pub(crate) mod trace_context;
