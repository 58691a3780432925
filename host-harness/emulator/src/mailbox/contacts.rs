//! `/contacts`, with or without a folder: the collection, its count, and one contact.

use http::header::{ETAG, LOCATION};
use http::{Method, StatusCode};
use serde_json::{Map, Value};

use crate::mailbox::contact::{self, Contact};
use crate::mailbox::contact_body::{self, ContactChanges, WriteOperation};
use crate::mailbox::context::{DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE, add_select, build_user_context, build_user_path};
use crate::mailbox::extended_property::ContactExpand;
use crate::mailbox::filter::ContactFilter;
use crate::mailbox::path::MailboxPath;
use crate::odata::edm::{Edm, Version};
use crate::odata::error::{GraphError, Outcome};
use crate::odata::json_body;
use crate::odata::page::{self, Paging};
use crate::odata::percent;
use crate::odata::request::GraphRequest;
use crate::odata::response::GraphResponse;
use crate::store::Store;
use crate::variation::kind::VariationKind;

/// `GET` and `POST` on a collection of contacts.
pub(crate) fn handle_collection(
    store: &mut Store,
    request: &GraphRequest,
    version: Version,
    path: &MailboxPath,
) -> Outcome<GraphResponse> {
    match request.method {
        Method::GET => list_contacts(store, request, version, path),
        Method::POST => {
            // The mailbox first: a missing mailbox is refused before any error in the body.
            let mailbox = store.find_mailbox(&path.user)?;
            let changes = parse_changes(request, version, WriteOperation::Create)?;
            let (select, mut expand) = parse_view(request, version)?;
            let contact = mailbox.create(&path.folders, &changes, version)?;
            let location =
                format!("{}/contacts('{}')", build_user_path(request, version, &path.user), percent::encode(&contact.id));
            if !changes.extensions.is_empty() {
                expand.show_all_extensions();
            }
            Ok(render_entity(StatusCode::CREATED, contact, request, version, path, select.as_deref(), &expand)
                .with_header(LOCATION, &location))
        }
        _ => Err(GraphError::method_not_allowed()),
    }
}

/// `GET /contacts/$count`: the bare number.
pub(crate) fn handle_count(
    store: &mut Store,
    request: &GraphRequest,
    version: Version,
    path: &MailboxPath,
) -> Outcome<GraphResponse> {
    if request.method != Method::GET {
        return Err(GraphError::method_not_allowed());
    }
    request.query.refuse_search("contacts")?;
    request.query.allow_only(&["filter"])?;
    let rows = find_matching(store, request, version, path)?;
    Ok(GraphResponse::text(rows.len().to_string()))
}

/// `GET`, `PATCH` and `DELETE` on one contact.
pub(crate) fn handle_contact(
    store: &mut Store,
    request: &GraphRequest,
    version: Version,
    path: &MailboxPath,
    id: &str,
) -> Outcome<GraphResponse> {
    let mailbox = store.find_mailbox(&path.user)?;
    let folders = &path.folders;
    match request.method {
        Method::GET => {
            request.query.allow_only(&["expand", "select"])?;
            let (select, expand) = parse_view(request, version)?;
            let contact = mailbox.get(folders, id)?;
            Ok(render_entity(StatusCode::OK, contact, request, version, path, select.as_deref(), &expand))
        }
        Method::PATCH => {
            let changes = parse_changes(request, version, WriteOperation::Update)?;
            let (select, expand) = parse_view(request, version)?;
            let contact = mailbox.update(folders, id, &changes, version, |contact| contact.check_condition(&request.headers))?;
            Ok(render_entity(StatusCode::OK, contact, request, version, path, select.as_deref(), &expand))
        }
        Method::DELETE => {
            mailbox.delete(folders, id, |contact| contact.check_condition(&request.headers))?;
            Ok(GraphResponse::no_content())
        }
        _ => Err(GraphError::method_not_allowed()),
    }
}

