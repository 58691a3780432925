//! `/contacts`, alone or inside a folder: the collection, its count, and one contact.

use http::header::{ETAG, LOCATION};
use http::{Method, StatusCode};
use serde_json::{Map, Value};

use super::answer::Answer;
use super::body::{self, Changes, Write};
use super::contact::{self, Contact};
use super::error::{GraphError, Outcome};
use super::extended::Expand;
use super::filter::Filter;
use super::page::{self, Paging};
use super::percent;
use super::route::{Place, UserKey};
use super::schema::{Edm, Version};
use super::service::Call;
use super::store::Store;

/// Contacts on a page when the client names no size (microsoft-graph-docs#4792).
pub(super) const DEFAULT_PAGE: usize = 10;
/// The most on a page (microsoft-graph-docs#4798: "$top parameter can handle max value of 1000"). That a larger
/// `odata.maxpagesize` is cut down to it, and a larger `$top` refused, is unverified.
pub(super) const LARGEST_PAGE: usize = 1000;

/// `GET` and `POST` on a collection of contacts.
pub(super) fn collection(store: &mut Store, call: &Call, version: Version, place: &Place) -> Outcome<Answer> {
    match call.method {
        Method::GET => list(store, call, version, place),
        Method::POST => {
            // The mailbox first: without one, no body is right.
            let mailbox = store.mailbox(&place.user)?;
            let changes = changes(call, version, Write::Create)?;
            let contact = mailbox.create(&place.folders, &changes, version)?;
            let location = format!("{}/contacts('{}')", user_path(call, version, &place.user), percent::encode(&contact.id));
            let expand = if changes.extensions.is_empty() { Expand::default() } else { Expand::extensions() };
            Ok(entity(StatusCode::CREATED, contact, call, version, place, None, &expand).header(LOCATION, &location))
        }
        _ => Err(GraphError::method_not_allowed()),
    }
}

/// `GET /contacts/$count`: the bare number.
pub(super) fn count(store: &mut Store, call: &Call, version: Version, place: &Place) -> Outcome<Answer> {
    if call.method != Method::GET {
        return Err(GraphError::method_not_allowed());
    }
    call.query.only(&["filter"])?;
    let rows = matching(store, call, version, place)?;
    Ok(Answer::text(rows.len().to_string()))
}

/// `GET`, `PATCH` and `DELETE` on one contact.
pub(super) fn item(store: &mut Store, call: &Call, version: Version, place: &Place, id: &str) -> Outcome<Answer> {
    let mailbox = store.mailbox(&place.user)?;
    let folders = &place.folders;
    match call.method {
        Method::GET => {
            call.query.only(&["expand", "select"])?;
            let select = page::select(&call.query, |clause, name| contact::declared(clause, name, version).map(drop))?;
            let expand = Expand::parse(call.query.get("expand"))?;
            let contact = mailbox.get(folders, id)?;
            Ok(entity(StatusCode::OK, contact, call, version, place, select.as_deref(), &expand))
        }
        Method::PATCH => {
            let changes = changes(call, version, Write::Update)?;
            let contact = mailbox.change(folders, id, |contact| {
                contact.check_if_match(&call.headers)?;
                contact.apply(&changes, version)
            })?;
            Ok(entity(StatusCode::OK, contact, call, version, place, None, &Expand::default()))
        }
        Method::DELETE => {
            mailbox.delete(folders, id, |contact| contact.check_if_match(&call.headers))?;
            Ok(Answer::no_content())
        }
        _ => Err(GraphError::method_not_allowed()),
    }
}

/// `POST /contacts/{id}/permanentDelete` (<https://learn.microsoft.com/graph/api/contact-permanentdelete>). There is no recycle
/// bin here, so it does no more than `DELETE`.
pub(super) fn permanent_delete(store: &mut Store, call: &Call, place: &Place, id: &str) -> Outcome<Answer> {
    store.cloud.check_permanent_delete()?;
    if call.method != Method::POST {
        return Err(GraphError::method_not_allowed());
    }
    store.mailbox(&place.user)?.delete(&place.folders, id, |_| Ok(()))?;
    Ok(Answer::no_content())
}

fn changes(call: &Call, version: Version, write: Write) -> Outcome<Changes> {
    body::contact(body::object(&call.headers, &call.body)?, version, write)
}

