//! The tenants of a multi-tenant gateway, which a reload can change while it runs.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use super::config::Config;
use super::snapshot::TenantSnapshot;
use crate::observability::audit_log::AuditLog;
use crate::observability::metrics::counters::Metrics;
use crate::sandbox::component_host::ComponentHost;

/// The tenants of a multi-tenant gateway. A reload applies to new requests; requests in progress keep the tenants they started
/// with.
pub struct TenantRegistry {
    host: ComponentHost,
    tenants: watch::Sender<Arc<TenantSnapshot>>,
    audit_log: Option<AuditLog>,
    metrics: Metrics,
}

impl TenantRegistry {
    /// Loads the tenants of a configuration file, with the limits of `host` as the maximum of each.
    ///
    /// # Errors
    ///
    /// Every error in the file ([`ConfigError`](crate::config::ConfigError)).
    pub fn load(file: &Path, host: ComponentHost) -> anyhow::Result<Self> {
        let metrics = Metrics::default();
        let tenants = TenantSnapshot::new(Config::read(file)?, &host, &metrics, None)?;
        Ok(Self { host, tenants: watch::Sender::new(Arc::new(tenants)), audit_log: None, metrics })
    }

    /// Has every call recorded in an audit log.
    pub fn with_audit_log(self, audit_log: AuditLog) -> Self {
        self.metrics.watch_log("audit", audit_log.queue());
        Self { audit_log: Some(audit_log), ..self }
    }

    /// Reloads the file. The new configuration applies to new requests, and its TLS settings to new connections.
    ///
    /// # Errors
    ///
    /// As [`TenantRegistry::load`]. Then the previous configuration stays in use.
    pub fn reload(&self, file: &Path) -> anyhow::Result<()> {
        let outcome = self.replace(file);
        self.metrics.record_reload(outcome.is_ok());
        outcome
    }

    fn replace(&self, file: &Path) -> anyhow::Result<()> {
        let config = Config::read(file)?;
        let previous = Arc::clone(&self.tenants.borrow());
        anyhow::ensure!(
            previous.tls.is_some() == config.tls.is_some(),
            "{}: [tls] cannot be added or removed by a reload: restart the gateway",
            file.display()
        );
        anyhow::ensure!(
            !config.audit_required || self.audit_log.is_some(),
            "{}: audit-required needs an audit log: restart the gateway with --audit-log",
            file.display()
        );
        let tenants = TenantSnapshot::new(config, &self.host, &self.metrics, Some(&previous))?;
        for (tenant, widened) in tenants.list_widened(&previous) {
            tracing::warn!("the reload gives the tenant {tenant} more rights: {widened}");
        }
        self.tenants.send_replace(Arc::new(tenants));
        Ok(())
    }

    /// Returns the counters of the gateway.
    pub fn metrics(&self) -> Metrics {
        self.metrics.clone()
    }

    /// Returns the names of the tenants, in order.
    pub fn tenant_names(&self) -> Vec<String> {
        self.tenants.borrow().by_name.keys().cloned().collect()
    }

    /// Returns the files that the configuration names, such as those of secrets. They are reloaded with it.
    pub fn files(&self) -> Vec<PathBuf> {
        self.tenants.borrow().files.clone()
    }

    /// Returns how long running requests may take to complete when the gateway stops, if the configuration says so.
    pub fn drain(&self) -> Option<Duration> {
        self.tenants.borrow().drain
    }

    /// Returns whether connections to the gateway use TLS.
    pub fn has_tls(&self) -> bool {
        self.tenants.borrow().tls.is_some()
    }

    /// Returns whether calls may write: the audit log is being written, or is not required. Without it, calls that write get 503.
    pub fn is_audited(&self) -> bool {
        !self.tenants.borrow().audit_required || self.audit_log.as_ref().is_some_and(AuditLog::is_healthy)
    }

    pub(crate) fn host(&self) -> &ComponentHost {
        &self.host
    }

    pub(crate) fn audit_log(&self) -> Option<AuditLog> {
        self.audit_log.clone()
    }

    pub(crate) fn subscribe(&self) -> watch::Receiver<Arc<TenantSnapshot>> {
        self.tenants.subscribe()
    }
}
