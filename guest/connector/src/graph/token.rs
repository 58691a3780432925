//! Access tokens for an application with a secret.
//! <https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-client-creds-grant-flow>

use std::fmt;

use form_urlencoded::Serializer;
use http::{Method, StatusCode, header};
use serde_json::Value;

use super::address::build_token_path;
use crate::bounded_json;
use crate::error::{Error, ErrorKind, Result};
use crate::http_message::{HttpRequest, HttpResponse};
use crate::secret::Secret;

/// An application that signs in with a secret.
#[derive(Clone, PartialEq)]
pub struct Application {
    /// The scheme and host of the sign-in service.
    pub login: String,
    /// The directory: its id or one of its domains.
    pub tenant: String,
    /// The id of the application.
    pub client_id: String,
    /// The secret.
    pub secret: Secret,
    /// The scope of the token: Microsoft Graph of the cloud, such as `https://graph.microsoft.com/.default`.
    pub scope: String,
}

impl fmt::Debug for Application {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Application({} of {})", self.client_id, self.tenant)
    }
}

/// Creates `POST {login}/{tenant}/oauth2/v2.0/token`
pub fn build_token_request(application: &Application) -> Result<HttpRequest> {
    let body = Serializer::new(String::new())
        .append_pair("grant_type", "client_credentials")
        .append_pair("client_id", &application.client_id)
        .append_pair("client_secret", application.secret.expose())
        .append_pair("scope", &application.scope)
        .finish();
    let request = http::Request::builder()
        .method(Method::POST)
        .uri(format!("{}{}", application.login, build_token_path(&application.tenant)?))
        .header(header::ACCEPT, "application/json")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(body.into_bytes());
    request
        .map_err(|_| Error::new(ErrorKind::Configuration, "the tenant id or the sign-in endpoint cannot be part of an address"))
}

/// Parses the token of a response.
///
/// # Errors
///
/// If the service refuses. The message has the code and the number of the refusal. The rest is for the logs of the sign-in service.
pub fn parse_token(response: &HttpResponse) -> Result<Secret> {
    let body = bounded_json::parse(response.body()).unwrap_or_default();
    let text = |name: &str| body.get(name).and_then(Value::as_str);
    let status = response.status();
    match text("access_token") {
        Some(token) if status.is_success() && !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic()) => {
            return Ok(Secret::new(token));
        }
        _ => {}
    }
    let numbers = body.get("error_codes").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_u64);
    let numbers: Vec<String> = numbers.map(|number| format!("AADSTS{number}")).collect();
    let refusal = format!("HTTP {} {} {}", status.as_u16(), text("error").unwrap_or("without an error"), numbers.join(" "));
    let refusal = refusal.trim_end();
    if matches!(status, StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) {
        let problem = "the sign-in service refuses the application: check the tenant id, the client id and the client secret";
        return Err(Error::new(ErrorKind::InvalidCredential, format!("{problem} ({refusal})")));
    }
    Err(Error::new(ErrorKind::Unavailable, format!("the sign-in service issued no token: try again later ({refusal})")))
}