/// `POST /contacts/{id}/permanentDelete` (<https://learn.microsoft.com/graph/api/contact-permanentdelete>). The emulator has no
/// recycle bin, so the effect is that of `DELETE`.
pub(crate) fn handle_permanent_delete(
    store: &mut Store,
    request: &GraphRequest,
    path: &MailboxPath,
    id: &str,
) -> Outcome<GraphResponse> {
    store.features.check_permanent_delete()?;
    if request.method != Method::POST {
        return Err(GraphError::method_not_allowed());
    }
    json_body::check_no_parameters(&request.headers, &request.body, "permanentDelete")?;
    store.find_mailbox(&path.user)?.delete(&path.folders, id, |contact| contact.check_condition(&request.headers))?;
    Ok(GraphResponse::no_content())
}

fn parse_changes(request: &GraphRequest, version: Version, operation: WriteOperation) -> Outcome<ContactChanges> {
    contact_body::parse_contact(json_body::parse_object(&request.headers, &request.body)?, version, operation)
}

/// Parses `$select` and `$expand`.
fn parse_view(request: &GraphRequest, version: Version) -> Outcome<(Option<Vec<String>>, ContactExpand)> {
    let declared = |clause: &str, name: &str| contact::require_property(clause, name, version).map(drop);
    Ok((page::parse_select(&request.query, declared)?, ContactExpand::parse(request.query.get("expand"))?))
}

fn list_contacts(store: &mut Store, request: &GraphRequest, version: Version, path: &MailboxPath) -> Outcome<GraphResponse> {
    request.query.refuse_search("contacts")?;
    request.query.allow_only(&["count", "expand", "filter", "orderby", "select", "skip", "skiptoken", "top"])?;
    let (select, expand) = parse_view(request, version)?;
    let paging = Paging::by_skip(&request.query, page::resolve_page_size(request, MAX_PAGE_SIZE, DEFAULT_PAGE_SIZE)?)?;
    let mut rows = find_matching(store, request, version, path)?;
    sort_contacts(&mut rows, request, version)?;
    let context = add_select(format!("{}/contacts", build_user_context(request, version, &path.user)), select.as_deref());
    let body = paging.render(request, context, &rows, |contact| contact.render(version, select.as_deref(), &expand))?;
    Ok(GraphResponse::json(StatusCode::OK, &body))
}

fn find_matching<'a>(
    store: &'a mut Store,
    request: &GraphRequest,
    version: Version,
    path: &MailboxPath,
) -> Outcome<Vec<&'a Contact>> {
    let condition = request.query.get("filter").map(ContactFilter::parse).transpose()?;
    for property in condition.as_ref().map(ContactFilter::list_properties).unwrap_or_default() {
        let property = contact::require_property("Invalid filter clause", property, version)?;
        if !matches!(property.edm, Edm::String) {
            return Err(GraphError::invalid_filter());
        }
    }
    let any_case = request.choices.has_always(VariationKind::MapiCase);
    let mut rows = store.find_mailbox(&path.user)?.list_contacts(&path.folders, version)?;
    rows.retain(|contact| condition.as_ref().is_none_or(|condition| contact.matches(condition, any_case)));
    Ok(rows)
}

/// Sorts by `$orderby`. The order without it is that of creation, which Graph does not promise.
fn sort_contacts(rows: &mut [&Contact], request: &GraphRequest, version: Version) -> Outcome<()> {
    // A stable sort by the last term first lets the first term decide.
    for (name, descending) in page::parse_orderby(&request.query)?.into_iter().rev() {
        if !contact::require_property("Invalid $orderby clause", name, version)?.edm.is_primitive() {
            return Err(GraphError::bad_request(format!("The property '{name}' does not support ordering.")));
        }
        rows.sort_by(|left, right| {
            let order = left.get_sort_key(name).cmp(&right.get_sort_key(name));
            if descending { order.reverse() } else { order }
        });
    }
    Ok(())
}

fn render_entity(
    status: StatusCode,
    contact: &Contact,
    request: &GraphRequest,
    version: Version,
    path: &MailboxPath,
    select: Option<&[String]>,
    expand: &ContactExpand,
) -> GraphResponse {
    let context = add_select(format!("{}/contacts", build_user_context(request, version, &path.user)), select);
    let mut body = Map::from_iter([("@odata.context".to_owned(), Value::from(format!("{context}/$entity")))]);
    body.extend(contact.render(version, select, expand));
    GraphResponse::json(status, &Value::Object(body)).with_header(ETAG, &contact.etag())
}
