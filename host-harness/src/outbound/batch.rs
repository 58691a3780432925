//! The requests within a batch, `POST /$batch`, as far as the host has to know them: their methods and where they go.
//!
//! A batch reaches the service as one request and is carried out as many, so what is decided of a request is decided of each
//! item. Nothing else of an item is read. <https://learn.microsoft.com/en-us/graph/json-batching>

use graph_contacts::graph::needed::is_needed_at;
use http::Method;
use percent_encoding::percent_decode_str;
use reqwest::Url;
use serde::Deserialize;

/// The items of one batch that the service carries out at a time, whatever mailboxes they are for
/// (<https://learn.microsoft.com/en-us/graph/throttling-limits#outlook-service-limits>).
pub(super) const AT_ONCE: usize = 4;

/// One request of a batch.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Item {
    pub(super) method: Method,
    /// Its path, decoded, without the version that all items of a batch share.
    pub(super) path: Vec<String>,
}

/// Why the items of a batch cannot be told. Says nothing of their content: an address may name a person.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Unreadable {
    /// It is not what a batch has to be.
    #[error("it is not JSON with the method and the url of each of its requests (line {line}, column {column})")]
    Envelope { line: usize, column: usize },
    /// A method that is none.
    #[error("request {0} of it has no method of HTTP")]
    Method(usize),
    /// An address that could lead elsewhere.
    #[error(
        "the url of request {0} of it is not a path that begins with one slash, without the version, without a segment that is \
         `.` or `..`, and without backslash, `#` or control character"
    )]
    Url(usize),
    /// A request that the connector never makes.
    #[error("the connector needs no request like request {0} of it")]
    Unneeded(usize),
}

#[derive(Deserialize)]
struct Envelope {
    requests: Vec<Request>,
}

#[derive(Deserialize)]
struct Request {
    method: String,
    url: String,
}

/// Whether a request to that address is a batch, whatever its method.
pub(super) fn is_batch(url: &Url) -> bool {
    matches!(segments(url.path()).as_slice(), [_, name] if name.eq_ignore_ascii_case("$batch"))
}

/// The segments of a path as the service reads them: decoded, without empty ones.
pub(super) fn segments(path: &str) -> Vec<String> {
    let parts = path.split('/').filter(|part| !part.is_empty());
    parts.map(|part| percent_decode_str(part).decode_utf8_lossy().into_owned()).collect()
}

/// The items of a batch, from its body; `directory` says whether a directory is served. Positions in errors count from 1.
pub(super) fn read(body: &[u8], directory: bool) -> Result<Vec<Item>, Unreadable> {
    let envelope: Envelope =
        serde_json::from_slice(body).map_err(|error| Unreadable::Envelope { line: error.line(), column: error.column() })?;
    let numbered = envelope.requests.into_iter().zip(1..);
    numbered
        .map(|(request, number)| {
            let method = Method::try_from(request.method.as_str()).map_err(|_| Unreadable::Method(number))?;
            let path = path(&request.url).ok_or(Unreadable::Url(number))?;
            let segments: Vec<&str> = path.iter().map(String::as_str).collect();
            // The service knows no batch in a batch.
            let nested = segments.first().is_some_and(|name| name.eq_ignore_ascii_case("$batch"));
            if nested || !is_needed_at(method.as_str(), &segments, directory) {
                return Err(Unreadable::Unneeded(number));
            }
            Ok(Item { method, path })
        })
        .collect()
}

