//! Requests to a gateway of one party: the host checks the login before anything runs, and counts failed ones. The component checks it
//! again, because it may run in another host.

use std::net::IpAddr;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use http::{HeaderMap, Request, Response};
use protocol::api::Api;
use protocol::frontend::Refusal;
use protocol::login::Login;
use tracing::Instrument as _;

use super::exchange;
use super::refusal::{RequestHead, refuse};
use super::request_body::RequestBody;
use super::response_body::ResponseBody;
use crate::observability::call_trail::CallTrail;
use crate::observability::trace_context::TraceId;
use crate::sandbox::component_host::ComponentHost;
use crate::settings::{GatewayLogin, Settings};
use crate::tenants::callers::login_throttle::LoginThrottle;

/// The party that a gateway serves.
pub(super) struct SingleParty {
    host: ComponentHost,
    settings: Settings,
    throttle: LoginThrottle,
}

impl SingleParty {
    pub(super) fn new(host: ComponentHost, settings: Settings) -> Self {
        Self { host, settings, throttle: LoginThrottle::default() }
    }

    /// Returns whether it serves the Azure AD Graph API.
    pub(super) fn serves_directory(&self) -> bool {
        !self.settings.directory.is_empty()
    }

    /// Returns the response to a request from an address.
    pub(super) async fn respond(&self, address: Option<IpAddr>, request: Request<RequestBody>) -> Response<ResponseBody> {
        let span = tracing::error_span!("request", trace = %TraceId::from_headers(request.headers()));
        let head = RequestHead::of(&request);
        let api = Api::of(head.as_head(), self.serves_directory());
        // Without a login the component says so. What everybody may read needs none.
        let needs_login = api.frontend().public_document(head.as_head()).is_none();
        if let Some(login) = self.settings.gateway.as_ref().filter(|_| needs_login)
            && let Err(refusal) = span.in_scope(|| self.authenticate(login, request.headers(), address))
        {
            return refuse(&refusal, api, &head);
        }
        exchange::respond(&self.host, &self.settings, CallTrail::default(), request).instrument(span).await
    }

    /// Checks that a request has the name and the password of the party, or the password as a token.
    fn authenticate(&self, login: &GatewayLogin, headers: &HeaderMap, address: Option<IpAddr>) -> Result<(), Refusal> {
        let (name, password) = match Login::from_headers(headers).ok_or(Refusal::UnknownCaller)? {
            Login::Password(name, password) => (name, password),
            // A token comes without a name.
            Login::Token(token) => (login.username.clone(), token),
        };
        self.throttle.check(&name, address)?;
        let is_name = verify_slices_are_equal(name.as_bytes(), login.username.as_bytes()).is_ok();
        let is_password = verify_slices_are_equal(password.as_bytes(), login.password.expose().as_bytes()).is_ok();
        if is_name & is_password {
            self.throttle.record_success(&name, address);
            return Ok(());
        }
        self.throttle.record_failure(&name, address);
        Err(Refusal::UnknownCaller)
    }
}
