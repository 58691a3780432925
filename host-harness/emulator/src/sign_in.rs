//! Microsoft's sign-in service, for applications: `POST /{tenant}/oauth2/v2.0/token`, and managed identities'
//! `GET /metadata/identity/oauth2/token` and `GET /msi/token`.
//!
//! The emulated Graph accepts the tokens that it issues until they expire or are revoked. Its errors are the documented ones
//! (<https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-client-creds-grant-flow>,
//! <https://learn.microsoft.com/en-us/entra/identity-platform/reference-error-codes>).

pub(crate) mod application;
pub(crate) mod client_assertion;
pub(crate) mod managed_identity;
pub(crate) mod registration;
pub(crate) mod state;
pub(crate) mod token_error;

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use bytes::Bytes;
use http::StatusCode;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use http::request::Parts;
use serde_json::Value;

use crate::odata::response::GraphResponse;
use crate::sign_in::registration::AppRegistration;
use crate::sign_in::state::SignInState;
use crate::sign_in::token_error::TokenError;

/// The sign-in service of one emulator.
#[derive(Debug, Default)]
pub(crate) struct SignIn(Mutex<SignInState>);

impl SignIn {
    /// Registers an application or a managed identity.
    pub(crate) fn register(&self, registration: AppRegistration) {
        self.lock().registrations.push(registration);
    }

    /// Returns how many requests for a token arrived.
    pub(crate) fn count_requests(&self) -> usize {
        self.lock().request_count
    }

    /// Revokes every token that was issued.
    pub(crate) fn revoke_tokens(&self) {
        self.lock().issued.clear();
    }

    /// Sets the status of every response to a request for a token. None ends the outage.
    pub(crate) fn set_outage(&self, status: Option<StatusCode>) {
        self.lock().outage = status;
    }

    fn lock(&self) -> MutexGuard<'_, SignInState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Responds to a request for a token, and returns None for every other request. If such a request has an issued and valid
    /// token, replaces it with the token that Graph accepts.
    pub(crate) fn handle(&self, parts: &mut Parts, body: Option<&Bytes>, accepted: Option<&str>) -> Option<GraphResponse> {
        let mut state = self.lock();
        let response = match parts.uri.path() {
            "/metadata/identity/oauth2/token" => state.respond(|state| managed_identity::issue_for_machine(state, parts)),
            "/msi/token" => state.respond(|state| managed_identity::issue_for_web_application(state, parts)),
            path => match path.trim_start_matches('/').strip_suffix("/oauth2/v2.0/token") {
                Some(tenant) if !tenant.contains('/') => {
                    let tenant = tenant.to_owned();
                    state
                        .respond(|state| state.issue_for_application(&tenant, parts, body.map(Bytes::as_ref).unwrap_or_default()))
                }
                _ => {
                    state.accept_issued_token(&mut parts.headers, accepted);
                    return None;
                }
            },
        };
        Some(response)
    }
}

impl SignInState {
    fn respond(&mut self, issue: impl FnOnce(&mut Self) -> Result<Value, TokenError>) -> GraphResponse {
        self.request_count += 1;
        let (status, body) = match self.outage {
            Some(status) => (status, Bytes::new()),
            None => match issue(self) {
                Ok(token) => (StatusCode::OK, token.to_string().into()),
                Err(refusal) => (refusal.status, refusal.body().to_string().into()),
            },
        };
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
        GraphResponse { status, headers, body }
    }

    fn accept_issued_token(&self, headers: &mut HeaderMap, accepted: Option<&str>) {
        let sent = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
        let is_valid = |token: &str| self.issued.iter().any(|(issued, end)| issued == token && Instant::now() < *end);
        if let (Some(sent), Some(accepted)) = (sent, accepted)
            && is_valid(sent)
            && let Ok(value) = HeaderValue::try_from(format!("Bearer {accepted}"))
        {
            headers.insert(AUTHORIZATION, value);
        }
    }
}
