//! How the gateway stops.

use std::time::Duration;

use graph_contacts_host::Gateway;

use crate::signals::StopSignals;

/// How long running requests may take to complete after the signal to stop.
const DEFAULT_DRAIN: Duration = Duration::from_secs(10);

/// Lets running requests complete for some time, or until a second signal.
pub(crate) async fn stop(gateway: Gateway, drain: Option<Duration>, mut signals: StopSignals) -> anyhow::Result<()> {
    tokio::select! {
        () = gateway.drain(drain.unwrap_or(DEFAULT_DRAIN)) => Ok(()),
        signalled = signals.wait() => signalled,
    }
}
