//! Sending requests: one or many, each with its retries, over a network that the caller supplies.

pub mod authorized;
mod batch;
pub(in crate::operations) mod create;
pub mod delta;
pub(in crate::operations) mod evidence;
mod exchange;
pub mod network;
pub mod page_progress;
pub(in crate::operations) mod paging;
pub(in crate::operations) mod results;
mod retry;
pub mod retry_policy;
