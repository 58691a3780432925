//! The settings, which the host gives in the environment of the instance.
//!
//! | variable | meaning | default |
//! |---|---|---|
//! | `GRAPH_ENDPOINT` | scheme and host of Microsoft Graph | those of the cloud |
//! | `GRAPH_CLOUD` | the cloud, by its name in `protocol::cloud`: where Microsoft Graph is, unless `GRAPH_ENDPOINT` says so, and what it has | `global` |
//! | `GRAPH_API_VERSION` | `v1.0` or `beta` | `v1.0` |
//! | `GRAPH_ACCESS_TOKEN` | a bearer token; none where the host adds the credential itself | none |
//! | `GRAPH_TENANT_ID`, `GRAPH_CLIENT_ID`, `GRAPH_CLIENT_SECRET` | an application that signs in with a secret, in place of a token; for hosts that add no credential | none |
//! | `GRAPH_LOGIN_ENDPOINT` | scheme and host of the sign-in service | that of the cloud |
//! | `GRAPH_TIMEOUT_SECONDS` | the time that an operation has in all, from 0.1 to 3600 | 30 |
//! | `GRAPH_MAX_RETRIES` | how often a request is repeated at most, after failures that may pass; 0 for never | 3 |
//! | `GRAPH_RETRY_DELAY_SECONDS` | the wait before the first repetition, where the service names none; it doubles | 3 |
//! | `GRAPH_EXACTLY_ONCE` | `on`: each new contact carries a key, by which it is found again when an answer got lost; `off` | `on` |
//! | `GATEWAY_USERNAME`, `GATEWAY_PASSWORD` | who may call the HTTP frontend; without them it refuses everything | none |
//! | `GATEWAY_DIRECTORY` | the id and the domains of the directory, separated by commas, as paths of the Azure AD Graph API name it; without it those are not served | none |
//! | `GATEWAY_SYSTEM` | the system's name in the HTTP frontend's paths | `azuread` |

use std::time::Duration;

use connector::contact::Version;
use connector::error::{Error, Kind, Result};
use connector::graph::service::{Service, parse_endpoint};
use connector::graph::token::Application;
use connector::operations::connector::Terms;
use connector::operations::send::authorized::Credential;
use connector::operations::send::retry_policy::RetryPolicy;
use connector::secret::Secret;
use connector::settings::{Gateway, Settings};
use protocol::azure_ad_graph::address::is_directory_name;
use protocol::cloud::{Cloud, UnknownCloud};

/// Parses the cloud's name. Without one it is the global cloud.
fn parse_cloud(name: Option<&str>) -> Result<Cloud> {
    let wrong = |problem: UnknownCloud| Error::new(Kind::Configuration, format!("GRAPH_CLOUD: {problem}"));
    name.map_or(Ok(Cloud::GLOBAL), |name| name.parse().map_err(wrong))
}

/// Returns a function that puts the variable's name before the message of a configuration error.
fn name_variable(name: &str) -> impl Fn(Error) -> Error {
    move |error| Error { message: format!("{name}: {}", error.message), ..error }
}

/// The names of a directory, from a list with commas.
fn directory(text: &str) -> Result<Vec<String>> {
    let names: Vec<String> = text.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect();
    match names.iter().find(|name| !is_directory_name(name)) {
        None => Ok(names),
        Some(name) => {
            let problem = format!("GATEWAY_DIRECTORY has {name}, which is neither the id of a directory nor one of its domains");
            Err(Error::new(Kind::Configuration, problem))
        }
    }
}

/// The application that signs in, where one is named.
fn application(variable: &impl Fn(&str) -> Option<String>, cloud: &Cloud, endpoint: &str) -> Result<Option<Application>> {
    let names = ["GRAPH_TENANT_ID", "GRAPH_CLIENT_ID", "GRAPH_CLIENT_SECRET"];
    let [tenant, client_id, secret] = names.map(variable);
    if tenant.is_none() && client_id.is_none() && secret.is_none() {
        return Ok(None);
    }
    let missing =
        |name: &str| Error::new(Kind::Configuration, format!("{name} is not set, and others of {} are", names.join(", ")));
    let login = variable("GRAPH_LOGIN_ENDPOINT").or_else(|| cloud.login.map(str::to_owned));
    Ok(Some(Application {
        login: parse_endpoint(&login.ok_or_else(|| missing("GRAPH_LOGIN_ENDPOINT"))?)
            .map_err(name_variable("GRAPH_LOGIN_ENDPOINT"))?,
        tenant: tenant.ok_or_else(|| missing("GRAPH_TENANT_ID"))?,
        client_id: client_id.ok_or_else(|| missing("GRAPH_CLIENT_ID"))?,
        secret: Secret::new(secret.ok_or_else(|| missing("GRAPH_CLIENT_SECRET"))?),
        // A token is for the cloud's Microsoft Graph, also where an emulator stands in its place.
        scope: format!("{}/.default", cloud.graph.unwrap_or(endpoint)),
    }))
}

