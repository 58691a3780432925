//! The process's one HTTP client, with its pool of connections.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use super::connect_timeout::ConnectTimeoutLayer;
use super::public_addresses::PublicAddresses;
use crate::way_out::WayOut;

/// How long a connection waits in the pool for its next request. Below the idle timeouts of common load balancers, so that
/// it is rarely the server that closes it.
const IDLE: Duration = Duration::from_secs(50);

/// A client that follows no redirect and keeps no cookie: each would send a request elsewhere than where the policy said. A
/// proxy is heeded where the operator has set one.
pub(crate) fn client(way: &WayOut) -> reqwest::Result<reqwest::Client> {
    client_builder(way).build()
}

pub(crate) fn client_builder(way: &WayOut) -> reqwest::ClientBuilder {
    // The client sets the port.
    let localhost: [SocketAddr; 2] = [(Ipv4Addr::LOCALHOST, 0).into(), (Ipv6Addr::LOCALHOST, 0).into()];
    let builder = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .pool_idle_timeout(IDLE)
        .tcp_keepalive(Duration::from_secs(30))
        // http is for this machine alone, whatever a name server says about it.
        .resolve_to_addrs("localhost", &localhost)
        .dns_resolver(Arc::new(PublicAddresses::but_for(way.proxy_host())))
        .connector_layer(ConnectTimeoutLayer);
    way.applied(builder)
}
