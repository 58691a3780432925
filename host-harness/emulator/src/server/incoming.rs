//! Requests as they arrive, and how an exchange ends.

use bytes::Bytes;
use http::request::Parts;

use crate::odata::response::GraphResponse;

/// A request as it arrived, by itself or in a batch.
#[derive(Debug)]
pub(crate) struct IncomingRequest {
    pub(crate) parts: Parts,
    /// None when it was over the limit.
    pub(crate) body: Option<Bytes>,
    /// The id that it has in its batch.
    pub(crate) item: Option<String>,
}

/// An answer, of whose body only the first bytes go out if there is a number; or the end of the connection.
pub(crate) type ExchangeResult = Result<(GraphResponse, Option<usize>), ConnectionClosed>;

/// The connection is to be closed without an answer.
#[derive(Debug)]
pub(crate) struct ConnectionClosed;

impl std::fmt::Display for ConnectionClosed {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("closed by a fault")
    }
}

impl std::error::Error for ConnectionClosed {}
