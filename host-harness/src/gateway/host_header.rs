//! The `Host` header, of which a request has exactly one: <https://www.rfc-editor.org/rfc/rfc9112#section-3.2>.

use std::net::IpAddr;

use http::header::HOST;
use http::uri::Authority;
use http::{HeaderMap, Request, StatusCode};
use protocol::frontend::Refusal;

/// Checks that a request names its host, once.
///
/// # Errors
///
/// If it has no such header, several, or an invalid one.
pub(super) fn check<B>(request: &Request<B>) -> Result<(), Refusal> {
    let problem = match parse(request.headers()) {
        Ok(_) => return Ok(()),
        Err(Invalid::Missing) if request.uri().authority().is_some() => return Ok(()),
        Err(Invalid::Missing) => "the request has no Host header",
        Err(Invalid::Several) => "the request has several Host headers: send one",
        Err(Invalid::Value) => "the Host header is invalid: send the name or the address of the gateway, and its port",
    };
    Err(Refusal::host(StatusCode::BAD_REQUEST, problem))
}

/// Returns whether a request names its host by an address, as `localhost`, or by one of these names. A page of another origin, which has
/// its own name resolve to this machine, does not.
pub(super) fn is_known(headers: &HeaderMap, names: &[String]) -> bool {
    parse(headers).is_ok_and(|authority| {
        let host = authority.host();
        let address = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        let is_name = |name: &String| host.eq_ignore_ascii_case(name);
        address.parse::<IpAddr>().is_ok() || host.eq_ignore_ascii_case("localhost") || names.iter().any(is_name)
    })
}

enum Invalid {
    Missing,
    Several,
    Value,
}

fn parse(headers: &HeaderMap) -> Result<Authority, Invalid> {
    let mut all = headers.get_all(HOST).iter();
    let value = all.next().ok_or(Invalid::Missing)?;
    if all.next().is_some() {
        return Err(Invalid::Several);
    }
    let authority = Authority::try_from(value.as_bytes()).map_err(|_| Invalid::Value)?;
    // A user is no part of it, and `Authority` takes any text for a port.
    let port = authority.as_str().strip_prefix(authority.host()).unwrap_or_default();
    let is_port =
        port.is_empty() || port.strip_prefix(':').is_some_and(|digits| digits.is_empty() || digits.parse::<u16>().is_ok());
    // A comma joins several headers.
    if authority.as_str().contains(['@', ',']) || !is_port { Err(Invalid::Value) } else { Ok(authority) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(values: &[&str]) -> HeaderMap {
        values.iter().map(|value| (HOST, value.parse().unwrap())).fold(HeaderMap::new(), |mut headers, (name, value)| {
            headers.append(name, value);
            headers
        })
    }

    fn is_valid(values: &[&str]) -> bool {
        let mut request = Request::new(());
        *request.headers_mut() = headers(values);
        check(&request).is_ok()
    }

    #[test]
    fn request_has_one_valid_host() {
        for valid in ["gateway.example", "gateway.example:8080", "127.0.0.1:80", "[::1]:8080", "[2001:db8::1]", "localhost:"] {
            assert!(is_valid(&[valid]), "{valid}");
        }
        for invalid in ["", "a b", "a/b", "http://a", "user@a", "a:x", "a:99999", "a:80:80", "a,b", "é"] {
            assert!(!is_valid(&[invalid]), "{invalid}");
        }
        assert!(!is_valid(&[]) && !is_valid(&["a", "a"]) && !is_valid(&["a", "b"]));
        let mut absolute = Request::new(());
        *absolute.uri_mut() = "http://gateway.example/".parse().unwrap();
        assert!(check(&absolute).is_ok());
    }

    #[test]
    fn known_hosts_are_addresses_and_given_names() {
        let names = ["status.example".to_owned()];
        for known in ["127.0.0.1:9090", "[::1]:9090", "10.0.0.7", "LOCALHOST:9090", "Status.example:443"] {
            assert!(is_known(&headers(&[known]), &names), "{known}");
        }
        for unknown in ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "", "user@127.0.0.1"] {
            assert!(!is_known(&headers(&[unknown]), &names), "{unknown}");
        }
        assert!(!is_known(&headers(&[]), &names));
    }
}
