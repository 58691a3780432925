//! Tokens for managed identities: of the machine, or of a web application with its header.

use http::Method;
use http::request::Parts;
use serde_json::{Value, json};

use crate::sign_in::registration::{AppRegistration, ClientCredential};
use crate::sign_in::state::SignInState;
use crate::sign_in::token_error::TokenError;

/// Issues a token for the machine.
/// <https://learn.microsoft.com/en-us/entra/identity/managed-identities-azure-resources/how-to-use-vm-token>
pub(crate) fn issue_for_machine(state: &mut SignInState, parts: &Parts) -> Result<Value, TokenError> {
    if parts.headers.get("metadata").is_none_or(|value| value != "true") {
        return Err(TokenError::without_code("bad_request_102", "Required metadata header not specified"));
    }
    issue(state, parts, "2018-02-01", |registration| matches!(registration.credential, ClientCredential::Machine))
}

/// Issues a token for a web application. <https://learn.microsoft.com/en-us/azure/app-service/overview-managed-identity>
pub(crate) fn issue_for_web_application(state: &mut SignInState, parts: &Parts) -> Result<Value, TokenError> {
    let header = parts.headers.get("x-identity-header").and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    issue(
        state,
        parts,
        "2019-08-01",
        |one| matches!(&one.credential, ClientCredential::WebApplication(right) if *right == header),
    )
}

fn issue(
    state: &mut SignInState,
    parts: &Parts,
    version: &str,
    is_authorized: impl Fn(&AppRegistration) -> bool,
) -> Result<Value, TokenError> {
    if parts.method != Method::GET {
        return Err(TokenError::without_code("invalid_request", "expected GET"));
    }
    let query: Vec<(String, String)> =
        form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes()).into_owned().collect();
    let parameter = |name: &str| query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    if parameter("api-version") != Some(version) {
        return Err(TokenError::without_code("invalid_request", "The api-version is not supported"));
    }
    let known =
        state.registrations.iter().find(|one| is_authorized(one) && parameter("client_id").is_none_or(|id| id == one.client_id));
    let Some(registration) = known.cloned() else {
        return Err(TokenError::without_code("invalid_request", "Identity not found"));
    };
    if parameter("resource") != Some(&registration.graph) {
        return Err(TokenError::without_code("invalid_resource", "The resource principal was not found in the tenant"));
    }
    let seconds = registration.lifetime.as_secs();
    let end = jiff::Timestamp::now().as_second().saturating_add_unsigned(seconds);
    let token = state.issue_token(registration.lifetime);
    let mut response = json!({
        "access_token": token, "client_id": registration.client_id, "resource": registration.graph, "token_type": "Bearer",
        "expires_on": end.to_string(),
    });
    // App Service returns only `expires_on`.
    if matches!(registration.credential, ClientCredential::Machine) {
        response["expires_in"] = json!(seconds.to_string());
    }
    Ok(response)
}
