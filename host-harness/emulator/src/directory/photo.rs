//! A user's picture: `/users/{id}/photo/$value`. <https://learn.microsoft.com/graph/api/profilephoto-get>

use bytes::Bytes;
use http::Method;

use crate::mailbox::path::UserKey;
use crate::odata::error::{GraphError, Outcome};
use crate::odata::photo::{self, Photo};
use crate::odata::request::GraphRequest;
use crate::odata::response::GraphResponse;
use crate::store::Store;

/// `GET`; and `PUT` or `PATCH`, whose response is 200 without a body ("Update profilephoto"). That a user without a mailbox can
/// have a picture is unverified.
pub(crate) fn handle(store: &mut Store, request: &GraphRequest, key: &UserKey) -> Outcome<GraphResponse> {
    let id = store.find_user(key)?.id.clone();
    match request.method {
        Method::GET => Ok(store.find_user(key)?.photo.as_ref().ok_or_else(GraphError::image_not_found)?.to_response()),
        Method::PUT | Method::PATCH => {
            let photo = Photo::from_request(request)?;
            let user = store.directory.find_mut(&id)?;
            photo::check_condition(&request.headers, user.photo.as_ref())?;
            user.photo = Some(photo);
            Ok(GraphResponse::bytes(Bytes::new()))
        }
        Method::DELETE => Err(GraphError::not_emulated("this method of a user's photo")),
        _ => Err(GraphError::directory_method_not_allowed()),
    }
}
