//! Requests that do not depend on each other, sent in as few exchanges as there can be.

use std::time::Duration;

use http::{HeaderValue, Method};
use serde_json::{Map, Value};

use crate::error::{Error, Kind, Result};
use crate::graph::{Request, answer, batch};
use crate::operations::Connector;
use crate::operations::network::Network;

/// A request under way: where its result goes, and whether an attempt may have taken effect.
struct Pending {
    position: usize,
    open: bool,
}

impl<N: Network> Connector<'_, N> {
    /// Sends every request, in batches, and gives the result of each in its place. Those that fail in a way that may pass are
    /// sent again, on their own or with others that failed so, while those that succeeded are done.
    ///
    /// An error says that its request may have taken effect where that is so of any attempt.
    pub(super) fn call_all(&self, requests: &[Request]) -> Vec<Result<Map<String, Value>>> {
        requests.chunks(batch::LIMIT).flat_map(|chunk| self.call_batch(chunk)).collect()
    }

    fn call_batch(&self, requests: &[Request]) -> Vec<Result<Map<String, Value>>> {
        let mut results: Vec<Option<Result<Map<String, Value>>>> = std::iter::repeat_with(|| None).take(requests.len()).collect();
        let mut pending: Vec<Pending> = (0..requests.len()).map(|position| Pending { position, open: false }).collect();
        let mut attempt = 1;
        while !pending.is_empty() {
            let sent: Vec<Request> = pending.iter().filter_map(|p| requests.get(p.position).cloned()).collect();
            let mut again = Vec::new();
            let mut longest = Duration::ZERO;
            for (mut item, outcome) in pending.into_iter().zip(self.batch_once(&sent)) {
                let Some((request, place)) = requests.get(item.position).zip(results.get_mut(item.position)) else { continue };
                let error = match outcome {
                    Ok(answer) => {
                        *place = Some(Ok(answer));
                        continue;
                    }
                    Err(error) => error,
                };
                // What an earlier attempt may have deleted, and is gone now, is deleted.
                if item.open && *request.method() == Method::DELETE && error.is_gone() {
                    *place = Some(Ok(Map::new()));
                    continue;
                }
                item.open |= error.may_have_taken_effect;
                let wait = self.terms.retry.wait(attempt, request.method(), &error, self.left(), self.chance());
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
        let lacking = || Err(Error::new(Kind::Internal, "a request of a batch got no result"));
        results.into_iter().map(|result| result.unwrap_or_else(lacking)).collect()
    }

    /// Sends the requests in one batch, once; a single one needs none.
    fn batch_once(&self, requests: &[Request]) -> Vec<Result<Map<String, Value>>> {
        if let [single] = requests {
            return vec![self.once(single.clone())];
        }
        let mut requests = requests.to_vec();
        let ids: Vec<String> = requests.iter().map(|_| self.network.unique_id()).collect();
        for (request, id) in requests.iter_mut().zip(&ids) {
            if let Ok(id) = HeaderValue::from_str(id) {
                request.headers_mut().insert("client-request-id", id);
            }
        }
        let wrote = |request: &Request| *request.method() != Method::GET;
        let answers = match batch::request(self.service, &requests).and_then(|batch| self.once(batch)) {
            Ok(answer) => batch::answers(answer, requests.len()),
            // What happened to the batch happened to each of its requests.
            Err(error) => {
                let of =
                    |request| Error { may_have_taken_effect: error.may_have_taken_effect && wrote(request), ..error.clone() };
                return requests.iter().map(|request| Err(of(request))).collect();
            }
        };
        let items = requests.iter().zip(&ids).zip(answers);
        items
            .map(|((request, id), answer)| match answer {
                Some(response) => answer::read(&response, request.method(), id, self.network.date()),
                None => {
                    let lacking = "the answer to a batch lacks that to one of its requests";
                    Err(Error { may_have_taken_effect: wrote(request), ..Error::new(Kind::Unavailable, lacking) })
                }
            })
            .collect()
    }
}
