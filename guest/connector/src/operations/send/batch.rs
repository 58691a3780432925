//! Independent requests, sent in one exchange.

use serde_json::{Map, Value};

use crate::error::{Error, ErrorKind, Result, RetryAdvice};
use crate::graph::request::GraphRequest;
use crate::graph::{batch, response};
use crate::operations::connector::Connector;

impl Connector<'_> {
    /// Sends the requests once, in one batch. A single request is sent without a batch.
    pub(super) fn send_batch_once(&self, requests: &[GraphRequest]) -> Vec<Result<Map<String, Value>>> {
        if let [single] = requests {
            return vec![self.send_once(single.clone())];
        }
        let mut requests = requests.to_vec();
        let ids: Vec<String> = requests.iter().map(|_| self.network.unique_id()).collect();
        for (request, id) in requests.iter_mut().zip(&ids) {
            request.set_client_request_id(id);
        }
        let responses = match batch::build_batch_request(self.service, &requests).and_then(|batch| self.send_once(batch)) {
            Ok(body) => batch::split_responses(body, requests.len()),
            // Fewer objects can be short enough.
            Err(error) if error.is_response_too_long() && requests.iter().all(|request| !request.effect().is_write()) => {
                let (first, second) = requests.split_at(requests.len() / 2);
                return [first, second].map(|half| self.send_batch_once(half)).concat();
            }
            // The error of the batch is the error of each request.
            Err(error) => return requests.iter().map(|request| Err(share_error(&error, request))).collect(),
        };
        let items = requests.iter().zip(&ids).zip(responses);
        items
            .map(|((request, id), response)| match response {
                Some(response) => response::parse(&response, request.expectation(), id, self.network.date()),
                None => {
                    let problem = "the response to a batch lacks the response to this request";
                    let error = Error {
                        retry: RetryAdvice::Repeatedly,
                        may_have_taken_effect: true,
                        may_be_under_way: true,
                        ..Error::new(ErrorKind::Unavailable, problem)
                    };
                    Err(share_error(&error, request))
                }
            })
            .collect()
    }
}

/// Returns the error of a batch as the error of a request in it. A request that only reads has no effect.
fn share_error(error: &Error, request: &GraphRequest) -> Error {
    let is_write = request.effect().is_write();
    let is_refused = error.http_status().is_none() && error.retry == RetryAdvice::Never && error.kind != ErrorKind::Timeout;
    let message = if is_refused { format!("{} (a batch with {})", error.message, request.name()) } else { error.message.clone() };
    Error {
        message,
        may_have_taken_effect: error.may_have_taken_effect && is_write,
        may_be_under_way: error.may_be_under_way && is_write,
        ..error.clone()
    }
}
