//! Managed identities: tokens for whoever is on the machine, or has the web application's header.

use http::Method;
use http::request::Parts;
use serde_json::{Value, json};

use super::refusal::Refusal;
use super::{Proof, Registration, State};

/// <https://learn.microsoft.com/en-us/entra/identity/managed-identities-azure-resources/how-to-use-vm-token>
pub(super) fn of_machine(state: &mut State, parts: &Parts) -> Result<Value, Refusal> {
    if parts.headers.get("metadata").is_none_or(|value| value != "true") {
        return Err(Refusal::plain("bad_request_102", "Required metadata header not specified"));
    }
    token(state, parts, "2018-02-01", |registration| matches!(registration.proof, Proof::Machine))
}

/// <https://learn.microsoft.com/en-us/azure/app-service/overview-managed-identity>
pub(super) fn of_web_application(state: &mut State, parts: &Parts) -> Result<Value, Refusal> {
    let header = parts.headers.get("x-identity-header").and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    token(state, parts, "2019-08-01", |one| matches!(&one.proof, Proof::WebApplication(right) if *right == header))
}

fn token(state: &mut State, parts: &Parts, version: &str, may: impl Fn(&Registration) -> bool) -> Result<Value, Refusal> {
    if parts.method != Method::GET {
        return Err(Refusal::plain("invalid_request", "GET is wanted"));
    }
    let query: Vec<(String, String)> =
        form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes()).into_owned().collect();
    let parameter = |name: &str| query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    if parameter("api-version") != Some(version) {
        return Err(Refusal::plain("invalid_request", "The api-version is not supported"));
    }
    let known = state.registrations.iter().find(|one| may(one) && parameter("client_id").is_none_or(|id| id == one.client_id));
    let Some(registration) = known.cloned() else { return Err(Refusal::plain("invalid_request", "Identity not found")) };
    if parameter("resource") != Some(&registration.graph) {
        return Err(Refusal::plain("invalid_resource", "The resource principal was not found in the tenant"));
    }
    let seconds = registration.lifetime.as_secs();
    let end = jiff::Timestamp::now().as_second().saturating_add_unsigned(seconds);
    let token = state.issue(registration.lifetime);
    let mut answer = json!({
        "access_token": token, "client_id": registration.client_id, "resource": registration.graph, "token_type": "Bearer",
        "expires_on": end.to_string(),
    });
    // App Service tells the end alone.
    if matches!(registration.proof, Proof::Machine) {
        answer["expires_in"] = json!(seconds.to_string());
    }
    Ok(answer)
}
