//! The tenants of a gateway at one time, and who may call them.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use http::StatusCode;
use protocol::frontend::{Refusal, TenantRef};

use super::callers::caller_registry::CallerRegistry;
use super::config::checked::Config;
use super::listener_tls::ListenerTls;
use super::tenant::Tenant;
use crate::observability::metrics::counters::Metrics;
use crate::observability::metrics::meter::Meter;
use crate::sandbox::component_host::ComponentHost;

/// The tenants of one configuration. A request keeps the snapshot it started with.
pub(crate) struct TenantSnapshot {
    pub(crate) callers: CallerRegistry,
    pub(crate) by_name: BTreeMap<String, Arc<Tenant>>,
    pub(crate) tls: Option<ListenerTls>,
    pub(super) drain: Option<Duration>,
    pub(crate) audit_required: bool,
    pub(super) files: Vec<PathBuf>,
}

impl TenantSnapshot {
    /// Creates the tenants of a configuration. A tenant whose configuration is the same as in `previous` keeps its permits and
    /// its access token.
    pub(super) fn new(config: Config, host: &ComponentHost, metrics: &Metrics, previous: Option<&Self>) -> anyhow::Result<Self> {
        let mut by_name = BTreeMap::new();
        for spec in config.tenants {
            let unchanged = previous.and_then(|previous| previous.by_name.get(&spec.name)).filter(|tenant| tenant.spec == spec);
            let name = spec.name.clone();
            let tenant = match unchanged {
                Some(tenant) => Arc::clone(tenant),
                None => {
                    let meter = Meter::new(metrics, &name);
                    Arc::new(Tenant::new(spec, host, meter).with_context(|| format!("the tenant {name}"))?)
                }
            };
            by_name.insert(name, tenant);
        }
        let callers = CallerRegistry::new(config.callers)?;
        let callers = match previous {
            Some(previous) => callers.with_logins_of(&previous.callers),
            None => callers,
        };
        metrics.set_tenants(by_name.keys().map(String::as_str));
        let Config { tls, drain, audit_required, files, .. } = config;
        Ok(Self { callers, by_name, tls, drain, audit_required, files })
    }

    /// Returns the tenants whose callers may do more than in `previous`, and what: operations, callers and directories.
    pub(super) fn list_widened<'s>(&'s self, previous: &'s Self) -> impl Iterator<Item = (&'s str, String)> {
        self.by_name.values().filter_map(|tenant| {
            let before = &previous.by_name.get(&tenant.spec.name)?.spec;
            let operations = tenant.spec.operations.added_to(&before.operations).map(|operation| operation.name().to_owned());
            let callers = tenant.spec.callers.difference(&before.callers).map(|caller| format!("caller {caller}"));
            let directories = tenant.spec.directory.iter().filter(|name| !before.directory.contains(name));
            let directories = directories.map(|name| format!("directory {name}"));
            let widened: Vec<String> = operations.chain(callers).chain(directories).collect();
            (!widened.is_empty()).then(|| (tenant.spec.name.as_str(), widened.join(", ")))
        })
    }

    /// Returns whether any tenant serves the Azure AD Graph API.
    pub(crate) fn serves_directories(&self) -> bool {
        self.by_name.values().any(|tenant| !tenant.spec.directory.is_empty())
    }

    /// Returns the tenant that a caller's request refers to. It may be another caller's: [`Tenant::authorize`] decides.
    ///
    /// # Errors
    ///
    /// If there is no such tenant, or it is not clear which of the caller's tenants is meant.
    pub(crate) fn find(&self, caller: &str, reference: &TenantRef) -> Result<&Arc<Tenant>, Refusal> {
        let unknown = || Refusal::UnknownTenant(reference.clone());
        match reference {
            TenantRef::All => Err(unknown()),
            TenantRef::System(name) => self.by_name.get(name).ok_or_else(unknown),
            TenantRef::Directory(name) => {
                let has_name = |tenant: &&Arc<Tenant>| tenant.spec.directory.iter().any(|own| own.eq_ignore_ascii_case(name));
                // Two tenants can have the same directory.
                let own = self.callable_by(caller).find(has_name);
                own.or_else(|| self.by_name.values().find(has_name)).ok_or_else(unknown)
            }
            TenantRef::OfCaller => {
                let mut own = self.callable_by(caller).filter(|tenant| !tenant.spec.directory.is_empty());
                match (own.next(), own.next()) {
                    (Some(tenant), None) => Ok(tenant),
                    (None, _) => Err(Refusal::host(StatusCode::FORBIDDEN, "This caller has no directory")),
                    (Some(_), Some(_)) => {
                        let message = "This caller has several directories: name one in place of myorganization or me";
                        Err(Refusal::host(StatusCode::BAD_REQUEST, message))
                    }
                }
            }
        }
    }

    /// Returns the tenants that a caller may call.
    pub(crate) fn callable_by(&self, caller: &str) -> impl Iterator<Item = &Arc<Tenant>> {
        self.by_name.values().filter(move |tenant| tenant.spec.callers.contains(caller))
    }
}

#[cfg(test)]
impl TenantSnapshot {
    /// Creates a snapshot without tenants and callers.
    pub(crate) fn empty(tls: Option<ListenerTls>) -> anyhow::Result<Self> {
        Ok(Self {
            callers: CallerRegistry::new([])?,
            by_name: BTreeMap::new(),
            tls,
            drain: None,
            audit_required: false,
            files: Vec::new(),
        })
    }
}
