//! One exchange with Microsoft Graph: a request is sent once, and its response is parsed.

use serde_json::{Map, Value};

use crate::error::{Error, ErrorKind, Exchange, Result, RetryAdvice};
use crate::graph::request::GraphRequest;
use crate::graph::response;
use crate::operations::connector::Connector;

impl Connector<'_> {
    /// Sends a request once.
    pub(super) fn send_once(&self, mut request: GraphRequest) -> Result<Map<String, Value>> {
        let expectation = request.expectation();
        let id = self.network.unique_id();
        if self.network.now() >= self.deadline {
            return Err(self.build_timeout_error("the request was not sent"));
        }
        request.set_client_request_id(&id);
        let name = request.name();
        let response = self.network.send(request.into_http(), self.deadline).map_err(|failure| {
            // The same response would be too long again.
            let is_transient = failure.is_transient && !failure.is_response_too_long;
            let may_have_arrived = expectation.effect.is_write() && failure.may_have_arrived;
            Error {
                retry: if is_transient { RetryAdvice::Repeatedly } else { RetryAdvice::Never },
                may_have_taken_effect: may_have_arrived,
                may_be_under_way: may_have_arrived,
                exchange: Some(Box::new(Exchange {
                    client_request_id: Some(id.clone()),
                    is_response_too_long: failure.is_response_too_long,
                    ..Exchange::default()
                })),
                ..match failure.kind {
                    ErrorKind::Timeout => self.build_timeout_error("Microsoft Graph did not respond in time"),
                    // Something refuses this very request, so that it has to be named.
                    kind if !is_transient => Error::new(kind, format!("{name}: {}", failure.message)),
                    kind => Error::new(kind, failure.message),
                }
            }
        })?;
        response::parse(&response, expectation, &id, self.network.date())
    }

    fn build_timeout_error(&self, problem: &str) -> Error {
        let seconds = self.settings.timeout.as_secs_f64();
        Error::new(ErrorKind::Timeout, format!("{problem}: the time limit of an operation is {seconds} s"))
    }
}
