//! A network that adds a credential of the component's own, for hosts that add none.

use std::cell::RefCell;
use std::time::{Duration, SystemTime};

use http::HeaderValue;
use http::header::AUTHORIZATION;

use crate::error::{Error, ErrorKind};
use crate::graph::token::{self, Application};
use crate::http_message::{HttpRequest, HttpResponse};
use crate::operations::send::network::{Network, TransportError};
use crate::secret::Secret;

/// What authorises requests to Microsoft Graph.
#[derive(Clone, Debug, PartialEq)]
pub enum Credential {
    /// Nothing here: the host adds a credential, outside of the component.
    OfHost,
    /// A token that there is already.
    Token(Secret),
    /// An application, which asks for a token when the first is needed.
    Application(Application),
}

/// A network whose requests carry a credential.
pub struct AuthorizedNetwork<N> {
    network: N,
    credential: Credential,
    /// The token that was asked for; it outlives every call.
    issued: RefCell<Option<Secret>>,
}

impl<N: Network> AuthorizedNetwork<N> {
    /// `network`, with `credential` on every request.
    pub fn new(network: N, credential: Credential) -> Self {
        Authorized { network, credential, issued: RefCell::default() }
    }

    fn token(&self, deadline: Duration) -> Result<Option<Secret>, TransportError> {
        let application = match &self.credential {
            Credential::Host => return Ok(None),
            Credential::Token(token) => return Ok(Some(token.clone())),
            Credential::Application(application) => application,
        };
        if let Some(token) = self.issued.borrow().clone() {
            return Ok(Some(token));
        }
        // Microsoft Graph has not been asked yet, whatever goes wrong.
        let fault = |error: Error| TransportError { kind: error.kind, may_have_arrived: false, message: error.message };
        let request = token::request(application).map_err(fault)?;
        let response = self
            .network
            .send(request, deadline)
            .map_err(|sent| fault(Error::new(sent.kind, format!("no access token could be asked for: {}", sent.message))))?;
        let token = token::read(&response).map_err(fault)?;
        *self.issued.borrow_mut() = Some(token.clone());
        Ok(Some(token))
    }
}

impl<N: Network> Network for AuthorizedNetwork<N> {
    fn send(&self, mut request: HttpRequest, deadline: Duration) -> Result<HttpResponse, TransportError> {
        if let Some(token) = self.token(deadline)? {
            let value = HeaderValue::try_from(format!("Bearer {}", token.expose()));
            let mut value = value.map_err(|_| TransportError {
                kind: ErrorKind::Configuration,
                may_have_arrived: false,
                message: "the access token holds what no header does".to_owned(),
            })?;
            value.set_sensitive(true);
            request.headers_mut().insert(AUTHORIZATION, value);
        }
        self.network.send(request, deadline)
    }

    fn now(&self) -> Duration {
        self.network.now()
    }

    fn date(&self) -> SystemTime {
        self.network.date()
    }

    fn wait_until(&self, time: Duration) {
        self.network.wait_until(time);
    }

    fn random(&self) -> u128 {
        self.network.random()
    }
}
