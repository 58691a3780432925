//! Counting what leaves and what comes back.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::{Arc, Mutex, PoisonError};

use http::header::RETRY_AFTER;
use http::{Method, Response, StatusCode};
use http_body_util::BodyExt as _;
use reqwest::Url;
use wasmtime_wasi_http::{Error, WasiBody};

use super::{Transmission, batch};
use crate::metrics::Meter;

/// As many failed requests of one call are remembered.
const REMEMBERED: usize = 1_000;

/// One call's requests, as they are counted.
#[derive(Clone, Default)]
pub(super) struct Metered {
    pub(super) meter: Meter,
    /// Hashes of the requests that failed, or were throttled, and may be sent again.
    failed: Arc<Mutex<HashSet<u64>>>,
}

impl Metered {
    pub(super) fn new(meter: Meter) -> Self {
        Self { meter, failed: Arc::default() }
    }

    /// Sends, and counts what becomes of it.
    pub(super) async fn sending(
        self,
        (method, url): (Method, Url),
        sending: impl Future<Output = Result<(Response<WasiBody>, Transmission), Error>>,
    ) -> Result<(Response<WasiBody>, Transmission), Error> {
        let key = key(&method, &url);
        let again = self.failed.lock().unwrap_or_else(PoisonError::into_inner).remove(&key);
        let mut sent = self.meter.request(class(&method, &url), again);
        let outcome = sending.await;
        let failed = match &outcome {
            Ok((response, _)) => {
                let status = response.status();
                let waits = response.headers().contains_key(RETRY_AFTER);
                let unavailable = status == StatusCode::SERVICE_UNAVAILABLE && waits;
                sent.answered(status, status == StatusCode::TOO_MANY_REQUESTS || unavailable);
                status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error()
            }
            Err(error) => {
                sent.failed(error);
                true
            }
        };
        if failed {
            let mut all = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
            if all.len() < REMEMBERED {
                all.insert(key);
            }
        }
        let (response, transmission) = outcome?;
        let meter = self.meter;
        let response = response.map(|body| body.map_err(move |error| limited(&meter, error)).boxed_unsync());
        Ok((response, transmission))
    }

    /// A request that does not leave.
    pub(super) fn refused(&self, method: &Method, error: &Error) {
        let class = if method.is_safe() { "read" } else { "write" };
        self.meter.request(class, false).failed(error);
    }
}

fn limited(meter: &Meter, error: Error) -> Error {
    meter.limited(&error);
    error
}

/// What a request does, as far as its head says.
fn class(method: &Method, url: &Url) -> &'static str {
    match method {
        _ if batch::is_batch(url) => "batch",
        method if method.is_safe() => "read",
        _ => "write",
    }
}

fn key(method: &Method, url: &Url) -> u64 {
    let mut hasher = DefaultHasher::new();
    (method, url.as_str()).hash(&mut hasher);
    hasher.finish()
}
