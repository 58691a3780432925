//! What the connector does, on contacts and on users, through a [`Network`].
//!
//! Each operation builds requests with [`crate::graph`], sends them, and makes contacts of the answers. All requests of one
//! [`Connector`] share one deadline.

pub mod contacts;
pub mod network;
pub mod schema;
pub mod user;

use std::time::Duration;

use http::{HeaderValue, Method};
use serde_json::{Map, Value};

use crate::error::{Error, Exchange, Kind, Result};
use crate::graph::{Request, Service, answer, users};
use network::Network;

/// The operations, on one service, over one network, by one deadline.
pub struct Connector<'a, N> {
    service: &'a Service,
    network: &'a N,
    /// On the clock of the network.
    deadline: Duration,
    /// The time that the operation has in all, for messages.
    timeout: Duration,
}

impl<'a, N: Network> Connector<'a, N> {
    /// Operations that end within `timeout` from now.
    pub fn new(service: &'a Service, network: &'a N, timeout: Duration) -> Self {
        Connector { service, network, deadline: network.now().saturating_add(timeout), timeout }
    }

    /// The service that the operations are on.
    pub fn service(&self) -> &'a Service {
        self.service
    }

    /// Shows that settings, credential and connection work, by a request that changes nothing.
    pub fn test(&self) -> Result<()> {
        match self.call(users::probe(self.service)?) {
            // The credential works. That it may not list users is no fault: contacts need no such permission.
            Err(error) if error.kind == Kind::PermissionDenied => Ok(()),
            other => other.map(|_| ()),
        }
    }

    /// Sends a request and gives the object that is answered; an empty one where a deletion succeeded.
    fn call(&self, mut request: Request) -> Result<Map<String, Value>> {
        let method = request.method().clone();
        let wrote = method != Method::GET;
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
        answer::read(&response, &method, &id, self.network.date())
    }

    fn too_late(&self, what: &str) -> Error {
        let seconds = self.timeout.as_secs_f64();
        Error::new(Kind::Timeout, format!("{what}: the operation's {seconds} s are over (GRAPH_TIMEOUT_SECONDS)"))
    }
}
