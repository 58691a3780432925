//! The operations on organizational contacts: those of the tenant's directory.
//! <https://learn.microsoft.com/en-us/graph/api/resources/orgcontact?view=graph-rest-1.0#methods>

use serde_json::{Map, Value};

use super::address::org_contact_path;
use super::directory_objects::{Collection, Key, selection};
use super::request::GraphRequest;
use super::service::Service;
use crate::error::Result;

/// The name of the type.
pub const TYPE: &str = "orgContact";

/// `GET /contacts/delta`, with `$select` where properties are named.
/// <https://learn.microsoft.com/en-us/graph/api/orgcontact-delta?view=graph-rest-1.0>
pub fn delta(service: &Service, select: &[&str]) -> Result<GraphRequest> {
    GraphRequest::get(service.address(&format!("/contacts/delta{}", selection(select))), &[])
}

/// `GET /contacts/{id}`, with `$select` where properties are named.
/// <https://learn.microsoft.com/en-us/graph/api/orgcontact-get?view=graph-rest-1.0>
pub fn get(service: &Service, id: &str, select: &[&str]) -> Result<GraphRequest> {
    GraphRequest::get(service.address(&format!("{}{}", org_contact_path(id)?, selection(select))), &[])
}

/// `GET /contacts/{id}/{relationship}?$select=...`: `manager`, `directReports`, `memberOf` or `transitiveMemberOf`.
/// <https://learn.microsoft.com/en-us/graph/api/resources/orgcontact?view=graph-rest-1.0#relationships>
pub fn related(service: &Service, id: &str, relationship: &str, select: &[&str]) -> Result<GraphRequest> {
    let path = format!("{}/{relationship}{}", org_contact_path(id)?, selection(select));
    GraphRequest::get(service.address(&path), &[])
}

/// `PATCH /contacts/{id}`. No page describes it; Microsoft's metadata and SDKs have it.
pub fn update(service: &Service, id: &str, body: Map<String, Value>) -> Result<GraphRequest> {
    GraphRequest::patch(service.address(&org_contact_path(id)?), &[], body.into())
}

/// `DELETE /contacts/{id}`. No page describes it; Microsoft's metadata and SDKs have it.
pub fn delete(service: &Service, id: &str) -> Result<GraphRequest> {
    GraphRequest::delete(service.address(&org_contact_path(id)?), &[])
}

/// The contact of that id, among the objects of the directory.
pub fn key(id: &str) -> Key {
    Key::Of(Collection::Contacts, id.to_owned())
}
