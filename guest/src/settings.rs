//! Parses the settings, which the host gives in the environment of the instance.
//!
//! | variable | meaning | default |
//! |---|---|---|
//! | `GRAPH_ENDPOINT` | scheme and host of Microsoft Graph | the cloud's |
//! | `GRAPH_CLOUD` | the cloud's name in `protocol::cloud`: it selects the endpoints and what Microsoft Graph supports | `global` |
//! | `GRAPH_API_VERSION` | `v1.0` or `beta` | `v1.0` |
//! | `GRAPH_ACCESS_TOKEN` | a bearer token | none: the host adds the credential |
//! | `GRAPH_TENANT_ID`, `GRAPH_CLIENT_ID`, `GRAPH_CLIENT_SECRET` | an application that signs in with a secret, instead of a token | none |
//! | `GRAPH_LOGIN_ENDPOINT` | scheme and host of the sign-in service | the cloud's |
//! | `GRAPH_TIMEOUT_SECONDS` | the time for a whole operation, from 0.1 to 3600 | 30 |
//! | `GRAPH_MAX_RETRIES` | how often a request is retried after a transient failure, from 0 to 10 | 3 |
//! | `GRAPH_RETRY_DELAY_SECONDS` | the backoff before the first retry if the service names none; it doubles | 3 |
//! | `GRAPH_EXACTLY_ONCE` | `on` or `off`: whether a new contact carries a key that finds it after a lost response | `on` |
//! | `GATEWAY_USERNAME`, `GATEWAY_PASSWORD` | who may call the REST frontends | none: they refuse every request |
//! | `GATEWAY_DIRECTORY` | the directory's id and domains, comma-separated, as paths of the Azure AD Graph API name it | none: not served |
//! | `GATEWAY_SYSTEM` | the system's name in the paths of OpenIDM's frontend | `azuread` |

use std::time::Duration;

use connector::contact::Version;
use connector::error::{Error, ErrorKind, Result};
use connector::graph::service::{Service, parse_endpoint};
use connector::graph::token::Application;
use connector::operations::connector::OperationSettings;
use connector::operations::send::authorized::Credential;
use connector::operations::send::retry_policy::RetryPolicy;
use connector::secret::Secret;
use connector::settings::{GatewaySettings, Settings};
use protocol::azure_ad_graph::address::is_directory_name;
use protocol::cloud::{Cloud, UnknownCloud};

/// Parses the cloud's name. Without one it is the global cloud.
fn parse_cloud(name: Option<&str>) -> Result<Cloud> {
    let wrong = |problem: UnknownCloud| Error::new(ErrorKind::Configuration, format!("GRAPH_CLOUD: {problem}"));
    name.map_or(Ok(Cloud::GLOBAL), |name| name.parse().map_err(wrong))
}

/// Returns a function that puts the variable's name before the message of a configuration error.
fn name_variable(name: &str) -> impl Fn(Error) -> Error {
    move |error| Error { message: format!("{name}: {}", error.message), ..error }
}

/// Parses the names of a directory, a comma-separated list.
fn parse_directory(text: &str) -> Result<Vec<String>> {
    let names: Vec<String> = text.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect();
    match names.iter().find(|name| !is_directory_name(name)) {
        None => Ok(names),
        Some(name) => {
            let problem = format!("GATEWAY_DIRECTORY: expected the directory's id or domains, found {name}");
            Err(Error::new(ErrorKind::Configuration, problem))
        }
    }
}

/// Parses the application that signs in, if there is one.
fn parse_application(variable: &impl Fn(&str) -> Option<String>, cloud: &Cloud, endpoint: &str) -> Result<Option<Application>> {
    let names = ["GRAPH_TENANT_ID", "GRAPH_CLIENT_ID", "GRAPH_CLIENT_SECRET"];
    let [tenant, client_id, secret] = names.map(variable);
    if tenant.is_none() && client_id.is_none() && secret.is_none() {
        return Ok(None);
    }
    let missing = |name: &str| {
        Error::new(ErrorKind::Configuration, format!("{name} is not set; set it together with {}", names.join(", ")))
    };
    let login = variable("GRAPH_LOGIN_ENDPOINT").or_else(|| cloud.login.map(str::to_owned));
    Ok(Some(Application {
        login: parse_endpoint(&login.ok_or_else(|| missing("GRAPH_LOGIN_ENDPOINT"))?)
            .map_err(name_variable("GRAPH_LOGIN_ENDPOINT"))?,
        tenant: tenant.ok_or_else(|| missing("GRAPH_TENANT_ID"))?,
        client_id: client_id.ok_or_else(|| missing("GRAPH_CLIENT_ID"))?,
        secret: Secret::new(secret.ok_or_else(|| missing("GRAPH_CLIENT_SECRET"))?),
        // The token is for the cloud's Microsoft Graph even if GRAPH_ENDPOINT is an emulator.
        scope: format!("{}/.default", cloud.graph.unwrap_or(endpoint)),
    }))
}

