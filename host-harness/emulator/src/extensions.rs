//! `/contacts/{id}/extensions`: the collection, its count, and one open extension.

use http::{Method, StatusCode};
use serde_json::{Map, Value};

use super::answer::Answer;
use super::body;
use super::contact::Contact;
use super::contacts::user_context;
use super::error::{GraphError, Outcome};
use super::open_extension::{self, OpenExtension};
use super::page::Paging;
use super::percent;
use super::route::Place;
use super::schema::Version;
use super::service::Call;
use super::store::Store;

/// `GET` and `POST` on the extensions of a contact. A change to them is a change to the contact, as the mailbox keeps both in one
/// item; that it shows in the change key and in delta queries is unverified.
pub(super) fn collection(store: &mut Store, call: &Call, version: Version, place: &Place, id: &str) -> Outcome<Answer> {
    let mailbox = store.mailbox(&place.user)?;
    let context = context(call, version, place, id);
    match call.method {
        Method::GET => {
            call.query.only(&["count"])?;
            let rows: Vec<&OpenExtension> = mailbox.get(&place.folders, id)?.extensions.iter().collect();
            let paging = Paging { skip: 0, size: rows.len(), option: "skip" };
            Ok(Answer::json(StatusCode::OK, &paging.body(call, context, &rows, |extension| extension.render())?))
        }
        Method::POST => {
            let extension = OpenExtension::read(&Value::Object(body::object(&call.headers, &call.body)?))?;
            let shown = entity(StatusCode::CREATED, &context, &extension);
            mailbox.change(&place.folders, id, |contact| open_extension::add(&mut contact.extensions, extension))?;
            Ok(shown)
        }
        _ => Err(GraphError::method_not_allowed()),
    }
}

/// `GET .../extensions/$count`: the bare number.
pub(super) fn count(store: &mut Store, call: &Call, place: &Place, id: &str) -> Outcome<Answer> {
    if call.method != Method::GET {
        return Err(GraphError::method_not_allowed());
    }
    call.query.only(&[])?;
    Ok(Answer::text(store.mailbox(&place.user)?.get(&place.folders, id)?.extensions.len().to_string()))
}

/// `GET`, `PATCH` and `DELETE` on one extension, by name or fully qualified name.
pub(super) fn item(store: &mut Store, call: &Call, version: Version, place: &Place, id: &str, name: &str) -> Outcome<Answer> {
    let mailbox = store.mailbox(&place.user)?;
    let context = context(call, version, place, id);
    let position = |contact: &Contact| {
        let position = contact.extensions.iter().position(|extension| extension.is_named(name));
        position.ok_or_else(GraphError::item_not_found)
    };
    match call.method {
        Method::GET => {
            call.query.only(&[])?;
            let contact = mailbox.get(&place.folders, id)?;
            Ok(entity(StatusCode::OK, &context, &contact.extensions[position(contact)?]))
        }
        Method::PATCH => {
            let object = body::object(&call.headers, &call.body)?;
            let contact = mailbox.change(&place.folders, id, |contact| {
                let place = position(contact)?;
                let mut changed = contact.extensions[place].clone();
                changed.update(&object)?;
                contact.extensions[place] = changed;
                Ok(())
            })?;
            Ok(entity(StatusCode::OK, &context, &contact.extensions[position(contact)?]))
        }
        Method::DELETE => {
            mailbox.change(&place.folders, id, |contact| {
                let place = position(contact)?;
                contact.extensions.remove(place);
                Ok(())
            })?;
            Ok(Answer::no_content())
        }
        _ => Err(GraphError::method_not_allowed()),
    }
}

fn entity(status: StatusCode, context: &str, extension: &OpenExtension) -> Answer {
    let mut body = Map::from_iter([("@odata.context".to_owned(), Value::from(format!("{context}/$entity")))]);
    body.extend(extension.render());
    Answer::json(status, &Value::Object(body))
}

fn context(call: &Call, version: Version, place: &Place, id: &str) -> String {
    format!("{}/contacts('{}')/extensions", user_context(call, version, &place.user), percent::encode(id))
}
