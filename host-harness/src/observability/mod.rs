//! Observability: the audit log, the metrics, and trace ids.

pub(crate) mod audit_log;
pub(crate) mod call_trail;
pub(crate) mod metrics;
pub(crate) mod trace_context;
