//! One exchange with Microsoft Graph: a request sent once, and its response interpreted.

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
            return Err(self.too_late("the request was not sent"));
        }
        request.set_client_request_id(&id);
        let response = self.network.send(request.into_http(), self.deadline).map_err(|fault| Error {
            may_have_taken_effect: effect.is_write() && fault.may_have_arrived,
            exchange: Some(Box::new(Exchange { client_request_id: Some(id.clone()), ..Exchange::default() })),
            ..match fault.kind {
                ErrorKind::Timeout => self.too_late("Microsoft Graph did not respond in time"),
                kind => Error::new(kind, fault.message),
            }
        })?;
        response::parse(&response, effect, expected, &id, self.network.date())
    }

    fn too_late(&self, what: &str) -> Error {
        let seconds = self.terms.timeout.as_secs_f64();
        Error::new(ErrorKind::Timeout, format!("{what}: the time limit of an operation is {seconds} s"))
    }
}
