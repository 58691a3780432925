//! `/users`, `/users/{id}` and `/me`.

use http::{Method, StatusCode};
use serde_json::Value;

use super::answer::Answer;
use super::error::{GraphError, Outcome};
use super::filter::Filter;
use super::page::{self, Paging};
use super::route::UserKey;
use super::schema::Version;
use super::service::Call;
use super::store::Store;
use super::user::{self, User};

/// Users on a page without and with `$top` (<https://learn.microsoft.com/graph/api/user-list>).
const DEFAULT_PAGE: usize = 100;
const LARGEST_PAGE: usize = 999;

/// `GET /users`. The directory does not page by `$skip` but by an opaque token.
pub(super) fn list(store: &Store, call: &Call, version: Version) -> Outcome<Answer> {
    only_get(call)?;
    call.query.only(&["count", "filter", "select", "skiptoken", "top"])?;
    let select = page::select(&call.query, user::declared)?;
    let condition = call.query.get("filter").map(Filter::parse).transpose()?;
    match &condition {
        Some(Filter::Equal { property, .. } | Filter::StartsWith { property, .. }) => {
            user::declared("Invalid filter clause", property)?;
        }
        Some(_) => return Err(GraphError::invalid_filter()),
        None => {}
    }
    let rows: Vec<&User> =
        store.users().filter(|user| condition.as_ref().is_none_or(|condition| user.satisfies(condition))).collect();
    let paging = Paging {
        skip: call.query.number("skiptoken")?.unwrap_or(0),
        size: page::top(&call.query, LARGEST_PAGE)?.unwrap_or(DEFAULT_PAGE),
        option: "skiptoken",
    };
    let body = paging.body(call, context(call, version, select.as_deref()), &rows, |user| user.render(select.as_deref()))?;
    Ok(Answer::json(StatusCode::OK, &body))
}

/// `GET /users/{id}` and `GET /me`.
pub(super) fn get(store: &Store, call: &Call, version: Version, key: &UserKey) -> Outcome<Answer> {
    only_get(call)?;
    call.query.only(&["select"])?;
    let select = page::select(&call.query, user::declared)?;
    let user = store.user(key)?;
    let mut body = serde_json::Map::new();
    body.insert("@odata.context".to_owned(), format!("{}/$entity", context(call, version, select.as_deref())).into());
    body.extend(user.render(select.as_deref()));
    Ok(Answer::json(StatusCode::OK, &Value::Object(body)))
}

/// Users are made through the emulator's own interface, not through Graph's.
fn only_get(call: &Call) -> Outcome<()> {
    match call.method {
        Method::GET => Ok(()),
        Method::POST | Method::PATCH | Method::DELETE => Err(GraphError::not_emulated("changes to users")),
        _ => Err(GraphError::method_not_allowed()),
    }
}

fn context(call: &Call, version: Version, select: Option<&[String]>) -> String {
    let selected = select.map(|names| format!("({})", names.join(","))).unwrap_or_default();
    format!("{}/{}/$metadata#users{selected}", call.origin, version.segment())
}
