//! The way from this machine to Microsoft's: an operator may need a proxy, and authorities of the house's own.

use std::fmt;

use reqwest::{Certificate, ClientBuilder, NoProxy, Proxy, Url};

/// This machine's own addresses, IPv4 ones in IPv6 among them.
const THIS_MACHINE: &str = "localhost,127.0.0.0/8,::1,::ffff:127.0.0.0/104";

/// Through which proxy requests leave, and whose certificates are trusted besides the system's. The default is no proxy, and
/// nobody else's.
///
/// Where a request may go is decided by its own address, with and without a proxy. Only `https` to other machines goes through
/// it, in a tunnel (`CONNECT`): the proxy learns the name of the service and sees no token. What goes to this machine itself,
/// and what Azure answers on its link-local address, does not.
#[derive(Clone, Default)]
pub struct WayOut {
    proxy: Option<Proxy>,
    /// The proxy's host, which may have an address that nothing else is called at.
    proxy_host: Option<String>,
    authorities: Vec<Certificate>,
}

impl WayOut {
    /// Requests leave through the proxy at `address`, such as `http://proxy.example:3128`, with a user's name and password in
    /// it where it wants them; but not those to the hosts in `except`: names, with all that end in them, addresses, and
    /// networks as `10.0.0.0/8`, with commas between them, or `*`.
    ///
    /// # Errors
    ///
    /// If that is no address of a proxy. The error does not show it, because a password may be in it.
    pub fn with_proxy(self, address: &str, except: Option<&str>) -> Result<Self, WayOutError> {
        // As others take it.
        let whole = if address.contains("://") { address.to_owned() } else { format!("http://{address}") };
        let url = Url::parse(&whole).map_err(|_| WayOutError::Proxy("is no address"))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(WayOutError::Proxy("is neither http nor https"));
        }
        if url.host_str().is_none_or(str::is_empty) || url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
            return Err(WayOutError::Proxy("goes on after host and port, or has no host"));
        }
        let proxy_host = url.host_str().map(str::to_owned);
        let except = format!("{THIS_MACHINE},{}", except.unwrap_or_default());
        let proxy = Proxy::https(url).map_err(|_| WayOutError::Proxy("is none of a proxy"))?;
        Ok(Self { proxy: Some(proxy.no_proxy(NoProxy::from_string(&except))), proxy_host, ..self })
    }

    /// The certificates in `pem` are trusted besides those of the system.
    ///
    /// # Errors
    ///
    /// If there is none in it, or one that is broken.
    pub fn with_authorities(mut self, pem: &[u8]) -> Result<Self, WayOutError> {
        let new = Certificate::from_pem_bundle(pem).map_err(|_| WayOutError::Authorities)?;
        if new.is_empty() {
            return Err(WayOutError::Authorities);
        }
        self.authorities.extend(new);
        Ok(self)
    }

    /// Whether a proxy is set.
    pub fn has_proxy(&self) -> bool {
        self.proxy.is_some()
    }

    /// The proxy's host.
    pub(crate) fn proxy_host(&self) -> Option<String> {
        self.proxy_host.clone()
    }

    /// Sets a client up to go this way.
    pub(crate) fn applied(&self, builder: ClientBuilder) -> ClientBuilder {
        let builder = builder.tls_certs_merge(self.authorities.iter().cloned());
        // First, so that no variable of the environment counts but as the operator's choice.
        let builder = builder.no_proxy();
        match &self.proxy {
            Some(proxy) => builder.proxy(proxy.clone()),
            None => builder,
        }
    }
}

impl fmt::Debug for WayOut {
    /// Without the proxy's address, in which a password may be.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WayOut(proxy: {}, authorities: {})", self.has_proxy(), self.authorities.len())
    }
}

/// Why there is no such way out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WayOutError {
    /// The proxy's address is none.
    #[error("the proxy's address {0}: give it as http://proxy.example:3128")]
    Proxy(&'static str),
    /// No certificate.
    #[error("there is no certificate in it, or a broken one: PEM is wanted, as between BEGIN CERTIFICATE and END CERTIFICATE")]
    Authorities,
}

#[cfg(test)]
mod tests;
