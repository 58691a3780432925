//! Who calls a multi-tenant gateway, and how callers authenticate.

pub(crate) mod caller_registry;
mod comparisons;
pub(crate) mod login_throttle;
pub(crate) mod proof;
