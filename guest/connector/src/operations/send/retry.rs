//! The retry loop of all requests: a request with a transient failure is sent again, as the policy decides.

use std::time::Duration;

use serde_json::{Map, Value};

use crate::error::{Error, ErrorKind, Result};
use crate::graph::batch;
use crate::graph::request::{GraphRequest, RequestEffect};
use crate::operations::connector::Connector;
use crate::operations::send::results::{build_not_started_error, take_single};

/// A request without a final result: its position, and whether an attempt may have taken effect, or may still.
struct Pending {
    position: usize,
    may_have_taken_effect: bool,
    may_be_under_way: bool,
}

impl Connector<'_> {
    /// Sends a request, with retries. Returns the object of the response, which is empty for a deletion.
    pub(in crate::operations) fn send(&self, request: &GraphRequest) -> Result<Map<String, Value>> {
        take_single(self.send_all(std::slice::from_ref(request)))
    }

    /// Sends the requests that could be built. Returns the result of each, or the error of building it.
    pub(in crate::operations) fn send_built(&self, requests: Vec<Result<GraphRequest>>) -> Vec<Result<Map<String, Value>>> {
        let built: Vec<GraphRequest> = requests.iter().flatten().cloned().collect();
        let mut results = self.send_all(&built).into_iter();
        requests
            .into_iter()
            .map(|request| request.and_then(|_| results.next().unwrap_or_else(|| Err(build_not_started_error()))))
            .collect()
    }

    /// Sends all requests, in batches. Returns the result of each at its position. Only requests with a transient failure are
    /// sent again, alone or in a batch.
    ///
    /// An error says that its request may have taken effect if any attempt may have.
    pub(in crate::operations) fn send_all(&self, requests: &[GraphRequest]) -> Vec<Result<Map<String, Value>>> {
        requests.chunks(batch::MAX_REQUESTS).flat_map(|chunk| self.send_with_retries(chunk)).collect()
    }

    fn send_with_retries(&self, requests: &[GraphRequest]) -> Vec<Result<Map<String, Value>>> {
        let mut results: Vec<Option<Result<Map<String, Value>>>> = std::iter::repeat_with(|| None).take(requests.len()).collect();
        let first = |position| Pending { position, may_have_taken_effect: false, may_be_under_way: false };
        let mut pending: Vec<Pending> = (0..requests.len()).map(first).collect();
        let mut attempt = 1;
        while !pending.is_empty() {
            let sent: Vec<GraphRequest> = pending.iter().filter_map(|p| requests.get(p.position).cloned()).collect();
            let mut retries = Vec::new();
            let mut longest = Duration::ZERO;
            for (mut item, outcome) in pending.into_iter().zip(self.send_batch_once(&sent)) {
                let Some((request, slot)) = requests.get(item.position).zip(results.get_mut(item.position)) else { continue };
                let error = match outcome {
                    Ok(object) => {
                        *slot = Some(Ok(object));
                        continue;
                    }
                    Err(error) => error,
                };
                // An earlier attempt may have deleted the object. Now it does not exist: the deletion succeeded.
                if item.may_have_taken_effect
                    && request.effect() == RequestEffect::Deletion
                    && error.kind == ErrorKind::UnknownUid
                {
                    *slot = Some(Ok(Map::new()));
                    continue;
                }
                item.may_have_taken_effect |= error.may_have_taken_effect;
                item.may_be_under_way |= error.may_be_under_way;
                let wait = self.settings.retry.compute_delay(
                    attempt,
                    request.effect(),
                    &error,
                    self.remaining_time(),
                    self.draw_fraction(),
                );
                let message = if attempt == 1 { error.message } else { format!("{} ({attempt} attempts)", error.message) };
                // The result of the next attempt replaces it, if there is one.
                let (may_have_taken_effect, may_be_under_way) = (item.may_have_taken_effect, item.may_be_under_way);
                *slot = Some(Err(Error { message, may_have_taken_effect, may_be_under_way, ..error }));
                if let Some(wait) = wait {
                    longest = longest.max(wait);
                    retries.push(item);
                }
            }
            if !retries.is_empty() {
                self.network.wait_until(self.network.now().saturating_add(longest));
            }
            pending = retries;
            attempt += 1;
        }
        let missing = || Err(Error::new(ErrorKind::Internal, "a request of a batch has no result"));
        results.into_iter().map(|result| result.unwrap_or_else(missing)).collect()
    }
}
