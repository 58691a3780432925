//! One exchange with Microsoft Graph: a request is sent once, and its response is parsed.

use serde_json::{Map, Value};

use crate::error::{Error, ErrorKind, Exchange, Result};
use crate::graph::request::GraphRequest;
use crate::graph::response;
use crate::operations::connector::Connector;

impl Connector<'_> {
    /// Sends a request once.
    pub(super) fn send_once(&self, mut request: GraphRequest) -> Result<Map<String, Value>> {
        let (effect, expected) = (request.effect(), request.expected_body());
        let id = self.network.unique_id();
        if self.network.now() >= self.deadline {
            return Err(self.build_timeout_error("the request was not sent"));
        }
        request.set_client_request_id(&id);
        let response = self.network.send(request.into_http(), self.deadline).map_err(|failure| Error {
            may_have_taken_effect: effect.is_write() && failure.may_have_arrived,
            exchange: Some(Box::new(Exchange {
                client_request_id: Some(id.clone()),
                is_response_too_long: failure.is_response_too_long,
                ..Exchange::default()
            })),
            ..match failure.kind {
                ErrorKind::Timeout => self.build_timeout_error("Microsoft Graph did not respond in time"),
                kind => Error::new(kind, failure.message),
            }
        })?;
        response::parse(&response, effect, expected, &id, self.network.date())
    }

    fn build_timeout_error(&self, problem: &str) -> Error {
        let seconds = self.settings.timeout.as_secs_f64();
        Error::new(ErrorKind::Timeout, format!("{problem}: the time limit of an operation is {seconds} s"))
    }
}
