//! A contact's photo. <https://learn.microsoft.com/en-us/graph/api/resources/profilephoto?view=graph-rest-1.0>

use http::{HeaderValue, Method, header};

use super::address::Container;
use super::{Request, Service, request};
use crate::error::{Error, Result};

/// The media types that a photo may be stored as; the documentation has JPEG alone.
const MEDIA_TYPE: &str = "image/jpeg";

/// The longest photo that is sent, in bytes: one request has 4 MB at most.
/// <https://learn.microsoft.com/en-us/graph/api/profilephoto-update?view=graph-rest-1.0>
const LONGEST: usize = 4_000_000;

/// `GET .../contacts/{id}/photo/$value`: the photo itself.
/// <https://learn.microsoft.com/en-us/graph/api/profilephoto-get?view=graph-rest-1.0>
pub fn get(service: &Service, container: &Container, id: &str) -> Result<Request> {
    let mut request = request(Method::GET, address(service, container, id)?, &[super::contacts::IMMUTABLE_IDS])?;
    request.headers_mut().insert(header::ACCEPT, HeaderValue::from_static("image/*"));
    Ok(request)
}

/// `PUT .../contacts/{id}/photo/$value`: `jpeg` becomes the photo.
/// <https://learn.microsoft.com/en-us/graph/api/profilephoto-update?view=graph-rest-1.0>
pub fn put(service: &Service, container: &Container, id: &str, jpeg: Vec<u8>) -> Result<Request> {
    putting(address(service, container, id)?, jpeg, &[super::contacts::IMMUTABLE_IDS])
}

/// `PUT` of a photo to an address.
pub(super) fn putting(address: String, jpeg: Vec<u8>, prefer: &[&str]) -> Result<Request> {
    check(&jpeg)?;
    let mut request = request(Method::PUT, address, prefer)?;
    request.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
    *request.body_mut() = jpeg;
    Ok(request)
}

/// Checks that these are the bytes of a picture that can be sent.
pub fn check(jpeg: &[u8]) -> Result<()> {
    if !jpeg.starts_with(&[0xff, 0xd8, 0xff]) {
        return Err(Error::attribute("photo", "these are not the bytes of a JPEG picture, which Microsoft Graph stores alone"));
    }
    if jpeg.len() > LONGEST {
        return Err(Error::attribute("photo", format!("it has {} bytes; send at most {LONGEST}", jpeg.len())));
    }
    Ok(())
}

fn address(service: &Service, container: &Container, id: &str) -> Result<String> {
    Ok(service.address(&format!("{}/photo/$value", container.contacts_path(Some(id))?)))
}
