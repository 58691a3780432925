//! A party on whose behalf calls go to Microsoft Graph, with all that its calls run with.

use std::collections::BTreeSet;
use std::time::Duration;

use uuid::Uuid;

use crate::cloud::Cloud;
use crate::component::Connector;
use crate::credential::{Credential, Secret, TokenSource};
use crate::endpoint::Endpoint;
use crate::limits::Limits;
use crate::metrics::Meter;
use crate::operation::Operations;
use crate::settings::{GatewayLogin, Settings};

/// Calls of one tenant that run at a time, where its limits do not say: none may fill the house.
const CALLS: usize = 16;

/// What the configuration says of a tenant, checked.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TenantSpec {
    pub(crate) name: String,
    pub(crate) callers: BTreeSet<String>,
    pub(crate) operations: Operations,
    pub(crate) cloud: Cloud,
    pub(crate) endpoint: Option<Endpoint>,
    pub(crate) api_version: Option<String>,
    pub(crate) max_retries: Option<u32>,
    pub(crate) exactly_once: Option<bool>,
    /// What paths of the Azure AD Graph API call it; nothing where those are not served.
    pub(crate) directory: Vec<String>,
    /// `None` only where it is wrong.
    pub(crate) credential: Option<CredentialSpec>,
    pub(crate) limits: TenantLimits,
}

/// What proves a tenant's application to Microsoft Graph.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum CredentialSpec {
    AccessToken(Secret),
    Issued(TokenSource),
}

/// What a tenant's calls may use, where it is not as in [`Limits::default`].
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct TenantLimits {
    pub(crate) memory: Option<usize>,
    pub(crate) cpu_time: Option<Duration>,
    pub(crate) deadline: Option<Duration>,
    pub(crate) mailbox_requests: Option<usize>,
    pub(crate) calls: Option<usize>,
    pub(crate) response: Option<usize>,
    pub(crate) requests: Option<usize>,
    pub(crate) answer: Option<usize>,
}

/// A tenant at work.
pub(crate) struct Tenant {
    pub(crate) spec: TenantSpec,
    pub(crate) connector: Connector,
    pub(crate) settings: Settings,
    /// What the component takes for its caller: made here and known to nobody else, so that no caller's password comes into
    /// a sandbox.
    pub(crate) login: GatewayLogin,
}

impl Tenant {
    /// # Errors
    ///
    /// If its access token is none.
    pub(crate) fn new(spec: TenantSpec, connector: &Connector, meter: Meter) -> anyhow::Result<Self> {
        let login = GatewayLogin { username: random(), password: Secret::new(random()) };
        let credential = match &spec.credential {
            Some(CredentialSpec::AccessToken(token)) => Credential::bearer(token.expose())?,
            Some(CredentialSpec::Issued(source)) => {
                Credential::issued_over(source.clone(), spec.cloud, connector.client(), meter.clone())
            }
            None => Credential::none(),
        };
        let defaults = Settings::default();
        let settings = Settings {
            cloud: Some(spec.cloud),
            endpoint: spec.endpoint.clone(),
            api_version: spec.api_version.clone(),
            credential,
            deadline: spec.limits.deadline.unwrap_or(defaults.deadline),
            max_retries: spec.max_retries,
            exactly_once: spec.exactly_once,
            gateway: Some(login.clone()),
            system: Some(spec.name.clone()),
            directory: spec.directory.clone(),
            ..defaults
        };
        let connector = connector.for_tenant(|limits| spec.limits.applied(limits), meter);
        Ok(Self { spec, connector, settings, login })
    }
}

impl TenantLimits {
    fn applied(&self, limits: &Limits) -> Limits {
        Limits {
            memory: self.memory.unwrap_or(limits.memory).min(limits.memory),
            cpu_time: self.cpu_time.unwrap_or(limits.cpu_time),
            response_bytes: self.response.unwrap_or(limits.response_bytes),
            requests: self.requests.unwrap_or(limits.requests),
            answer_bytes: self.answer.unwrap_or(limits.answer_bytes),
            mailbox_concurrency: self.mailbox_requests.unwrap_or(limits.mailbox_concurrency),
            concurrency: self.calls.unwrap_or(CALLS).min(limits.concurrency),
            ..limits.clone()
        }
    }
}

/// 122 random bits.
fn random() -> String {
    Uuid::new_v4().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_the_tenants_where_it_has_some_and_never_more_than_the_hosts() {
        let host = Limits { concurrency: 8, ..Limits::default() };
        let none = TenantLimits::default().applied(&host);
        assert_eq!((none.memory, none.cpu_time, none.concurrency), (host.memory, host.cpu_time, 8));
        let some = TenantLimits {
            memory: Some(8 << 20),
            cpu_time: Some(Duration::from_secs(1)),
            mailbox_requests: Some(2),
            calls: Some(3),
            response: Some(1 << 20),
            requests: Some(9),
            answer: Some(2 << 20),
            deadline: None,
        };
        let applied = some.applied(&host);
        assert_eq!((applied.memory, applied.cpu_time, applied.concurrency), (8 << 20, Duration::from_secs(1), 3));
        assert_eq!((applied.mailbox_concurrency, applied.response_bytes), (2, 1 << 20));
        assert_eq!((applied.requests, applied.answer_bytes), (9, 2 << 20));
        let greedy = TenantLimits { memory: Some(usize::MAX), calls: Some(usize::MAX), ..TenantLimits::default() };
        assert_eq!((greedy.applied(&host).memory, greedy.applied(&host).concurrency), (host.memory, 8));
    }
}
