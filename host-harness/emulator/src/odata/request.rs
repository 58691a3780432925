//! A parsed request.

use bytes::Bytes;
use http::{HeaderMap, Method};

use crate::odata::prefer::Prefer;
use crate::odata::query::Query;
use crate::variation::choices::Choices;

/// A parsed request.
#[derive(Debug)]
pub(crate) struct GraphRequest {
    pub(crate) method: Method,
    /// Scheme and authority as the client addressed the emulator. Links in responses begin with them.
    pub(crate) origin: String,
    /// The path as on the wire.
    pub(crate) path: String,
    pub(crate) query: Query,
    pub(crate) prefer: Prefer,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// What varies in the response.
    pub(crate) choices: Choices,
}
