//! `/contactFolders` and `/childFolders`: the collection, its count, and one folder.

use http::{Method, StatusCode};
use serde_json::{Map, Value};

use crate::mailbox::context::{DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE, add_select, build_user_context, build_user_path};
use crate::mailbox::filter::ContactFilter;
use crate::mailbox::folder_body::FolderChanges;
use crate::mailbox::folder_properties::{check_declared, get_value};
use crate::mailbox::folder_tree::{Folder, FolderTree};
use crate::mailbox::folder_view::FolderView;
use crate::mailbox::items::Mailbox;
use crate::mailbox::path::MailboxPath;
use crate::odata::edm::Version;
use crate::odata::error::{GraphError, Outcome};
use crate::odata::expression::is_same;
use crate::odata::json_body;
use crate::odata::page::{self, Paging};
use crate::odata::percent;
use crate::odata::precondition;
use crate::odata::request::GraphRequest;
use crate::odata::response::GraphResponse;
use crate::store::Store;

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
            request.query.refuse_search("contact folders")?;
            request.query.allow_only(&["count", "expand", "filter", "orderby", "select", "skip", "skiptoken", "top"])?;
            let view = FolderView::parse(&request.query, version)?;
            let mut rows = find_matching(mailbox.tree(), request, version, path)?;
            sort_folders(&mut rows, mailbox.tree().default_folder(), request, version)?;
            let paging = Paging::by_skip(&request.query, page::resolve_page_size(request, MAX_PAGE_SIZE, DEFAULT_PAGE_SIZE)?)?;
            let context = add_select(build_context(request, version, path), view.select.as_deref());
            let body = paging.render(request, context, &rows, |folder| view.render(mailbox, folder, version))?;
            Ok(GraphResponse::json(StatusCode::OK, &body))
        }
        Method::POST => {
            let changes = FolderChanges::parse(request, version)?;
            changes.check_new()?;
            let missing = || GraphError::invalid_argument("A folder needs a displayName.");
            let name = changes.name.ok_or_else(missing)?;
            let folder = mailbox.create_folder(&path.folders, &name, changes.parent.as_ref())?.clone();
            let base = build_user_path(request, version, &path.user);
            let location = format!("{base}/contactFolders('{}')", percent::encode(&folder.id));
            let response = render_entity(StatusCode::CREATED, &folder, mailbox, request, version, path, &FolderView::default());
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
    request.query.refuse_search("contact folders")?;
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
    let (folder, view) = match request.method {
        Method::GET => {
            request.query.allow_only(&["expand", "select"])?;
            (mailbox.tree().find_by_path(&path.folders)?.clone(), FolderView::parse(&request.query, version)?)
        }
        Method::PATCH => {
            let changes = FolderChanges::parse(request, version)?;
            let stored = mailbox.tree().find_by_path(&path.folders)?;
            precondition::check(&request.headers, None)?;
            changes.check_stored(stored, mailbox.tree().default_folder())?;
            let folder = mailbox.update_folder(&path.folders, changes.name.as_deref(), changes.parent.as_ref())?;
            (folder.clone(), FolderView::default())
        }
        Method::DELETE => {
            mailbox.tree().find_by_path(&path.folders)?;
            precondition::check(&request.headers, None)?;
            mailbox.delete_folder(&path.folders)?;
            return Ok(GraphResponse::no_content());
        }
        _ => return Err(GraphError::method_not_allowed()),
    };
    Ok(render_entity(StatusCode::OK, &folder, mailbox, request, version, path, &view))
}

/// `POST /contactFolders/{id}/permanentDelete` (<https://learn.microsoft.com/graph/api/contactfolder-permanentdelete>).
pub(crate) fn handle_permanent_delete(store: &mut Store, request: &GraphRequest, path: &MailboxPath) -> Outcome<GraphResponse> {
    store.features.check_permanent_delete()?;
    if request.method != Method::POST {
        return Err(GraphError::method_not_allowed());
    }
    json_body::check_no_parameters(&request.headers, &request.body, "permanentDelete")?;
    precondition::check(&request.headers, None)?;
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

/// Sorts by `$orderby`. Text is compared without case, as for contacts.
fn sort_folders(rows: &mut [&Folder], default: &Folder, request: &GraphRequest, version: Version) -> Outcome<()> {
    // A stable sort by the last term first lets the first term decide.
    for (name, descending) in page::parse_orderby(&request.query)?.into_iter().rev() {
        check_declared("Invalid $orderby clause", name, version)?;
        let key = |folder: &Folder| get_value(name, folder, default).as_str().map(str::to_lowercase);
        rows.sort_by(|left, right| {
            let order = key(left).cmp(&key(right));
            if descending { order.reverse() } else { order }
        });
    }
    Ok(())
}

fn render_entity(
    status: StatusCode,
    folder: &Folder,
    mailbox: &Mailbox,
    request: &GraphRequest,
    version: Version,
    path: &MailboxPath,
    view: &FolderView,
) -> GraphResponse {
    let context =
        add_select(format!("{}/contactFolders", build_user_context(request, version, &path.user)), view.select.as_deref());
    let mut body = Map::from_iter([("@odata.context".to_owned(), Value::from(format!("{context}/$entity")))]);
    body.extend(view.render(mailbox, folder, version));
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
