//! The operations on organizational contacts: those of the tenant's directory.
//! <https://learn.microsoft.com/en-us/graph/api/resources/orgcontact?view=graph-rest-1.0#methods>

use http::Method;
use serde_json::{Map, Value};

use super::address::org_contact_path;
use super::{Request, Service, directory, request, request_with};
use crate::error::Result;

/// `GET /contacts?$select=...&$filter=...`, where there is a filter.
/// <https://learn.microsoft.com/en-us/graph/api/orgcontact-list?view=graph-rest-1.0>
pub fn list(service: &Service, select: &[&str], filter: Option<&str>, advanced: bool) -> Result<Request> {
    directory::list(service, "contacts", select, filter, advanced)
}

/// `GET /contacts/delta?$select=...` <https://learn.microsoft.com/en-us/graph/api/orgcontact-delta?view=graph-rest-1.0>
pub fn delta(service: &Service, select: &[&str]) -> Result<Request> {
    directory::next(service.address(&format!("/contacts/delta?$select={}", select.join(","))), false)
}

/// `GET /contacts/{id}?$select=...` <https://learn.microsoft.com/en-us/graph/api/orgcontact-get?view=graph-rest-1.0>
pub fn get(service: &Service, id: &str, select: &[&str]) -> Result<Request> {
    let path = format!("{}?$select={}", org_contact_path(id)?, select.join(","));
    request(Method::GET, service.address(&path), &[])
}

/// `GET /contacts/{id}/{relationship}?$select=id`: `manager`, `directReports`, `memberOf` or `transitiveMemberOf`.
/// <https://learn.microsoft.com/en-us/graph/api/resources/orgcontact?view=graph-rest-1.0#relationships>
pub fn related(service: &Service, id: &str, relationship: &str) -> Result<Request> {
    request(Method::GET, service.address(&format!("{}/{relationship}?$select=id", org_contact_path(id)?)), &[])
}

/// `PATCH /contacts/{id}`. No page describes it; Microsoft's metadata and SDKs have it.
pub fn update(service: &Service, id: &str, body: Map<String, Value>) -> Result<Request> {
    request_with(Method::PATCH, service.address(&org_contact_path(id)?), &[], body.into())
}

/// `DELETE /contacts/{id}`. No page describes it; Microsoft's metadata and SDKs have it.
pub fn delete(service: &Service, id: &str) -> Result<Request> {
    request(Method::DELETE, service.address(&org_contact_path(id)?), &[])
}
