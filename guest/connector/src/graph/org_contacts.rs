//! The operations on organizational contacts, which are in the tenant's directory.
//! <https://learn.microsoft.com/en-us/graph/api/resources/orgcontact?view=graph-rest-1.0#methods>

use serde_json::{Map, Value};

use super::address::build_org_contact_path;
use super::directory_objects::{Collection, Key, build_select};
use super::request::GraphRequest;
use super::service::Service;
use crate::error::Result;

/// The name of the type.
pub const TYPE_NAME: &str = "orgContact";

/// Creates `GET /contacts/delta`, with `$select` if properties are named.
/// <https://learn.microsoft.com/en-us/graph/api/orgcontact-delta?view=graph-rest-1.0>
pub fn get_delta(service: &Service, select: &[&str]) -> Result<GraphRequest> {
    GraphRequest::get(service.address(&format!("/contacts/delta{}", build_select(select))), &[])
}

/// Creates `GET /contacts/{id}`, with `$select` if properties are named.
/// <https://learn.microsoft.com/en-us/graph/api/orgcontact-get?view=graph-rest-1.0>
pub fn get(service: &Service, id: &str, select: &[&str]) -> Result<GraphRequest> {
    GraphRequest::get(service.address(&format!("{}{}", build_org_contact_path(id)?, build_select(select))), &[])
}

/// Creates `GET /contacts/{id}/{relationship}?$select=...`: `manager`, `directReports`, `memberOf` or `transitiveMemberOf`.
/// <https://learn.microsoft.com/en-us/graph/api/resources/orgcontact?view=graph-rest-1.0#relationships>
pub fn list_related(service: &Service, id: &str, relationship: &str, select: &[&str]) -> Result<GraphRequest> {
    let path = format!("{}/{relationship}{}", build_org_contact_path(id)?, build_select(select));
    GraphRequest::get(service.address(&path), &[])
}

/// Creates `GET /contacts/{id}/onPremisesSyncBehavior`: whether the cloud is the source of authority of the contact.
/// <https://learn.microsoft.com/en-us/graph/api/onpremisessyncbehavior-get?view=graph-rest-1.0>
pub fn get_sync_behavior(service: &Service, id: &str) -> Result<GraphRequest> {
    let path = format!("{}/onPremisesSyncBehavior?$select=id,isCloudManaged", build_org_contact_path(id)?);
    GraphRequest::get(service.address(&path), &[])
}

/// Creates `PATCH /contacts/{id}`. No page describes it; Microsoft's metadata and SDKs have it.
pub fn update(service: &Service, id: &str, body: Map<String, Value>) -> Result<GraphRequest> {
    GraphRequest::patch(service.address(&build_org_contact_path(id)?), &[], body.into())
}

/// Creates `DELETE /contacts/{id}`. No page describes it; Microsoft's metadata and SDKs have it.
pub fn delete(service: &Service, id: &str) -> Result<GraphRequest> {
    GraphRequest::delete(service.address(&build_org_contact_path(id)?), &[])
}

/// Returns the key of the contact with that id among the objects of the directory.
pub fn build_key(id: &str) -> Key {
    Key::Of(Collection::Contacts, id.to_owned())
}
