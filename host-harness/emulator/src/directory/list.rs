//! Lists of directory objects: `$filter`, `$search`, `$orderby`, `$expand`, pages by an opaque token, and the count.

use http::{Method, StatusCode};
use serde_json::Value;

use crate::directory::condition::Condition;
use crate::directory::condition_parser;
use crate::directory::expand::ObjectExpand;
use crate::directory::object::Object;
use crate::directory::object_kind::ObjectKind;
use crate::directory::property::OperatorSupport;
use crate::directory::registry::Directory;
use crate::directory::search::Search;
use crate::directory::select;
use crate::odata::edm::Version;
use crate::odata::error::{GraphError, Outcome};
use crate::odata::page::Paging;
use crate::odata::request::GraphRequest;
use crate::odata::response::GraphResponse;

/// Objects on a page without and with `$top` (<https://learn.microsoft.com/graph/api/user-list>).
const DEFAULT_PAGE_SIZE: usize = 100;
const MAX_PAGE_SIZE: usize = 999;

/// Lists objects of one kind.
pub(crate) fn list_of_kind(
    directory: &Directory,
    request: &GraphRequest,
    version: Version,
    kind: ObjectKind,
    rows: Vec<&Object>,
) -> Outcome<GraphResponse> {
    require_get(request)?;
    request.query.allow_only(&["count", "expand", "filter", "orderby", "search", "select", "skiptoken", "top"])?;
    let select = select::parse_select(&request.query, &[kind])?;
    let advanced = is_eventual(request) && request.query.parse_flag("count")?;
    let filter = ListFilter::parse(request, kind, advanced)?;
    let expand = request.query.get("expand").map(|text| ObjectExpand::parse(kind, version, text, true)).transpose()?;
    if expand.is_some() && advanced {
        // "$expand is not currently supported with advanced queries". The refusal is unverified.
        return Err(GraphError::unsupported_query("$expand is not supported for advanced queries."));
    }
    let mut rows: Vec<&Object> = rows.into_iter().filter(|object| filter.matches(object)).collect();
    if let Some(order) = request.query.get("orderby") {
        if filter.condition.is_some() && !advanced {
            return Err(unsupported_sorting());
        }
        sort_objects(&mut rows, kind, order, advanced)?;
    }
    let context = format!(
        "{}/{}/$metadata#{}{}",
        request.origin,
        version.segment(),
        kind.segment(),
        select::render_context(select.as_deref())
    );
    render_page(request, context, &rows, |object| {
        let mut body = object.render(select.as_deref());
        if let Some(expand) = &expand {
            expand.add_related(directory, object, &mut body);
        }
        body
    })
}

/// Lists objects of any kind; each names its type. Conditions need a cast to one kind here. Graph has them without one too.
pub(crate) fn list_mixed(request: &GraphRequest, version: Version, rows: &[&Object]) -> Outcome<GraphResponse> {
    require_get(request)?;
    if let Some(option) = ["expand", "filter", "orderby", "search"].iter().find(|option| request.query.get(option).is_some()) {
        return Err(GraphError::not_emulated(&format!("${option} on objects of several types without a cast to one")));
    }
    request.query.allow_only(&["count", "select", "skiptoken", "top"])?;
    let select = select::parse_select(&request.query, &ObjectKind::ALL)?;
    let context = format!(
        "{}/{}/$metadata#directoryObjects{}",
        request.origin,
        version.segment(),
        select::render_context(select.as_deref())
    );
    render_page(request, context, rows, |object| object.render_typed(select.as_deref()))
}

/// `/$count`: the bare number. The segment serves as the `$count` of an advanced query.
pub(crate) fn count_objects(request: &GraphRequest, kind: Option<ObjectKind>, rows: &[&Object]) -> Outcome<GraphResponse> {
    require_get(request)?;
    if !is_eventual(request) {
        // <https://learn.microsoft.com/graph/aad-advanced-queries#error-handling-for-advanced-queries-on-directory-objects>
        return Err(GraphError::directory_bad_request("$count is not currently supported."));
    }
    request.query.allow_only(&["filter", "search"])?;
    let number = match kind {
        Some(kind) => {
            let filter = ListFilter::parse(request, kind, true)?;
            rows.iter().filter(|object| filter.matches(object)).count()
        }
        None if request.query.get("filter").or_else(|| request.query.get("search")).is_some() => {
            return Err(GraphError::not_emulated("a condition on objects of several types without a cast to one"));
        }
        None => rows.len(),
    };
    Ok(GraphResponse::text(number.to_string()))
}

