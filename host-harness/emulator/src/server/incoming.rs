//! Requests as they arrive, and how an exchange ends.

use bytes::Bytes;
use http::request::Parts;

use crate::odata::response::GraphResponse;

/// A request on the wire, or an item of a batch.
#[derive(Debug)]
pub(crate) struct IncomingRequest {
    pub(crate) parts: Parts,
    /// None if the body exceeds the limit.
    pub(crate) body: Option<Bytes>,
    /// The id in its batch.
    pub(crate) item: Option<String>,
}

/// A response, of whose body only the first bytes are sent if there is a number; or a closed connection.
pub(crate) type ExchangeResult = Result<(GraphResponse, Option<usize>), ConnectionClosed>;

/// The connection closes without a response.
#[derive(Debug)]
pub(crate) struct ConnectionClosed;

impl std::fmt::Display for ConnectionClosed {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("closed by a fault")
    }
}

impl std::error::Error for ConnectionClosed {}
