//! Which headers leave, and which come in.
//!
//! Both lists are what the connector and Microsoft Graph have to say to each other. What else a component puts on a request
//! could be a message to somebody on the way, or a way round what the host decides; what else is in an answer, cookies above
//! all, is no business of the component's.

use http::header::{
    ACCEPT, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, DATE, ETAG, HeaderMap, HeaderName, IF_MATCH, IF_NONE_MATCH, LOCATION,
    RETRY_AFTER,
};
use wasmtime_wasi_http::Error;

const REQUEST: [HeaderName; 8] = [
    ACCEPT,
    CONTENT_LENGTH,
    CONTENT_TYPE,
    IF_MATCH,
    IF_NONE_MATCH,
    HeaderName::from_static("client-request-id"),
    HeaderName::from_static("consistencylevel"),
    HeaderName::from_static("prefer"),
];

const RESPONSE: [HeaderName; 12] = [
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

/// Drops what is not to leave.
pub(super) fn of_request(headers: &mut HeaderMap) {
    keep(headers, &REQUEST);
}

/// Drops what is not to come in.
///
/// # Errors
///
/// If what is left has more than `limit` bytes.
pub(super) fn of_response(headers: &mut HeaderMap, limit: usize) -> Result<(), Error> {
    keep(headers, &RESPONSE);
    let bytes: usize = headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    if bytes > limit {
        return Err(Error::HttpResponseHeaderSectionSize(u32::try_from(bytes).ok()));
    }
    Ok(())
}

fn keep(headers: &mut HeaderMap, kept: &[HeaderName]) {
    let others: Vec<HeaderName> = headers.keys().filter(|name| !kept.contains(name)).cloned().collect();
    for name in others {
        tracing::debug!("the header {name} was dropped");
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
    fn what_is_not_needed_is_dropped() {
        let mut request = map([
            "accept",
            "cookie",
            "x-forwarded-for",
            "x-http-method-override",
            "prefer",
            "x-anchormailbox",
            "accept-encoding",
        ]);
        of_request(&mut request);
        assert_eq!(names(&request), ["accept", "prefer"]);
        let mut response = map(["set-cookie", "request-id", "server", "strict-transport-security", "content-type"]);
        of_response(&mut response, 100).unwrap();
        assert_eq!(names(&response), ["content-type", "request-id"]);
    }

    #[test]
    fn what_comes_in_is_bounded() {
        let long = |length: usize| {
            let mut headers = map(["content-type"]);
            headers.append("request-id", HeaderValue::try_from("x".repeat(length)).unwrap());
            headers
        };
        // 13 and 23 bytes are those of the other header, and of the name.
        of_response(&mut long(77), 100).unwrap();
        let refused = of_response(&mut long(78), 100);
        assert!(matches!(refused, Err(Error::HttpResponseHeaderSectionSize(Some(101)))), "{refused:?}");
    }
}