/// The `$filter` and `$search` of a list.
struct ListFilter {
    condition: Option<Condition>,
    search: Option<Search>,
}

impl ListFilter {
    fn parse(request: &GraphRequest, kind: ObjectKind, advanced: bool) -> Outcome<Self> {
        let condition =
            request.query.get("filter").map(|text| condition_parser::parse_condition(kind, text, advanced)).transpose()?;
        let search = request.query.get("search");
        if search.is_some() && !is_eventual(request) {
            // <https://learn.microsoft.com/graph/aad-advanced-queries#error-handling-for-advanced-queries-on-directory-objects>
            return Err(GraphError::unsupported_query(
                "Request with $search query parameter only works through MSGraph with a special request header: \
                 'ConsistencyLevel: eventual'",
            ));
        }
        Ok(Self { condition, search: search.map(|text| Search::parse(kind, text)).transpose()? })
    }

    fn matches(&self, object: &Object) -> bool {
        self.condition.as_ref().is_none_or(|condition| condition.is_met_by(object))
            && self.search.as_ref().is_none_or(|search| search.matches(object))
    }
}

fn render_page(
    request: &GraphRequest,
    context: String,
    rows: &[&Object],
    render: impl Fn(&Object) -> serde_json::Map<String, Value>,
) -> Outcome<GraphResponse> {
    let paging = Paging::by_token(&request.query, parse_page_size(request)?)?;
    let mut body = paging.render(request, context, rows, |object| render(object))?;
    if !is_eventual(request)
        && let Some(body) = body.as_object_mut()
    {
        // "silently ignores the $count query parameter" (<https://learn.microsoft.com/graph/aad-advanced-queries>).
        body.shift_remove("@odata.count");
    }
    Ok(GraphResponse::json(StatusCode::OK, &body))
}

fn require_get(request: &GraphRequest) -> Outcome<()> {
    if request.method == Method::GET { Ok(()) } else { Err(GraphError::directory_method_not_allowed()) }
}

/// Returns whether the client accepts an index that may lag behind. With `$count=true`, that makes a query advanced.
fn is_eventual(request: &GraphRequest) -> bool {
    let level = request.headers.get("consistencylevel").and_then(|value| value.to_str().ok());
    level.is_some_and(|level| level.trim().eq_ignore_ascii_case("eventual"))
}

/// Parses the page size. "Invalid page size" and its code are from turbot/steampipe-plugin-azuread.
fn parse_page_size(request: &GraphRequest) -> Outcome<usize> {
    match request.query.parse_number("top")? {
        None => Ok(DEFAULT_PAGE_SIZE),
        Some(size @ 1..=MAX_PAGE_SIZE) => Ok(size),
        Some(size) => Err(GraphError::unsupported_query(format!(
            "Invalid page size specified: '{size}'. Must be between 1 and {MAX_PAGE_SIZE} inclusive."
        ))),
    }
}

/// Sorts by `$orderby`.
fn sort_objects(rows: &mut [&Object], kind: ObjectKind, order: &str, advanced: bool) -> Outcome<()> {
    // The last term first, so that the first one decides.
    for term in order.rsplit(',') {
        let words: Vec<&str> = term.split_whitespace().collect();
        let (name, descending) = match words.as_slice() {
            [name] | [name, "asc"] => (*name, false),
            [name, "desc"] => (*name, true),
            _ => return Err(GraphError::bad_request(format!("Syntax error in the $orderby expression '{term}'."))),
        };
        kind.require_property("Invalid $orderby clause", name)?;
        match kind.get_sort_support(name) {
            OperatorSupport::Always => {}
            OperatorSupport::Advanced if advanced => {}
            // microsoft-graph-docs-contrib#1354, for users by createdDateTime and without the header.
            _ => {
                let resource = kind.resource();
                return Err(GraphError::unsupported_query(format!("Unsupported sort property '{name}' for '{resource}'.")));
            }
        }
        rows.sort_by(|left, right| {
            let key = |object: &Object| object.get(name).as_str().map(str::to_lowercase);
            let order = key(left).cmp(&key(right));
            if descending { order.reverse() } else { order }
        });
    }
    Ok(())
}

/// microsoft-graph-docs#13762.
fn unsupported_sorting() -> GraphError {
    GraphError::unsupported_query("Sorting not supported for current query.")
}
