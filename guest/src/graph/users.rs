//! The operations on users.

use http::{HeaderValue, Method};

use super::address::Mailbox;
use super::{Request, Service, request};
use crate::error::Result;

/// `GET /users/{id | userPrincipalName}?$select=...`, or `/me`.
/// <https://learn.microsoft.com/en-us/graph/api/user-get?view=graph-rest-1.0>
pub fn get(service: &Service, mailbox: &Mailbox, select: &[&str]) -> Result<Request> {
    let path = format!("{}?$select={}", mailbox.path()?, select.join(","));
    request(Method::GET, service.address(&path), &[])
}

/// Users a page, the most that there can be.
const PAGE_SIZE: u32 = 999;

/// `GET /users?$select=...&$filter=...`, where there is a filter. An `advanced` filter needs `ConsistencyLevel: eventual` and
/// `$count=true`, and so does every page of its answer.
/// <https://learn.microsoft.com/en-us/graph/api/user-list?view=graph-rest-1.0>,
/// <https://learn.microsoft.com/en-us/graph/aad-advanced-queries>
pub fn list(service: &Service, select: &[&str], filter: Option<&str>, advanced: bool) -> Result<Request> {
    let filter = filter.map(|filter| format!("&$filter={filter}")).unwrap_or_default();
    let count = if advanced { "&$count=true" } else { "" };
    list_next(service.address(&format!("/users?$top={PAGE_SIZE}&$select={}{filter}{count}", select.join(","))), advanced)
}

/// `GET` of a following page, whose address the page before it gave.
pub fn list_next(link: String, advanced: bool) -> Result<Request> {
    let mut request = request(Method::GET, link, &[])?;
    if advanced {
        request.headers_mut().insert("consistencylevel", HeaderValue::from_static("eventual"));
    }
    Ok(request)
}

/// `GET /users?$top=1&$select=id`: the least that shows that service, credential and connection work.
/// <https://learn.microsoft.com/en-us/graph/api/user-list?view=graph-rest-1.0>
pub fn probe(service: &Service) -> Result<Request> {
    request(Method::GET, service.address("/users?$top=1&$select=id"), &[])
}
