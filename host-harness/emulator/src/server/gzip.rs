//! Compression of responses for clients that ask for it. Graph compresses by `Accept-Encoding`, and names it in `Vary`
//! (<https://github.com/microsoftgraph/msgraph-sdk-design/blob/main/middleware/DecompressionHandler.md>).

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use http::HeaderMap;
use http::header::{self, HeaderValue};

use crate::odata::response::GraphResponse;

/// The smallest body to compress, in bytes. Graph's limit is not documented.
const SMALLEST: usize = 1024;

/// Compresses the response to a request with these headers, if the response is long enough and the client accepts gzip.
pub(crate) fn compress(mut answer: GraphResponse, request: &HeaderMap) -> GraphResponse {
    let media_type = answer.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if answer.body.len() < SMALLEST || media_type.starts_with("image/") {
        return answer;
    }
    answer.headers.append(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    if !is_accepted(request) {
        return answer;
    }
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    // Writing to memory does not fail. If it did, the response would stay uncompressed.
    if encoder.write_all(&answer.body).is_ok()
        && let Ok(body) = encoder.finish()
    {
        answer.headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        answer.body = body.into();
    }
    answer
}

/// Returns whether a client accepts gzip (RFC 9110, 12.5.3): by name or by `*`, with a weight above 0. Without the header, a
/// client accepts any coding, and gets none.
fn is_accepted(request: &HeaderMap) -> bool {
    let lines = request.get_all(header::ACCEPT_ENCODING).into_iter().filter_map(|line| line.to_str().ok());
    let mut any = false;
    for choice in lines.flat_map(|line| line.split(',')) {
        let mut parts = choice.split(';').map(str::trim);
        let coding = parts.next().unwrap_or_default().to_ascii_lowercase();
        let weight = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
        let wanted = weight.is_none_or(|weight| weight.parse::<f32>().is_ok_and(|weight| weight > 0.0));
        match coding.as_str() {
            "gzip" | "x-gzip" => return wanted,
            "*" => any = wanted,
            _ => {}
        }
    }
    any
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_is_accepted_where_the_client_names_it_with_a_weight() {
        let accepts = |lines: &[&'static str]| {
            let lines = lines.iter().map(|line| (header::ACCEPT_ENCODING, HeaderValue::from_static(line)));
            is_accepted(&lines.collect())
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
