//! The picture of a contact or a user.
//!
//! <https://learn.microsoft.com/graph/api/resources/profilephoto>

use bytes::Bytes;
use http::HeaderMap;
use http::header::{CONTENT_TYPE, ETAG, IF_MATCH};

use crate::odata::error::{GraphError, Outcome};
use crate::odata::precondition;
use crate::odata::request::GraphRequest;
use crate::odata::response::GraphResponse;

/// The start of a JPEG (ITU-T T.81, B.1.1.3: SOI).
const JPEG_START: &[u8] = &[0xff, 0xd8];

/// An uploaded picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Photo {
    pub(crate) content: Bytes,
}

impl Photo {
    /// Reads the picture in a request.
    pub(crate) fn from_request(request: &GraphRequest) -> Outcome<Self> {
        let media_type = request.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        // The page asks for image/jpeg. The SDKs send the type in the metadata, application/octet-stream. @pnp/graph sends a
        // picture as application/json (pnp/pnpjs, `packages/graph/photos/types.ts`), so the bytes decide then. That Graph refuses
        // others is unverified.
        let media_type = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let is_named = ["image/jpeg", "image/jpg", "application/octet-stream"].contains(&media_type.as_str());
        if request.body.is_empty() || !(is_named || request.body.starts_with(JPEG_START)) {
            return Err(GraphError::bad_request("A photo is the bytes of a picture, of the media type image/jpeg."));
        }
        Ok(Self { content: request.body.clone() })
    }

    /// Responds with the picture.
    pub(crate) fn to_response(&self) -> GraphResponse {
        GraphResponse::bytes(self.content.clone())
            .with_header(CONTENT_TYPE, "image/jpeg")
            .with_header(ETAG, &compute_etag(&self.content))
    }
}

/// Fails with 412 if a condition of a write does not hold for the stored picture. Without a picture, `If-Match` never holds.
pub(crate) fn check_condition(headers: &HeaderMap, photo: Option<&Photo>) -> Outcome<()> {
    match photo {
        Some(photo) => precondition::check(headers, Some(&compute_etag(&photo.content))),
        None if headers.contains_key(IF_MATCH) => Err(GraphError::conflict()),
        None => Ok(()),
    }
}

/// Computes `"BA09D118"` on the page "Get photo": eight digits of a checksum.
pub(crate) fn compute_etag(content: &[u8]) -> String {
    let sum = content.iter().fold(0x811c_9dc5_u32, |sum, byte| (sum ^ u32::from(*byte)).wrapping_mul(0x0100_0193));
    format!("\"{sum:08X}\"")
}

/// Reads width and height of a JPEG from its frame header (ITU-T T.81, B.2.2).
pub(crate) fn read_size(jpeg: &[u8]) -> Option<(u16, u16)> {
    let mut rest = jpeg.strip_prefix(&[0xff, 0xd8])?;
    loop {
        let [0xff, marker, high, low, after @ ..] = rest else { return None };
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        // All frame headers; three markers of that range are not: DHT, JPG and DAC.
        if matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc) {
            let [_, high_1, low_1, high_2, low_2, ..] = after else { return None };
            return Some((u16::from_be_bytes([*high_2, *low_2]), u16::from_be_bytes([*high_1, *low_1])));
        }
        rest = after.get(length.checked_sub(2)?..)?;
    }
}