/// The path of an item's url; none where it may lead elsewhere than it says. Readers of such an address disagree about what a
/// backslash, two slashes at its beginning and a control character mean, so that none of these is let through.
fn path(url: &str) -> Option<Vec<String>> {
    let relative = url.starts_with('/') && !url.starts_with("//");
    if !relative || url.contains(|letter: char| letter.is_control() || matches!(letter, '\\' | '#')) {
        return None;
    }
    let path = url.split_once('?').map_or(url, |(path, _)| path);
    let decoded = percent_decode_str(path).decode_utf8().ok()?;
    if decoded.split(['/', '\\']).any(|part| matches!(part, "." | "..")) {
        return None;
    }
    Some(segments(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_url(url: &str) -> Result<Vec<Item>, Unreadable> {
        let body = serde_json::json!({"requests": [{"id": "1", "method": "GET", "url": "/me"}, {"method": "GET", "url": url}]});
        read(body.to_string().as_bytes(), false)
    }

    #[test]
    fn a_batch_is_known_by_its_path_however_it_is_written() {
        for path in ["/v1.0/$batch", "/beta/%24batch", "/v1.0//$BATCH/", "/v1.0/$batch?a=b"] {
            assert!(is_batch(&format!("https://graph.microsoft.com{path}").parse().unwrap()), "{path}");
        }
        for path in ["/v1.0/me", "/v1.0/users/$batch", "/$batch", "/v1.0/me/contacts/$batch", "/v1.0/batch"] {
            assert!(!is_batch(&format!("https://graph.microsoft.com{path}").parse().unwrap()), "{path}");
        }
    }

    #[test]
    fn method_and_path_of_each_item_are_read_and_nothing_else() {
        let body = br#"{"requests": [
            {"id": "0", "method": "POST", "url": "/users/a%40b.example/contacts", "body": {"givenName": "A"}, "headers": {}},
            {"id": "1", "method": "GET", "url": "/me/contacts/AAMk%3D?$select=id,a/../b", "dependsOn": ["0"]}
        ], "more": [1]}"#;
        let path = |parts: &[&str]| parts.iter().map(|part| (*part).to_owned()).collect();
        assert_eq!(
            read(body, false).unwrap(),
            [
                Item { method: Method::POST, path: path(&["users", "a@b.example", "contacts"]) },
                Item { method: Method::GET, path: path(&["me", "contacts", "AAMk="]) },
            ]
        );
    }

    #[test]
    fn a_url_that_may_lead_elsewhere_is_told_by_its_position() {
        for url in [
            "https://graph.microsoft.com/v1.0/me",
            "//evil.example/me",
            "/\\evil.example/me",
            "me/contacts",
            "",
            "/me/contacts/..",
            "/me/./contacts",
            "/me/contacts/%2e%2E/messages",
            "/me/contacts/a%2F..%2Fmessages",
            "/me/contacts/a%5C..%5Cmessages",
            "/me/contacts#/../x",
            "/me/.\t./x",
            "/me/contacts/%FF",
        ] {
            assert_eq!(with_url(url), Err(Unreadable::Url(2)), "{url}");
        }
        assert!(with_url("/me/contacts/a..b...").is_ok(), "names with dots");
    }

    /// What may not leave by itself may not leave in a batch.
    #[test]
    fn a_request_that_the_connector_never_makes_is_told_by_its_position() {
        for url in ["/me/messages", "/users/u/drive", "/applications", "/$batch", "/me/contacts/c/photo", "/groups"] {
            assert_eq!(with_url(url), Err(Unreadable::Unneeded(2)), "{url}");
        }
        let error = read(br#"{"requests": [{"method": "DELETE", "url": "/users/u"}]}"#, false);
        assert_eq!(error, Err(Unreadable::Unneeded(1)));
    }

    #[test]
    fn what_is_no_batch_is_told_with_its_place_and_without_its_content() {
        for body in [
            "",
            "secret",
            "[]",
            r#"{"requests": {}}"#,
            r#"{"requests": [{"method": "GET"}]}"#,
            r#"{"requests": [{"method": "GET", "url": "/me", "url": "/secret"}]}"#,
            r#"{"requests": [], "requests": [{"method": "GET", "url": "/secret"}]}"#,
            r#"{"requests": [{"method": "GET", "url": 5}]}"#,
        ] {
            let error = read(body.as_bytes(), false).unwrap_err();
            assert!(matches!(error, Unreadable::Envelope { .. }), "{body}: {error}");
            assert!(!error.to_string().contains("secret"));
        }
        let error = read(br#"{"requests": [{"method": "A B", "url": "/me"}]}"#, false);
        assert_eq!(error, Err(Unreadable::Method(1)));
    }
}
