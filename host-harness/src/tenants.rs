//! All tenants of a gateway, and who may call them, as they are at a moment.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use tokio::sync::watch;

use crate::audit::Audit;
use crate::callers::Callers;
use crate::component::Connector;
use crate::config::Config;
use crate::listener_tls::ListenerTls;
use crate::metrics::{Meter, Metrics};
use crate::tenant::Tenant;

/// The tenants of a configuration.
pub(crate) struct Tenants {
    pub(crate) callers: Callers,
    pub(crate) by_name: BTreeMap<String, Arc<Tenant>>,
    pub(crate) tls: Option<ListenerTls>,
    drain: Option<Duration>,
    files: Vec<PathBuf>,
}

#[cfg(test)]
impl Tenants {
    /// No tenants, and nobody who may call.
    pub(crate) fn none(tls: Option<ListenerTls>) -> anyhow::Result<Self> {
        Ok(Self { callers: Callers::new([])?, by_name: BTreeMap::new(), tls, drain: None, files: Vec::new() })
    }
}

impl Tenants {
    /// Whether any tenant is served by the Azure AD Graph API.
    pub(crate) fn serve_directories(&self) -> bool {
        self.by_name.values().any(|tenant| !tenant.spec.directory.is_empty())
    }

    /// A tenant of whom nothing has changed stays the one it was `before`, with its turns and its token.
    fn new(config: Config, connector: &Connector, metrics: &Metrics, before: Option<&Self>) -> anyhow::Result<Self> {
        let mut by_name = BTreeMap::new();
        for spec in config.tenants {
            let unchanged = before.and_then(|before| before.by_name.get(&spec.name)).filter(|tenant| tenant.spec == spec);
            let name = spec.name.clone();
            let tenant = match unchanged {
                Some(tenant) => Arc::clone(tenant),
                None => {
                    let meter = Meter::new(metrics, &name);
                    Arc::new(Tenant::new(spec, connector, meter).with_context(|| format!("the tenant {name}"))?)
                }
            };
            by_name.insert(name, tenant);
        }
        let callers = Callers::new(config.callers)?;
        let callers = match before {
            Some(before) => callers.after(&before.callers),
            None => callers,
        };
        metrics.serve(by_name.keys().map(String::as_str));
        Ok(Self { callers, by_name, tls: config.tls, drain: config.drain, files: config.files })
    }
}

/// The tenants of a gateway, which can be changed while it runs. Requests that are under way end with the tenants with which
/// they began.
pub struct Hosting {
    connector: Connector,
    tenants: watch::Sender<Arc<Tenants>>,
    audit: Option<Audit>,
    metrics: Metrics,
}

impl Hosting {
    /// The tenants that a configuration file has, with `connector`'s limits as the most that any may have.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with the file ([`Mistakes`](crate::config::Mistakes)).
    pub fn read(file: &Path, connector: Connector) -> anyhow::Result<Self> {
        let metrics = Metrics::default();
        let tenants = Tenants::new(Config::read(file)?, &connector, &metrics, None)?;
        Ok(Self { connector, tenants: watch::Sender::new(Arc::new(tenants)), audit: None, metrics })
    }

    /// Notes every call in an audit log.
    pub fn with_audit(self, audit: Audit) -> Self {
        Self { audit: Some(audit), ..self }
    }

    /// Reads the file again. It counts for requests from then on, and for TLS of new connections.
    ///
    /// # Errors
    ///
    /// As [`Hosting::read`]; then nothing has changed.
    pub fn reload(&self, file: &Path) -> anyhow::Result<()> {
        let outcome = self.take(file);
        self.metrics.reloaded(outcome.is_ok());
        outcome
    }

    fn take(&self, file: &Path) -> anyhow::Result<()> {
        let config = Config::read(file)?;
        let before = Arc::clone(&self.tenants.borrow());
        anyhow::ensure!(
            before.tls.is_some() == config.tls.is_some(),
            "{}: [tls] cannot come or go while the gateway runs: start it again",
            file.display()
        );
        let tenants = Tenants::new(config, &self.connector, &self.metrics, Some(&before))?;
        self.tenants.send_replace(Arc::new(tenants));
        Ok(())
    }

    /// What is counted.
    pub fn metrics(&self) -> Metrics {
        self.metrics.clone()
    }

    /// The names of the tenants, in order.
    pub fn names(&self) -> Vec<String> {
        self.tenants.borrow().by_name.keys().cloned().collect()
    }

    /// The files that the configuration names, such as those with secrets: they are read again with it.
    pub fn files(&self) -> Vec<PathBuf> {
        self.tenants.borrow().files.clone()
    }

    /// How long requests may run on when the gateway stops, where the configuration says so.
    pub fn drain(&self) -> Option<Duration> {
        self.tenants.borrow().drain
    }

    /// Whether connections to the gateway are TLS.
    pub fn has_tls(&self) -> bool {
        self.tenants.borrow().tls.is_some()
    }

    pub(crate) fn connector(&self) -> &Connector {
        &self.connector
    }

    pub(crate) fn audit(&self) -> Option<Audit> {
        self.audit.clone()
    }

    pub(crate) fn watch(&self) -> watch::Receiver<Arc<Tenants>> {
        self.tenants.subscribe()
    }
}
