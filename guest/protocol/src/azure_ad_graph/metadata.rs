//! `$metadata`: what the API serves, as CSDL. The documents are written from the frontend's table of properties by `make docs`, and a
//! test compares them.
//! <https://www.odata.org/documentation/odata-version-3-0/common-schema-definition-language-csdl/>

use http::{HeaderValue, Response, header};

use super::version::Version;

/// Returns the document of a version.
pub fn document(version: Version) -> &'static str {
    match version {
        Version::V2013April => include_str!("metadata/2013-04-05.xml"),
        Version::V2013November => include_str!("metadata/2013-11-08.xml"),
        Version::V1_5 => include_str!("metadata/1.5.xml"),
        Version::V1_6 => include_str!("metadata/1.6.xml"),
        Version::Beta => include_str!("metadata/beta.xml"),
    }
}

/// Returns the response with the document of a version.
pub fn response(version: Version) -> Response<Vec<u8>> {
    let mut response = Response::new(document(version).as_bytes().to_vec());
    let media_type = HeaderValue::from_static("application/xml;charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, media_type);
    response
}
