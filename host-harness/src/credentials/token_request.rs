//! One request for an access token, and its response.
//!
//! Microsoft's `azure_identity` 1.0 does not fit: it only accepts `https`, so that no test could use a service on this machine,
//! and it needs OpenSSL for certificates.

use std::time::Duration;

use bytes::Bytes;
use form_urlencoded::Serializer;
use http::HeaderValue;
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http_body_util::{BodyExt as _, Limited};
use reqwest::{Client, RequestBuilder, StatusCode};
use serde::Deserialize;
use serde_json::Value;

use super::source::{Application, IdentityEndpoint, ManagedIdentity, TokenSource, UserAssignedIdentity};
use super::token_error::{TokenError, explain};

/// Timeout of a request for a token.
const TIMEOUT: Duration = Duration::from_secs(15);
/// Maximum size of the response in bytes. A token has a few thousand.
const MAX_RESPONSE_BYTES: usize = 256 << 10;
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// An access token as issued.
pub(super) struct IssuedToken {
    /// The value of `Authorization`, marked sensitive.
    pub(super) header: HeaderValue,
    /// How long it is valid.
    pub(super) lifetime: Duration,
    /// The time after which the service recommends to request the next one, if any.
    pub(super) refresh_in: Option<Duration>,
}

/// Requests a token for the Microsoft Graph at `audience`: scheme and host.
pub(super) async fn request_token(client: &Client, source: &TokenSource, audience: &str) -> Result<IssuedToken, TokenError> {
    let refused = |reason: String| TokenError::Refused { subject: source.subject(), reason };
    let unavailable = |reason: String| TokenError::Unavailable { subject: source.subject(), reason };
    let (request, metadata) = match source {
        TokenSource::ManagedIdentity(identity) => (build_identity_request(client, identity, audience), true),
        TokenSource::ClientSecret(application, secret) => {
            (build_request(client, application, audience, &[("client_secret", secret.expose())]), false)
        }
        TokenSource::Certificate(application, certificate) => {
            let assertion = certificate.sign_assertion(&application.client_id, &application.token_endpoint());
            let assertion = assertion.map_err(|error| refused(format!("{error:#}")))?;
            (build_assertion_request(client, application, audience, &assertion), false)
        }
        TokenSource::WorkloadIdentity(application, file) => {
            let (path, shown) = (file.clone(), file.display());
            let read = tokio::task::spawn_blocking(move || std::fs::read_to_string(path)).await;
            let text = read.map_err(std::io::Error::other).flatten();
            // The program that renews it may be about to.
            let text = text.map_err(|error| unavailable(format!("{shown} cannot be read: {error}")))?;
            (build_assertion_request(client, application, audience, text.trim()), false)
        }
    };
    // The error's text may show the URL, which names the directory, but no secret.
    let response = request.timeout(TIMEOUT).send().await.map_err(|error| unavailable(explain_send_error(&error)))?;
    let (status, has_retry_after) = (response.status(), response.headers().contains_key(RETRY_AFTER));
    let body = Limited::new(reqwest::Body::from(response), MAX_RESPONSE_BYTES).collect().await;
    let body = body.map_err(|_| unavailable("the response is incomplete or too long".to_owned()))?.to_bytes();
    if status.is_success() {
        return parse(&body).ok_or_else(|| unavailable("the response has no token".to_owned()));
    }
    let reason = explain_refusal(status, &body);
    // The metadata service responds with these while it, or the identity, is not ready.
    let is_transient = status.is_server_error()
        || has_retry_after
        || matches!(status, StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS)
        || metadata && matches!(status, StatusCode::NOT_FOUND | StatusCode::GONE);
    Err(if is_transient { unavailable(reason) } else { refused(reason) })
}

fn build_request(client: &Client, application: &Application, audience: &str, proof: &[(&str, &str)]) -> RequestBuilder {
    let mut form = Serializer::new(String::new());
    form.append_pair("client_id", &application.client_id);
    form.append_pair("scope", &format!("{audience}/.default"));
    form.append_pair("grant_type", "client_credentials");
    form.extend_pairs(proof);
    let request = client.post(application.token_endpoint()).header(CONTENT_TYPE, "application/x-www-form-urlencoded");
    request.body(form.finish())
}

