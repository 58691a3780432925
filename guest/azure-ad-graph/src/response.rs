//! A response to a request that succeeded.

use http::{HeaderName, HeaderValue, Response, StatusCode, header};
use protocol::azure_ad_graph::format::Format;

use crate::writer::{Content, ContentWriter};

/// A response to a request that succeeded, before it is written.
pub struct ApiResponse {
    /// The HTTP status.
    pub status: StatusCode,
    /// The content.
    pub content: Content,
    /// The address of a new object.
    pub location: Option<String>,
    /// Other headers.
    pub headers: Vec<(&'static str, String)>,
}

impl ApiResponse {
    /// Creates a response with 200 and content.
    pub fn ok(content: Content) -> ApiResponse {
        ApiResponse { status: StatusCode::OK, content, location: None, headers: Vec::new() }
    }

    /// Creates a response with 204.
    pub fn no_content() -> ApiResponse {
        ApiResponse { status: StatusCode::NO_CONTENT, ..ApiResponse::ok(Content::None) }
    }

    /// Returns the response as it is sent.
    pub(crate) fn write(self, writer: &ContentWriter<'_>) -> Response<Vec<u8>> {
        let (media_type, body) = match self.content {
            Content::None => (None, Vec::new()),
            Content::Bytes(media_type, bytes) => (Some(media_type), bytes),
            Content::Document(text) => (Some("application/xml;charset=utf-8".to_owned()), text.into_bytes()),
            content => (Some(writer.format.media_type().to_owned()), writer.write(&content).into_bytes()),
        };
        let mut response = Response::new(body);
        *response.status_mut() = self.status;
        let data_service_version = match (media_type.as_deref(), writer.format) {
            (Some(_), Format::MinimalMetadata | Format::NoMetadata) => "3.0;",
            (Some(_), Format::Verbose | Format::Version2) => "2.0;",
            (None, _) => "1.0;",
        };
        let fixed = [
            (header::CONTENT_TYPE, media_type),
            (HeaderName::from_static("dataserviceversion"), Some(data_service_version.to_owned())),
            (header::CACHE_CONTROL, Some("no-cache".to_owned())),
            (header::LOCATION, self.location),
        ];
        let fixed = fixed.into_iter().filter_map(|(name, value)| Some((name, value?)));
        let others = self.headers.into_iter().map(|(name, value)| (HeaderName::from_static(name), value));
        for (name, value) in fixed.chain(others) {
            if let Ok(value) = HeaderValue::try_from(value) {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }
}
