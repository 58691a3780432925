//! HTTP: connections, the request log, batches, and what happens to a request before and after it takes effect.

pub(crate) mod batch;
pub(crate) mod batch_item;
pub(crate) mod dispatch;
pub(crate) mod exchange;
pub(crate) mod gzip;
pub(crate) mod http1;
pub(crate) mod incoming;
pub(crate) mod request_log;
pub(crate) mod shared;
