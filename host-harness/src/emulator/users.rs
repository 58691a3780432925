//! `/users`, `/users/{id}` and `/me`.

use http::{Method, StatusCode};
use serde_json::Value;

use super::answer::Answer;
use super::error::{GraphError, Outcome};
use super::page::{self, Paging};
use super::route::UserKey;
use super::schema::Version;
use super::service::Call;
use super::store::Store;
use super::user::{self, User};
use super::user_filter::Condition;

/// Users on a page without and with `$top` (<https://learn.microsoft.com/graph/api/user-list>).
const DEFAULT_PAGE: usize = 100;
const LARGEST_PAGE: usize = 999;

/// `GET /users`. The directory does not page by `$skip` but by an opaque token.
pub(super) fn list(store: &Store, call: &Call, version: Version) -> Outcome<Answer> {
    only_get(call)?;
    call.query.only(&["count", "filter", "orderby", "select", "skiptoken", "top"])?;
    let select = page::select(&call.query, user::declared)?;
    let eventual = is_eventual(call);
    let advanced = eventual && call.query.flag("count")?;
    let condition = call.query.get("filter").map(|text| Condition::parse(text, advanced)).transpose()?;
    let mut rows: Vec<&User> =
        store.users().filter(|user| condition.as_ref().is_none_or(|condition| condition.holds(user))).collect();
    if let Some(order) = call.query.get("orderby") {
        if condition.is_some() && !advanced {
            // microsoft-graph-docs#13762.
            return Err(GraphError::unsupported_query("Sorting not supported for current query."));
        }
        sort(&mut rows, order)?;
    }
    let skip = call.query.number("skiptoken")?.unwrap_or(0);
    let paging = Paging { skip, size: size(call)?, option: "skiptoken" };
    let mut body = paging.body(call, context(call, version, select.as_deref()), &rows, |user| user.render(select.as_deref()))?;
    if !eventual && let Some(body) = body.as_object_mut() {
        // "silently ignores the $count query parameter" (<https://learn.microsoft.com/graph/aad-advanced-queries>).
        body.shift_remove("@odata.count");
    }
    Ok(Answer::json(StatusCode::OK, &body))
}

/// Whether the client takes an index that may lag behind: with `$count=true`, that makes an advanced query.
fn is_eventual(call: &Call) -> bool {
    let level = call.headers.get("consistencylevel").and_then(|value| value.to_str().ok());
    level.is_some_and(|level| level.trim().eq_ignore_ascii_case("eventual"))
}

/// "Invalid page size" and its code: turbot/steampipe-plugin-azuread, which met them.
fn size(call: &Call) -> Outcome<usize> {
    match call.query.number("top")? {
        None => Ok(DEFAULT_PAGE),
        Some(size @ 1..=LARGEST_PAGE) => Ok(size),
        Some(size) => Err(GraphError::unsupported_query(format!(
            "Invalid page size specified: '{size}'. Must be between 1 and {LARGEST_PAGE} inclusive."
        ))),
    }
}

/// Sorts by `$orderby`. By these two properties users are sorted by default; by createdDateTime they are in advanced queries,
/// which the emulator does not have.
fn sort(rows: &mut [&User], order: &str) -> Outcome<()> {
    // The last term first, so that the first one decides.
    for term in order.rsplit(',') {
        let words: Vec<&str> = term.split_whitespace().collect();
        let (name, descending) = match words.as_slice() {
            [name] | [name, "asc"] => (*name, false),
            [name, "desc"] => (*name, true),
            _ => return Err(GraphError::bad_request(format!("Syntax error in the $orderby expression '{term}'."))),
        };
        user::declared("Invalid $orderby clause", name)?;
        if !matches!(name, "displayName" | "userPrincipalName") {
            // microsoft-graph-docs-contrib#1354.
            return Err(GraphError::unsupported_query(format!("Unsupported sort property '{name}' for 'User'.")));
        }
        rows.sort_by(|left, right| {
            let key = |user: &User| user.property(name).as_str().map(str::to_lowercase);
            let order = key(left).cmp(&key(right));
            if descending { order.reverse() } else { order }
        });
    }
    Ok(())
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
