//! The status page: HTML without scripts, and without anything from another host.

mod chart;
pub(super) mod page;
mod tenant_label;
