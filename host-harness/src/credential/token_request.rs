//! One request for an access token, and its answer.
//!
//! Microsoft's `azure_identity` does not fit, by the sources of its version 1.0: it signs in at `https` alone, so that no test could
//! use a service of this machine's own, and its certificates need OpenSSL.

use std::time::Duration;

use bytes::Bytes;
use form_urlencoded::Serializer;
use http::HeaderValue;
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http_body_util::{BodyExt as _, Limited};
use reqwest::{Client, RequestBuilder, StatusCode};
use serde::Deserialize;
use serde_json::Value;

use super::source::{Application, IdentityHost, ManagedIdentity, TokenSource, WhichIdentity};
use super::token_error::{TokenError, meaning};
use crate::cloud::Cloud;

/// How long a request for a token may take.
const TIMEOUT: Duration = Duration::from_secs(15);
/// The largest answer, in bytes. A token has some thousand.
const ANSWER_BYTES: usize = 256 << 10;
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// A token that was issued.
pub(super) struct Issued {
    /// The value of `Authorization`, marked sensitive.
    pub(super) header: HeaderValue,
    /// How long it is good.
    pub(super) lifetime: Duration,
    /// After which time the service wants to be asked for the next one, if it says so.
    pub(super) refresh_in: Option<Duration>,
}

/// Asks for a token for a cloud's Microsoft Graph.
pub(super) async fn request(client: &Client, source: &TokenSource, cloud: Cloud) -> Result<Issued, TokenError> {
    let refused = |reason: String| TokenError::Refused { subject: source.subject(), reason };
    let unavailable = |reason: String| TokenError::Unavailable { subject: source.subject(), reason };
    let (request, metadata) = match source {
        TokenSource::ManagedIdentity(identity) => (of_identity(client, identity, cloud), true),
        TokenSource::ClientSecret(application, secret) => {
            (of_application(client, application, cloud, &[("client_secret", secret.expose())]), false)
        }
        TokenSource::Certificate(application, certificate) => {
            let assertion = certificate.assertion(&application.client_id, &application.token_endpoint());
            let assertion = assertion.map_err(|error| refused(format!("{error:#}")))?;
            (with_assertion(client, application, cloud, &assertion), false)
        }
        TokenSource::WorkloadIdentity(application, file) => {
            let (path, shown) = (file.clone(), file.display());
            let read = tokio::task::spawn_blocking(move || std::fs::read_to_string(path)).await;
            let text = read.map_err(std::io::Error::other).flatten();
            // Whoever renews it may be about to.
            let text = text.map_err(|error| unavailable(format!("{shown} cannot be read: {error}")))?;
            (with_assertion(client, application, cloud, text.trim()), false)
        }
    };
    // The error's own text may have the address, which names the directory, but no secret.
    let response = request.timeout(TIMEOUT).send().await.map_err(|error| unavailable(why_unsent(&error)))?;
    let (status, waits) = (response.status(), response.headers().contains_key(RETRY_AFTER));
    let body = Limited::new(reqwest::Body::from(response), ANSWER_BYTES).collect().await;
    let body = body.map_err(|_| unavailable("the answer broke off, or is no answer for a token".to_owned()))?.to_bytes();
    if status.is_success() {
        return read(&body).ok_or_else(|| unavailable("the answer is none for a token".to_owned()));
    }
    let reason = why_refused(status, &body);
    // The metadata service answers these while it, or the identity, is not ready.
    let passes = status.is_server_error()
        || waits
        || matches!(status, StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS)
        || metadata && matches!(status, StatusCode::NOT_FOUND | StatusCode::GONE);
    Err(if passes { unavailable(reason) } else { refused(reason) })
}

fn of_application(client: &Client, application: &Application, cloud: Cloud, proof: &[(&str, &str)]) -> RequestBuilder {
    let mut form = Serializer::new(String::new());
    form.append_pair("client_id", &application.client_id);
    form.append_pair("scope", &cloud.scope());
    form.append_pair("grant_type", "client_credentials");
    form.extend_pairs(proof);
    let request = client.post(application.token_endpoint()).header(CONTENT_TYPE, "application/x-www-form-urlencoded");
    request.body(form.finish())
}

