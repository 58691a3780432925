//! Tokens for applications: the client credentials flow.

use http::request::Parts;
use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::sign_in::client_assertion;
use crate::sign_in::registration::{AppRegistration, ClientCredential};
use crate::sign_in::state::SignInState;
use crate::sign_in::token_error::TokenError;

impl SignInState {
    /// Issues a token for a request to the token endpoint of a tenant.
    pub(crate) fn issue_for_application(&mut self, tenant: &str, parts: &Parts, body: &[u8]) -> Result<Value, TokenError> {
        if parts.method != Method::POST {
            return Err(TokenError::new(StatusCode::METHOD_NOT_ALLOWED, "invalid_request", 900_561));
        }
        let form: Vec<(String, String)> = form_urlencoded::parse(body).into_owned().collect();
        let field = |name: &str| form.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        if field("grant_type") != Some("client_credentials") {
            return Err(TokenError::new(StatusCode::BAD_REQUEST, "unsupported_grant_type", 70_003));
        }
        if !self.registrations.iter().any(|one| one.tenant == tenant) {
            return Err(TokenError::new(StatusCode::BAD_REQUEST, "invalid_request", 90_002));
        }
        let client_id = field("client_id").unwrap_or_default();
        let registered: Vec<AppRegistration> =
            self.registrations.iter().filter(|one| one.tenant == tenant && one.client_id == client_id).cloned().collect();
        let Some(first) = registered.first() else {
            return Err(TokenError::new(StatusCode::BAD_REQUEST, "unauthorized_client", 700_016));
        };
        match field("scope").and_then(|scope| scope.strip_suffix("/.default")) {
            None => return Err(TokenError::new(StatusCode::BAD_REQUEST, "invalid_scope", 70_011)),
            Some(resource) if resource != first.graph => {
                return Err(TokenError::new(StatusCode::BAD_REQUEST, "invalid_resource", 500_011));
            }
            Some(_) => {}
        }
        let host = parts.headers.get(http::header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        let audience = format!("http://{host}/{tenant}/oauth2/v2.0/token");
        self.authenticate(&registered, field("client_secret"), field("client_assertion"), &audience)?;
        let lifetime = first.lifetime;
        let token = self.issue_token(lifetime);
        Ok(
            json!({"token_type": "Bearer", "expires_in": lifetime.as_secs(), "ext_expires_in": lifetime.as_secs(), "access_token": token}),
        )
    }

    /// Checks the credential of a request against the registrations of its application.
    fn authenticate(
        &mut self,
        registered: &[AppRegistration],
        secret: Option<&str>,
        assertion: Option<&str>,
        audience: &str,
    ) -> Result<(), TokenError> {
        let refuse = |code| Err(TokenError::new(StatusCode::UNAUTHORIZED, "invalid_client", code));
        match (secret, assertion) {
            (Some(secret), _) => {
                let credentials = || registered.iter().map(|one| &one.credential);
                if credentials().any(|credential| matches!(credential, ClientCredential::Secret(expected) if expected == secret))
                {
                    return Ok(());
                }
                let expired = credentials()
                    .any(|credential| matches!(credential, ClientCredential::ExpiredSecret(expected) if expected == secret));
                refuse(if expired { 7_000_222 } else { 7_000_215 })
            }
            (None, Some(assertion)) => {
                let mut refusal = TokenError::new(StatusCode::UNAUTHORIZED, "invalid_client", 70_021);
                for one in registered {
                    match &one.credential {
                        ClientCredential::Federated(expected) if expected == assertion => return Ok(()),
                        ClientCredential::Certificate(pem) => {
                            match client_assertion::verify(assertion, pem, &one.client_id, audience) {
                                Ok(id) if !self.assertions.contains(&id) => {
                                    self.assertions.push(id);
                                    return Ok(());
                                }
                                // An assertion is valid for one token. The response to a second use is not documented, and no
                                // client should need it.
                                Ok(_) => refusal = TokenError::new(StatusCode::UNAUTHORIZED, "invalid_client", 700_027),
                                Err(code) => refusal = TokenError::new(StatusCode::UNAUTHORIZED, "invalid_client", code),
                            }
                        }
                        _ => {}
                    }
                }
                Err(refusal)
            }
            (None, None) => refuse(7_000_218),
        }
    }
}
