//! `/contactFolders` and `/childFolders`: the collection, its count, and one folder.

use http::{Method, StatusCode};
use serde_json::{Map, Value, json};

use super::answer::Answer;
use super::body;
use super::contacts::{DEFAULT_PAGE, LARGEST_PAGE, user_context, user_path, with_select};
use super::error::{GraphError, Outcome};
use super::filter::{self, Filter};
use super::page::{self, Paging};
use super::percent;
use super::route::Place;
use super::schema::Version;
use super::service::Call;
use super::store::Store;
use super::tree::{Folder, Tree};

/// The properties of a contact folder, and whether v1.0 has them
/// (<https://learn.microsoft.com/graph/api/resources/contactfolder>).
const PROPERTIES: [(&str, bool); 4] = [("id", true), ("parentFolderId", true), ("displayName", true), ("wellKnownName", false)];

/// `GET` and `POST` on a collection of folders.
pub(super) fn collection(store: &mut Store, call: &Call, version: Version, place: &Place) -> Outcome<Answer> {
    let mailbox = store.mailbox(&place.user)?;
    match call.method {
        Method::GET => {
            call.query.only(&["count", "filter", "select", "skip", "top"])?;
            let select = select(call, version)?;
            let rows = matching(mailbox.tree(), call, version, place)?;
            let paging = Paging {
                skip: call.query.number("skip")?.unwrap_or(0),
                size: page::outlook_size(call, LARGEST_PAGE, DEFAULT_PAGE)?,
                option: "skip",
            };
            let context = with_select(context(call, version, place), select.as_deref());
            let default = mailbox.tree().default();
            let body = paging.body(call, context, &rows, |folder| render(folder, default, version, select.as_deref()))?;
            Ok(Answer::json(StatusCode::OK, &body))
        }
        Method::POST => {
            let name = name(call, version)?.ok_or_else(|| GraphError::invalid_argument("A folder needs a displayName."))?;
            let folder = mailbox.create_folder(&place.folders, &name)?.clone();
            let path = user_path(call, version, &place.user);
            let location = format!("{path}/contactFolders('{}')", percent::encode(&folder.id));
            let answer = entity(StatusCode::CREATED, &folder, mailbox.tree().default(), call, version, place, None);
            Ok(answer.header(http::header::LOCATION, &location))
        }
        _ => Err(GraphError::method_not_allowed()),
    }
}

/// `GET /contactFolders/$count`: the bare number.
pub(super) fn count(store: &mut Store, call: &Call, version: Version, place: &Place) -> Outcome<Answer> {
    if call.method != Method::GET {
        return Err(GraphError::method_not_allowed());
    }
    call.query.only(&["filter"])?;
    let rows = matching(store.mailbox(&place.user)?.tree(), call, version, place)?;
    Ok(Answer::text(rows.len().to_string()))
}

/// `GET`, `PATCH` and `DELETE` on one folder.
pub(super) fn item(store: &mut Store, call: &Call, version: Version, place: &Place) -> Outcome<Answer> {
    let mailbox = store.mailbox(&place.user)?;
    let (folder, select) = match call.method {
        Method::GET => {
            call.query.only(&["select"])?;
            (mailbox.tree().at(&place.folders)?.clone(), select(call, version)?)
        }
        Method::PATCH => match name(call, version)? {
            Some(name) => (mailbox.rename_folder(&place.folders, &name)?.clone(), None),
            None => (mailbox.tree().at(&place.folders)?.clone(), None),
        },
        Method::DELETE => {
            mailbox.delete_folder(&place.folders)?;
            return Ok(Answer::no_content());
        }
        _ => return Err(GraphError::method_not_allowed()),
    };
    Ok(entity(StatusCode::OK, &folder, mailbox.tree().default(), call, version, place, select.as_deref()))
}

