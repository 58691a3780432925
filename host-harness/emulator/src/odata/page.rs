//! Lists of any resource: `$select`, pages, `@odata.count` and `@odata.nextLink`.

use serde_json::{Map, Value};

use crate::odata::error::{GraphError, Outcome};
use crate::odata::query::Query;
use crate::odata::request::GraphRequest;

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

/// The pages of a list.
#[derive(Debug)]
pub(crate) struct Paging {
    /// Rows before the page.
    pub(crate) skip: usize,
    /// Rows on the page.
    pub(crate) size: usize,
    /// The option, without `$`, that continues the list: `skip` or `skiptoken`.
    pub(crate) option: &'static str,
}

/// Parses `$top`. Over the limit, fails with OData's text.
pub(crate) fn parse_top(query: &Query, limit: usize) -> Outcome<Option<usize>> {
    match query.parse_number("top")? {
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
        let page = rows.iter().skip(self.skip).take(self.size);
        body.insert("value".to_owned(), page.map(|row| Value::Object(render(row))).collect::<Vec<_>>().into());
        let next = self.skip.saturating_add(self.size);
        if self.size > 0 && next < rows.len() {
            let link =
                format!("{}{}?{}", request.origin, request.path, request.query.to_query_with(self.option, &next.to_string()));
            body.insert("@odata.nextLink".to_owned(), link.into());
        }
        Ok(Value::Object(body))
    }
}
