//! Microsoft's sign-in service, for applications: `POST /{tenant}/oauth2/v2.0/token`, and managed identities'
//! `GET /metadata/identity/oauth2/token` and `GET /msi/token`.
//!
//! What it issues, the emulated Graph takes, until it ends or is revoked. Failures are the documented ones
//! (<https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-client-creds-grant-flow>,
//! <https://learn.microsoft.com/en-us/entra/identity-platform/reference-error-codes>).

mod assertion;
mod metadata;
mod refusal;

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use http::request::Parts;
use http::{Method, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use super::Emulator;
use super::answer::Answer;
use refusal::Refusal;

/// An application, or a managed identity, that may sign in.
#[derive(Debug, Clone)]
pub struct Registration {
    /// The directory, as it stands in the address of the token endpoint.
    pub tenant: String,
    /// The application's id.
    pub client_id: String,
    /// Microsoft Graph's address in the cloud of the directory: tokens are for it alone.
    pub graph: String,
    /// What it proves itself with.
    pub proof: Proof,
    /// How long its tokens are good.
    pub lifetime: Duration,
}

/// What an application proves itself with.
#[derive(Debug, Clone)]
pub enum Proof {
    /// A secret.
    Secret(String),
    /// A secret that has expired.
    ExpiredSecret(String),
    /// A certificate: PEM of it, and of its public key.
    Certificate(String),
    /// A token of another issuer, which is only compared.
    Federated(String),
    /// Being on a machine with this identity.
    Machine,
    /// Being a web application with this identity, which has this header.
    WebApplication(String),
}

/// The sign-in service of one emulator.
#[derive(Debug, Default)]
pub(super) struct SignIn(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    registrations: Vec<Registration>,
    issued: Vec<(String, Instant)>,
    /// The ids of assertions that were taken.
    assertions: Vec<String>,
    asked: usize,
    down: Option<StatusCode>,
}

impl Emulator {
    /// Lets an application sign in.
    pub fn register(&self, registration: Registration) {
        self.shared.sign_in.lock().registrations.push(registration);
    }

    /// How often a token was asked for, in vain or not.
    pub fn token_requests(&self) -> usize {
        self.shared.sign_in.lock().asked
    }

    /// Makes Graph refuse every token that was issued so far.
    pub fn revoke_tokens(&self) {
        self.shared.sign_in.lock().issued.clear();
    }

    /// Has every request for a token answered with a status and nothing else, or again as it should be.
    pub fn sign_in_is_down(&self, status: Option<StatusCode>) {
        self.shared.sign_in.lock().down = status;
    }
}

impl SignIn {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The answer to a request for a token; `None` for every other request. Of those, one with a token that was issued, and is
    /// still good, is as one with the token that Graph accepts.
    pub(super) fn answer(&self, parts: &mut Parts, body: Option<&Bytes>, accepted: Option<&str>) -> Option<Answer> {
        let mut state = self.lock();
        let answer = match parts.uri.path() {
            "/metadata/identity/oauth2/token" => state.asked(|state| metadata::of_machine(state, parts)),
            "/msi/token" => state.asked(|state| metadata::of_web_application(state, parts)),
            path => match path.trim_start_matches('/').strip_suffix("/oauth2/v2.0/token") {
                Some(tenant) if !tenant.contains('/') => {
                    let tenant = tenant.to_owned();
                    state.asked(|state| state.of_application(&tenant, parts, body.map(Bytes::as_ref).unwrap_or_default()))
                }
                _ => {
                    state.exchange(&mut parts.headers, accepted);
                    return None;
                }
            },
        };
        Some(answer)
    }
}

impl State {
    fn asked(&mut self, issue: impl FnOnce(&mut Self) -> Result<Value, Refusal>) -> Answer {
        self.asked += 1;
        let (status, body) = match self.down {
            Some(status) => (status, Bytes::new()),
            None => match issue(self) {
                Ok(token) => (StatusCode::OK, token.to_string().into()),
                Err(refusal) => (refusal.status, refusal.body().to_string().into()),
            },
        };
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
        Answer { status, headers, body }
    }

    fn exchange(&self, headers: &mut HeaderMap, accepted: Option<&str>) {
        let given = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
        let good = |token: &str| self.issued.iter().any(|(issued, end)| issued == token && Instant::now() < *end);
        if let (Some(given), Some(accepted)) = (given, accepted)
            && good(given)
            && let Ok(value) = HeaderValue::try_from(format!("Bearer {accepted}"))
        {
            headers.insert(AUTHORIZATION, value);
        }
    }

    fn of_application(&mut self, tenant: &str, parts: &Parts, body: &[u8]) -> Result<Value, Refusal> {
        if parts.method != Method::POST {
            return Err(Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "invalid_request", 900_561));
        }
        let form: Vec<(String, String)> = form_urlencoded::parse(body).into_owned().collect();
        let field = |name: &str| form.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        if field("grant_type") != Some("client_credentials") {
            return Err(Refusal::new(StatusCode::BAD_REQUEST, "unsupported_grant_type", 70_003));
        }
        if !self.registrations.iter().any(|one| one.tenant == tenant) {
            return Err(Refusal::new(StatusCode::BAD_REQUEST, "invalid_request", 90_002));
        }
        let client_id = field("client_id").unwrap_or_default();
        let registered: Vec<Registration> =
            self.registrations.iter().filter(|one| one.tenant == tenant && one.client_id == client_id).cloned().collect();
        let Some(first) = registered.first() else {
            return Err(Refusal::new(StatusCode::BAD_REQUEST, "unauthorized_client", 700_016));
        };
        match field("scope").and_then(|scope| scope.strip_suffix("/.default")) {
            None => return Err(Refusal::new(StatusCode::BAD_REQUEST, "invalid_scope", 70_011)),
            Some(resource) if resource != first.graph => {
                return Err(Refusal::new(StatusCode::BAD_REQUEST, "invalid_resource", 500_011));
            }
            Some(_) => {}
        }
        let host = parts.headers.get(http::header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        let audience = format!("http://{host}/{tenant}/oauth2/v2.0/token");
        self.prove(&registered, field("client_secret"), field("client_assertion"), &audience)?;
        let lifetime = first.lifetime;
        let token = self.issue(lifetime);
        Ok(
            json!({"token_type": "Bearer", "expires_in": lifetime.as_secs(), "ext_expires_in": lifetime.as_secs(), "access_token": token}),
        )
    }

    fn prove(
        &mut self,
        registered: &[Registration],
        secret: Option<&str>,
        assertion: Option<&str>,
        audience: &str,
    ) -> Result<(), Refusal> {
        let unknown = |code| Err(Refusal::new(StatusCode::UNAUTHORIZED, "invalid_client", code));
        match (secret, assertion) {
            (Some(secret), _) => {
                let proofs = || registered.iter().map(|one| &one.proof);
                if proofs().any(|proof| matches!(proof, Proof::Secret(right) if right == secret)) {
                    return Ok(());
                }
                let expired = proofs().any(|proof| matches!(proof, Proof::ExpiredSecret(right) if right == secret));
                unknown(if expired { 7_000_222 } else { 7_000_215 })
            }
            (None, Some(assertion)) => {
                let mut refusal = Refusal::new(StatusCode::UNAUTHORIZED, "invalid_client", 70_021);
                for one in registered {
                    match &one.proof {
                        Proof::Federated(right) if right == assertion => return Ok(()),
                        Proof::Certificate(pem) => match assertion::check(assertion, pem, &one.client_id, audience) {
                            Ok(id) if !self.assertions.contains(&id) => {
                                self.assertions.push(id);
                                return Ok(());
                            }
                            // One assertion is good for one token: what the service does with the second is not documented,
                            // and no client should send one.
                            Ok(_) => refusal = Refusal::new(StatusCode::UNAUTHORIZED, "invalid_client", 700_027),
                            Err(code) => refusal = Refusal::new(StatusCode::UNAUTHORIZED, "invalid_client", code),
                        },
                        _ => {}
                    }
                }
                Err(refusal)
            }
            (None, None) => unknown(7_000_218),
        }
    }

    fn issue(&mut self, lifetime: Duration) -> String {
        let token = format!("emulated-{}", Uuid::new_v4());
        self.issued.push((token.clone(), Instant::now() + lifetime));
        token
    }
}
