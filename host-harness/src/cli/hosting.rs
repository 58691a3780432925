//! `graph-contacts serve --config`: many tenants.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use graph_contacts_host::gateway::Admin;
use graph_contacts_host::{Audit, Connector, Gateway, Hosting};
use tokio::net::TcpListener;

use super::changes::Changes;
use super::serve::stop;
use super::signals::{Reloads, Stops};

/// What a gateway of tenants has besides its configuration.
pub(super) struct Beside {
    pub(super) audit: Option<Audit>,
    pub(super) admin: Option<Admin>,
    pub(super) drain: Option<Duration>,
}

/// Serves the tenants of a configuration until told to stop, and reads it again when it changes and at each SIGHUP.
pub(super) async fn run(listener: TcpListener, file: &Path, connector: Connector, beside: Beside) -> anyhow::Result<()> {
    let Beside { audit, admin, drain } = beside;
    let hosting = Hosting::read(file, connector)?;
    let hosting = Arc::new(match audit {
        Some(audit) => hosting.with_audit(audit),
        None => hosting,
    });
    // Before anybody knows that there is a process to send a signal to.
    let (reloads, mut stops) = (Reloads::listen()?, Stops::listen()?);
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
    let told = stops.next().await;
    again.abort();
    // Those who ask are told while the last requests end.
    if let Some(admin) = &admin {
        admin.ready(false);
    }
    told?;
    stop(gateway, drain.or(hosting.drain()), stops).await
}

/// The audit log in a file, or on standard output.
pub(super) fn audit_log(file: &Path) -> anyhow::Result<Audit> {
    if file == Path::new("-") { Ok(Audit::to(std::io::stdout())) } else { Audit::to_file(file) }
}

async fn read_again(mut reloads: Reloads, hosting: Arc<Hosting>, file: PathBuf) {
    let files = |hosting: &Hosting| hosting.files().into_iter().chain([file.clone()]);
    let mut changes = Changes::since_now(files(&hosting));
    loop {
        tokio::select! {
            () = changes.next() => {}
            more = reloads.next() => if !more { return },
        }
        changes.about_to_be_read();
        // Files are read, and certificates parsed: not a matter for the threads that answer requests.
        let (again, file) = (Arc::clone(&hosting), file.clone());
        let read = tokio::task::spawn_blocking(move || match again.reload(&file) {
            Ok(()) => eprintln!("{} was read again; tenants: {}", file.display(), again.names().join(", ")),
            Err(error) => eprintln!("{} was not taken, and nothing has changed:\n{error:#}", file.display()),
        });
        if let Err(error) = read.await {
            tracing::error!("the configuration could not be read again: {error}");
        }
        changes.of(files(&hosting));
    }
}