fn build_assertion_request(client: &Client, application: &Application, audience: &str, assertion: &str) -> RequestBuilder {
    let proof = [("client_assertion_type", ASSERTION_TYPE), ("client_assertion", assertion)];
    build_request(client, application, audience, &proof)
}

/// <https://learn.microsoft.com/en-us/entra/identity/managed-identities-azure-resources/how-to-use-vm-token>, and
/// <https://learn.microsoft.com/en-us/azure/app-service/overview-managed-identity>
fn build_identity_request(client: &Client, identity: &ManagedIdentity, audience: &str) -> RequestBuilder {
    let (url, version, resource_id) = match &identity.endpoint {
        IdentityEndpoint::Metadata(service) => {
            (format!("{}/metadata/identity/oauth2/token", service.trim_end_matches('/')), "2018-02-01", "msi_res_id")
        }
        IdentityEndpoint::AppService { endpoint, .. } => (endpoint.clone(), "2019-08-01", "mi_res_id"),
    };
    let mut query = Serializer::new(String::new());
    query.append_pair("api-version", version);
    query.append_pair("resource", audience);
    match &identity.user_assigned {
        None => {}
        Some(UserAssignedIdentity::ClientId(id)) => drop(query.append_pair("client_id", id)),
        Some(UserAssignedIdentity::ObjectId(id)) => drop(query.append_pair("object_id", id)),
        Some(UserAssignedIdentity::ResourceId(id)) => drop(query.append_pair(resource_id, id)),
    }
    let request = client.get(format!("{url}?{}", query.finish()));
    match &identity.endpoint {
        IdentityEndpoint::Metadata(_) => request.header("Metadata", "true"),
        IdentityEndpoint::AppService { header, .. } => request.header("X-IDENTITY-HEADER", header.expose()),
    }
}

#[derive(Deserialize)]
struct TokenResponse {
    access_token: String,
    /// A number, or for managed identities a number in a string.
    expires_in: Option<Value>,
    refresh_in: Option<Value>,
    /// Seconds since 1970, instead of `expires_in` on App Service.
    expires_on: Option<Value>,
}

fn parse(body: &Bytes) -> Option<IssuedToken> {
    let response: TokenResponse = serde_json::from_slice(body).ok()?;
    let mut header = HeaderValue::try_from(format!("Bearer {}", response.access_token)).ok()?;
    header.set_sensitive(true);
    let until_expiry = || {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).ok()?;
        Duration::from_secs(parse_seconds(response.expires_on.as_ref()?)?).checked_sub(now)
    };
    let lifetime = response.expires_in.as_ref().and_then(parse_seconds).map(Duration::from_secs).or_else(until_expiry)?;
    let refresh_in = response.refresh_in.as_ref().and_then(parse_seconds).map(Duration::from_secs);
    Some(IssuedToken { header, lifetime, refresh_in })
}

fn parse_seconds(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct ErrorResponse {
    error: String,
    error_codes: Vec<i64>,
    trace_id: String,
    correlation_id: String,
}

/// Explains an error response, without anything that could echo the request.
fn explain_refusal(status: StatusCode, body: &[u8]) -> String {
    let response: ErrorResponse = serde_json::from_slice(body).unwrap_or_default();
    let is_plain =
        |text: &str| text.len() <= 64 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
    let mut reason = format!("the sign-in service responded with HTTP {}", status.as_u16());
    if is_plain(&response.error) && !response.error.is_empty() {
        reason.push_str(&format!(", {}", response.error));
    }
    for code in &response.error_codes {
        reason.push_str(&format!(", AADSTS{code}"));
        if let Some(explanation) = explain(*code) {
            reason.push_str(&format!(" ({explanation})"));
        }
    }
    for (name, id) in [("trace", &response.trace_id), ("correlation", &response.correlation_id)] {
        if is_plain(id) && !id.is_empty() {
            reason.push_str(&format!(", {name} id {id}"));
        }
    }
    reason
}

fn explain_send_error(error: &reqwest::Error) -> String {
    let problem = if error.is_timeout() {
        "the sign-in service did not respond in time"
    } else if error.is_connect() {
        "the sign-in service cannot be reached"
    } else if error.is_builder() {
        "the request to the sign-in service cannot be built from these settings"
    } else {
        "the connection to the sign-in service failed"
    };
    match error.url().and_then(|url| url.host_str()) {
        Some(host) => format!("{problem} ({host})"),
        None => problem.to_owned(),
    }
}
