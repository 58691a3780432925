//! Independent requests, sent in one exchange.

use serde_json::{Map, Value};

use crate::error::{Error, ErrorKind, Result};
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
            Err(error) => {
                let error_of = |request: &GraphRequest| Error {
                    may_have_taken_effect: error.may_have_taken_effect && request.effect().is_write(),
                    ..error.clone()
                };
                return requests.iter().map(|request| Err(error_of(request))).collect();
            }
        };
        let items = requests.iter().zip(&ids).zip(responses);
        items
            .map(|((request, id), response)| match response {
                Some(response) => response::parse(&response, request.effect(), request.expected_body(), id, self.network.date()),
                None => {
                    let problem = "the response to a batch lacks the response to this request";
                    Err(Error {
                        may_have_taken_effect: request.effect().is_write(),
                        ..Error::new(ErrorKind::Unavailable, problem)
                    })
                }
            })
            .collect()
    }
}
