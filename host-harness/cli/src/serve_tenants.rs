//! `graph-contacts serve --config`: many tenants.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use graph_contacts_host::gateway::AdminServer;
use graph_contacts_host::{AuditLog, ComponentHost, Gateway, TenantRegistry};
use tokio::net::TcpListener;

use crate::file_watcher::FileWatcher;
use crate::log;
use crate::shutdown::stop;
use crate::signals::{ReloadSignals, StopSignals};

/// How long the process waits at its end for the last lines of the audit log.
const FLUSH_TIMEOUT: Duration = Duration::from_secs(2);

/// What a multi-tenant gateway has besides its configuration.
pub(crate) struct ServeOptions {
    pub(crate) audit_log: Option<AuditLog>,
    pub(crate) admin: Option<AdminServer>,
    pub(crate) drain: Option<Duration>,
}

/// Serves the tenants of a configuration until a signal to stop, and reloads it on changes and on SIGHUP.
pub(crate) async fn run(listener: TcpListener, file: &Path, host: ComponentHost, options: ServeOptions) -> anyhow::Result<()> {
    let ServeOptions { audit_log, admin, drain } = options;
    let registry = TenantRegistry::load(file, host)?;
    let registry = Arc::new(match &audit_log {
        Some(audit_log) => registry.with_audit_log(audit_log.clone()),
        None => registry,
    });
    anyhow::ensure!(audit_log.is_some() || registry.is_audited(), "audit-required needs an audit log: set --audit-log");
    if let Some(log) = log::queue() {
        registry.metrics().watch_log("process", log);
    }
    // Before the output tells anybody that there is a process to send a signal to.
    let (reloads, mut stops) = (ReloadSignals::listen()?, StopSignals::listen()?);
    // Before the gateway serves, because the audit log may share standard output, and fill it.
    let scheme = if registry.has_tls() { "https" } else { "http" };
    println!("Listening on {scheme}://{}", listener.local_addr()?);
    println!("Tenants: {}", registry.tenant_names().join(", "));
    if let Some(admin) = &admin {
        println!("Status: http://{0}/, http://{0}/metrics, http://{0}/healthz and http://{0}/readyz", admin.address());
    }
    let gateway = Gateway::start_multi_tenant(listener, &registry)?;
    let reloader = tokio::spawn(reload_on_change(reloads, Arc::clone(&registry), file.to_owned(), audit_log.clone()));
    if let Some(admin) = &admin {
        let checked = Arc::clone(&registry);
        admin.publish_metrics(registry.metrics());
        admin.set_check(move || checked.is_audited());
        admin.set_ready(true);
    }
    let stopped = stops.wait().await;
    reloader.abort();
    // A load balancer learns of it while the last requests complete.
    if let Some(admin) = &admin {
        admin.set_ready(false);
    }
    stopped?;
    let stopped = stop(gateway, drain.or(registry.drain()), stops).await;
    if let Some(audit_log) = audit_log
        && !audit_log.flush(FLUSH_TIMEOUT).await
    {
        log::print("the last lines of the audit log are lost: it could not be written");
    }
    stopped
}

/// Opens the audit log in a file, or on standard output.
pub(crate) fn open_audit_log(file: &Path) -> anyhow::Result<AuditLog> {
    if file == Path::new("-") { Ok(AuditLog::to_writer(std::io::stdout())) } else { AuditLog::to_file(file) }
}

/// Reloads the configuration, and at a signal opens the audit log again.
async fn reload_on_change(mut signals: ReloadSignals, registry: Arc<TenantRegistry>, file: PathBuf, audit_log: Option<AuditLog>) {
    let files = |registry: &TenantRegistry| registry.files().into_iter().chain([file.clone()]);
    let mut watcher = FileWatcher::new(files(&registry));
    loop {
        tokio::select! {
            () = watcher.wait_for_change() => {}
            more = signals.wait() => {
                if !more {
                    return;
                }
                if let Some(audit_log) = &audit_log {
                    audit_log.reopen();
                }
            }
        }
        watcher.mark_read();
        // Reading files and parsing certificates would block the threads that serve requests.
        let (reloaded, file) = (Arc::clone(&registry), file.clone());
        let reload = tokio::task::spawn_blocking(move || match reloaded.reload(&file) {
            Ok(()) => log::print(&format!("{} reloaded; tenants: {}", file.display(), reloaded.tenant_names().join(", "))),
            Err(error) => {
                log::print(&format!("{} not reloaded; the previous configuration stays in use:\n{error:#}", file.display()));
            }
        });
        if let Err(error) = reload.await {
            tracing::error!("cannot reload the configuration: {error}");
        }
        watcher.watch(files(&registry));
    }
}