/// `POST /contactFolders/{id}/permanentDelete` (<https://learn.microsoft.com/graph/api/contactfolder-permanentdelete>).
pub(super) fn permanent_delete(store: &mut Store, call: &Call, place: &Place) -> Outcome<Answer> {
    store.cloud.check_permanent_delete()?;
    if call.method != Method::POST {
        return Err(GraphError::method_not_allowed());
    }
    store.mailbox(&place.user)?.delete_folder(&place.folders)?;
    Ok(Answer::no_content())
}

/// `/contactFolders` is what lies inside the default folder. v1.0 leaves that folder itself out, beta shows it (known issues of
/// Graph, 2021; microsoft-graph-docs#6273).
fn listed<'a>(tree: &'a Tree, version: Version, place: &Place) -> Outcome<Vec<&'a Folder>> {
    let parent = tree.at(&place.folders)?;
    let itself = (place.folders.is_empty() && version == Version::Beta).then_some(parent);
    Ok(itself.into_iter().chain(tree.children(&parent.id)).collect())
}

/// Of the filters, only the equality of names is known to be in use on folders (alcionai/corso).
fn matching<'a>(tree: &'a Tree, call: &Call, version: Version, place: &Place) -> Outcome<Vec<&'a Folder>> {
    let mut rows = listed(tree, version, place)?;
    match call.query.get("filter").map(Filter::parse).transpose()? {
        None => {}
        Some(Filter::Equal { property, value }) => {
            declared("Invalid filter clause", &property, version)?;
            if property != "displayName" {
                return Err(GraphError::invalid_filter());
            }
            rows.retain(|folder| filter::same(&folder.display_name, &value));
        }
        Some(_) => return Err(GraphError::invalid_filter()),
    }
    Ok(rows)
}

/// The `displayName` of a body. `parentFolderId` is ignored: there is no way to move a folder, and what an update of it does is
/// undocumented.
fn name(call: &Call, version: Version) -> Outcome<Option<String>> {
    let mut name = None;
    for (property, value) in body::object(&call.headers, &call.body)? {
        match property.as_str() {
            "displayName" => match value {
                Value::String(text) if !text.trim().is_empty() => name = Some(text),
                _ => return Err(GraphError::invalid_argument("The displayName of a folder is a text that is not empty.")),
            },
            "singleValueExtendedProperties" | "multiValueExtendedProperties" => {
                return Err(GraphError::not_emulated("extended properties of folders"));
            }
            other if other.contains('@') || declared("", other, version).is_ok() => {}
            other => return Err(GraphError::undeclared(other, "contactFolder")),
        }
    }
    Ok(name)
}

fn select(call: &Call, version: Version) -> Outcome<Option<Vec<String>>> {
    page::select(&call.query, |clause, name| declared(clause, name, version))
}

/// Fails on a name that is not a property of a folder in that version.
pub(super) fn declared(clause: &str, name: &str, version: Version) -> Outcome<()> {
    let declares = |(property, v1): &(&str, bool)| *property == name && (*v1 || version == Version::Beta);
    if PROPERTIES.iter().any(declares) {
        return Ok(());
    }
    Err(GraphError::unknown_property(clause, name, "contactFolder"))
}

/// A folder as JSON. Only the default one has a well-known name.
pub(super) fn render(folder: &Folder, default: &Folder, version: Version, select: Option<&[String]>) -> Map<String, Value> {
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

fn entity(
    status: StatusCode,
    folder: &Folder,
    default: &Folder,
    call: &Call,
    version: Version,
    place: &Place,
    select: Option<&[String]>,
) -> Answer {
    let context = with_select(format!("{}/contactFolders", user_context(call, version, &place.user)), select);
    let mut body = Map::from_iter([("@odata.context".to_owned(), Value::from(format!("{context}/$entity")))]);
    body.extend(render(folder, default, version, select));
    Answer::json(status, &Value::Object(body))
}

/// The context of a list names the parent: microsoft-graph-docs#6273 for the top, by analogy below.
fn context(call: &Call, version: Version, place: &Place) -> String {
    let top = format!("{}/contactFolders", user_context(call, version, &place.user));
    match place.folders.last() {
        Some(parent) => format!("{top}('{}')/childFolders", percent::encode(parent)),
        None => top,
    }
}
