//! Lists of any resource: `$select`, pages, `@odata.count` and `@odata.nextLink`.

use serde_json::{Map, Value};

use crate::odata::error::{GraphError, Outcome};
use crate::odata::position::Position;
use crate::odata::query::Query;
use crate::odata::request::GraphRequest;
use crate::variation::kind::VariationKind;
use crate::variation::pages::PageRows;

/// Parses the names in `$select`; None selects everything. `check` refuses unknown names.
pub(crate) fn parse_select(query: &Query, check: impl Fn(&str, &str) -> Outcome<()>) -> Outcome<Option<Vec<String>>> {
    let Some(text) = query.get("select") else { return Ok(None) };
    let names: Vec<String> = text.split(',').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect();
    if names.iter().any(|name| name == "*") {
        return Ok(None);
    }
    names.iter().try_for_each(|name| check("Parsing OData Select and Expand failed", name))?;
    Ok((!names.is_empty()).then_some(names))
}

/// Parses `$orderby`: names of properties, each with whether the order descends.
pub(crate) fn parse_orderby(query: &Query) -> Outcome<Vec<(&str, bool)>> {
    let terms = query.get("orderby").map(|text| text.split(',').collect::<Vec<_>>()).unwrap_or_default();
    let parse_term = |term: &'_ str| match term.split_whitespace().collect::<Vec<_>>().as_slice() {
        [_] | [_, "asc"] => Some(false),
        [_, "desc"] => Some(true),
        _ => None,
    };
    let syntax_error = |term: &str| GraphError::bad_request(format!("Syntax error in the $orderby expression '{term}'."));
    terms
        .into_iter()
        .map(|term| {
            let descending = parse_term(term).ok_or_else(|| syntax_error(term))?;
            Ok((term.split_whitespace().next().unwrap_or_default(), descending))
        })
        .collect()
}

/// The pages of a list.
#[derive(Debug)]
pub(crate) struct Paging {
    from: Position,
    /// Rows on a page.
    size: usize,
    /// The option, without `$`, that continues the list: `skip` or `skiptoken`.
    option: &'static str,
}

/// Parses `$top`. Over the limit, fails with OData's text.
pub(crate) fn parse_top(query: &Query, limit: usize) -> Outcome<Option<usize>> {
    match query.parse_number("top")? {
        // "The minimum value of $top is 1" (<https://learn.microsoft.com/graph/query-parameters#top-parameter>). The text for an
        // Outlook resource is unverified.
        Some(0) => Err(GraphError::bad_request("Invalid value '0' for $top query option found. The minimum value is 1.")),
        Some(top) if top > limit => Err(GraphError::bad_request(format!(
            "The limit of '{limit}' for Top query has been exceeded. The value from the incoming request is '{top}'."
        ))),
        top => Ok(top),
    }
}

/// Returns the rows on a page of Outlook: the smaller one of `$top` and `Prefer: odata.maxpagesize`. Reduces a preference over
/// the limit to the limit.
pub(crate) fn resolve_page_size(request: &GraphRequest, limit: usize, default: usize) -> Outcome<usize> {
    let preferred = request.prefer.page_size.map(|size| size.min(limit));
    Ok(parse_top(&request.query, limit)?.into_iter().chain(preferred).min().unwrap_or(default))
}

impl Paging {
    /// Opens a list that `$skip` continues, and where the responses vary, `$skiptoken` too.
    pub(crate) fn by_skip(query: &Query, size: usize) -> Outcome<Self> {
        let from = match query.get("skiptoken") {
            Some(token) => Position::parse(token)?,
            None => Position::at(query.parse_number("skip")?.unwrap_or(0)),
        };
        Ok(Self { from, size, option: "skip" })
    }

    /// Opens a list that only `$skiptoken` continues.
    pub(crate) fn by_token(query: &Query, size: usize) -> Outcome<Self> {
        let from = query.get("skiptoken").map(Position::parse).transpose()?.unwrap_or_default();
        Ok(Self { from, size, option: "skiptoken" })
    }

    /// Renders the body of a list: one page of `rows`, and the link to the next page if there is one. Calls `render` only for
    /// the rows of the page.
    pub(crate) fn render<T>(
        &self,
        request: &GraphRequest,
        context: String,
        rows: &[T],
        render: impl Fn(&T) -> Map<String, Value>,
    ) -> Outcome<Value> {
        let mut body = Map::new();
        body.insert("@odata.context".to_owned(), context.into());
        if request.query.parse_flag("count")? {
            body.insert("@odata.count".to_owned(), rows.len().into());
        }
        let page = PageRows::select(request.choices, self.from, self.size, rows.len());
        let shown = rows.get(page.range).unwrap_or_default().iter();
        body.insert("value".to_owned(), shown.map(|row| Value::Object(render(row))).collect::<Vec<_>>().into());
        if let Some(next) = page.next {
            let link = format!("{}{}?{}", request.origin, request.path, self.render_next(request, next));
            body.insert("@odata.nextLink".to_owned(), link.into());
        }
        Ok(Value::Object(body))
    }

    fn render_next(&self, request: &GraphRequest, next: Position) -> String {
        let as_token = !next.is_plain() || request.choices.has(VariationKind::SkipToken);
        let (option, value) = if as_token { ("skiptoken", next.encode()) } else { (self.option, next.row.to_string()) };
        request.query.to_query_with(&["skip", "skiptoken"], option, &value)
    }
}
