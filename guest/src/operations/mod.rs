//! What the connector does, on contacts, folders, users and organizational contacts, through a [`Network`].
//!
//! Each operation builds requests with [`crate::graph`], sends them, and makes contacts of the answers. All requests of one
//! [`Connector`] share one deadline.

pub mod authorized;
mod batch;
pub mod changes;
pub mod contact_class;
pub mod contact_extras;
pub mod contact_search;
pub mod contacts;
pub mod create;
pub mod directory_objects;
pub mod directory_search;
pub mod extensions;
pub mod filter;
pub mod folder_class;
pub mod folders;
pub mod network;
pub mod object_class;
pub mod org_contact_class;
pub mod org_contacts;
pub mod patch;
pub mod photo;
pub mod retry;
pub mod schema;
pub mod search;
pub mod sync;
pub mod update;
pub mod user;
pub mod user_search;

use std::time::Duration;

use http::{HeaderValue, Method, header};
use serde_json::{Map, Value};

use crate::error::{Error, Exchange, Kind, Result};
use crate::graph::{Question, Request, Service, answer, users};
use network::Network;
use retry::Policy;

/// How operations are carried out.
#[derive(Clone, Debug, PartialEq)]
pub struct Terms {
    /// The time that an operation has in all.
    pub timeout: Duration,
    /// How requests are repeated.
    pub retry: Policy,
    /// Whether a creation carries a key, by which it is found again when its answer got lost.
    pub exactly_once: bool,
}

/// The operations, on one service, over one network, by one deadline.
pub struct Connector<'a, N> {
    service: &'a Service,
    network: &'a N,
    terms: &'a Terms,
    /// On the clock of the network.
    deadline: Duration,
}

impl<'a, N: Network> Connector<'a, N> {
    /// Operations whose time begins now.
    pub fn new(service: &'a Service, network: &'a N, terms: &'a Terms) -> Self {
        Connector { service, network, terms, deadline: network.now().saturating_add(terms.timeout) }
    }

    /// The service that the operations are on.
    pub fn service(&self) -> &'a Service {
        self.service
    }

    /// Shows that settings, credential and connection work, by a request that changes nothing.
    pub fn test(&self) -> Result<()> {
        match self.call(&users::probe(self.service)?) {
            // The credential works. That it may not list users is no fault: contacts need no such permission.
            Err(error) if error.kind == Kind::PermissionDenied => Ok(()),
            other => other.map(|_| ()),
        }
    }

    /// Sends a request, and again where the policy says so. Gives the object that is answered; an empty one where a deletion
    /// succeeded.
    fn call(&self, request: &Request) -> Result<Map<String, Value>> {
        contacts::only(self.call_all(std::slice::from_ref(request)))
    }

    /// The time until the deadline.
    fn left(&self) -> Duration {
        self.deadline.saturating_sub(self.network.now())
    }

    /// A random number from 0 to 1.
    fn chance(&self) -> f64 {
        let random = u32::try_from(self.network.random() & u128::from(u32::MAX)).unwrap_or_default();
        f64::from(random) / f64::from(u32::MAX)
    }

    /// Sends a request once.
    fn once(&self, mut request: Request) -> Result<Map<String, Value>> {
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
