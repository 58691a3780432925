//! What a person or a service manager tells the process.

use anyhow::Context as _;

/// The signals to stop: Ctrl-C and SIGTERM. None is lost from the moment this exists.
pub(crate) struct StopSignals {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
}

/// The signal to reload the configuration: SIGHUP.
pub(crate) struct ReloadSignals {
    #[cfg(unix)]
    signals: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl StopSignals {
    pub(crate) fn listen() -> anyhow::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let interrupt = signal(SignalKind::interrupt()).context("cannot listen for Ctrl-C")?;
        Ok(Self { interrupt, terminate: signal(SignalKind::terminate()).context("cannot listen for SIGTERM")? })
    }

    /// Waits for the next signal.
    pub(crate) async fn wait(&mut self) -> anyhow::Result<()> {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
        Ok(())
    }
}

#[cfg(not(unix))]
impl StopSignals {
    pub(crate) fn listen() -> anyhow::Result<Self> {
        Ok(Self {})
    }

    /// Waits for the next signal.
    pub(crate) async fn wait(&mut self) -> anyhow::Result<()> {
        tokio::signal::ctrl_c().await.context("cannot listen for Ctrl-C")
    }
}

#[cfg(unix)]
impl ReloadSignals {
    pub(crate) fn listen() -> anyhow::Result<Self> {
        let hangup = tokio::signal::unix::SignalKind::hangup();
        Ok(Self { signals: tokio::signal::unix::signal(hangup).context("cannot listen for SIGHUP")? })
    }

    /// Waits for the next signal; returns false if there will be none.
    pub(crate) async fn wait(&mut self) -> bool {
        self.signals.recv().await.is_some()
    }
}

#[cfg(not(unix))]
impl ReloadSignals {
    pub(crate) fn listen() -> anyhow::Result<Self> {
        Ok(Self {})
    }

    /// Waits for the next signal, which this system does not have.
    pub(crate) async fn wait(&mut self) -> bool {
        std::future::pending().await
    }
}
