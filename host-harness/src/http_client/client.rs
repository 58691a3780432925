//! The process's HTTP client with its connection pool.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use super::connect_timeout::ConnectTimeoutLayer;
use super::egress_config::EgressConfig;
use super::public_addresses::PublicAddresses;

/// The idle timeout of pooled connections: below that of common load balancers, so that the server rarely closes one first.
const IDLE_TIMEOUT: Duration = Duration::from_secs(50);

/// Builds a client that follows no redirects, which would bypass the policy, and keeps no cookies. It uses a proxy only if the
/// operator has set one.
pub(crate) fn build_client(config: &EgressConfig) -> reqwest::Result<reqwest::Client> {
    configure_client(config).build()
}

pub(crate) fn configure_client(config: &EgressConfig) -> reqwest::ClientBuilder {
    // The client sets the port.
    let localhost: [SocketAddr; 2] = [(Ipv4Addr::LOCALHOST, 0).into(), (Ipv6Addr::LOCALHOST, 0).into()];
    let builder = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .pool_idle_timeout(IDLE_TIMEOUT)
        .tcp_keepalive(Duration::from_secs(30))
        // `http` is only for this machine, whatever a name server says.
        .resolve_to_addrs("localhost", &localhost)
        .dns_resolver(Arc::new(PublicAddresses::except(config.proxy_host())))
        .connector_layer(ConnectTimeoutLayer);
    config.apply_to(builder)
}
