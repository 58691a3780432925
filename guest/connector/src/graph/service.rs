//! A Microsoft Graph service: its endpoint, its cloud and its API version.

use http::uri::{Scheme, Uri};
use protocol::cloud::Cloud;
use protocol::graph_link::GraphLink;

use crate::contact::Version;
use crate::error::{Error, ErrorKind, Result};

/// A Microsoft Graph service.
#[derive(Clone, Debug, PartialEq)]
pub struct Service {
    endpoint: String,
    /// The cloud of the service. It decides which features there are.
    pub cloud: Cloud,
    /// The API version. It decides the shape of a contact.
    pub version: Version,
}

impl Service {
    /// The endpoint of the global cloud.
    /// <https://learn.microsoft.com/en-us/graph/deployments#microsoft-graph-and-graph-explorer-service-root-endpoints>
    pub const GLOBAL_ENDPOINT: &'static str = "https://graph.microsoft.com";

    /// Creates a service with the features of the global cloud. `endpoint` is a scheme and a host, with a port if needed, such as
    /// `https://graph.microsoft.us`.
    ///
    /// # Errors
    ///
    /// See [`parse_endpoint`].
    pub fn new(endpoint: &str, version: Version) -> Result<Service> {
        Ok(Service { endpoint: parse_endpoint(endpoint)?, cloud: Cloud::GLOBAL, version })
    }

    /// Returns the service with the features of a cloud.
    pub fn with_cloud(self, cloud: Cloud) -> Service {
        Service { cloud, ..self }
    }

    /// Returns the address of `path`, which begins with a slash and is encoded.
    pub(super) fn address(&self, path: &str) -> String {
        format!("{}/{}{path}", self.endpoint, self.version.name())
    }

    /// Checks whether `address` belongs to this service, in any spelling. A link in a response must not lead a token elsewhere.
    pub(super) fn has_address(&self, address: &str) -> bool {
        let own = self.address("/me");
        let own = GraphLink::parse(&own);
        own.zip(GraphLink::parse(address)).is_some_and(|(own, link)| own.has_same_service(&link))
    }
}

/// Parses an endpoint: a scheme and a host, with a port if needed. Returns it in lower case.
///
/// # Errors
///
/// A configuration error if there is more than scheme and host, or if the scheme is not https. Plain `http` is for an emulator on
/// the same machine only: a token goes with every request.
pub fn parse_endpoint(endpoint: &str) -> Result<String> {
    let error = |problem: &str| Error::new(ErrorKind::Configuration, format!("{endpoint}: {problem}"));
    let uri: Uri = endpoint.parse().map_err(|_| error("expected an address such as https://graph.microsoft.com"))?;
    let (Some(scheme), Some(authority)) = (uri.scheme(), uri.authority()) else {
        return Err(error("expected a scheme and a host, such as https://graph.microsoft.com"));
    };
    if authority.as_str().contains('@') {
        let problem = "the address contains a user name: remove it, and give the credential to the host";
        return Err(Error::new(ErrorKind::Configuration, problem));
    }
    if !matches!(uri.path(), "" | "/") || uri.query().is_some() {
        return Err(error("expected nothing after the host: the API version is a separate setting"));
    }
    let is_local = matches!(authority.host(), "localhost" | "127.0.0.1" | "[::1]");
    if *scheme != Scheme::HTTPS && !(*scheme == Scheme::HTTP && is_local) {
        return Err(error("expected https, or http to this machine (127.0.0.1, [::1], localhost)"));
    }
    Ok(format!("{scheme}://{authority}").to_ascii_lowercase())
}
