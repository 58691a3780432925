//! The address of a service.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use reqwest::Url;

/// The address of a service, such as Microsoft Graph's without the version, `https://graph.microsoft.com`. Requests may go only
/// there.
///
/// The scheme is `https`, or `http` to the machine itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint(Url);

impl Endpoint {
    /// Microsoft Graph's global service.
    pub const GLOBAL: &'static str = "https://graph.microsoft.com";

    /// Returns the address, without a slash at the end.
    pub fn as_str(&self) -> &str {
        self.0.as_str().trim_end_matches('/')
    }

    /// Returns whether scheme, host and port are the endpoint's, and nothing precedes the host.
    pub(crate) fn covers(&self, url: &Url) -> bool {
        url.origin() == self.0.origin() && url.username().is_empty() && url.password().is_none()
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Endpoint {
    type Err = EndpointError;

    fn from_str(text: &str) -> Result<Self, EndpointError> {
        let url = Url::parse(text).map_err(|error| EndpointError::new(text, format!("is not an absolute URL ({error})")))?;
        let fail = |problem: &str| Err(EndpointError::new(&redact(&url), problem.to_owned()));
        if !url.username().is_empty() || url.password().is_some() {
            return fail("contains a user name or a password: requests are authorized by the access token");
        }
        if url.query().is_some() || url.fragment().is_some() {
            return fail("has a query or a fragment: give scheme, host and port");
        }
        if url.path() != "/" {
            return fail("has a path: give scheme, host and port; --api-version sets the version");
        }
        match url.scheme() {
            "https" => Ok(Self(url)),
            "http" if is_loopback(&url) => Ok(Self(url)),
            "http" => fail("would send the access token unencrypted: use https, or http only to localhost"),
            _ => fail("is neither https nor http"),
        }
    }
}

/// Returns scheme and host, without what may be a secret.
fn redact(url: &Url) -> String {
    url.host_str().map_or_else(|| url.scheme().to_owned(), |host| format!("{}://{host}", url.scheme()))
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    // An IPv6 address is in brackets.
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.to_canonical().is_loopback())
}

/// Why a text is not an endpoint.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the endpoint {text:?} {problem}; an example is {}", Endpoint::GLOBAL)]
pub struct EndpointError {
    text: String,
    problem: String,
}

impl EndpointError {
    fn new(text: &str, problem: String) -> Self {
        Self { text: text.to_owned(), problem }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn covers(endpoint: &str, url: &str) -> bool {
        endpoint.parse::<Endpoint>().unwrap().covers(&Url::parse(url).unwrap())
    }

    #[test]
    fn every_cloud_address_is_an_endpoint() {
        for cloud in protocol::cloud::Cloud::ALL {
            for address in [cloud.graph, cloud.login].into_iter().flatten() {
                assert_eq!(address.parse::<Endpoint>().unwrap().as_str(), address, "{cloud}");
            }
        }
    }

    #[test]
    fn endpoint_covers_equivalent_urls() {
        assert!(covers("https://graph.microsoft.com", "https://graph.microsoft.com/v1.0/users"));
        assert!(covers("https://graph.microsoft.com/", "https://GRAPH.Microsoft.COM:443/v1.0"));
        assert!(covers("http://127.0.0.1:8081", "http://127.0.0.1:8081/v1.0"));
        assert!(covers("http://127.0.0.1:8081", "http://0x7f.1:8081/v1.0"), "the same address");
        assert!(covers("http://[::1]:8081", "http://[0:0:0:0:0:0:0:1]:8081/v1.0"));
        assert!(covers("http://localhost", "http://LOCALHOST:80/"));
    }

    #[test]
    fn endpoint_covers_no_other_url() {
        for url in [
            "http://graph.microsoft.com/",
            "https://graph.microsoft.com:8443/",
            "https://graph.microsoft.com.evil.example/",
            "https://graph.microsoft.com@evil.example/",
            "https://graph.microsoft.com:443@evil.example/",
            "https://evil.example\\@graph.microsoft.com/",
            "https://user@graph.microsoft.com/",
            "https://user:word@graph.microsoft.com/",
            "https://graph.microsoft.com./",
            "https://graph.microsoft.us/",
            "https://evil.example/https://graph.microsoft.com/",
            "https://evil.example/?https://graph.microsoft.com/",
            "https://evil.example/#@graph.microsoft.com/",
        ] {
            assert!(!covers("https://graph.microsoft.com", url), "{url}");
        }
        assert!(!covers("http://127.0.0.1:8081", "http://127.0.0.2:8081/"));
        assert!(!covers("http://[::1]:8081", "http://[::ffff:127.0.0.1]:8081/"));
        assert!(!covers("http://localhost:8081", "http://127.0.0.1:8081/"));
    }

    #[test]
    fn http_endpoint_must_be_loopback() {
        for text in
            ["http://localhost:8081", "http://127.0.0.1", "http://127.8.9.10:1", "http://[::1]:5", "http://[::ffff:127.0.0.1]"]
        {
            assert!(text.parse::<Endpoint>().is_ok(), "{text}");
        }
        for text in ["http://graph.microsoft.com", "http://localhost.evil.example", "http://10.0.0.1", "http://0.0.0.0"] {
            assert!(text.parse::<Endpoint>().is_err_and(|error| error.to_string().contains("unencrypted")), "{text}");
        }
        for text in [
            "ftp://localhost",
            "https://graph.microsoft.com/v1.0",
            "https://graph.microsoft.com/?a",
            "https://graph.microsoft.com/#a",
            "",
        ] {
            assert!(text.parse::<Endpoint>().is_err(), "{text}");
        }
    }

    #[test]
    fn endpoint_error_names_problem_and_hides_secret() {
        let error = "https://user:hunter2@graph.microsoft.com".parse::<Endpoint>().unwrap_err();
        assert!(!format!("{error} {error:?}").contains("hunter2"));
        let error = "graph.microsoft.com".parse::<Endpoint>().unwrap_err().to_string();
        assert!(error.contains("not an absolute URL") && error.contains("https://graph.microsoft.com"), "{error}");
        assert_eq!("https://graph.microsoft.com/".parse::<Endpoint>().unwrap().to_string(), "https://graph.microsoft.com");
    }
}
