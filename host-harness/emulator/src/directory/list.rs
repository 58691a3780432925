//! Lists of directory objects: `$filter`, `$search`, `$orderby`, `$expand`, pages by an opaque token, and the count.

use http::{Method, StatusCode};
use serde_json::Value;

use super::condition::Condition;
use super::expand::Expand;
use super::kind::Kind;
use super::object::Object;
use super::property::Taken;
use super::search::Search;
use super::{Directory, condition_reader, select};
use crate::answer::Answer;
use crate::error::{GraphError, Outcome};
use crate::page::Paging;
use crate::schema::Version;
use crate::service::Call;

/// Objects on a page without and with `$top` (<https://learn.microsoft.com/graph/api/user-list>).
const DEFAULT_PAGE: usize = 100;
const LARGEST_PAGE: usize = 999;

/// A list of objects of one kind.
pub(super) fn of_kind(directory: &Directory, call: &Call, version: Version, kind: Kind, rows: Vec<&Object>) -> Outcome<Answer> {
    only_get(call)?;
    call.query.only(&["count", "expand", "filter", "orderby", "search", "select", "skiptoken", "top"])?;
    let select = select::of(&call.query, &[kind])?;
    let advanced = is_eventual(call) && call.query.flag("count")?;
    let wanted = Wanted::read(call, kind, advanced)?;
    let expand = call.query.get("expand").map(|text| Expand::read(kind, version, text, true)).transpose()?;
    if expand.is_some() && advanced {
        // "$expand is not currently supported with advanced queries"; how that is told is unverified.
        return Err(GraphError::unsupported_query("$expand is not supported for advanced queries."));
    }
    let mut rows: Vec<&Object> = rows.into_iter().filter(|object| wanted.takes(object)).collect();
    if let Some(order) = call.query.get("orderby") {
        if wanted.condition.is_some() && !advanced {
            return Err(sorting_refused());
        }
        sort(&mut rows, kind, order, advanced)?;
    }
    let context =
        format!("{}/{}/$metadata#{}{}", call.origin, version.segment(), kind.segment(), select::in_context(select.as_deref()));
    page(call, context, &rows, |object| {
        let mut body = object.render(select.as_deref());
        if let Some(expand) = &expand {
            expand.add(directory, object, &mut body);
        }
        body
    })
}

/// A list of objects of any kind, each of which names its type. Conditions need a cast to one kind here, which Graph has too.
pub(super) fn mixed(call: &Call, version: Version, rows: &[&Object]) -> Outcome<Answer> {
    only_get(call)?;
    if let Some(option) = ["expand", "filter", "orderby", "search"].iter().find(|option| call.query.get(option).is_some()) {
        return Err(GraphError::not_emulated(&format!("${option} on objects of several types without a cast to one")));
    }
    call.query.only(&["count", "select", "skiptoken", "top"])?;
    let select = select::of(&call.query, &Kind::ALL)?;
    let context =
        format!("{}/{}/$metadata#directoryObjects{}", call.origin, version.segment(), select::in_context(select.as_deref()));
    page(call, context, rows, |object| object.render_typed(select.as_deref()))
}

/// `/$count`: the bare number. The segment is the `$count` that an advanced query asks for.
pub(super) fn count(call: &Call, kind: Option<Kind>, rows: &[&Object]) -> Outcome<Answer> {
    only_get(call)?;
    if !is_eventual(call) {
        // <https://learn.microsoft.com/graph/aad-advanced-queries#error-handling-for-advanced-queries-on-directory-objects>
        return Err(GraphError::directory_bad_request("$count is not currently supported."));
    }
    call.query.only(&["filter", "search"])?;
    let number = match kind {
        Some(kind) => {
            let wanted = Wanted::read(call, kind, true)?;
            rows.iter().filter(|object| wanted.takes(object)).count()
        }
        None if call.query.get("filter").or_else(|| call.query.get("search")).is_some() => {
            return Err(GraphError::not_emulated("a condition on objects of several types without a cast to one"));
        }
        None => rows.len(),
    };
    Ok(Answer::text(number.to_string()))
}

/// What a list is narrowed to.
struct Wanted {
    condition: Option<Condition>,
    search: Option<Search>,
}

impl Wanted {
    fn read(call: &Call, kind: Kind, advanced: bool) -> Outcome<Self> {
        let condition = call.query.get("filter").map(|text| condition_reader::read(kind, text, advanced)).transpose()?;
        let search = call.query.get("search");
        if search.is_some() && !is_eventual(call) {
            // <https://learn.microsoft.com/graph/aad-advanced-queries#error-handling-for-advanced-queries-on-directory-objects>
            return Err(GraphError::unsupported_query(
                "Request with $search query parameter only works through MSGraph with a special request header: \
                 'ConsistencyLevel: eventual'",
            ));
        }
        Ok(Self { condition, search: search.map(|text| Search::read(kind, text)).transpose()? })
    }

    fn takes(&self, object: &Object) -> bool {
        self.condition.as_ref().is_none_or(|condition| condition.holds(object))
            && self.search.as_ref().is_none_or(|search| search.finds(object))
    }
}

fn page(
    call: &Call,
    context: String,
    rows: &[&Object],
    render: impl Fn(&Object) -> serde_json::Map<String, Value>,
) -> Outcome<Answer> {
    let skip = call.query.number("skiptoken")?.unwrap_or(0);
    let paging = Paging { skip, size: size(call)?, option: "skiptoken" };
    let mut body = paging.body(call, context, rows, |object| render(object))?;
    if !is_eventual(call)
        && let Some(body) = body.as_object_mut()
    {
        // "silently ignores the $count query parameter" (<https://learn.microsoft.com/graph/aad-advanced-queries>).
        body.shift_remove("@odata.count");
    }
    Ok(Answer::json(StatusCode::OK, &body))
}

fn only_get(call: &Call) -> Outcome<()> {
    if call.method == Method::GET { Ok(()) } else { Err(GraphError::directory_method_not_allowed()) }
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

/// Sorts by `$orderby`.
fn sort(rows: &mut [&Object], kind: Kind, order: &str, advanced: bool) -> Outcome<()> {
    // The last term first, so that the first one decides.
    for term in order.rsplit(',') {
        let words: Vec<&str> = term.split_whitespace().collect();
        let (name, descending) = match words.as_slice() {
            [name] | [name, "asc"] => (*name, false),
            [name, "desc"] => (*name, true),
            _ => return Err(GraphError::bad_request(format!("Syntax error in the $orderby expression '{term}'."))),
        };
        kind.declared("Invalid $orderby clause", name)?;
        match kind.sortable(name) {
            Taken::Always => {}
            Taken::Advanced if advanced => {}
            // microsoft-graph-docs-contrib#1354, for users by createdDateTime and without the header.
            _ => {
                let resource = kind.resource();
                return Err(GraphError::unsupported_query(format!("Unsupported sort property '{name}' for '{resource}'.")));
            }
        }
        rows.sort_by(|left, right| {
            let key = |object: &Object| object.property(name).as_str().map(str::to_lowercase);
            let order = key(left).cmp(&key(right));
            if descending { order.reverse() } else { order }
        });
    }
    Ok(())
}

/// microsoft-graph-docs#13762.
fn sorting_refused() -> GraphError {
    GraphError::unsupported_query("Sorting not supported for current query.")
}
