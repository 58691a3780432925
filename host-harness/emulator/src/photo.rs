//! `/contacts/{id}/photo`, and the picture itself at `/photo/$value`.
//!
//! <https://learn.microsoft.com/graph/api/resources/profilephoto>

use bytes::Bytes;
use http::header::{CONTENT_TYPE, ETAG};
use http::{Method, StatusCode};
use serde_json::json;

use super::answer::Answer;
use super::contacts::user_context;
use super::error::{GraphError, Outcome};
use super::percent;
use super::route::Place;
use super::schema::Version;
use super::service::Call;
use super::store::Store;

/// A picture as it was uploaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Photo {
    content: Bytes,
}

impl Photo {
    /// The picture that a request brings.
    pub(super) fn uploaded(call: &Call) -> Outcome<Self> {
        let media_type = call.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        // The page asks for image/jpeg; the SDKs send what the metadata say, application/octet-stream. The rest is refused, which is
        // unverified.
        let media_type = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        if call.body.is_empty() || !["image/jpeg", "image/jpg", "application/octet-stream"].contains(&media_type.as_str()) {
            return Err(GraphError::bad_request("A photo is the bytes of a picture, of the media type image/jpeg."));
        }
        Ok(Self { content: call.body.clone() })
    }

    /// The bytes of it.
    pub(super) fn answer(&self) -> Answer {
        Answer::bytes(self.content.clone()).header(CONTENT_TYPE, "image/jpeg").header(ETAG, &etag(&self.content))
    }
}

/// `GET /photo`: what is known of the picture. Without one it is 404, as the metadata of a user's photo are; the code is
/// unverified.
pub(super) fn metadata(store: &mut Store, call: &Call, version: Version, place: &Place, id: &str) -> Outcome<Answer> {
    match call.method {
        Method::GET => {}
        Method::PATCH => return Err(GraphError::not_emulated("PATCH /photo")),
        _ => return Err(GraphError::method_not_allowed()),
    }
    call.query.only(&[])?;
    let contact = store.mailbox(&place.user)?.get(&place.folders, id)?;
    let photo = contact.photo.as_ref().ok_or_else(GraphError::item_not_found)?;
    // The page "Get photo" shows 1 by 1 for a picture without a size.
    let (width, height) = size(&photo.content).unwrap_or((1, 1));
    let user = user_context(call, version, &place.user);
    let body = json!({
        "@odata.context": format!("{user}/contacts('{}')/photo/$entity", percent::encode(id)),
        "@odata.mediaContentType": "image/jpeg",
        "@odata.mediaEtag": etag(&photo.content),
        "id": format!("{width}X{height}"),
        "height": height,
        "width": width,
    });
    Ok(Answer::json(StatusCode::OK, &body))
}

/// `GET`, `PUT` and `DELETE /photo/$value`. `PUT` answers 200 without a body ("Update profilephoto"); only the metadata have
/// `DELETE`. That each changes the contact is unverified.
pub(super) fn content(store: &mut Store, call: &Call, place: &Place, id: &str) -> Outcome<Answer> {
    let mailbox = store.mailbox(&place.user)?;
    match call.method {
        Method::GET => {
            let contact = mailbox.get(&place.folders, id)?;
            Ok(contact.photo.as_ref().ok_or_else(GraphError::item_not_found)?.answer())
        }
        Method::PUT => {
            let photo = Photo::uploaded(call)?;
            mailbox.change(&place.folders, id, |contact| {
                contact.photo = Some(photo);
                Ok(())
            })?;
            Ok(Answer::bytes(Bytes::new()))
        }
        Method::DELETE => {
            mailbox
                .change(&place.folders, id, |contact| contact.photo.take().map(drop).ok_or_else(GraphError::item_not_found))?;
            Ok(Answer::no_content())
        }
        _ => Err(GraphError::method_not_allowed()),
    }
}

/// `"BA09D118"` on the page "Get photo": eight digits that stand for the content.
fn etag(content: &[u8]) -> String {
    let sum = content.iter().fold(0x811c_9dc5_u32, |sum, byte| (sum ^ u32::from(*byte)).wrapping_mul(0x0100_0193));
    format!("\"{sum:08X}\"")
}

/// Width and height of a JPEG, from its frame header (ITU-T T.81, B.2.2).
fn size(jpeg: &[u8]) -> Option<(u16, u16)> {
    let mut rest = jpeg.strip_prefix(&[0xff, 0xd8])?;
    loop {
        let [0xff, marker, high, low, after @ ..] = rest else { return None };
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        // The frame headers but for the three of that range that are none: DHT, JPG and DAC.
        if matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc) {
            let [_, high_1, low_1, high_2, low_2, ..] = after else { return None };
            return Some((u16::from_be_bytes([*high_2, *low_2]), u16::from_be_bytes([*high_1, *low_1])));
        }
        rest = after.get(length.checked_sub(2)?..)?;
    }
}
