//! `/contactFolders`, as far as the default folder goes.

use http::{Method, StatusCode};
use serde_json::{Map, Value, json};

use super::answer::Answer;
use super::contacts::user_context;
use super::error::{GraphError, Outcome};
use super::page::Paging;
use super::route::UserKey;
use super::schema::Version;
use super::service::Call;
use super::store::{Folder, Store};

/// `GET /contactFolders`. v1.0 leaves the default folder out, beta shows it (known issues of Graph, 2021;
/// microsoft-graph-docs#6273).
pub(super) fn list(store: &mut Store, call: &Call, version: Version, user: &UserKey) -> Outcome<Answer> {
    only_get(call)?;
    call.query.only(&["count", "skip", "top"])?;
    let mailbox = store.mailbox(user)?;
    let rows: Vec<&Folder> = if version == Version::Beta { vec![&mailbox.default_folder] } else { Vec::new() };
    let paging = Paging {
        skip: call.query.number("skip")?.unwrap_or(0),
        size: call.query.number("top")?.unwrap_or(super::contacts::DEFAULT_PAGE),
        option: "skip",
    };
    let context = format!("{}/contactFolders", user_context(call, version, user));
    let body = paging.body(call, context, &rows, |folder| render(folder, version))?;
    Ok(Answer::json(StatusCode::OK, &body))
}

/// `GET /contactFolders/{id or "contacts"}`.
pub(super) fn get(store: &mut Store, call: &Call, version: Version, user: &UserKey, key: &str) -> Outcome<Answer> {
    only_get(call)?;
    call.query.only(&[])?;
    let folder = store.mailbox(user)?.folder(key)?;
    let context = format!("{}/contactFolders/$entity", user_context(call, version, user));
    let mut body = Map::from_iter([("@odata.context".to_owned(), Value::from(context))]);
    body.extend(render(folder, version));
    Ok(Answer::json(StatusCode::OK, &Value::Object(body)))
}

fn only_get(call: &Call) -> Outcome<()> {
    match call.method {
        Method::GET => Ok(()),
        Method::POST | Method::PATCH | Method::DELETE => Err(GraphError::not_emulated("changes to contact folders")),
        _ => Err(GraphError::method_not_allowed()),
    }
}

fn render(folder: &Folder, version: Version) -> Map<String, Value> {
    let mut shown = Map::from_iter([
        ("id".to_owned(), json!(folder.id)),
        ("parentFolderId".to_owned(), json!(folder.parent)),
        ("displayName".to_owned(), json!(folder.display_name)),
    ]);
    if version == Version::Beta {
        shown.insert("wellKnownName".to_owned(), json!("contacts"));
    }
    shown
}
