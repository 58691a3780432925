//! The log of the process, on standard error. Nothing waits for it: standard error may be a pipe that nobody reads.

use std::io::IsTerminal as _;
use std::sync::OnceLock;
use std::time::Duration;

use graph_contacts_host::LogQueue;
use serde_json::json;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

use crate::options::LogFormat;

/// How long the process waits at its end for the last lines.
const FLUSH_TIMEOUT: Duration = Duration::from_secs(1);

static LOG: OnceLock<LogQueue> = OnceLock::new();

/// Starts the log.
pub(crate) fn start(format: LogFormat) {
    let describe_loss = match format {
        LogFormat::Text => |count| format!("ERROR {count} lines of the log were lost"),
        LogFormat::Json => {
            |count| json!({"level": "ERROR", "fields": {"message": format!("{count} lines of the log were lost")}}).to_string()
        }
    };
    let queue = LOG.get_or_init(|| LogQueue::to_writer(std::io::stderr(), describe_loss));
    let filter = EnvFilter::builder().with_default_directive(LevelFilter::WARN.into()).from_env_lossy();
    let colours = std::io::stderr().is_terminal();
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(|| queue.clone()).with_ansi(colours);
    match format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().with_ansi(false).init(),
    }
    // The default hook writes to standard error itself.
    std::panic::set_hook(Box::new(|panic| tracing::error!("{panic}")));
}

/// Writes a message for the operator.
pub(crate) fn print(message: &str) {
    if let Some(queue) = queue() {
        queue.push(format!("{message}\n").into_bytes());
    }
}

/// Returns the queue before standard error.
pub(crate) fn queue() -> Option<&'static LogQueue> {
    LOG.get()
}

/// Waits for the lines before, but not for long.
pub(crate) async fn flush() {
    if let Some(queue) = queue() {
        queue.flush(FLUSH_TIMEOUT).await;
    }
}
