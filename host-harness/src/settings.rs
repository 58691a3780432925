//! The settings of a party's calls: endpoint, credential, deadline.

use std::time::Duration;

use crate::credentials::credential::Credential;
use crate::credentials::secret::Secret;
use crate::egress::rate_limit::RateLimit;
use crate::http_client::endpoint::Endpoint;
use protocol::cloud::Cloud;

/// The settings of one party's calls.
///
/// The component gets them as its environment, except the credential and the rate limits. Where a setting is `None`, the
/// component's own default applies.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The party's Microsoft cloud, `GRAPH_CLOUD`. The global one.
    pub cloud: Option<Cloud>,
    /// Microsoft Graph's endpoint, `GRAPH_ENDPOINT`, the only one that requests may go to. The cloud's.
    pub endpoint: Option<Endpoint>,
    /// `v1.0` or `beta`, `GRAPH_API_VERSION`.
    pub api_version: Option<String>,
    /// The credential of the requests. It stays with the host.
    pub credential: Credential,
    /// The deadline of an operation, `GRAPH_TIMEOUT_SECONDS`, in whole seconds and at least one. 30 s.
    pub deadline: Duration,
    /// The maximum number of retries of a request, `GRAPH_MAX_RETRIES`. 3.
    pub max_retries: Option<u32>,
    /// The delay before the first retry if the service sends no `Retry-After`, `GRAPH_RETRY_DELAY_SECONDS`. 3 s.
    pub retry_delay: Option<Duration>,
    /// Whether a new contact stores a key, to find it again if the response was lost, `GRAPH_EXACTLY_ONCE`. Yes.
    pub exactly_once: Option<bool>,
    /// The rate limit of requests that read, for all calls with these settings and copies of them together. Each item of a batch
    /// counts. Further requests wait, until their deadline. `None` is no limit.
    pub read_rate_limit: Option<RateLimit>,
    /// The rate limit of requests that write.
    pub write_rate_limit: Option<RateLimit>,
    /// The login to the gateway, `GATEWAY_USERNAME` and `GATEWAY_PASSWORD`. Without it nobody can use the gateway.
    pub gateway: Option<GatewayLogin>,
    /// The system name in the gateway's paths, `GATEWAY_SYSTEM`.
    pub system: Option<String>,
    /// The directory's id and domains in paths of the Azure AD Graph API, `GATEWAY_DIRECTORY`. If empty, those paths are not
    /// served, and the requests that only they need may not leave.
    pub directory: Vec<String>,
}

/// The login to the gateway.
#[derive(Debug, Clone)]
pub struct GatewayLogin {
    /// The user name, which callers send as `X-OpenIDM-Username`.
    pub username: String,
    /// The password, which callers send as `X-OpenIDM-Password`.
    pub password: Secret,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            cloud: None,
            endpoint: None,
            api_version: None,
            credential: Credential::none(),
            deadline: Duration::from_secs(30),
            max_retries: None,
            retry_delay: None,
            exactly_once: None,
            read_rate_limit: None,
            write_rate_limit: None,
            gateway: None,
            system: None,
            directory: Vec::new(),
        }
    }
}

impl Settings {
    /// Returns the only endpoint that requests may go to, if the settings name one.
    pub(crate) fn graph_endpoint(&self) -> Option<Endpoint> {
        let of_cloud = || self.cloud.and_then(|cloud| cloud.graph?.parse().ok());
        self.endpoint.clone().or_else(of_cloud)
    }

    /// Returns the component's environment.
    pub(crate) fn environment(&self) -> Vec<(&'static str, String)> {
        let login = self.gateway.as_ref();
        let variables = [
            ("GRAPH_CLOUD", self.cloud.map(|cloud| cloud.name.to_owned())),
            ("GRAPH_ENDPOINT", self.graph_endpoint().as_ref().map(Endpoint::to_string)),
            ("GRAPH_API_VERSION", self.api_version.clone()),
            ("GRAPH_TIMEOUT_SECONDS", Some(self.deadline.as_secs().max(1).to_string())),
            ("GRAPH_MAX_RETRIES", self.max_retries.map(|times| times.to_string())),
            ("GRAPH_RETRY_DELAY_SECONDS", self.retry_delay.map(|delay| delay.as_secs_f64().to_string())),
            ("GRAPH_EXACTLY_ONCE", self.exactly_once.map(|once| if once { "on" } else { "off" }.to_owned())),
            ("GATEWAY_USERNAME", login.map(|login| login.username.clone())),
            ("GATEWAY_PASSWORD", login.map(|login| login.password.expose().to_owned())),
            ("GATEWAY_SYSTEM", self.system.clone()),
            ("GATEWAY_DIRECTORY", (!self.directory.is_empty()).then(|| self.directory.join(","))),
        ];
        variables.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn environment_has_settings_and_no_token() {
        let unset = Settings { credential: Credential::bearer("secret-token").unwrap(), ..Settings::default() };
        assert_eq!(unset.environment(), [("GRAPH_TIMEOUT_SECONDS", "30".to_owned())]);
        assert!(!format!("{unset:?}").contains("secret-token"));

        let set = Settings {
            cloud: "us-gov-l5".parse().ok(),
            endpoint: Some("https://graph.microsoft.us/".parse().unwrap()),
            api_version: Some("beta".into()),
            deadline: Duration::from_millis(100),
            max_retries: Some(0),
            retry_delay: Some(Duration::from_millis(1500)),
            exactly_once: Some(false),
            gateway: Some(GatewayLogin { username: "openidm-admin".into(), password: Secret::new("pass") }),
            system: Some("azuread".into()),
            directory: vec!["contoso.com".into(), "contoso.onmicrosoft.com".into()],
            ..Settings::default()
        };
        let expected = [
            ("GRAPH_CLOUD", "us-gov-l5"),
            ("GRAPH_ENDPOINT", "https://graph.microsoft.us"),
            ("GRAPH_API_VERSION", "beta"),
            ("GRAPH_TIMEOUT_SECONDS", "1"),
            ("GRAPH_MAX_RETRIES", "0"),
            ("GRAPH_RETRY_DELAY_SECONDS", "1.5"),
            ("GRAPH_EXACTLY_ONCE", "off"),
            ("GATEWAY_USERNAME", "openidm-admin"),
            ("GATEWAY_PASSWORD", "pass"),
            ("GATEWAY_SYSTEM", "azuread"),
            ("GATEWAY_DIRECTORY", "contoso.com,contoso.onmicrosoft.com"),
        ];
        assert_eq!(set.environment(), expected.map(|(name, value)| (name, value.to_owned())));
    }

    #[test]
    fn cloud_sets_graph_endpoint() {
        let china = Settings { cloud: "china".parse().ok(), ..Settings::default() };
        let environment = china.environment();
        assert!(environment.contains(&("GRAPH_CLOUD", "china".to_owned())), "{environment:?}");
        assert!(
            environment.contains(&("GRAPH_ENDPOINT", "https://microsoftgraph.chinacloudapi.cn".to_owned())),
            "{environment:?}"
        );
    }
}
