//! The requests within a batch, `POST /$batch`: their methods and paths, which is all that the host reads of them.
//!
//! The service receives a batch as one request and executes it as many, so the policy applies to each item.
//! <https://learn.microsoft.com/en-us/graph/json-batching>

use http::Method;
use protocol::allowed_requests::split_version;
use protocol::graph_path::GraphPath;
use reqwest::Url;
use serde::Deserialize;

use super::policy::EgressPolicy;

/// The items of one batch that the service executes at a time, for whatever mailboxes
/// (<https://learn.microsoft.com/en-us/graph/throttling-limits#outlook-service-limits>).
pub(super) const MAX_CONCURRENT_ITEMS: usize = 4;

/// One request of a batch.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct BatchItem {
    pub(super) method: Method,
    /// Its path, without the version, which all items of a batch share.
    pub(super) path: GraphPath,
}

/// Why a batch is refused. It shows no content, because a URL may name a person.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum BatchError {
    /// It is not a batch.
    #[error("it is not JSON with the method and the url of each request (line {line}, column {column})")]
    Envelope { line: usize, column: usize },
    /// The method of an item is not an HTTP method.
    #[error("request {0} has no HTTP method")]
    Method(usize),
    /// The URL of an item could lead elsewhere.
    #[error(
        "the url of request {0} is not a path that begins with one slash, without the version, without an empty segment, `.` or \
         `..`, and without backslash, `%2F`, `#` or control character"
    )]
    Url(usize),
    /// The method and path of an item are not on the allow-list.
    #[error("the method and path of request {0} are not on the allow-list")]
    NotAllowed(usize),
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

/// Returns whether a request to that URL is a batch, whatever its method.
pub(super) fn is_batch(url: &Url) -> bool {
    parse_url_path(url).is_some_and(|path| path.is_name("$batch"))
}

/// Parses the path of a request's URL, without the version.
pub(super) fn parse_url_path(url: &Url) -> Option<GraphPath> {
    split_version(url.path()).and_then(GraphPath::parse)
}

/// Parses the body of a batch, and checks each item. Positions in errors count from 1.
pub(super) fn parse(body: &[u8], policy: &EgressPolicy) -> Result<Vec<BatchItem>, BatchError> {
    let envelope: Envelope =
        serde_json::from_slice(body).map_err(|error| BatchError::Envelope { line: error.line(), column: error.column() })?;
    let numbered = envelope.requests.into_iter().zip(1..);
    numbered
        .map(|(request, number)| {
            let method = Method::try_from(request.method.as_str()).map_err(|_| BatchError::Method(number))?;
            let path = parse_path(&request.url).ok_or(BatchError::Url(number))?;
            // The service has no nested batches.
            if path.is_name("$batch") || !policy.is_allowed_in_batch(&method, &path) {
                return Err(BatchError::NotAllowed(number));
            }
            Ok(BatchItem { method, path })
        })
        .collect()
}

/// Returns the path of an item's URL; none if it could lead elsewhere. Parsers disagree about backslashes, two slashes at the
/// beginning, and control characters, so none of these is allowed.
fn parse_path(url: &str) -> Option<GraphPath> {
    if url.contains(|letter: char| letter.is_control() || matches!(letter, '\\' | '#')) {
        return None;
    }
    GraphPath::parse(url.split_once('?').map_or(url, |(path, _)| path))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Settings;

    fn policy() -> EgressPolicy {
        EgressPolicy::new(&Settings::default())
    }

    fn parse_with_url(url: &str) -> Result<Vec<BatchItem>, BatchError> {
        let body = serde_json::json!({"requests": [{"id": "1", "method": "GET", "url": "/me"}, {"method": "GET", "url": url}]});
        parse(body.to_string().as_bytes(), &policy())
    }

    #[test]
    fn batch_is_recognized_by_equivalent_paths() {
        for path in ["/v1.0/$batch", "/beta/%24batch", "/v1.0/$BATCH", "/v1.0/$batch?a=b"] {
            assert!(is_batch(&format!("https://graph.microsoft.com{path}").parse().unwrap()), "{path}");
        }
        for path in ["/v1.0/me", "/v1.0/users/$batch", "/$batch", "/v1.0/me/contacts/$batch", "/v1.0/batch"] {
            assert!(!is_batch(&format!("https://graph.microsoft.com{path}").parse().unwrap()), "{path}");
        }
    }

    #[test]
    fn parser_reads_only_method_and_path_of_items() {
        let body = br#"{"requests": [
            {"id": "0", "method": "POST", "url": "/users/a%40b.example/contacts", "body": {"givenName": "A"}, "headers": {}},
            {"id": "1", "method": "GET", "url": "/me/contacts/AAMk%3D?$select=id,a/../b", "dependsOn": ["0"]}
        ], "more": [1]}"#;
        let path = |path: &str| GraphPath::parse(path).unwrap();
        assert_eq!(
            parse(body, &policy()).unwrap(),
            [
                BatchItem { method: Method::POST, path: path("/users/a@b.example/contacts") },
                BatchItem { method: Method::GET, path: path("/me/contacts/AAMk=") },
            ]
        );
    }

    #[test]
    fn ambiguous_url_error_reports_position() {
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
            "/me/contacts/a%2Fb",
            "/me//contacts",
            "/me/contacts/a%5C..%5Cmessages",
            "/me/contacts#/../x",
            "/me/.\t./x",
            "/me/contacts/%FF",
        ] {
            assert_eq!(parse_with_url(url), Err(BatchError::Url(2)), "{url}");
        }
        assert!(parse_with_url("/me/contacts/a..b...").is_ok(), "names with dots");
    }

    /// What may not leave by itself may not leave in a batch.
    #[test]
    fn disallowed_item_error_reports_position() {
        for url in ["/me/messages", "/users/u/drive", "/applications", "/$batch", "/me/contacts/c/photo", "/groups"] {
            assert_eq!(parse_with_url(url), Err(BatchError::NotAllowed(2)), "{url}");
        }
        let error = parse(br#"{"requests": [{"method": "DELETE", "url": "/users/u"}]}"#, &policy());
        assert_eq!(error, Err(BatchError::NotAllowed(1)));
    }

    #[test]
    fn invalid_batch_error_reports_position_without_content() {
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
            let error = parse(body.as_bytes(), &policy()).unwrap_err();
            assert!(matches!(error, BatchError::Envelope { .. }), "{body}: {error}");
            assert!(!error.to_string().contains("secret"));
        }
        let error = parse(br#"{"requests": [{"method": "A B", "url": "/me"}]}"#, &policy());
        assert_eq!(error, Err(BatchError::Method(1)));
    }
}
