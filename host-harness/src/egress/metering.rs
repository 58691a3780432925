//! Counts the requests of one call and their responses.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::{Arc, Mutex, PoisonError};

use http::header::RETRY_AFTER;
use http::{Method, Response, StatusCode};
use http_body_util::BodyExt as _;
use reqwest::Url;
use wasmtime_wasi_http::{Error, WasiBody};

use super::batch;
use super::exchange::Transmission;
use crate::observability::metrics::meter::Meter;

/// Failed requests of one call that are remembered, to recognize retries.
const MAX_REMEMBERED: usize = 1_000;

/// Counts the requests of one call.
#[derive(Clone, Default)]
pub(super) struct CallMeter {
    meter: Meter,
    /// Hashes of the requests that failed or were throttled: the same request again is a retry.
    failed: Arc<Mutex<HashSet<u64>>>,
}

impl CallMeter {
    pub(super) fn new(meter: Meter) -> Self {
        Self { meter, failed: Arc::default() }
    }

    pub(super) fn meter(&self) -> &Meter {
        &self.meter
    }

    /// Sends a request, and counts its outcome.
    pub(super) async fn measure(
        self,
        (method, url): (Method, Url),
        sending: impl Future<Output = Result<(Response<WasiBody>, Transmission), Error>>,
    ) -> Result<(Response<WasiBody>, Transmission), Error> {
        let key = hash(&method, &url);
        let is_retry = self.failed.lock().unwrap_or_else(PoisonError::into_inner).remove(&key);
        let mut sent = self.meter.start_request(classify(&method, &url), is_retry);
        let outcome = sending.await;
        let failed = match &outcome {
            Ok((response, _)) => {
                let status = response.status();
                let has_retry_after = response.headers().contains_key(RETRY_AFTER);
                let unavailable = status == StatusCode::SERVICE_UNAVAILABLE && has_retry_after;
                sent.record_response(status, status == StatusCode::TOO_MANY_REQUESTS || unavailable);
                status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error()
            }
            Err(error) => {
                sent.record_error(error);
                true
            }
        };
        if failed {
            let mut all = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
            if all.len() < MAX_REMEMBERED {
                all.insert(key);
            }
        }
        let (response, transmission) = outcome?;
        let meter = self.meter;
        let response = response.map(|body| body.map_err(move |error| count_size_limit(&meter, error)).boxed_unsync());
        Ok((response, transmission))
    }

    /// Counts a request that the policy refused.
    pub(super) fn count_refused(&self, method: &Method, error: &Error) {
        let class = if method.is_safe() { "read" } else { "write" };
        self.meter.start_request(class, false).record_error(error);
    }
}

fn count_size_limit(meter: &Meter, error: Error) -> Error {
    meter.count_size_limit(&error);
    error
}

/// Returns whether a request reads, writes, or is a batch.
fn classify(method: &Method, url: &Url) -> &'static str {
    match method {
        _ if batch::is_batch(url) => "batch",
        method if method.is_safe() => "read",
        _ => "write",
    }
}

fn hash(method: &Method, url: &Url) -> u64 {
    let mut hasher = DefaultHasher::new();
    (method, url.as_str()).hash(&mut hasher);
    hasher.finish()
}