/// Parses the settings. `variable` returns the value of the environment variable of that name.
///
/// The error has the kind `configuration` and names the variable. An empty variable counts as unset.
pub fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Settings> {
    let variable = |name: &str| variable(name).filter(|value| !value.is_empty());
    let invalid = |name: &str, problem: &str| Error::new(ErrorKind::Configuration, format!("{name} {problem}"));
    let version = match variable("GRAPH_API_VERSION").as_deref() {
        None | Some("v1.0") => Version::V1,
        Some("beta") => Version::Beta,
        Some(_) => return Err(invalid("GRAPH_API_VERSION", "must be v1.0 or beta")),
    };
    let seconds = |name: &str, least: f64, default: f64| match variable(name).map(|text| text.parse::<f64>()) {
        None => Ok(Duration::from_secs_f64(default)),
        Some(Ok(seconds)) if (least..=3600.0).contains(&seconds) => Ok(Duration::from_secs_f64(seconds)),
        Some(_) => Err(invalid(name, &format!("must be a number of seconds from {least} to 3600"))),
    };
    let retries = match variable("GRAPH_MAX_RETRIES").map(|text| text.parse::<u32>()) {
        None => 3,
        Some(Ok(retries)) if retries <= 10 => retries,
        Some(_) => return Err(invalid("GRAPH_MAX_RETRIES", "must be an integer from 0 to 10")),
    };
    let exactly_once = match variable("GRAPH_EXACTLY_ONCE").as_deref() {
        None | Some("on") => true,
        Some("off") => false,
        Some(_) => return Err(invalid("GRAPH_EXACTLY_ONCE", "must be on or off")),
    };
    let access_token = variable("GRAPH_ACCESS_TOKEN").map(|token| token.trim().to_owned());
    if access_token.as_ref().is_some_and(|token| token.is_empty() || !token.bytes().all(|b| b.is_ascii_graphic())) {
        return Err(invalid("GRAPH_ACCESS_TOKEN", "has a character that bearer tokens do not have (its value is not shown)"));
    }
    let caller = match (variable("GATEWAY_USERNAME"), variable("GATEWAY_PASSWORD")) {
        (Some(name), Some(password)) => Some((name, Secret::new(password))),
        (None, None) => None,
        (Some(_), None) => return Err(invalid("GATEWAY_PASSWORD", "is not set, but GATEWAY_USERNAME is: set both")),
        (None, Some(_)) => return Err(invalid("GATEWAY_USERNAME", "is not set, but GATEWAY_PASSWORD is: set both")),
    };
    let cloud = parse_cloud(variable("GRAPH_CLOUD").as_deref())?;
    let endpoint = variable("GRAPH_ENDPOINT").or_else(|| cloud.graph.map(str::to_owned));
    let no_endpoint = || {
        invalid("GRAPH_ENDPOINT", &format!("is not set, and Microsoft does not publish the endpoint of the cloud {}", cloud.name))
    };
    let endpoint = endpoint.ok_or_else(no_endpoint)?;
    let credential = match (access_token, parse_application(&variable, &cloud, &endpoint)?) {
        (Some(_), Some(_)) => {
            return Err(invalid("GRAPH_ACCESS_TOKEN", "is set, and so is GRAPH_CLIENT_SECRET: set only one of them"));
        }
        (Some(token), None) => Credential::Token(Secret::new(token)),
        (None, Some(application)) => Credential::Application(application),
        (None, None) => Credential::Host,
    };
    Ok(Settings {
        service: Service::new(&endpoint, version).map_err(name_variable("GRAPH_ENDPOINT"))?.with_cloud(cloud),
        credential,
        operation: OperationSettings {
            timeout: seconds("GRAPH_TIMEOUT_SECONDS", 0.1, 30.0)?,
            retry: RetryPolicy { max_retries: retries, initial_backoff: seconds("GRAPH_RETRY_DELAY_SECONDS", 0.0, 3.0)? },
            exactly_once,
        },
        gateway: GatewaySettings {
            caller,
            directory: parse_directory(&variable("GATEWAY_DIRECTORY").unwrap_or_default())?,
            system: variable("GATEWAY_SYSTEM").unwrap_or_else(|| "azuread".to_owned()),
        },
    })
}
