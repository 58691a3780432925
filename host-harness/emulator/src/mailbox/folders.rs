//! `/contactFolders` and `/childFolders`: the collection, its count, and one folder.

use http::{Method, StatusCode};
use serde_json::{Map, Value, json};

use crate::mailbox::context::{DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE, add_select, build_user_context, build_user_path};
use crate::mailbox::filter::ContactFilter;
use crate::mailbox::folder_tree::{Folder, FolderTree};
use crate::mailbox::path::MailboxPath;
use crate::odata::edm::Version;
use crate::odata::error::{GraphError, Outcome};
use crate::odata::expression::is_same;
use crate::odata::json_body;
use crate::odata::page::{self, Paging};
use crate::odata::percent;
use crate::odata::request::GraphRequest;
use crate::odata::response::GraphResponse;
use crate::store::Store;

/// The properties of a contact folder, and whether v1.0 has them
/// (<https://learn.microsoft.com/graph/api/resources/contactfolder>).
const PROPERTIES: [(&str, bool); 4] = [("id", true), ("parentFolderId", true), ("displayName", true), ("wellKnownName", false)];

/// `GET` and `POST` on a collection of folders.
pub(crate) fn handle_collection(
    store: &mut Store,
    request: &GraphRequest,
    version: Version,
    path: &MailboxPath,
) -> Outcome<GraphResponse> {
    let mailbox = store.find_mailbox(&path.user)?;
    match request.method {
        Method::GET => {
            request.query.allow_only(&["count", "filter", "select", "skip", "skiptoken", "top"])?;
            let select = parse_select(request, version)?;
            let rows = find_matching(mailbox.tree(), request, version, path)?;
            let paging = Paging::by_skip(&request.query, page::resolve_page_size(request, MAX_PAGE_SIZE, DEFAULT_PAGE_SIZE)?)?;
            let context = add_select(build_context(request, version, path), select.as_deref());
            let default = mailbox.tree().default_folder();
            let body =
                paging.render(request, context, &rows, |folder| render_folder(folder, default, version, select.as_deref()))?;
            Ok(GraphResponse::json(StatusCode::OK, &body))
        }
        Method::POST => {
            let name =
                parse_name(request, version)?.ok_or_else(|| GraphError::invalid_argument("A folder needs a displayName."))?;
            let folder = mailbox.create_folder(&path.folders, &name)?.clone();
            let base = build_user_path(request, version, &path.user);
            let location = format!("{base}/contactFolders('{}')", percent::encode(&folder.id));
            let response =
                render_entity(StatusCode::CREATED, &folder, mailbox.tree().default_folder(), request, version, path, None);
            Ok(response.with_header(http::header::LOCATION, &location))
        }
        _ => Err(GraphError::method_not_allowed()),
    }
}

/// `GET /contactFolders/$count`: the bare number.
pub(crate) fn handle_count(
    store: &mut Store,
    request: &GraphRequest,
    version: Version,
    path: &MailboxPath,
) -> Outcome<GraphResponse> {
    if request.method != Method::GET {
        return Err(GraphError::method_not_allowed());
    }
    request.query.allow_only(&["filter"])?;
    let rows = find_matching(store.find_mailbox(&path.user)?.tree(), request, version, path)?;
    Ok(GraphResponse::text(rows.len().to_string()))
}

/// `GET`, `PATCH` and `DELETE` on one folder.
pub(crate) fn handle_folder(
    store: &mut Store,
    request: &GraphRequest,
    version: Version,
    path: &MailboxPath,
) -> Outcome<GraphResponse> {
    let mailbox = store.find_mailbox(&path.user)?;
    let (folder, select) = match request.method {
        Method::GET => {
            request.query.allow_only(&["select"])?;
            (mailbox.tree().find_by_path(&path.folders)?.clone(), parse_select(request, version)?)
        }
        Method::PATCH => match parse_name(request, version)? {
            Some(name) => (mailbox.rename_folder(&path.folders, &name)?.clone(), None),
            None => (mailbox.tree().find_by_path(&path.folders)?.clone(), None),
        },
        Method::DELETE => {
            mailbox.delete_folder(&path.folders)?;
            return Ok(GraphResponse::no_content());
        }
        _ => return Err(GraphError::method_not_allowed()),
    };
    Ok(render_entity(StatusCode::OK, &folder, mailbox.tree().default_folder(), request, version, path, select.as_deref()))
}

/// `POST /contactFolders/{id}/permanentDelete` (<https://learn.microsoft.com/graph/api/contactfolder-permanentdelete>).
pub(crate) fn handle_permanent_delete(store: &mut Store, request: &GraphRequest, path: &MailboxPath) -> Outcome<GraphResponse> {
    store.features.check_permanent_delete()?;
    if request.method != Method::POST {
        return Err(GraphError::method_not_allowed());
    }
    store.find_mailbox(&path.user)?.delete_folder(&path.folders)?;
    Ok(GraphResponse::no_content())
}

