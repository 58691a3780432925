//! Names become public addresses, or none.
//!
//! The policy judges names before anything is sent; what a name stands for, a name server says, and one that is wrong or
//! hostile may say an address of this machine, of the network that it is in, or of a cloud's metadata service. The client
//! connects to the very addresses that are judged here, so that a second answer of the name server counts for nothing.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// Asks for the addresses of a name, and may block.
type Lookup = fn(&str) -> io::Result<Vec<SocketAddr>>;

/// The system's resolver without the addresses that are not public.
pub(super) struct PublicAddresses {
    lookup: Lookup,
    /// Names that may stand for any address, as whoever runs the gateway has chosen them: such as a proxy's.
    inside: Vec<String>,
}

impl PublicAddresses {
    pub(super) fn but_for(inside: impl IntoIterator<Item = String>) -> Self {
        Self { lookup: system, inside: inside.into_iter().collect() }
    }

    /// With other answers than the system's.
    #[cfg(test)]
    pub(super) fn by(lookup: Lookup) -> Self {
        Self { lookup, ..Self::but_for([]) }
    }
}

fn system(name: &str) -> io::Result<Vec<SocketAddr>> {
    // The client sets the port.
    Ok((name, 0).to_socket_addrs()?.collect())
}

impl Resolve for PublicAddresses {
    fn resolve(&self, name: Name) -> Resolving {
        let (lookup, inside) = (self.lookup, self.inside.iter().any(|inside| inside.eq_ignore_ascii_case(name.as_str())));
        Box::pin(async move {
            let asked = name.as_str().to_owned();
            let mut found = tokio::task::spawn_blocking(move || lookup(&asked)).await??;
            let any = !found.is_empty();
            found.retain(|address| inside || is_public(address.ip()));
            if any && found.is_empty() {
                let name = name.as_str();
                tracing::warn!("{name} was not called: it stands for no public address, but for one of this machine or network");
                return Err(NotPublic.into());
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// A name stands for no address that may be called.
#[derive(Debug, thiserror::Error)]
#[error("the name stands for no public address")]
pub(super) struct NotPublic;

/// Whether an address is one of the internet's (IANA's registries of special-purpose addresses, for IPv4 and IPv6).
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => embedded(address).map_or_else(|| is_public_v6(address), is_public_v4),
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
    // Global unicast is 2000::/3, of which documentation, and the first /23 with its protocols, are not called.
    match address.segments() {
        [0x2001, second, ..] => second != 0x0db8 && second >= 0x0200,
        [0x3fff, second, ..] => second >= 0x1000,
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

/// The IPv4 address that an IPv6 address stands for: mapped, translated (RFC 6052), or by way of 6to4 (RFC 3056).
fn embedded(address: Ipv6Addr) -> Option<Ipv4Addr> {
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
    fn addresses_of_the_internet_are_public() {
        for address in ["20.190.159.0", "1.1.1.1", "100.63.0.1", "100.128.0.1", "172.32.0.1", "2603:1006::1", "2a01:111::1"] {
            assert!(is_public(address.parse().unwrap()), "{address}");
        }
        // Behind a translator of an IPv6-only network.
        assert!(is_public("64:ff9b::20.190.159.0".parse().unwrap()));
    }

    #[test]
    fn addresses_of_a_machine_or_a_network_are_not() {
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

    async fn resolved(resolver: &PublicAddresses, name: &str) -> Result<Vec<IpAddr>, String> {
        let found = resolver.resolve(name.parse().unwrap()).await;
        found.map(|found| found.map(|address| address.ip()).collect()).map_err(|error| error.to_string())
    }

    #[tokio::test]
    async fn what_is_not_public_is_left_out() {
        let mixed = PublicAddresses::by(|_| Ok(vec![([10, 0, 0, 1], 0).into(), ([20, 190, 159, 0], 0).into()]));
        assert_eq!(resolved(&mixed, "graph.example").await, Ok(vec![IpAddr::from([20, 190, 159, 0])]));
        let inside = PublicAddresses::by(|_| Ok(vec![([169, 254, 169, 254], 0).into(), ([127, 0, 0, 1], 0).into()]));
        assert_eq!(resolved(&inside, "graph.example").await, Err(NotPublic.to_string()));
        let empty = PublicAddresses::by(|_| Ok(Vec::new()));
        assert_eq!(resolved(&empty, "graph.example").await, Ok(Vec::new()));
        let unknown = PublicAddresses::by(|_| Err(io::Error::other("no such name")));
        assert_eq!(resolved(&unknown, "graph.example").await, Err("no such name".to_owned()));
    }

    #[tokio::test]
    async fn a_name_that_was_chosen_stands_for_anything() {
        let mut proxied = PublicAddresses::but_for(["Proxy.example".to_owned()]);
        proxied.lookup = |_| Ok(vec![([10, 0, 0, 1], 0).into()]);
        assert_eq!(resolved(&proxied, "proxy.EXAMPLE").await, Ok(vec![IpAddr::from([10, 0, 0, 1])]));
        assert!(resolved(&proxied, "graph.example").await.is_err());
    }

    #[tokio::test]
    async fn the_system_is_asked() {
        let localhost = PublicAddresses::but_for(["localhost".to_owned()]);
        assert!(resolved(&localhost, "localhost").await.unwrap().iter().all(IpAddr::is_loopback));
        assert!(resolved(&PublicAddresses::but_for([]), "localhost").await.is_err());
    }
}