fn list(store: &mut Store, call: &Call, version: Version, place: &Place) -> Outcome<Answer> {
    // `$search` is left out on purpose: what it answers is not a search (microsoft-graph-docs#10790).
    call.query.only(&["count", "expand", "filter", "orderby", "select", "skip", "top"])?;
    let select = page::select(&call.query, |clause, name| contact::declared(clause, name, version).map(drop))?;
    let expand = Expand::parse(call.query.get("expand"))?;
    let paging = Paging {
        skip: call.query.number("skip")?.unwrap_or(0),
        size: page::outlook_size(call, LARGEST_PAGE, DEFAULT_PAGE)?,
        option: "skip",
    };
    let mut rows = matching(store, call, version, place)?;
    order(&mut rows, call, version)?;
    let context = with_select(format!("{}/contacts", user_context(call, version, &place.user)), select.as_deref());
    let body = paging.body(call, context, &rows, |contact| contact.render(version, select.as_deref(), &expand))?;
    Ok(Answer::json(StatusCode::OK, &body))
}

fn matching<'a>(store: &'a mut Store, call: &Call, version: Version, place: &Place) -> Outcome<Vec<&'a Contact>> {
    let condition = call.query.get("filter").map(Filter::parse).transpose()?;
    if let Some(Filter::Equal { property, .. } | Filter::StartsWith { property, .. }) = &condition {
        let property = contact::declared("Invalid filter clause", property, version)?;
        if !matches!(property.edm, Edm::String) {
            return Err(GraphError::invalid_filter());
        }
    }
    let mut rows = store.mailbox(&place.user)?.list(&place.folders, version)?;
    rows.retain(|contact| condition.as_ref().is_none_or(|condition| contact.satisfies(condition)));
    Ok(rows)
}

/// Sorts by `$orderby`; without it, in the order of creation, which Graph does not promise.
fn order(rows: &mut [&Contact], call: &Call, version: Version) -> Outcome<()> {
    let terms: Vec<&str> = call.query.get("orderby").map(|text| text.split(',').collect()).unwrap_or_default();
    // A stable sort by the last term first leaves the first term the strongest.
    for term in terms.iter().rev() {
        let words: Vec<&str> = term.split_whitespace().collect();
        let (name, descending) = match words.as_slice() {
            [name] | [name, "asc"] => (*name, false),
            [name, "desc"] => (*name, true),
            _ => return Err(GraphError::bad_request(format!("Syntax error in the $orderby expression '{term}'."))),
        };
        if !contact::declared("Invalid $orderby clause", name, version)?.edm.is_primitive() {
            return Err(GraphError::bad_request(format!("The property '{name}' does not support ordering.")));
        }
        rows.sort_by(|left, right| {
            let order = left.sort_key(name).cmp(&right.sort_key(name));
            if descending { order.reverse() } else { order }
        });
    }
    Ok(())
}

fn entity(
    status: StatusCode,
    contact: &Contact,
    call: &Call,
    version: Version,
    place: &Place,
    select: Option<&[String]>,
    expand: &Expand,
) -> Answer {
    let context = with_select(format!("{}/contacts", user_context(call, version, &place.user)), select);
    let mut body = Map::from_iter([("@odata.context".to_owned(), Value::from(format!("{context}/$entity")))]);
    body.extend(contact.render(version, select, expand));
    Answer::json(status, &Value::Object(body)).header(ETAG, &contact.etag())
}

pub(super) fn with_select(context: String, select: Option<&[String]>) -> String {
    select.map(|names| format!("{context}({})", names.join(","))).unwrap_or(context)
}

/// `https://.../v1.0/$metadata#users('me')`, with the user as the client named it.
pub(super) fn user_context(call: &Call, version: Version, user: &UserKey) -> String {
    format!("{}/{}/$metadata#users('{}')", call.origin, version.segment(), escaped(user))
}

pub(super) fn user_path(call: &Call, version: Version, user: &UserKey) -> String {
    match user {
        UserKey::Me => format!("{}/{}/me", call.origin, version.segment()),
        UserKey::Named(_) => format!("{}/{}/users('{}')", call.origin, version.segment(), escaped(user)),
    }
}

fn escaped(user: &UserKey) -> String {
    match user {
        UserKey::Me => "me".to_owned(),
        UserKey::Named(key) => percent::encode(&key.replace('\'', "''")),
    }
}
