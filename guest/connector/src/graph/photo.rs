//! The photo of a contact. <https://learn.microsoft.com/en-us/graph/api/resources/profilephoto?view=graph-rest-1.0>

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use super::address::Container;
use super::contacts::IMMUTABLE_IDS;
use super::request::GraphRequest;
use super::service::Service;
use crate::error::{Error, ErrorKind, Result};

/// The media type of a stored photo. The documentation has only JPEG.
const MEDIA_TYPE: &str = "image/jpeg";

/// The maximum number of bytes of a photo: a request has at most 4 MB.
/// <https://learn.microsoft.com/en-us/graph/api/profilephoto-update?view=graph-rest-1.0>
const MAX_BYTES: usize = 4_000_000;

/// A picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// The media type: `image/jpeg`.
    pub media_type: String,
    /// The bytes.
    pub content: Vec<u8>,
}

impl Picture {
    /// Creates a picture from the object that [`parse`](super::response::parse) makes of one.
    pub fn from_object(object: &Map<String, Value>) -> Result<Picture> {
        let text = |name: &str| object.get(name).and_then(Value::as_str).unwrap_or_default();
        let content = STANDARD.decode(text("content"));
        let content = content.map_err(|_| Error::new(ErrorKind::Internal, "the photo got lost inside the connector"))?;
        Ok(Picture { media_type: text("mediaType").to_owned(), content })
    }
}

/// Creates `GET .../contacts/{id}/photo/$value`: the bytes of the photo.
/// <https://learn.microsoft.com/en-us/graph/api/profilephoto-get?view=graph-rest-1.0>
pub fn get(service: &Service, container: &Container, id: &str) -> Result<GraphRequest> {
    GraphRequest::get_picture(build_address(service, container, id)?, &[IMMUTABLE_IDS])
}

/// Creates `PUT .../contacts/{id}/photo/$value`: replaces the photo.
/// <https://learn.microsoft.com/en-us/graph/api/profilephoto-update?view=graph-rest-1.0>
pub fn put(service: &Service, container: &Container, id: &str, jpeg: Vec<u8>) -> Result<GraphRequest> {
    put_to(build_address(service, container, id)?, jpeg, &[IMMUTABLE_IDS])
}

/// Creates `PUT` of a photo.
pub(super) fn put_to(address: String, jpeg: Vec<u8>, prefer: &[&str]) -> Result<GraphRequest> {
    check(&jpeg)?;
    GraphRequest::put_picture(address, prefer, MEDIA_TYPE, jpeg)
}

/// Checks that the bytes are a picture that can be stored.
pub fn check(jpeg: &[u8]) -> Result<()> {
    if !jpeg.starts_with(&[0xff, 0xd8, 0xff]) {
        return Err(Error::invalid_attribute(
            "photo",
            "expected the bytes of a JPEG picture, the only type that Microsoft Graph stores",
        ));
    }
    if jpeg.len() > MAX_BYTES {
        return Err(Error::invalid_attribute("photo", format!("expected at most {MAX_BYTES} bytes, found {}", jpeg.len())));
    }
    Ok(())
}

fn build_address(service: &Service, container: &Container, id: &str) -> Result<String> {
    Ok(service.address(&format!("{}/photo/$value", container.contacts_path(Some(id))?)))
}
