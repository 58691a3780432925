//! The limits of one request and its response.

use std::time::Duration;

use wasmtime_wasi_http::RequestOptions;

use crate::limits::Limits;

/// The limits of one request and its response.
#[derive(Clone, Copy)]
pub(super) struct EgressLimits {
    pub(super) connect_timeout: Duration,
    pub(super) first_byte_timeout: Duration,
    pub(super) between_bytes_timeout: Duration,
    /// Requests of one call.
    pub(super) requests: usize,
    pub(super) header_bytes: usize,
    pub(super) request_bytes: usize,
    pub(super) response_bytes: usize,
}

impl EgressLimits {
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            connect_timeout: limits.connect_timeout,
            first_byte_timeout: limits.first_byte_timeout,
            between_bytes_timeout: limits.between_bytes_timeout,
            requests: limits.requests,
            header_bytes: limits.header_bytes,
            request_bytes: limits.request_bytes,
            response_bytes: limits.response_bytes,
        }
    }

    /// Returns the limits with the timeouts that the component requests, where those are shorter.
    pub(super) fn lowered_by(self, options: RequestOptions) -> Self {
        let lower = |limit: Duration, requested: Option<Duration>| requested.map_or(limit, |requested| requested.min(limit));
        Self {
            connect_timeout: lower(self.connect_timeout, options.connect_timeout),
            first_byte_timeout: lower(self.first_byte_timeout, options.first_byte_timeout),
            between_bytes_timeout: lower(self.between_bytes_timeout, options.between_bytes_timeout),
            ..self
        }
    }
}
