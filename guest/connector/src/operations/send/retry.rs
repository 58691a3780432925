//! The retry loop of every request: what failed in a way that may pass is sent again, as the policy says.

use std::time::Duration;

use serde_json::{Map, Value};

use crate::error::{Error, ErrorKind, Result};
use crate::graph::batch;
use crate::graph::request::{GraphRequest, RequestEffect};
use crate::operations::connector::Connector;
use crate::operations::send::results::{not_begun, only};

/// A request under way: where its result goes, and whether an attempt may have taken effect.
struct Pending {
    position: usize,
    open: bool,
}

impl Connector<'_> {
    /// Sends a request, and again where the policy says so. Gives the object that is answered; an empty one where a deletion
    /// succeeded.
    pub(in crate::operations) fn send(&self, request: &GraphRequest) -> Result<Map<String, Value>> {
        only(self.send_all(std::slice::from_ref(request)))
    }

    /// Sends those requests that could be made, and gives the result of each, or why it could not be made.
    pub(in crate::operations) fn send_built(&self, requests: Vec<Result<GraphRequest>>) -> Vec<Result<Map<String, Value>>> {
        let made: Vec<GraphRequest> = requests.iter().flatten().cloned().collect();
        let mut answers = self.send_all(&made).into_iter();
        requests.into_iter().map(|request| request.and_then(|_| answers.next().unwrap_or_else(|| Err(not_begun())))).collect()
    }

    /// Sends every request, in batches, and gives the result of each in its place. Those that fail in a way that may pass are
    /// sent again, on their own or with others that failed so, while those that succeeded are done.
    ///
    /// An error says that its request may have taken effect where that is so of any attempt.
    pub(in crate::operations) fn send_all(&self, requests: &[GraphRequest]) -> Vec<Result<Map<String, Value>>> {
        requests.chunks(batch::LIMIT).flat_map(|chunk| self.send_with_retries(chunk)).collect()
    }

    fn send_with_retries(&self, requests: &[GraphRequest]) -> Vec<Result<Map<String, Value>>> {
        let mut results: Vec<Option<Result<Map<String, Value>>>> = std::iter::repeat_with(|| None).take(requests.len()).collect();
        let mut pending: Vec<Pending> = (0..requests.len()).map(|position| Pending { position, open: false }).collect();
        let mut attempt = 1;
        while !pending.is_empty() {
            let sent: Vec<GraphRequest> = pending.iter().filter_map(|p| requests.get(p.position).cloned()).collect();
            let mut again = Vec::new();
            let mut longest = Duration::ZERO;
            for (mut item, outcome) in pending.into_iter().zip(self.send_batch_once(&sent)) {
                let Some((request, place)) = requests.get(item.position).zip(results.get_mut(item.position)) else { continue };
                let error = match outcome {
                    Ok(answer) => {
                        *place = Some(Ok(answer));
                        continue;
                    }
                    Err(error) => error,
                };
                // What an earlier attempt may have deleted, and is gone now, is deleted.
                if item.open && request.effect() == RequestEffect::Deletion && error.is_not_found() {
                    *place = Some(Ok(Map::new()));
                    continue;
                }
                item.open |= error.may_have_taken_effect;
                let wait = self.terms.retry.wait(attempt, request.effect(), &error, self.left(), self.chance());
                let message = if attempt == 1 { error.message } else { format!("{} ({attempt} attempts)", error.message) };
                // Kept also where there is to be another attempt, whose result replaces it.
                *place = Some(Err(Error { message, may_have_taken_effect: item.open, ..error }));
                if let Some(wait) = wait {
                    longest = longest.max(wait);
                    again.push(item);
                }
            }
            if !again.is_empty() {
                self.network.wait_until(self.network.now().saturating_add(longest));
            }
            pending = again;
            attempt += 1;
        }
        let lacking = || Err(Error::new(ErrorKind::Internal, "a request of a batch got no result"));
        results.into_iter().map(|result| result.unwrap_or_else(lacking)).collect()
    }
}
