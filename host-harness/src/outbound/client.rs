//! The process's one HTTP client, with its pool of connections.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use super::connect_timeout::ConnectTimeoutLayer;
use super::public_addresses::PublicAddresses;

/// How long a connection waits in the pool for its next request. Below the idle timeouts of common load balancers, so that
/// it is rarely the server that closes it.
const IDLE: Duration = Duration::from_secs(50);

/// A client that follows no redirect, keeps no cookie, and heeds no proxy variable of the environment: each would send a
/// request elsewhere than where the policy said.
pub(crate) fn client() -> reqwest::Result<reqwest::Client> {
    // The client sets the port.
    let localhost: [SocketAddr; 2] = [(Ipv4Addr::LOCALHOST, 0).into(), (Ipv6Addr::LOCALHOST, 0).into()];
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .no_proxy()
        .pool_idle_timeout(IDLE)
        .tcp_keepalive(Duration::from_secs(30))
        // http is for this machine alone, whatever a name server says about it.
        .resolve_to_addrs("localhost", &localhost)
        .dns_resolver(Arc::new(PublicAddresses::but_for([])))
        .connector_layer(ConnectTimeoutLayer)
        .build()
}
