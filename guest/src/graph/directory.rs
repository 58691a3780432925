//! Lists of directory objects: users, organizational contacts.

use http::{HeaderValue, Method};

use super::{Request, Service, request};
use crate::error::Result;

/// Objects a page, the most that there can be.
const PAGE_SIZE: u32 = 999;

/// `GET /{collection}?$select=...&$filter=...`, where there is a filter. An `advanced` filter needs `ConsistencyLevel: eventual` and
/// `$count=true`, and so does every page of its answer. <https://learn.microsoft.com/en-us/graph/aad-advanced-queries>
pub fn list(service: &Service, collection: &str, select: &[&str], filter: Option<&str>, advanced: bool) -> Result<Request> {
    let filter = filter.map(|filter| format!("&$filter={filter}")).unwrap_or_default();
    let count = if advanced { "&$count=true" } else { "" };
    let address = format!("/{collection}?$top={PAGE_SIZE}&$select={}{filter}{count}", select.join(","));
    next(service.address(&address), advanced)
}

/// `GET` of a following page, whose address the page before it gave.
pub fn next(link: String, advanced: bool) -> Result<Request> {
    let mut request = request(Method::GET, link, &[])?;
    if advanced {
        request.headers_mut().insert("consistencylevel", HeaderValue::from_static("eventual"));
    }
    Ok(request)
}

/// Whether a request is one of the advanced queries.
pub fn is_advanced(request: &Request) -> bool {
    request.headers().contains_key("consistencylevel")
}
