//! A user's picture: `/users/{id}/photo/$value`. <https://learn.microsoft.com/graph/api/profilephoto-get>

use bytes::Bytes;
use http::Method;

use crate::answer::Answer;
use crate::error::{GraphError, Outcome};
use crate::photo::Photo;
use crate::route::UserKey;
use crate::service::Call;
use crate::store::Store;

/// `GET` and `PUT`, which answers 200 without a body ("Update profilephoto"). That a user without a mailbox has a picture too is
/// unverified.
pub(super) fn answer(store: &mut Store, call: &Call, key: &UserKey) -> Outcome<Answer> {
    let id = store.user(key)?.id.clone();
    match call.method {
        Method::GET => Ok(store.user(key)?.photo.as_ref().ok_or_else(GraphError::image_not_found)?.answer()),
        Method::PUT => {
            let photo = Photo::uploaded(call)?;
            store.directory.find_mut(&id)?.photo = Some(photo);
            Ok(Answer::bytes(Bytes::new()))
        }
        Method::PATCH | Method::DELETE => Err(GraphError::not_emulated("this method of a user's photo")),
        _ => Err(GraphError::directory_method_not_allowed()),
    }
}
