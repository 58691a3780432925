//! `$metadata`: the API's types and functions as CSDL.
//! <https://www.odata.org/documentation/odata-version-3-0/common-schema-definition-language-csdl/>
//!
//! `make docs` writes the documents from the frontend's table of properties, and a test compares them.

use http::{HeaderMap, HeaderValue, Response, header};

use super::format::is_for_version2;
use super::version::ApiVersion;

/// Returns the document of a version.
pub fn document(version: ApiVersion) -> &'static str {
    match version {
        ApiVersion::V2013_04 => include_str!("metadata/2013-04-05.xml"),
        ApiVersion::V2013_11 => include_str!("metadata/2013-11-08.xml"),
        ApiVersion::V1_5 => include_str!("metadata/1.5.xml"),
        ApiVersion::V1_6 => include_str!("metadata/1.6.xml"),
        ApiVersion::Beta => include_str!("metadata/beta.xml"),
    }
}

/// Returns the document that a program can read. OData 2 does not have properties of the type `Edm.Stream`, and its programs refuse the
/// document because of one.
pub fn without_streams(document: String, headers: &HeaderMap) -> String {
    if !is_for_version2(headers) {
        return document;
    }
    document.split_inclusive('\n').filter(|line| !line.contains("Type=\"Edm.Stream\"")).collect()
}

/// Returns the response with the document of a version.
pub fn response(version: ApiVersion, headers: &HeaderMap) -> Response<Vec<u8>> {
    let mut response = Response::new(without_streams(document(version).to_owned(), headers).into_bytes());
    let media_type = HeaderValue::from_static("application/xml;charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, media_type);
    response
}
