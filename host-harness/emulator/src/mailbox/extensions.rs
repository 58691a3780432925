//! `/contacts/{id}/extensions`: the collection, its count, and one open extension.

use http::{Method, StatusCode};
use serde_json::{Map, Value};

use crate::mailbox::contact::Contact;
use crate::mailbox::context::build_user_context;
use crate::mailbox::open_extension::{self, OpenExtension};
use crate::mailbox::path::MailboxPath;
use crate::odata::edm::Version;
use crate::odata::error::{GraphError, Outcome};
use crate::odata::json_body;
use crate::odata::page::Paging;
use crate::odata::percent;
use crate::odata::precondition;
use crate::odata::request::GraphRequest;
use crate::odata::response::GraphResponse;
use crate::store::Store;

/// `GET` and `POST` on the extensions of a contact. A change to them changes the contact, as the mailbox keeps both in one item.
/// That the change key and delta queries show it is unverified.
pub(crate) fn handle_collection(
    store: &mut Store,
    request: &GraphRequest,
    version: Version,
    path: &MailboxPath,
    id: &str,
) -> Outcome<GraphResponse> {
    let mailbox = store.find_mailbox(&path.user)?;
    let context = build_context(request, version, path, id);
    match request.method {
        Method::GET => {
            request.query.allow_only(&["count", "skip", "skiptoken"])?;
            let rows: Vec<&OpenExtension> = mailbox.get(&path.folders, id)?.extensions.iter().collect();
            let paging = Paging::by_skip(&request.query, rows.len())?;
            Ok(GraphResponse::json(StatusCode::OK, &paging.render(request, context, &rows, |extension| extension.render())?))
        }
        Method::POST => {
            let extension = OpenExtension::parse(&Value::Object(json_body::parse_object(&request.headers, &request.body)?))?;
            let shown = render_entity(StatusCode::CREATED, &context, &extension);
            mailbox.change(&path.folders, id, |contact| open_extension::add_extension(&mut contact.extensions, extension))?;
            Ok(shown)
        }
        _ => Err(GraphError::method_not_allowed()),
    }
}

/// `GET .../extensions/$count`: the bare number.
pub(crate) fn handle_count(store: &mut Store, request: &GraphRequest, path: &MailboxPath, id: &str) -> Outcome<GraphResponse> {
    if request.method != Method::GET {
        return Err(GraphError::method_not_allowed());
    }
    request.query.allow_only(&[])?;
    Ok(GraphResponse::text(store.find_mailbox(&path.user)?.get(&path.folders, id)?.extensions.len().to_string()))
}

/// `GET`, `PATCH` and `DELETE` on one extension, by name or fully qualified name.
pub(crate) fn handle_extension(
    store: &mut Store,
    request: &GraphRequest,
    version: Version,
    path: &MailboxPath,
    id: &str,
    name: &str,
) -> Outcome<GraphResponse> {
    let mailbox = store.find_mailbox(&path.user)?;
    let context = build_context(request, version, path, id);
    let position = |contact: &Contact| {
        let position = contact.extensions.iter().position(|extension| extension.is_named(name));
        position.ok_or_else(GraphError::item_not_found)
    };
    match request.method {
        Method::GET => {
            request.query.allow_only(&[])?;
            let contact = mailbox.get(&path.folders, id)?;
            Ok(render_entity(StatusCode::OK, &context, &contact.extensions[position(contact)?]))
        }
        Method::PATCH => {
            let object = json_body::parse_object(&request.headers, &request.body)?;
            let contact = mailbox.change(&path.folders, id, |contact| {
                let index = position(contact)?;
                precondition::check(&request.headers, None)?;
                let mut changed = contact.extensions[index].clone();
                changed.update(&object)?;
                contact.extensions[index] = changed;
                Ok(())
            })?;
            Ok(render_entity(StatusCode::OK, &context, &contact.extensions[position(contact)?]))
        }
        Method::DELETE => {
            mailbox.change(&path.folders, id, |contact| {
                let index = position(contact)?;
                precondition::check(&request.headers, None)?;
                contact.extensions.remove(index);
                Ok(())
            })?;
            Ok(GraphResponse::no_content())
        }
        _ => Err(GraphError::method_not_allowed()),
    }
}

fn render_entity(status: StatusCode, context: &str, extension: &OpenExtension) -> GraphResponse {
    let mut body = Map::from_iter([("@odata.context".to_owned(), Value::from(format!("{context}/$entity")))]);
    body.extend(extension.render());
    GraphResponse::json(status, &Value::Object(body))
}

fn build_context(request: &GraphRequest, version: Version, path: &MailboxPath, id: &str) -> String {
    format!("{}/contacts('{}')/extensions", build_user_context(request, version, &path.user), percent::encode(id))
}
