//! Resolves names to public addresses only.
//!
//! The policy checks names before anything is sent, but a name server decides what they resolve to. A wrong or hostile one may
//! return an address of this machine, of its network, or of a cloud's metadata service. The client connects to exactly the
//! addresses that are checked here, so that a different second response (DNS rebinding) has no effect.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// Looks up the addresses of a name, and may block.
type Lookup = fn(&str) -> io::Result<Vec<SocketAddr>>;

/// The system's resolver, without addresses that are not public.
pub(crate) struct PublicAddresses {
    lookup: Lookup,
    /// Names that may resolve to any address because the operator chose them, such as a proxy's.
    exempt: Vec<String>,
}

impl PublicAddresses {
    pub(crate) fn except(exempt: impl IntoIterator<Item = String>) -> Self {
        Self { lookup: look_up, exempt: exempt.into_iter().collect() }
    }

    /// Uses another lookup than the system's.
    #[cfg(test)]
    pub(crate) fn with_lookup(lookup: Lookup) -> Self {
        Self { lookup, ..Self::except([]) }
    }
}

fn look_up(name: &str) -> io::Result<Vec<SocketAddr>> {
    // The client sets the port.
    Ok((name, 0).to_socket_addrs()?.collect())
}

impl Resolve for PublicAddresses {
    fn resolve(&self, name: Name) -> Resolving {
        let (lookup, exempt) = (self.lookup, self.exempt.iter().any(|exempt| exempt.eq_ignore_ascii_case(name.as_str())));
        Box::pin(async move {
            let queried = name.as_str().to_owned();
            let mut found = tokio::task::spawn_blocking(move || lookup(&queried)).await??;
            let resolved = !found.is_empty();
            found.retain(|address| exempt || is_public(address.ip()));
            if resolved && found.is_empty() {
                let name = name.as_str();
                tracing::warn!(
                    "no connection to {name}: it resolves to an address of this machine or network, and to no public one"
                );
                return Err(NotPublic.into());
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// A name resolves to no public address.
#[derive(Debug, thiserror::Error)]
#[error("the name resolves to no public address")]
pub(crate) struct NotPublic;

/// Returns whether an address is public (IANA's registries of special-purpose addresses, for IPv4 and IPv6).
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => embedded_v4(address).map_or_else(|| is_public_v6(address), is_public_v4),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let special = match address.octets() {
        // This network, shared (RFC 6598), protocol assignments, benchmarks, reserved.
        [0, ..] | [192, 0, 0, _] | [240..=255, ..] => true,
        [100, second, ..] => second & 0xc0 == 64,
        [198, second, ..] if second & 0xfe == 18 => true,
        _ => false,
    };
    let local = address.is_loopback() || address.is_private() || address.is_link_local();
    !(special || local || address.is_multicast() || address.is_documentation())
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    // Global unicast is 2000::/3, without documentation, and without the protocol assignments in its first /23.
    match address.segments() {
        [0x2001, second, ..] => second != 0x0db8 && second >= 0x0200,
        [0x3fff, second, ..] => second >= 0x1000,
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

/// Returns the IPv4 address within an IPv6 address: mapped, translated (RFC 6052), or 6to4 (RFC 3056).
fn embedded_v4(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let joined = |high: u16, low: u16| Some(Ipv4Addr::from((u32::from(high) << 16) | u32::from(low)));
    match address.segments() {
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => joined(high, low),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn internet_addresses_are_public() {
        for address in ["20.190.159.0", "1.1.1.1", "100.63.0.1", "100.128.0.1", "172.32.0.1", "2603:1006::1", "2a01:111::1"] {
            assert!(is_public(address.parse().unwrap()), "{address}");
        }
        // Behind a translator of an IPv6-only network.
        assert!(is_public("64:ff9b::20.190.159.0".parse().unwrap()));
    }

    #[test]
    fn special_purpose_addresses_are_not_public() {
        for address in [
            "127.0.0.1",
            "127.255.255.254",
            "0.0.0.0",
            "10.0.0.1",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "100.100.100.200",
            "192.0.0.192",
            "198.18.0.1",
            "198.19.255.255",
            "224.0.0.1",
            "255.255.255.255",
            "240.0.0.1",
            "203.0.113.5",
            "::1",
            "::",
            "::ffff:127.0.0.1",
            "::ffff:169.254.169.254",
            "::127.0.0.1",
            "64:ff9b::a9fe:a9fe",
            "64:ff9b:1::1",
            "2002:7f00:1::",
            "fe80::1",
            "fec0::1",
            "fc00::1",
            "fd00:ec2::254",
            "ff02::1",
            "100::1",
            "2001::1",
            "2001:db8::1",
            "3fff::1",
        ] {
            assert!(!is_public(address.parse().unwrap()), "{address}");
        }
    }

    async fn resolve(resolver: &PublicAddresses, name: &str) -> Result<Vec<IpAddr>, String> {
        let found = resolver.resolve(name.parse().unwrap()).await;
        found.map(|found| found.map(|address| address.ip()).collect()).map_err(|error| error.to_string())
    }

    #[tokio::test]
    async fn resolver_omits_addresses_that_are_not_public() {
        let mixed = PublicAddresses::with_lookup(|_| Ok(vec![([10, 0, 0, 1], 0).into(), ([20, 190, 159, 0], 0).into()]));
        assert_eq!(resolve(&mixed, "graph.example").await, Ok(vec![IpAddr::from([20, 190, 159, 0])]));
        let inside = PublicAddresses::with_lookup(|_| Ok(vec![([169, 254, 169, 254], 0).into(), ([127, 0, 0, 1], 0).into()]));
        assert_eq!(resolve(&inside, "graph.example").await, Err(NotPublic.to_string()));
        let empty = PublicAddresses::with_lookup(|_| Ok(Vec::new()));
        assert_eq!(resolve(&empty, "graph.example").await, Ok(Vec::new()));
        let unknown = PublicAddresses::with_lookup(|_| Err(io::Error::other("no such name")));
        assert_eq!(resolve(&unknown, "graph.example").await, Err("no such name".to_owned()));
    }

    #[tokio::test]
    async fn exempt_name_resolves_to_any_address() {
        let mut proxied = PublicAddresses::except(["Proxy.example".to_owned()]);
        proxied.lookup = |_| Ok(vec![([10, 0, 0, 1], 0).into()]);
        assert_eq!(resolve(&proxied, "proxy.EXAMPLE").await, Ok(vec![IpAddr::from([10, 0, 0, 1])]));
        assert!(resolve(&proxied, "graph.example").await.is_err());
    }

    #[tokio::test]
    async fn resolver_uses_system_lookup() {
        let localhost = PublicAddresses::except(["localhost".to_owned()]);
        assert!(resolve(&localhost, "localhost").await.unwrap().iter().all(IpAddr::is_loopback));
        assert!(resolve(&PublicAddresses::except([]), "localhost").await.is_err());
    }
}
