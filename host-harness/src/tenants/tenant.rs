//! A tenant: its settings, credential and limits.

use std::collections::BTreeSet;
use std::time::Duration;

use protocol::cloud::Cloud;
use protocol::frontend::{Refusal, TenantRef};
use protocol::operation::Operation;
use uuid::Uuid;

use crate::credentials::credential::Credential;
use crate::credentials::secret::Secret;
use crate::credentials::source::TokenSource;
use crate::http_client::endpoint::Endpoint;
use crate::limits::Limits;
use crate::observability::metrics::meter::Meter;
use crate::sandbox::component_host::ComponentHost;
use crate::settings::{GatewayLogin, Settings};
use crate::tenants::operation_set::OperationSet;

/// Concurrent calls of one tenant unless its limits say otherwise: no tenant may take all sandboxes.
const DEFAULT_CALLS: usize = 16;

/// A tenant as configured, checked.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TenantSpec {
    pub(crate) name: String,
    pub(crate) callers: BTreeSet<String>,
    pub(crate) operations: OperationSet,
    pub(crate) cloud: Cloud,
    pub(crate) endpoint: Option<Endpoint>,
    pub(crate) api_version: Option<String>,
    pub(crate) max_retries: Option<u32>,
    pub(crate) exactly_once: Option<bool>,
    /// The id and domains in paths of the Azure AD Graph API; empty if those are not served.
    pub(crate) directory: Vec<String>,
    /// `None` only in a configuration with errors.
    pub(crate) credential: Option<CredentialSpec>,
    pub(crate) limits: TenantLimits,
}

/// How a tenant's application authenticates at Microsoft Graph.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum CredentialSpec {
    AccessToken(Secret),
    Issued(TokenSource),
}

/// The limits of a tenant's calls that differ from [`Limits::default`].
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct TenantLimits {
    pub(crate) memory: Option<usize>,
    pub(crate) cpu_time: Option<Duration>,
    pub(crate) deadline: Option<Duration>,
    pub(crate) mailbox_requests: Option<usize>,
    pub(crate) calls: Option<usize>,
    pub(crate) response: Option<usize>,
    pub(crate) requests: Option<usize>,
    pub(crate) gateway_response: Option<usize>,
}

/// A tenant in service.
pub(crate) struct Tenant {
    pub(crate) spec: TenantSpec,
    pub(crate) host: ComponentHost,
    pub(crate) settings: Settings,
    /// The login that the component expects. It is random and known to nobody else, so that no caller's password gets into a
    /// sandbox.
    pub(crate) login: GatewayLogin,
}

impl Tenant {
    /// Creates a tenant, with the limits of `host` as the maximum.
    ///
    /// # Errors
    ///
    /// If its access token is invalid.
    pub(crate) fn new(spec: TenantSpec, host: &ComponentHost, meter: Meter) -> anyhow::Result<Self> {
        let login = GatewayLogin { username: generate_id(), password: Secret::new(generate_id()) };
        let credential = match &spec.credential {
            Some(CredentialSpec::AccessToken(token)) => Credential::bearer(token.expose())?,
            Some(CredentialSpec::Issued(source)) => {
                // A token is for the cloud's Microsoft Graph, also where an emulator stands in its place.
                let endpoint = spec.endpoint.as_ref().map_or("", Endpoint::as_str);
                let audience = spec.cloud.graph.unwrap_or(endpoint).to_owned();
                Credential::from_source_with(source.clone(), audience, host.client(), meter.clone())
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
        let host = host.for_tenant(&spec.name, |limits| spec.limits.apply_to(limits), meter);
        Ok(Self { spec, host, settings, login })
    }

    /// Checks whether a caller may have a request carried out: `reference` is how the request names this tenant, and `operations`
    /// are those that it may be. The one place for this decision.
    ///
    /// # Errors
    ///
    /// If the tenant is another caller's, or does not allow one of the operations, or there is no such operation.
    pub(crate) fn authorize(
        &self,
        caller: &str,
        reference: TenantRef,
        operations: Result<&[Operation], Refusal>,
    ) -> Result<(), Refusal> {
        if !self.spec.callers.contains(caller) {
            return Err(Refusal::UnknownTenant(reference));
        }
        let operations = operations?;
        match operations.iter().find(|operation| !self.spec.operations.allows(**operation)) {
            None => Ok(()),
            Some(operation) => Err(Refusal::NotPermitted {
                operation: *operation,
                is_one_of_several: operations.len() > 1,
                system: self.spec.name.clone(),
            }),
        }
    }
}

impl TenantLimits {
    fn apply_to(&self, limits: &Limits) -> Limits {
        Limits {
            memory: self.memory.unwrap_or(limits.memory).min(limits.memory),
            cpu_time: self.cpu_time.unwrap_or(limits.cpu_time),
            response_bytes: self.response.unwrap_or(limits.response_bytes),
            requests: self.requests.unwrap_or(limits.requests),
            gateway_response_bytes: self.gateway_response.unwrap_or(limits.gateway_response_bytes),
            mailbox_concurrency: self.mailbox_requests.unwrap_or(limits.mailbox_concurrency),
            concurrency: self.calls.unwrap_or(DEFAULT_CALLS).min(limits.concurrency),
            ..limits.clone()
        }
    }
}

/// Returns 122 random bits.
fn generate_id() -> String {
    Uuid::new_v4().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tenant_limits_never_exceed_host_limits() {
        let host = Limits { concurrency: 8, ..Limits::default() };
        let none = TenantLimits::default().apply_to(&host);
        assert_eq!((none.memory, none.cpu_time, none.concurrency), (host.memory, host.cpu_time, 8));
        let some = TenantLimits {
            memory: Some(8 << 20),
            cpu_time: Some(Duration::from_secs(1)),
            mailbox_requests: Some(2),
            calls: Some(3),
            response: Some(1 << 20),
            requests: Some(9),
            gateway_response: Some(2 << 20),
            deadline: None,
        };
        let applied = some.apply_to(&host);
        assert_eq!((applied.memory, applied.cpu_time, applied.concurrency), (8 << 20, Duration::from_secs(1), 3));
        assert_eq!((applied.mailbox_concurrency, applied.response_bytes), (2, 1 << 20));
        assert_eq!((applied.requests, applied.gateway_response_bytes), (9, 2 << 20));
        let greedy = TenantLimits { memory: Some(usize::MAX), calls: Some(usize::MAX), ..TenantLimits::default() };
        assert_eq!((greedy.apply_to(&host).memory, greedy.apply_to(&host).concurrency), (host.memory, 8));
    }
}
