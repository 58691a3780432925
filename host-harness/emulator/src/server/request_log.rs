//! The log of received requests.

use std::collections::VecDeque;
use std::fmt;

use bytes::Bytes;
use http::header::{AUTHORIZATION, HeaderMap};
use http::{Method, StatusCode};

/// A request that the emulator received.
#[derive(Clone)]
pub struct RecordedRequest {
    /// The method.
    pub method: Method,
    /// The path and query, as on the wire.
    pub target: String,
    /// The headers, the token included. `Debug` hides it.
    pub headers: HeaderMap,
    /// The body; empty if it exceeds the emulator's limit.
    pub body: Bytes,
    /// The status of the response; None before it is sent, and if a fault withholds it.
    pub status: Option<StatusCode>,
    /// The id in a batch. The batch itself has none and comes before its items. The items have its order and its token, and its
    /// version before their url.
    pub batch_item: Option<String>,
}

impl RecordedRequest {
    /// Returns a header's value, if it is present and visible ASCII.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

impl fmt::Debug for RecordedRequest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = self.headers.iter().map(|(name, value)| {
            let value = value.to_str().unwrap_or("(not text)");
            (name.as_str(), if *name == AUTHORIZATION { "Bearer [redacted]" } else { value })
        });
        formatter
            .debug_struct("Recorded")
            .field("method", &self.method)
            .field("target", &self.target)
            .field("headers", &shown.collect::<Vec<_>>())
            .field("body", &String::from_utf8_lossy(&self.body))
            .field("status", &self.status)
            .field("batch_item", &self.batch_item)
            .finish()
    }
}

/// The most requests in the log, so that an emulator can run for days.
const MAX_REQUESTS: usize = 10_000;

/// The received requests, in order.
#[derive(Debug, Default)]
pub(crate) struct RequestLog {
    kept: VecDeque<RecordedRequest>,
    /// How many requests were dropped from the front.
    dropped: usize,
}

impl RequestLog {
    /// Adds a request, and returns its number.
    pub(crate) fn add(&mut self, request: RecordedRequest) -> usize {
        if self.kept.len() == MAX_REQUESTS {
            self.kept.pop_front();
            self.dropped += 1;
        }
        self.kept.push_back(request);
        self.dropped + self.kept.len() - 1
    }

    /// Sets the status of a request, unless the log dropped it.
    pub(crate) fn record_status(&mut self, number: usize, status: StatusCode) {
        let index = number.checked_sub(self.dropped);
        if let Some(request) = index.and_then(|index| self.kept.get_mut(index)) {
            request.status = Some(status);
        }
    }

    pub(crate) fn to_vec(&self) -> Vec<RecordedRequest> {
        self.kept.iter().cloned().collect()
    }

    pub(crate) fn clear(&mut self) {
        self.dropped += self.kept.len();
        self.kept.clear();
    }
}
