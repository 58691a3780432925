//! From a request to its response: authentication, then the resource, then its handler.

use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, Method, header};

use crate::directory::dispatch;
use crate::directory::resource::Resource;
use crate::mailbox::contacts;
use crate::mailbox::delta;
use crate::mailbox::distribution_lists;
use crate::mailbox::extensions;
use crate::mailbox::folders;
use crate::mailbox::photo;
use crate::mailbox::translate_ids;
use crate::odata::error::{GraphError, Outcome};
use crate::odata::prefer::Prefer;
use crate::odata::query::Query;
use crate::odata::request::GraphRequest;
use crate::odata::response::GraphResponse;
use crate::route::{self, ContactPart, Target};
use crate::store::Store;
use crate::variation::choices::Choices;

/// Handles one request. Authentication comes first, so that a client without a token learns nothing.
pub(crate) fn handle(
    store: &mut Store,
    token: Option<&str>,
    request: &Parts,
    body: Bytes,
    choices: Choices,
) -> Outcome<GraphResponse> {
    let Parts { method, uri, headers, .. } = request;
    authenticate(token, headers)?;
    let (version, target) = route::parse_path(uri.path())?;
    let version = store.features.adjust_version(version);
    let request = GraphRequest {
        method: method.clone(),
        origin: find_origin(request),
        path: uri.path().to_owned(),
        query: Query::parse(uri.query().unwrap_or_default())?,
        prefer: Prefer::parse(headers),
        headers: headers.clone(),
        body,
        choices,
    };
    if !matches!(request.method, Method::GET | Method::HEAD) {
        check_write_options(&target, &request.query)?;
    }
    let paged = matches!(target, Target::Contacts(_) | Target::ContactDelta(_) | Target::Folders(_) | Target::FolderDelta(_));
    let applied = request.prefer.to_applied(paged && request.method == Method::GET);
    let response = match target {
        // Only batches that are not carried out as such arrive here.
        Target::Batch if request.method == Method::POST => Err(GraphError::nested_batch()),
        Target::Batch => Err(GraphError::method_not_allowed()),
        Target::Directory(resource) => dispatch::handle(store, &request, version, &resource),
        Target::Contacts(path) => contacts::handle_collection(store, &request, version, &path),
        Target::ContactCount(path) => contacts::handle_count(store, &request, version, &path),
        Target::ContactDelta(path) => delta::handle_contacts(store, &request, version, &path),
        Target::Contact(path, id) => contacts::handle_contact(store, &request, version, &path, &id),
        Target::Within(path, id, part) => match part {
            ContactPart::Extensions => extensions::handle_collection(store, &request, version, &path, &id),
            ContactPart::ExtensionCount => extensions::handle_count(store, &request, &path, &id),
            ContactPart::Extension(name) => extensions::handle_extension(store, &request, version, &path, &id, &name),
            ContactPart::Photo => photo::handle_metadata(store, &request, version, &path, &id),
            ContactPart::PhotoContent => photo::handle_content(store, &request, &path, &id),
            ContactPart::PermanentDelete => contacts::handle_permanent_delete(store, &request, &path, &id),
        },
        Target::Folders(path) => folders::handle_collection(store, &request, version, &path),
        Target::FolderCount(path) => folders::handle_count(store, &request, version, &path),
        Target::FolderDelta(path) => delta::handle_folders(store, &request, version, &path),
        Target::DistributionLists(user, path) => distribution_lists::handle(store, &request, version, &user, &path),
        Target::TranslateIds(user) => translate_ids::handle(store, &request, version, &user),
        Target::FolderPermanentDelete(path) => folders::handle_permanent_delete(store, &request, &path),
        Target::Folder(path) => folders::handle_folder(store, &request, version, &path),
    }?;
    Ok(match applied {
        Some(applied) => response.with_header(header::HeaderName::from_static("preference-applied"), &applied),
        None => response,
    })
}

/// Returns scheme and authority as the client addressed the service: those of the request, or those that a TLS terminator in
/// front of the emulator saw.
fn find_origin(request: &Parts) -> String {
    let text = |name: &str| request.headers.get(name).and_then(|value| value.to_str().ok());
    let of_uri = || request.uri.authority().map(http::uri::Authority::as_str);
    let authority = text("x-forwarded-host").or_else(|| text("host")).or_else(of_uri).unwrap_or("localhost");
    let scheme =
        if text("x-forwarded-proto").is_some_and(|scheme| scheme.eq_ignore_ascii_case("https")) { "https" } else { "http" };
    format!("{scheme}://{authority}")
}

/// Fails on a query option that has no effect on a write: only responses with a contact, or with objects by their ids, can be
/// shaped. That Graph refuses the others is unverified.
fn check_write_options(target: &Target, query: &Query) -> Outcome<()> {
    match target {
        Target::Contacts(_) | Target::Contact(..) => query.allow_only(&["expand", "select"]),
        // It has a refusal of its own.
        Target::Directory(Resource::ByIds) => Ok(()),
        _ => query.allow_only(&[]),
    }
}

/// Checks the bearer token. With `expected` None, any token is valid.
pub(crate) fn authenticate(expected: Option<&str>, headers: &HeaderMap) -> Outcome<()> {
    let value = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (scheme, token) = value.split_once(' ').unwrap_or((value, ""));
    let token = token.trim();
    if !scheme.eq_ignore_ascii_case("Bearer") || token.is_empty() {
        return Err(GraphError::unauthorized("Access token is empty."));
    }
    match expected {
        Some(expected) if expected != token => Err(GraphError::unauthorized("Access token has expired or is not yet valid.")),
        _ => Ok(()),
    }
}
