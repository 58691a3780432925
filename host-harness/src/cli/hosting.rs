//! `graph-contacts serve --config`: many tenants.

use std::path::Path;
use std::sync::Arc;

use graph_contacts_host::gateway::Admin;
use graph_contacts_host::{Audit, Connector, Gateway, Hosting};
use tokio::net::TcpListener;

use super::serve::told_to_stop;

/// Serves the tenants of a configuration until told to stop, and reads it again at each SIGHUP.
pub(super) async fn run(
    listener: TcpListener,
    file: &Path,
    connector: Connector,
    audit: Option<Audit>,
    admin: Option<Admin>,
) -> anyhow::Result<()> {
    let hosting = Hosting::read(file, connector)?;
    let hosting = Arc::new(match audit {
        Some(audit) => hosting.with_audit(audit),
        None => hosting,
    });
    // Before anybody knows that there is a process to send a signal to.
    let reloads = Reloads::listen()?;
    let gateway = Gateway::host(listener, &hosting)?;
    let scheme = if hosting.has_tls() { "https" } else { "http" };
    println!("Listening on {scheme}://{}", gateway.address());
    println!("Tenants: {}", hosting.names().join(", "));
    let again = tokio::spawn(read_again(reloads, Arc::clone(&hosting), file.to_owned()));
    if let Some(admin) = &admin {
        admin.show(hosting.metrics());
        println!("Status: http://{0}/, http://{0}/metrics, http://{0}/healthz and http://{0}/readyz", admin.address());
        admin.ready(true);
    }
    let told = told_to_stop().await;
    again.abort();
    // Those who ask are told while the last requests end.
    if let Some(admin) = &admin {
        admin.ready(false);
    }
    gateway.shutdown().await;
    told
}

/// The audit log in a file, or on standard output.
pub(super) fn audit_log(file: &Path) -> anyhow::Result<Audit> {
    if file == Path::new("-") { Ok(Audit::to(std::io::stdout())) } else { Audit::to_file(file) }
}

async fn read_again(mut reloads: Reloads, hosting: Arc<Hosting>, file: std::path::PathBuf) {
    while reloads.next().await {
        // Files are read, and certificates parsed: not a matter for the threads that answer requests.
        let (hosting, file) = (Arc::clone(&hosting), file.clone());
        let read = tokio::task::spawn_blocking(move || match hosting.reload(&file) {
            Ok(()) => eprintln!("{} was read again; tenants: {}", file.display(), hosting.names().join(", ")),
            Err(error) => eprintln!("{} was not taken, and nothing has changed:\n{error:#}", file.display()),
        });
        if let Err(error) = read.await {
            tracing::error!("the configuration could not be read again: {error}");
        }
    }
}

/// The signals to read the configuration again.
struct Reloads {
    #[cfg(unix)]
    signals: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Reloads {
    fn listen() -> anyhow::Result<Self> {
        use anyhow::Context as _;
        let hangup = tokio::signal::unix::SignalKind::hangup();
        Ok(Self { signals: tokio::signal::unix::signal(hangup).context("cannot listen for SIGHUP")? })
    }

    async fn next(&mut self) -> bool {
        self.signals.recv().await.is_some()
    }
}

#[cfg(not(unix))]
impl Reloads {
    fn listen() -> anyhow::Result<Self> {
        Ok(Self {})
    }

    async fn next(&mut self) -> bool {
        std::future::pending().await
    }
}
