//! A configuration without errors.

use std::path::PathBuf;
use std::time::Duration;

use crate::tenants::callers::caller_registry::CallerSpec;
use crate::tenants::listener_tls::ListenerTls;
use crate::tenants::tenant::TenantSpec;

/// A configuration without errors.
#[derive(Debug)]
pub struct Config {
    pub(crate) tls: Option<ListenerTls>,
    pub(crate) callers: Vec<(String, CallerSpec)>,
    pub(crate) tenants: Vec<TenantSpec>,
    /// How long running requests may take to complete when the gateway stops.
    pub(crate) drain: Option<Duration>,
    /// Whether a call may write only after its line in the audit log.
    pub(crate) audit_required: bool,
    /// The files that the configuration names, which were read with it.
    pub(crate) files: Vec<PathBuf>,
}

impl Config {
    /// Returns the names of the tenants.
    pub fn tenant_names(&self) -> impl Iterator<Item = &str> {
        self.tenants.iter().map(|tenant| tenant.name.as_str())
    }
}
