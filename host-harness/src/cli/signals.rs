//! What a person or a service manager tells the process.

use anyhow::Context as _;

/// The wish that it stops: Ctrl-C, or SIGTERM in its place. None is lost once this is there.
pub(super) struct Stops {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
}

/// The wish that it reads its configuration again: SIGHUP.
pub(super) struct Reloads {
    #[cfg(unix)]
    signals: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Stops {
    pub(super) fn listen() -> anyhow::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let interrupt = signal(SignalKind::interrupt()).context("cannot listen for Ctrl-C")?;
        Ok(Self { interrupt, terminate: signal(SignalKind::terminate()).context("cannot listen for SIGTERM")? })
    }

    /// Waits for the next one.
    pub(super) async fn next(&mut self) -> anyhow::Result<()> {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
        Ok(())
    }
}

#[cfg(not(unix))]
impl Stops {
    pub(super) fn listen() -> anyhow::Result<Self> {
        Ok(Self {})
    }

    /// Waits for the next one.
    pub(super) async fn next(&mut self) -> anyhow::Result<()> {
        tokio::signal::ctrl_c().await.context("cannot listen for Ctrl-C")
    }
}

#[cfg(unix)]
impl Reloads {
    pub(super) fn listen() -> anyhow::Result<Self> {
        let hangup = tokio::signal::unix::SignalKind::hangup();
        Ok(Self { signals: tokio::signal::unix::signal(hangup).context("cannot listen for SIGHUP")? })
    }

    /// Waits for the next one; false where there will be none.
    pub(super) async fn next(&mut self) -> bool {
        self.signals.recv().await.is_some()
    }
}

#[cfg(not(unix))]
impl Reloads {
    pub(super) fn listen() -> anyhow::Result<Self> {
        Ok(Self {})
    }

    /// Waits for the next one; there is none here.
    pub(super) async fn next(&mut self) -> bool {
        std::future::pending().await
    }
}
