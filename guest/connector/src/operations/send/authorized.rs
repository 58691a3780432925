//! A network that adds a credential, for hosts that do not add one.

use std::cell::RefCell;
use std::time::{Duration, SystemTime};

use http::HeaderValue;
use http::header::AUTHORIZATION;

use crate::error::{Error, ErrorKind, RetryAdvice};
use crate::graph::token::{self, Application};
use crate::http_message::{HttpRequest, HttpResponse};
use crate::operations::send::network::{Network, TransportError};
use crate::secret::Secret;

/// The credential for requests to Microsoft Graph.
#[derive(Clone, Debug, PartialEq)]
pub enum Credential {
    /// The host adds the credential, outside the component.
    Host,
    /// An access token.
    Token(Secret),
    /// An application, which requests a token with the first request.
    Application(Application),
}

/// A network that adds a credential to each request.
pub struct AuthorizedNetwork<N> {
    network: N,
    credential: Credential,
    /// The issued token. It is valid for longer than an operation takes.
    issued: RefCell<Option<Secret>>,
}

impl<N: Network> AuthorizedNetwork<N> {
    /// Creates a network that adds `credential` to each request to `network`.
    pub fn new(network: N, credential: Credential) -> Self {
        AuthorizedNetwork { network, credential, issued: RefCell::default() }
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
        // No request has gone to Microsoft Graph yet.
        let to_transport_error = |error: Error| TransportError {
            is_transient: error.retry != RetryAdvice::Never,
            ..TransportError::new(error.kind, false, error.message)
        };
        let request = token::build_token_request(application).map_err(to_transport_error)?;
        let response = self.network.send(request, deadline).map_err(|sent| TransportError {
            may_have_arrived: false,
            message: format!("cannot request an access token: {}", sent.message),
            ..sent
        })?;
        let token = token::parse_token(&response).map_err(to_transport_error)?;
        *self.issued.borrow_mut() = Some(token.clone());
        Ok(Some(token))
    }
}

impl<N: Network> Network for AuthorizedNetwork<N> {
    fn send(&self, mut request: HttpRequest, deadline: Duration) -> Result<HttpResponse, TransportError> {
        if let Some(token) = self.token(deadline)? {
            let value = HeaderValue::try_from(format!("Bearer {}", token.expose()));
            let mut value = value.map_err(|_| {
                let problem = "the access token has characters that a header cannot have";
                TransportError::new(ErrorKind::Configuration, false, problem)
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
