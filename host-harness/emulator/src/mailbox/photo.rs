//! `/contacts/{id}/photo`, and the picture itself at `/photo/$value`.
//!
//! <https://learn.microsoft.com/graph/api/resources/profilephoto>

use bytes::Bytes;
use http::{Method, StatusCode};
use serde_json::json;

use crate::mailbox::context::build_user_context;
use crate::mailbox::path::MailboxPath;
use crate::odata::edm::Version;
use crate::odata::error::{GraphError, Outcome};
use crate::odata::percent;
use crate::odata::photo::{self, Photo};
use crate::odata::request::GraphRequest;
use crate::odata::response::GraphResponse;
use crate::store::Store;

/// `GET /photo`: the metadata of the picture. Without a picture it is 404, as for a user's photo; the code is unverified.
pub(crate) fn handle_metadata(
    store: &mut Store,
    request: &GraphRequest,
    version: Version,
    path: &MailboxPath,
    id: &str,
) -> Outcome<GraphResponse> {
    match request.method {
        Method::GET => {}
        Method::PATCH => return Err(GraphError::not_emulated("PATCH /photo")),
        _ => return Err(GraphError::method_not_allowed()),
    }
    request.query.allow_only(&[])?;
    let contact = store.find_mailbox(&path.user)?.get(&path.folders, id)?;
    let photo = contact.photo.as_ref().ok_or_else(GraphError::item_not_found)?;
    // The page "Get photo" has 1 by 1 for a picture of unknown size.
    let (width, height) = photo::read_size(&photo.content).unwrap_or((1, 1));
    let user = build_user_context(request, version, &path.user);
    let body = json!({
        "@odata.context": format!("{user}/contacts('{}')/photo/$entity", percent::encode(id)),
        "@odata.mediaContentType": "image/jpeg",
        "@odata.mediaEtag": photo::compute_etag(&photo.content),
        "id": format!("{width}X{height}"),
        "height": height,
        "width": width,
    });
    Ok(GraphResponse::json(StatusCode::OK, &body))
}

/// `GET`, `PUT`, `PATCH` and `DELETE /photo/$value`. "You can use either PATCH or PUT"; both respond 200 without a body ("Update
/// profilephoto"). Only the metadata have `DELETE`. That each changes the contact is unverified.
pub(crate) fn handle_content(store: &mut Store, request: &GraphRequest, path: &MailboxPath, id: &str) -> Outcome<GraphResponse> {
    let mailbox = store.find_mailbox(&path.user)?;
    match request.method {
        Method::GET => {
            let contact = mailbox.get(&path.folders, id)?;
            Ok(contact.photo.as_ref().ok_or_else(GraphError::item_not_found)?.to_response())
        }
        Method::PUT | Method::PATCH => {
            let photo = Photo::from_request(request)?;
            mailbox.change(&path.folders, id, |contact| {
                photo::check_condition(&request.headers, contact.photo.as_ref())?;
                contact.photo = Some(photo);
                Ok(())
            })?;
            Ok(GraphResponse::bytes(Bytes::new()))
        }
        Method::DELETE => {
            mailbox.change(&path.folders, id, |contact| {
                let photo = contact.photo.as_ref().ok_or_else(GraphError::item_not_found)?;
                photo::check_condition(&request.headers, Some(photo))?;
                contact.photo = None;
                Ok(())
            })?;
            Ok(GraphResponse::no_content())
        }
        _ => Err(GraphError::method_not_allowed()),
    }
}
