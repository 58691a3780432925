//! One exchange with Microsoft Graph: a request sent once, and its response interpreted.

use http::{HeaderValue, Method, header};
use serde_json::{Map, Value};

use crate::error::{Error, Exchange, Kind, Result};
use crate::graph::{Question, Request, answer};
use crate::operations::connector::Connector;

impl Connector<'_> {
    /// Sends a request once.
    pub(super) fn send_once(&self, mut request: Request) -> Result<Map<String, Value>> {
        let method = request.method().clone();
        let asked = request.extensions().get::<Question>().is_some();
        let wrote = method != Method::GET && !asked;
        let wants_picture = request.headers().get(header::ACCEPT).is_some_and(|value| value == "image/*");
        let id = self.network.unique_id();
        if self.network.now() >= self.deadline {
            return Err(self.too_late("the request was not sent"));
        }
        if let Ok(id) = HeaderValue::from_str(&id) {
            request.headers_mut().insert("client-request-id", id);
        }
        let response = self.network.send(request, self.deadline).map_err(|fault| Error {
            may_have_taken_effect: wrote && fault.may_have_arrived,
            exchange: Some(Box::new(Exchange { client_request_id: Some(id.clone()), ..Exchange::default() })),
            ..match fault.kind {
                Kind::Timeout => self.too_late("Microsoft Graph did not answer in time"),
                kind => Error::new(kind, fault.message),
            }
        })?;
        let read = if wants_picture { answer::picture } else { answer::read };
        let answer = read(&response, &method, &id, self.network.date());
        answer.map_err(|error| Error { may_have_taken_effect: wrote && error.may_have_taken_effect, ..error })
    }

    fn too_late(&self, what: &str) -> Error {
        let seconds = self.terms.timeout.as_secs_f64();
        Error::new(Kind::Timeout, format!("{what}: the operation's {seconds} s are over (GRAPH_TIMEOUT_SECONDS)"))
    }
}
