//! The operations on users.

use super::address::Mailbox;
use super::request::GraphRequest;
use super::service::Service;
use crate::error::Result;

/// Creates `GET /users/{id | userPrincipalName}?$select=...`, or `/me`.
/// <https://learn.microsoft.com/en-us/graph/api/user-get?view=graph-rest-1.0>
pub fn get(service: &Service, mailbox: &Mailbox, select: &[&str]) -> Result<GraphRequest> {
    let path = format!("{}?$select={}", mailbox.path()?, select.join(","));
    GraphRequest::get(service.address(&path), &[])
}

/// Creates `GET /users?$top=1&$select=id`: the smallest request that shows that service, credential and connection work.
/// <https://learn.microsoft.com/en-us/graph/api/user-list?view=graph-rest-1.0>
pub fn probe(service: &Service) -> Result<GraphRequest> {
    GraphRequest::get(service.address("/users?$top=1&$select=id"), &[])
}
