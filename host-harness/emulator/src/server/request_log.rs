//! The record of what clients sent.

use std::collections::VecDeque;
use std::fmt;

use bytes::Bytes;
use http::header::{AUTHORIZATION, HeaderMap};
use http::{Method, StatusCode};

/// A request that the emulator received.
#[derive(Clone)]
pub struct RecordedRequest {
    /// Method.
    pub method: Method,
    /// Path and query, as on the wire.
    pub target: String,
    /// Headers, the token included; `Debug` does not show it.
    pub headers: HeaderMap,
    /// Body; empty when it was over the emulator's limit.
    pub body: Bytes,
    /// The status of the answer; None while there is none, and when a fault keeps it back.
    pub status: Option<StatusCode>,
    /// The id that the request had in a batch. The batch itself, which has none, is recorded before its items; they stand in its
    /// order, with its version before their url and with its token.
    pub batch_item: Option<String>,
}

impl RecordedRequest {
    /// A header's value, if it is there and is text.
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

/// As many requests are kept: an emulator that runs for days has to stop somewhere.
const KEPT: usize = 10_000;

/// The requests received, in order.
#[derive(Debug, Default)]
pub(crate) struct RequestLog {
    kept: VecDeque<RecordedRequest>,
    /// How many were received before the first that is kept.
    forgotten: usize,
}

impl RequestLog {
    /// Keeps a request, and gives its number.
    pub(crate) fn add(&mut self, request: RecordedRequest) -> usize {
        if self.kept.len() == KEPT {
            self.kept.pop_front();
            self.forgotten += 1;
        }
        self.kept.push_back(request);
        self.forgotten + self.kept.len() - 1
    }

    /// Notes the answer to a request, unless the request was forgotten meanwhile.
    pub(crate) fn record_status(&mut self, number: usize, status: StatusCode) {
        let index = number.checked_sub(self.forgotten);
        if let Some(request) = index.and_then(|index| self.kept.get_mut(index)) {
            request.status = Some(status);
        }
    }

    pub(crate) fn all(&self) -> Vec<RecordedRequest> {
        self.kept.iter().cloned().collect()
    }

    pub(crate) fn clear(&mut self) {
        self.forgotten += self.kept.len();
        self.kept.clear();
    }
}
