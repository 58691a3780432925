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

/// Returns the document in the form that a program can read.
///
/// OData 2 does not have properties of the type `Edm.Stream`, and its programs refuse the document because of one. Some of them do not
/// read what a type inherits (pyodata), so that each type has the key and the properties of its base type itself.
pub fn adapt(document: String, headers: &HeaderMap) -> String {
    if !is_for_version2(headers) {
        return document;
    }
    let base = document.split_once("<EntityType Name=\"DirectoryObject\"").and_then(|(_, rest)| rest.split_once('\n'));
    let inherited = base.and_then(|(_, rest)| rest.split_once("</EntityType>")).map_or("", |(members, _)| members);
    let mut adapted = String::new();
    for line in document.split_inclusive('\n').filter(|line| !line.contains("Type=\"Edm.Stream\"")) {
        match line.split_once(" BaseType=\"").and_then(|(start, rest)| Some((start, rest.split_once('"')?.1))) {
            Some((start, end)) => adapted.extend([start, end, inherited]),
            None => adapted.push_str(line),
        }
    }
    adapted
}

/// Returns the response with the document of a version.
pub fn response(version: ApiVersion, headers: &HeaderMap) -> Response<Vec<u8>> {
    let mut response = Response::new(adapt(document(version).to_owned(), headers).into_bytes());
    let media_type = HeaderValue::from_static("application/xml;charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, media_type);
    response
}
