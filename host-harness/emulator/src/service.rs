//! From a request to an answer: authentication, then the resource, then what the method does to it.

use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, Method, header};

use super::answer::Answer;
use super::error::{GraphError, Outcome};
use super::prefer::Prefer;
use super::query::Query;
use super::route::{self, Part, Target};
use super::store::Store;
use super::{contacts, delta, directory, extensions, folders, photo, translate};

/// A request, taken apart.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) method: Method,
    /// Scheme and authority as the client addressed the emulator: links in answers begin so.
    pub(super) origin: String,
    /// As on the wire.
    pub(super) path: String,
    pub(super) query: Query,
    pub(super) prefer: Prefer,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

/// Answers one request. Authentication comes first, so that nobody without a token learns what exists.
pub(super) fn answer(store: &mut Store, token: Option<&str>, request: &Parts, body: Bytes) -> Outcome<Answer> {
    let Parts { method, uri, headers, .. } = request;
    authenticate(token, headers)?;
    let (version, target) = route::parse(uri.path())?;
    let version = store.cloud.version(version);
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let authority = host.or_else(|| uri.authority().map(http::uri::Authority::as_str)).unwrap_or("localhost");
    let call = Call {
        method: method.clone(),
        origin: format!("http://{authority}"),
        path: uri.path().to_owned(),
        query: Query::parse(uri.query().unwrap_or_default())?,
        prefer: Prefer::parse(headers),
        headers: headers.clone(),
        body,
    };
    let paged = matches!(target, Target::Contacts(_) | Target::ContactDelta(_) | Target::Folders(_) | Target::FolderDelta(_));
    let applied = call.prefer.applied(paged && call.method == Method::GET);
    let answer = match target {
        // Only what is not carried out as a batch comes here.
        Target::Batch if call.method == Method::POST => Err(GraphError::nested_batch()),
        Target::Batch => Err(GraphError::method_not_allowed()),
        Target::Directory(resource) => directory::answer(store, &call, version, &resource),
        Target::Contacts(place) => contacts::collection(store, &call, version, &place),
        Target::ContactCount(place) => contacts::count(store, &call, version, &place),
        Target::ContactDelta(place) => delta::contacts(store, &call, version, &place),
        Target::Contact(place, id) => contacts::item(store, &call, version, &place, &id),
        Target::Within(place, id, part) => match part {
            Part::Extensions => extensions::collection(store, &call, version, &place, &id),
            Part::ExtensionCount => extensions::count(store, &call, &place, &id),
            Part::Extension(name) => extensions::item(store, &call, version, &place, &id, &name),
            Part::Photo => photo::metadata(store, &call, version, &place, &id),
            Part::PhotoContent => photo::content(store, &call, &place, &id),
            Part::PermanentDelete => contacts::permanent_delete(store, &call, &place, &id),
        },
        Target::Folders(place) => folders::collection(store, &call, version, &place),
        Target::FolderCount(place) => folders::count(store, &call, version, &place),
        Target::FolderDelta(place) => delta::folders(store, &call, version, &place),
        Target::TranslateIds(user) => translate::ids(store, &call, version, &user),
        Target::FolderPermanentDelete(place) => folders::permanent_delete(store, &call, &place),
        Target::Folder(place) => folders::item(store, &call, version, &place),
    }?;
    Ok(match applied {
        Some(applied) => answer.header(header::HeaderName::from_static("preference-applied"), &applied),
        None => answer,
    })
}

/// Any bearer token will do, or only the one that is fixed.
pub(super) fn authenticate(expected: Option<&str>, headers: &HeaderMap) -> Outcome<()> {
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
