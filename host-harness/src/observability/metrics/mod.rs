//! What a multi-tenant gateway counts, for Prometheus and for the status page.
//!
//! Labels are names of tenants from the configuration, and words of a fixed list: no id, no name of a person, no value.

pub(crate) mod counters;
mod families;
pub(crate) mod figures;
pub(crate) mod meter;
pub(crate) mod status;