/// Returns the children of the default folder. v1.0 omits that folder itself, beta includes it (known issues of Graph, 2021;
/// microsoft-graph-docs#6273).
fn list_folders<'a>(tree: &'a FolderTree, version: Version, path: &MailboxPath) -> Outcome<Vec<&'a Folder>> {
    let parent = tree.find_by_path(&path.folders)?;
    let itself = (path.folders.is_empty() && version == Version::Beta).then_some(parent);
    Ok(itself.into_iter().chain(tree.children(&parent.id)).collect())
}

/// Only the equality of names is known to be in use as a filter on folders (alcionai/corso).
fn find_matching<'a>(
    tree: &'a FolderTree,
    request: &GraphRequest,
    version: Version,
    path: &MailboxPath,
) -> Outcome<Vec<&'a Folder>> {
    let mut rows = list_folders(tree, version, path)?;
    match request.query.get("filter").map(ContactFilter::parse).transpose()? {
        None => {}
        Some(ContactFilter::Equal { property, value }) => {
            check_declared("Invalid filter clause", &property, version)?;
            if property != "displayName" {
                return Err(GraphError::invalid_filter());
            }
            rows.retain(|folder| is_same(&folder.display_name, &value));
        }
        Some(_) => return Err(GraphError::invalid_filter()),
    }
    Ok(rows)
}

/// Parses the `displayName` of a body. Ignores `parentFolderId`: Graph has no operation to move a folder, and the effect of its
/// update is not documented.
fn parse_name(request: &GraphRequest, version: Version) -> Outcome<Option<String>> {
    let mut name = None;
    for (property, value) in json_body::parse_object(&request.headers, &request.body)? {
        match property.as_str() {
            "displayName" => match value {
                Value::String(text) if !text.trim().is_empty() => name = Some(text),
                _ => return Err(GraphError::invalid_argument("The displayName of a folder is a text that is not empty.")),
            },
            "singleValueExtendedProperties" | "multiValueExtendedProperties" => {
                return Err(GraphError::not_emulated("extended properties of folders"));
            }
            other if other.contains('@') || check_declared("", other, version).is_ok() => {}
            other => return Err(GraphError::undeclared(other, "contactFolder")),
        }
    }
    Ok(name)
}

fn parse_select(request: &GraphRequest, version: Version) -> Outcome<Option<Vec<String>>> {
    page::parse_select(&request.query, |clause, name| check_declared(clause, name, version))
}

/// Fails on a name that is not a property of a folder in that version.
pub(crate) fn check_declared(clause: &str, name: &str, version: Version) -> Outcome<()> {
    let declares = |(property, v1): &(&str, bool)| *property == name && (*v1 || version == Version::Beta);
    if PROPERTIES.iter().any(declares) {
        return Ok(());
    }
    Err(GraphError::unknown_property(clause, name, "contactFolder"))
}

/// Renders a folder as JSON. Only the default folder has a well-known name.
pub(crate) fn render_folder(
    folder: &Folder,
    default: &Folder,
    version: Version,
    select: Option<&[String]>,
) -> Map<String, Value> {
    let value = |name: &str| match name {
        "id" => json!(folder.id),
        "parentFolderId" => json!(folder.parent),
        "displayName" => json!(folder.display_name),
        _ => (folder.id == default.id).then_some("contacts").into(),
    };
    let shown = |name: &str| name == "id" || select.is_none_or(|names| names.iter().any(|one| one == name));
    let declared = PROPERTIES.iter().filter(|(name, v1)| (*v1 || version == Version::Beta) && shown(name));
    declared.map(|(name, _)| ((*name).to_owned(), value(name))).collect()
}

fn render_entity(
    status: StatusCode,
    folder: &Folder,
    default: &Folder,
    request: &GraphRequest,
    version: Version,
    path: &MailboxPath,
    select: Option<&[String]>,
) -> GraphResponse {
    let context = add_select(format!("{}/contactFolders", build_user_context(request, version, &path.user)), select);
    let mut body = Map::from_iter([("@odata.context".to_owned(), Value::from(format!("{context}/$entity")))]);
    body.extend(render_folder(folder, default, version, select));
    GraphResponse::json(status, &Value::Object(body))
}

/// Builds the context of a list, which names the parent: microsoft-graph-docs#6273 for the top, by analogy below.
fn build_context(request: &GraphRequest, version: Version, path: &MailboxPath) -> String {
    let top = format!("{}/contactFolders", build_user_context(request, version, &path.user));
    match path.folders.last() {
        Some(parent) => format!("{top}('{}')/childFolders", percent::encode(parent)),
        None => top,
    }
}
