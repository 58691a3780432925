//! Outbound HTTP settings: proxy and additional CA certificates.

use std::fmt;

use reqwest::{Certificate, ClientBuilder, NoProxy, Proxy, Url};

/// The addresses of this machine, including IPv4-mapped ones.
const THIS_MACHINE: &str = "localhost,127.0.0.0/8,::1,::ffff:127.0.0.0/104";

/// Outbound HTTP settings: proxy and additional CA certificates. The default is no proxy, and only the system's CA certificates.
///
/// The egress policy checks the address of a request in the same way with and without a proxy. Only `https` to other machines
/// goes through the proxy, in a tunnel (`CONNECT`): the proxy learns the name of the service and sees no token. Requests to this
/// machine, and to Azure's link-local address, do not.
#[derive(Clone, Default)]
pub struct EgressConfig {
    proxy: Option<Proxy>,
    /// The proxy's host, which may have a private address.
    proxy_host: Option<String>,
    ca_certificates: Vec<Certificate>,
}

impl EgressConfig {
    /// Sets the proxy, such as `http://proxy.example:3128`, with user name and password in the address if it needs them.
    /// `bypass` are the hosts whose requests do not go through it, separated by commas: names and their subdomains, addresses,
    /// networks such as `10.0.0.0/8`, or `*`.
    ///
    /// # Errors
    ///
    /// If the address is not that of a proxy. The error does not show it, because it may contain a password.
    pub fn with_proxy(self, address: &str, bypass: Option<&str>) -> Result<Self, EgressConfigError> {
        // As other programs read it.
        let whole = if address.contains("://") { address.to_owned() } else { format!("http://{address}") };
        let url = Url::parse(&whole).map_err(|_| EgressConfigError::Proxy("is not an address"))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(EgressConfigError::Proxy("is neither http nor https"));
        }
        if url.host_str().is_none_or(str::is_empty) || url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
            return Err(EgressConfigError::Proxy("has no host, or more than host and port"));
        }
        let proxy_host = url.host_str().map(str::to_owned);
        let bypass = format!("{THIS_MACHINE},{}", bypass.unwrap_or_default());
        let proxy = Proxy::https(url).map_err(|_| EgressConfigError::Proxy("cannot be used"))?;
        Ok(Self { proxy: Some(proxy.no_proxy(NoProxy::from_string(&bypass))), proxy_host, ..self })
    }

    /// Trusts the CA certificates in `pem` besides those of the system.
    ///
    /// # Errors
    ///
    /// If `pem` has no certificate, or an invalid one.
    pub fn with_ca_certificates(mut self, pem: &[u8]) -> Result<Self, EgressConfigError> {
        let new = Certificate::from_pem_bundle(pem).map_err(|_| EgressConfigError::CaCertificates)?;
        if new.is_empty() {
            return Err(EgressConfigError::CaCertificates);
        }
        self.ca_certificates.extend(new);
        Ok(self)
    }

    /// Returns whether a proxy is set.
    pub fn has_proxy(&self) -> bool {
        self.proxy.is_some()
    }

    /// Returns the proxy's host.
    pub(crate) fn proxy_host(&self) -> Option<String> {
        self.proxy_host.clone()
    }

    /// Applies the settings to a client.
    pub(crate) fn apply_to(&self, builder: ClientBuilder) -> ClientBuilder {
        let builder = builder.tls_certs_merge(self.ca_certificates.iter().cloned());
        // First, so that the client ignores the environment.
        let builder = builder.no_proxy();
        match &self.proxy {
            Some(proxy) => builder.proxy(proxy.clone()),
            None => builder,
        }
    }
}

impl fmt::Debug for EgressConfig {
    /// Omits the proxy's address, which may contain a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EgressConfig(proxy: {}, CA certificates: {})", self.has_proxy(), self.ca_certificates.len())
    }
}

/// Why the settings are refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EgressConfigError {
    /// The proxy's address is invalid.
    #[error("the proxy's address {0}: give it as http://proxy.example:3128")]
    Proxy(&'static str),
    /// There is no certificate.
    #[error("it has no certificate, or an invalid one: give certificates in PEM (BEGIN CERTIFICATE ... END CERTIFICATE)")]
    CaCertificates,
}

#[cfg(test)]
mod tests;
