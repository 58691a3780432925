//! The open extensions of a contact. <https://learn.microsoft.com/en-us/graph/api/resources/opentypeextension?view=graph-rest-1.0>

use serde_json::{Map, Value};

use super::address::{Container, build_extension_path};
use super::contacts::IMMUTABLE_IDS;
use super::request::GraphRequest;
use super::service::Service;
use crate::error::Result;

/// Creates `POST .../contacts/{id}/extensions`; the body has `extensionName`.
/// <https://learn.microsoft.com/en-us/graph/api/opentypeextension-post-opentypeextension?view=graph-rest-1.0>
pub fn create(service: &Service, container: &Container, contact: &str, body: Map<String, Value>) -> Result<GraphRequest> {
    let path = build_extension_path(&container.contacts_path(Some(contact))?, None)?;
    GraphRequest::post(service.address(&path), &[IMMUTABLE_IDS], body.into())
}

/// Creates `PATCH .../contacts/{id}/extensions/{name}`: replaces the properties that the body names.
/// <https://learn.microsoft.com/en-us/graph/api/opentypeextension-update?view=graph-rest-1.0>
pub fn update(
    service: &Service,
    container: &Container,
    contact: &str,
    name: &str,
    body: Map<String, Value>,
) -> Result<GraphRequest> {
    let path = build_extension_path(&container.contacts_path(Some(contact))?, Some(name))?;
    GraphRequest::patch(service.address(&path), &[IMMUTABLE_IDS], body.into())
}

/// Creates `DELETE .../contacts/{id}/extensions/{name}`
/// <https://learn.microsoft.com/en-us/graph/api/opentypeextension-delete?view=graph-rest-1.0>
pub fn delete(service: &Service, container: &Container, contact: &str, name: &str) -> Result<GraphRequest> {
    let path = build_extension_path(&container.contacts_path(Some(contact))?, Some(name))?;
    GraphRequest::delete(service.address(&path), &[IMMUTABLE_IDS])
}
