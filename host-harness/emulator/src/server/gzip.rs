//! Compression of responses for clients that ask for it. Graph compresses by `Accept-Encoding`, and names it in `Vary`
//! (<https://github.com/microsoftgraph/msgraph-sdk-design/blob/main/middleware/DecompressionHandler.md>).

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use http::HeaderMap;
use http::header::{self, HeaderValue};

use crate::odata::response::GraphResponse;

/// The smallest body to compress, in bytes. Graph's limit is not documented.
const MIN_BODY_BYTES: usize = 1024;

/// Compresses the response to a request with these headers, if the response is long enough and the client accepts gzip.
pub(crate) fn compress(mut response: GraphResponse, request: &HeaderMap) -> GraphResponse {
    let media_type = response.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if response.body.len() < MIN_BODY_BYTES || media_type.starts_with("image/") {
        return response;
    }
    response.headers.append(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    if !accepts_gzip(request) {
        return response;
    }
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    // Writing to memory does not fail. If it did, the response would stay uncompressed.
    if encoder.write_all(&response.body).is_ok()
        && let Ok(body) = encoder.finish()
    {
        response.headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        response.body = body.into();
    }
    response
}

/// Returns whether a client accepts gzip (RFC 9110, 12.5.3): by name or by `*`, with a weight above 0. Without the header, a
/// client accepts any coding, and gets none.
fn accepts_gzip(request: &HeaderMap) -> bool {
    let lines = request.get_all(header::ACCEPT_ENCODING).into_iter().filter_map(|line| line.to_str().ok());
    let mut any = false;
    for choice in lines.flat_map(|line| line.split(',')) {
        let mut parts = choice.split(';').map(str::trim);
        let coding = parts.next().unwrap_or_default().to_ascii_lowercase();
        let weight = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
        let accepted = weight.is_none_or(|weight| weight.parse::<f32>().is_ok_and(|weight| weight > 0.0));
        match coding.as_str() {
            "gzip" | "x-gzip" => return accepted,
            "*" => any = accepted,
            _ => {}
        }
    }
    any
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_is_accepted_with_positive_weight() {
        let accepts = |lines: &[&'static str]| {
            let lines = lines.iter().map(|line| (header::ACCEPT_ENCODING, HeaderValue::from_static(line)));
            accepts_gzip(&lines.collect())
        };
        for yes in ["gzip", "br, gzip;q=0.5", "GZIP", "x-gzip", "*", "deflate;q=0, *;q=0.1", "gzip; q=1.0"] {
            assert!(accepts(&[yes]), "{yes}");
        }
        for no in ["", "identity", "br", "gzip;q=0", "gzip;q=0, *", "*;q=0", "gzipped", "gzip; q=0.000"] {
            assert!(!accepts(&[no]), "{no}");
        }
        assert!(!accepts(&[]));
        assert!(accepts(&["br", "gzip"]), "on two lines");
    }
}