/// Parses the settings. `variable` returns the value of the environment variable of that name.
///
/// An error is of kind `configuration` and names the variable. An empty variable counts as one that is not set.
pub fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Settings> {
    let variable = |name: &str| variable(name).filter(|value| !value.is_empty());
    let wrong = |name: &str, problem: &str| Error::new(Kind::Configuration, format!("{name} {problem}"));
    let version = match variable("GRAPH_API_VERSION").as_deref() {
        None | Some("v1.0") => Version::V1,
        Some("beta") => Version::Beta,
        Some(_) => return Err(wrong("GRAPH_API_VERSION", "has to be v1.0 or beta")),
    };
    let seconds = |name: &str, least: f64, default: f64| match variable(name).map(|text| text.parse::<f64>()) {
        None => Ok(Duration::from_secs_f64(default)),
        Some(Ok(seconds)) if (least..=3600.0).contains(&seconds) => Ok(Duration::from_secs_f64(seconds)),
        Some(_) => Err(wrong(name, &format!("has to be a number of seconds from {least} to 3600"))),
    };
    let retries = match variable("GRAPH_MAX_RETRIES").map(|text| text.parse::<u32>()) {
        None => 3,
        Some(Ok(retries)) if retries <= 10 => retries,
        Some(_) => return Err(wrong("GRAPH_MAX_RETRIES", "has to be a number from 0 to 10")),
    };
    let exactly_once = match variable("GRAPH_EXACTLY_ONCE").as_deref() {
        None | Some("on") => true,
        Some("off") => false,
        Some(_) => return Err(wrong("GRAPH_EXACTLY_ONCE", "has to be on or off")),
    };
    let access_token = variable("GRAPH_ACCESS_TOKEN").map(|token| token.trim().to_owned());
    if access_token.as_ref().is_some_and(|token| token.is_empty() || !token.bytes().all(|b| b.is_ascii_graphic())) {
        return Err(wrong("GRAPH_ACCESS_TOKEN", "holds what no bearer token holds (its value is not shown)"));
    }
    let caller = match (variable("GATEWAY_USERNAME"), variable("GATEWAY_PASSWORD")) {
        (Some(name), Some(password)) => Some((name, Secret::new(password))),
        (None, None) => None,
        (Some(_), None) => return Err(wrong("GATEWAY_PASSWORD", "is not set, and GATEWAY_USERNAME is: set both")),
        (None, Some(_)) => return Err(wrong("GATEWAY_USERNAME", "is not set, and GATEWAY_PASSWORD is: set both")),
    };
    let cloud = parse_cloud(variable("GRAPH_CLOUD").as_deref())?;
    let endpoint = variable("GRAPH_ENDPOINT").or_else(|| cloud.graph.map(str::to_owned));
    let no_endpoint =
        || wrong("GRAPH_ENDPOINT", &format!("is not set, and where Microsoft Graph is in {} is not published", cloud.name));
    let endpoint = endpoint.ok_or_else(no_endpoint)?;
    let credential = match (access_token, application(&variable, &cloud, &endpoint)?) {
        (Some(_), Some(_)) => return Err(wrong("GRAPH_ACCESS_TOKEN", "is set, and GRAPH_CLIENT_SECRET is: set one of them")),
        (Some(token), None) => Credential::Token(Secret::new(token)),
        (None, Some(application)) => Credential::Application(application),
        (None, None) => Credential::OfHost,
    };
    Ok(Settings {
        service: Service::new(&endpoint, version).map_err(name_variable("GRAPH_ENDPOINT"))?.with_cloud(cloud),
        credential,
        terms: Terms {
            timeout: seconds("GRAPH_TIMEOUT_SECONDS", 0.1, 30.0)?,
            retry: RetryPolicy { retries, delay: seconds("GRAPH_RETRY_DELAY_SECONDS", 0.0, 3.0)? },
            exactly_once,
        },
        gateway: Gateway {
            caller,
            directory: directory(&variable("GATEWAY_DIRECTORY").unwrap_or_default())?,
            system: variable("GATEWAY_SYSTEM").unwrap_or_else(|| "azuread".to_owned()),
        },
    })
}
