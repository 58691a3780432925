//! A link of Microsoft Graph to a page, parsed into its meaning: the service, the version, the path and the query.

use http::Uri;

use crate::graph_path::GraphPath;

/// A link: an absolute address at a Microsoft Graph service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GraphLink<'l> {
    /// The scheme, in lower case.
    scheme: String,
    /// The host, in lower case.
    host: String,
    /// The port; the default one of the scheme if the address has none.
    port: Option<u16>,
    /// The API version, in lower case.
    version: String,
    /// The path after the version.
    pub path: GraphPath,
    /// The query as it was written, without `?`.
    pub query: Option<&'l str>,
}

impl<'l> GraphLink<'l> {
    /// Parses an address.
    ///
    /// `None` for one that two parsers could read differently, and for one with a user name, a fragment or an ambiguous path; see
    /// [`GraphPath::parse`].
    pub fn parse(address: &'l str) -> Option<GraphLink<'l>> {
        // The parser below drops a fragment without an error.
        if address.contains(|letter: char| letter.is_control() || letter.is_whitespace() || matches!(letter, '\\' | '#')) {
            return None;
        }
        let uri: Uri = address.parse().ok()?;
        let (scheme, authority) = (uri.scheme_str()?.to_ascii_lowercase(), uri.authority()?);
        if authority.as_str().contains('@') {
            return None;
        }
        let default_port = match scheme.as_str() {
            "https" => Some(443),
            "http" => Some(80),
            _ => None,
        };
        let (version, path) = uri.path().strip_prefix('/')?.split_at_checked(uri.path().get(1..)?.find('/')?)?;
        Some(GraphLink {
            host: authority.host().to_ascii_lowercase(),
            port: authority.port_u16().or(default_port),
            version: version.to_ascii_lowercase(),
            path: GraphPath::parse(path)?,
            query: address.split_once('?').map(|(_, query)| query),
            scheme,
        })
    }

    /// Checks whether another link leads to the same version of the same service.
    pub fn has_same_service(&self, other: &GraphLink<'_>) -> bool {
        let parts = |link: &GraphLink<'_>| (link.scheme.clone(), link.host.clone(), link.port, link.version.clone());
        parts(self) == parts(other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_same(one: &str, other: &str) -> bool {
        let other = GraphLink::parse(other);
        let one = GraphLink::parse(one).unwrap_or_else(|| panic!("{one}"));
        other.is_some_and(|other| one.has_same_service(&other) && one.path.compare(&other.path).is_some())
    }

    const LINK: &str = "https://graph.microsoft.com/v1.0/me/contacts";

    #[test]
    fn link_has_several_spellings() {
        for other in [
            "HTTPS://Graph.Microsoft.com/v1.0/me/contacts?$skip=10",
            "https://graph.microsoft.com:443/v1.0/me/Contacts",
            "https://graph.microsoft.com/V1.0/me/contacts()?%24skiptoken=a+b%20c",
        ] {
            assert!(is_same(LINK, other), "{other}");
        }
        assert!(is_same("http://127.0.0.1:80/beta/me/contacts", "http://127.0.0.1/beta/me/contacts"));
    }

    /// A link must not lead a token elsewhere.
    #[test]
    fn link_to_elsewhere_is_another() {
        for other in [
            "http://graph.microsoft.com/v1.0/me/contacts",
            "https://graph.microsoft.com:8443/v1.0/me/contacts",
            "https://graph.microsoft.com.evil.example/v1.0/me/contacts",
            "https://graph.microsoft.com@evil.example/v1.0/me/contacts",
            "https://user:pass@graph.microsoft.com/v1.0/me/contacts",
            "https://evil.example/v1.0/me/contacts",
            "https://evil.example\\@graph.microsoft.com/v1.0/me/contacts",
            "https://graph.microsoft.com/beta/me/contacts",
            "https://graph.microsoft.com/v1.0/me/contacts#x",
            "https://graph.microsoft.com/v1.0/me/../me/contacts",
            "https://graph.microsoft.com/v1.0//me/contacts",
            "https://graph.microsoft.com//v1.0/me/contacts",
            "https://graph.microsoft.com/v1.0/me%2Fcontacts",
            "https://graph.microsoft.com/v1.0/me/messages",
            "//graph.microsoft.com/v1.0/me/contacts",
            "/v1.0/me/contacts",
            "graph.microsoft.com/v1.0/me/contacts",
            "https://graph.microsoft.com/v1.0",
            "https://graph.microsoft.com",
            "",
        ] {
            assert!(!is_same(LINK, other), "{other}");
        }
    }
}
