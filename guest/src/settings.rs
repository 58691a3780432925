//! The settings, which the host gives in the environment of the instance.
//!
//! | variable | meaning | default |
//! |---|---|---|
//! | `GRAPH_ENDPOINT` | scheme and host of Microsoft Graph | those of the cloud |
//! | `GRAPH_CLOUD` | `global`, `us-gov-l4`, `us-gov-l5`, `china`, `bleu`, `delos`, `usnat` or `ussec`: where Microsoft Graph is, unless `GRAPH_ENDPOINT` says so, and what it has | `global` |
//! | `GRAPH_API_VERSION` | `v1.0` or `beta` | `v1.0` |
//! | `GRAPH_ACCESS_TOKEN` | a bearer token; none where the host adds the credential itself | none |
//! | `GRAPH_TIMEOUT_SECONDS` | the time that an operation has in all, from 0.1 to 3600 | 30 |
//! | `GRAPH_MAX_RETRIES` | how often a request is repeated at most, after failures that may pass; 0 for never | 3 |
//! | `GRAPH_RETRY_DELAY_SECONDS` | the wait before the first repetition, where the service names none; it doubles | 3 |
//! | `GRAPH_EXACTLY_ONCE` | `on`: each new contact carries a key, by which it is found again when an answer got lost; `off` | `on` |
//! | `GATEWAY_USERNAME`, `GATEWAY_PASSWORD` | who may call the HTTP frontend; without them it refuses everything | none |
//! | `GATEWAY_SYSTEM` | the system's name in the HTTP frontend's paths | `azuread` |

use std::fmt;
use std::time::Duration;

use crate::contact::Version;
use crate::error::{Error, Kind, Result};
use crate::graph::Service;
use crate::graph::cloud::{self, Cloud};
use crate::operations::Terms;
use crate::operations::retry::Policy;

/// A text that is not for others to see: it has no way into a message or a log.
#[derive(Clone, PartialEq)]
pub struct Secret(String);

impl Secret {
    /// The text itself, for the one place that needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

/// What the connector has to know.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// The Microsoft Graph to speak to.
    pub service: Service,
    /// The access token, where the host does not add one.
    pub access_token: Option<Secret>,
    /// How operations are carried out.
    pub terms: Terms,
    /// What the HTTP frontend needs.
    pub gateway: Gateway,
}

/// What the HTTP frontend needs.
#[derive(Clone, Debug, PartialEq)]
pub struct Gateway {
    /// The name and password that callers have to give; `None` where the operator has not set them.
    pub caller: Option<(String, Secret)>,
    /// The system's name in paths: `/openidm/system/{system}/...`.
    pub system: String,
}

/// The cloud of that name; none means the global one.
fn cloud(name: Option<&str>) -> Result<&'static Cloud> {
    let Some(name) = name else { return Ok(cloud::GLOBAL) };
    let wrong = |problem: String| Error::new(Kind::Configuration, format!("GRAPH_CLOUD {problem}"));
    let cloud = Cloud::named(name).ok_or_else(|| {
        let names: Vec<&str> = cloud::CLOUDS.iter().filter(|cloud| cloud.contacts).map(|cloud| cloud.name).collect();
        wrong(format!("is {name}, and there are {}", names.join(", ")))
    })?;
    if !cloud.contacts {
        return Err(wrong(format!("is {name}, where Microsoft Graph has no personal contacts")));
    }
    Ok(cloud)
}

impl Settings {
    /// Reads the settings with `variable`, which gives the value of an environment variable of that name.
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
            (Some(name), Some(password)) => Some((name, Secret(password))),
            (None, None) => None,
            (Some(_), None) => return Err(wrong("GATEWAY_PASSWORD", "is not set, and GATEWAY_USERNAME is: set both")),
            (None, Some(_)) => return Err(wrong("GATEWAY_USERNAME", "is not set, and GATEWAY_PASSWORD is: set both")),
        };
        let cloud = cloud(variable("GRAPH_CLOUD").as_deref())?;
        let endpoint = variable("GRAPH_ENDPOINT").or_else(|| cloud.graph.map(str::to_owned));
        let no_endpoint =
            || wrong("GRAPH_ENDPOINT", &format!("is not set, and where Microsoft Graph is in {} is not published", cloud.name));
        let endpoint = endpoint.ok_or_else(no_endpoint)?;
        Ok(Settings {
            service: Service::new(&endpoint, version)?.in_cloud(cloud),
            access_token: access_token.map(Secret),
            terms: Terms {
                timeout: seconds("GRAPH_TIMEOUT_SECONDS", 0.1, 30.0)?,
                retry: Policy { retries, delay: seconds("GRAPH_RETRY_DELAY_SECONDS", 0.0, 3.0)? },
                exactly_once,
            },
            gateway: Gateway { caller, system: variable("GATEWAY_SYSTEM").unwrap_or_else(|| "azuread".to_owned()) },
        })
    }
}