fn with_assertion(client: &Client, application: &Application, cloud: Cloud, assertion: &str) -> RequestBuilder {
    let proof = [("client_assertion_type", ASSERTION_TYPE), ("client_assertion", assertion)];
    of_application(client, application, cloud, &proof)
}

/// <https://learn.microsoft.com/en-us/entra/identity/managed-identities-azure-resources/how-to-use-vm-token>, and
/// <https://learn.microsoft.com/en-us/azure/app-service/overview-managed-identity>
fn of_identity(client: &Client, identity: &ManagedIdentity, cloud: Cloud) -> RequestBuilder {
    let (address, version, resource_id) = match &identity.host {
        IdentityHost::Metadata(host) => {
            (format!("{}/metadata/identity/oauth2/token", host.trim_end_matches('/')), "2018-02-01", "msi_res_id")
        }
        IdentityHost::AppService { endpoint, .. } => (endpoint.clone(), "2019-08-01", "mi_res_id"),
    };
    let mut query = Serializer::new(String::new());
    query.append_pair("api-version", version);
    query.append_pair("resource", cloud.graph());
    match &identity.which {
        None => {}
        Some(WhichIdentity::ClientId(id)) => drop(query.append_pair("client_id", id)),
        Some(WhichIdentity::ObjectId(id)) => drop(query.append_pair("object_id", id)),
        Some(WhichIdentity::ResourceId(id)) => drop(query.append_pair(resource_id, id)),
    }
    let request = client.get(format!("{address}?{}", query.finish()));
    match &identity.host {
        IdentityHost::Metadata(_) => request.header("Metadata", "true"),
        IdentityHost::AppService { header, .. } => request.header("X-IDENTITY-HEADER", header.expose()),
    }
}

#[derive(Deserialize)]
struct Answer {
    access_token: String,
    /// A number, or a text of one: managed identities write the latter.
    expires_in: Option<Value>,
    refresh_in: Option<Value>,
    /// Seconds since 1970, in place of `expires_in` on App Service.
    expires_on: Option<Value>,
}

fn read(body: &Bytes) -> Option<Issued> {
    let answer: Answer = serde_json::from_slice(body).ok()?;
    let mut header = HeaderValue::try_from(format!("Bearer {}", answer.access_token)).ok()?;
    header.set_sensitive(true);
    let on = || {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).ok()?;
        Duration::from_secs(seconds(answer.expires_on.as_ref()?)?).checked_sub(now)
    };
    let lifetime = answer.expires_in.as_ref().and_then(seconds).map(Duration::from_secs).or_else(on)?;
    let refresh_in = answer.refresh_in.as_ref().and_then(seconds).map(Duration::from_secs);
    Some(Issued { header, lifetime, refresh_in })
}

fn seconds(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Refusal {
    error: String,
    error_codes: Vec<i64>,
    trace_id: String,
    correlation_id: String,
}

/// What the answer says, of which nothing is shown that could be an echo of what was sent.
fn why_refused(status: StatusCode, body: &[u8]) -> String {
    let refusal: Refusal = serde_json::from_slice(body).unwrap_or_default();
    let plain = |text: &str| text.len() <= 64 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
    let mut reason = format!("the sign-in service answered HTTP {}", status.as_u16());
    if plain(&refusal.error) && !refusal.error.is_empty() {
        reason.push_str(&format!(", {}", refusal.error));
    }
    for code in &refusal.error_codes {
        reason.push_str(&format!(", AADSTS{code}"));
        if let Some(meaning) = meaning(*code) {
            reason.push_str(&format!(" ({meaning})"));
        }
    }
    for (name, id) in [("trace", &refusal.trace_id), ("correlation", &refusal.correlation_id)] {
        if plain(id) && !id.is_empty() {
            reason.push_str(&format!(", {name} id {id}"));
        }
    }
    reason
}

fn why_unsent(error: &reqwest::Error) -> String {
    let what = if error.is_timeout() {
        "the sign-in service did not answer in time"
    } else if error.is_connect() {
        "the sign-in service cannot be reached"
    } else if error.is_builder() {
        "the sign-in service cannot be asked with these settings"
    } else {
        "the connection to the sign-in service broke"
    };
    match error.url().and_then(|url| url.host_str()) {
        Some(host) => format!("{what} ({host})"),
        None => what.to_owned(),
    }
}
