//! A request, taken apart.

use bytes::Bytes;
use http::{HeaderMap, Method};

use crate::odata::prefer::Prefer;
use crate::odata::query::Query;

/// A request, taken apart.
#[derive(Debug)]
pub(crate) struct GraphRequest {
    pub(crate) method: Method,
    /// Scheme and authority as the client addressed the emulator: links in answers begin so.
    pub(crate) origin: String,
    /// As on the wire.
    pub(crate) path: String,
    pub(crate) query: Query,
    pub(crate) prefer: Prefer,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}
