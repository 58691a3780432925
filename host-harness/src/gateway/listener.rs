//! Listening for connections.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::TcpListener;

/// The delay after a connection could not be accepted, most often because too many are open.
pub(super) const ACCEPT_RETRY_DELAY: Duration = Duration::from_millis(100);

/// Binds an address for a gateway. Best called before the component is compiled, because an address in use is then found at once.
///
/// # Errors
///
/// If the address is not available. The error says why, and which option sets another.
pub async fn bind(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| {
        let port = address.port();
        match error.kind() {
            ErrorKind::AddrInUse => anyhow::anyhow!("port {port} is in use: choose another with --port or PORT"),
            ErrorKind::PermissionDenied => {
                anyhow::anyhow!("port {port} is reserved for the system: choose one above 1023 with --port or PORT")
            }
            ErrorKind::AddrNotAvailable => {
                anyhow::anyhow!("{} is not an address of this machine: choose another with --listen", address.ip())
            }
            _ => anyhow::Error::new(error).context(format!("cannot listen on {address}")),
        }
    })
}
