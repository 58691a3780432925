//! Lists of directory objects, users and organizational contacts, and questions about any.

use http::{HeaderValue, Method};
use serde_json::{Map, Value};

use super::{Question, Request, Service, request, request_with};
use crate::error::{Error, Kind, Result};

/// Objects a page, the most that there can be.
const PAGE_SIZE: u32 = 999;

/// What is asked of a list. Texts are encoded for an address.
#[derive(Default)]
pub struct Query<'q> {
    /// The properties to read; none for those that the service shows by default.
    pub select: &'q [&'q str],
    /// `$filter`
    pub filter: Option<&'q str>,
    /// Whether the filter is one of the advanced ones.
    pub advanced: bool,
    /// `$search`
    pub search: Option<&'q str>,
    /// `$orderby`
    pub order: Option<&'q str>,
    /// Whether the objects are to be counted.
    pub count: bool,
}

/// `GET /{collection}?...`. An advanced filter, a search, an order and a count need `ConsistencyLevel: eventual` and `$count=true`,
/// and the header on every page of the answer. <https://learn.microsoft.com/en-us/graph/aad-advanced-queries>
pub fn list(service: &Service, collection: &str, query: &Query<'_>) -> Result<Request> {
    let mut options = vec![format!("$top={PAGE_SIZE}")];
    if !query.select.is_empty() {
        options.push(format!("$select={}", query.select.join(",")));
    }
    for (name, value) in [("filter", query.filter), ("search", query.search), ("orderby", query.order)] {
        options.extend(value.map(|value| format!("${name}={value}")));
    }
    let advanced = query.advanced || query.search.is_some() || query.order.is_some() || query.count;
    options.extend(advanced.then(|| "$count=true".to_owned()));
    let mut request = get(service.address(&format!("/{collection}?{}", options.join("&"))), advanced)?;
    if query.search.is_some() {
        // Without it v1.0 refuses an ampersand in what is searched for, however it is encoded.
        // <https://developer.microsoft.com/en-us/graph/known-issues/?search=18185>
        request.headers_mut().insert("prefer", HeaderValue::from_static("legacySearch=false"));
    }
    Ok(request)
}

/// `GET` of a list, which may be one of the advanced queries.
pub(super) fn get(address: String, advanced: bool) -> Result<Request> {
    let mut request = request(Method::GET, address, &[])?;
    if advanced {
        request.headers_mut().insert("consistencylevel", HeaderValue::from_static("eventual"));
    }
    Ok(request)
}

/// `GET` of a following page of what `first` asked for, whose address the page before it gave.
pub fn next(first: &Request, link: String) -> Result<Request> {
    let mut request = request(Method::GET, link, &[])?;
    request.headers_mut().clone_from(first.headers());
    Ok(request)
}

/// A `POST` that asks something, and changes nothing.
pub(super) fn question(address: String, body: Value) -> Result<Request> {
    let mut request = request_with(Method::POST, address, &[], body)?;
    request.extensions_mut().insert(Question);
    Ok(request)
}

/// The ids that such a question is answered with.
pub fn ids(mut answer: Map<String, Value>) -> Result<Vec<String>> {
    let strange = || Error::new(Kind::Unavailable, "Microsoft Graph answered something else than a list of ids");
    let Some(Value::Array(values)) = answer.remove("value") else { return Err(strange()) };
    let text = |value| if let Value::String(id) = value { Ok(id) } else { Err(strange()) };
    values.into_iter().map(text).collect()
}
