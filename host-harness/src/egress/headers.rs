//! Which headers leave, and which reach the component.
//!
//! Both lists are what the connector and Microsoft Graph need to exchange. Any other header of a request could be a message to
//! somebody on the path, or bypass a decision of the host. The component does not need the other headers of a response, such as
//! cookies.

use http::header::{
    ACCEPT, AUTHORIZATION, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, DATE, ETAG, HeaderMap, HeaderName, IF_MATCH,
    IF_NONE_MATCH, LOCATION, RETRY_AFTER,
};
use wasmtime_wasi_http::{DEFAULT_FORBIDDEN_HEADERS, Error};

const ALLOWED_IN_REQUEST: [HeaderName; 8] = [
    ACCEPT,
    CONTENT_LENGTH,
    CONTENT_TYPE,
    IF_MATCH,
    IF_NONE_MATCH,
    HeaderName::from_static("client-request-id"),
    HeaderName::from_static("consistencylevel"),
    HeaderName::from_static("prefer"),
];

const ALLOWED_IN_RESPONSE: [HeaderName; 12] = [
    CACHE_CONTROL,
    CONTENT_LENGTH,
    CONTENT_TYPE,
    DATE,
    ETAG,
    LOCATION,
    RETRY_AFTER,
    HeaderName::from_static("client-request-id"),
    HeaderName::from_static("odata-version"),
    HeaderName::from_static("preference-applied"),
    HeaderName::from_static("request-id"),
    HeaderName::from_static("x-ms-ags-diagnostic"),
];

/// Returns whether wasi:http refuses a header to the component.
pub(super) fn is_forbidden(name: &HeaderName) -> bool {
    *name == AUTHORIZATION || DEFAULT_FORBIDDEN_HEADERS.contains(name)
}

/// Returns the announced length of a message's body, in bytes. `+5` is none, though it parses as a number:
/// <https://www.rfc-editor.org/rfc/rfc9110#section-8.6>.
pub(crate) fn content_length(headers: &HeaderMap) -> Option<u64> {
    let digits = headers.get(CONTENT_LENGTH)?.to_str().ok()?;
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok()).flatten()
}

/// Removes the headers that may not leave.
pub(super) fn filter_request(headers: &mut HeaderMap) {
    retain(headers, &ALLOWED_IN_REQUEST);
}

/// Removes the headers that the component does not get.
///
/// # Errors
///
/// If the others have more than `limit` bytes.
pub(super) fn filter_response(headers: &mut HeaderMap, limit: usize) -> Result<(), Error> {
    retain(headers, &ALLOWED_IN_RESPONSE);
    let bytes: usize = headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    if bytes > limit {
        return Err(Error::HttpResponseHeaderSectionSize(u32::try_from(bytes).ok()));
    }
    Ok(())
}

fn retain(headers: &mut HeaderMap, allowed: &[HeaderName]) {
    let others: Vec<HeaderName> = headers.keys().filter(|name| !allowed.contains(name)).cloned().collect();
    for name in others {
        tracing::debug!("removed the header {name}");
        headers.remove(name);
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn map<const N: usize>(names: [&'static str; N]) -> HeaderMap {
        names.map(|name| (HeaderName::from_static(name), HeaderValue::from_static("x"))).into_iter().collect()
    }

    fn names(headers: &HeaderMap) -> Vec<&str> {
        let mut names: Vec<&str> = headers.keys().map(HeaderName::as_str).collect();
        names.sort_unstable();
        names
    }

    #[test]
    fn headers_off_the_lists_are_removed() {
        let mut request = map([
            "accept",
            "cookie",
            "x-forwarded-for",
            "x-http-method-override",
            "prefer",
            "x-anchormailbox",
            "accept-encoding",
        ]);
        filter_request(&mut request);
        assert_eq!(names(&request), ["accept", "prefer"]);
        let mut response = map(["set-cookie", "request-id", "server", "strict-transport-security", "content-type"]);
        filter_response(&mut response, 100).unwrap();
        assert_eq!(names(&response), ["content-type", "request-id"]);
    }

    #[test]
    fn content_length_has_only_digits() {
        let length =
            |value: &'static str| content_length(&HeaderMap::from_iter([(CONTENT_LENGTH, HeaderValue::from_static(value))]));
        assert_eq!((length("5"), length("005"), length("0")), (Some(5), Some(5), Some(0)));
        for wrong in ["+5", "-5", "5 ", "0x5", "5,5", "", "18446744073709551616"] {
            assert_eq!(length(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn response_headers_are_limited() {
        let long = |length: usize| {
            let mut headers = map(["content-type"]);
            headers.append("request-id", HeaderValue::try_from("x".repeat(length)).unwrap());
            headers
        };
        // 13 and 23 bytes are those of the other header, and of the name.
        filter_response(&mut long(77), 100).unwrap();
        let refused = filter_response(&mut long(78), 100);
        assert!(matches!(refused, Err(Error::HttpResponseHeaderSectionSize(Some(101)))), "{refused:?}");
    }
}
