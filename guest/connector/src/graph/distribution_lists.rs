//! The operations on personal distribution lists, which only beta has.
//! <https://learn.microsoft.com/en-us/graph/api/resources/distributionlist?view=graph-rest-beta#methods>

use http::header::IF_MATCH;
use serde_json::{Map, Value, json};

use super::address::{Mailbox, build_distribution_list_path};
use super::request::GraphRequest;
use super::service::Service;
use crate::contact::distribution_list::{MEMBERS, PROPERTIES};
use crate::error::Result;

/// How a request asks for the members, which are not returned by default. The beta of June 2026 has a property, and newer pages have a
/// relationship. <https://learn.microsoft.com/en-us/graph/api/distributionlist-get?view=graph-rest-beta>
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum MemberForm {
    /// `$select=members`
    Property,
    /// `$expand=members`
    Relationship,
}

impl MemberForm {
    fn query(self) -> String {
        match self {
            MemberForm::Property => format!("?$select={}", PROPERTIES.join(",")),
            MemberForm::Relationship => format!("?$expand={MEMBERS}"),
        }
    }
}

/// Creates `GET .../distributionLists` <https://learn.microsoft.com/en-us/graph/api/user-list-distributionlists?view=graph-rest-beta>
pub fn list(service: &Service, mailbox: &Mailbox, form: MemberForm) -> Result<GraphRequest> {
    address(service, mailbox, None, &form.query()).and_then(|address| GraphRequest::get(address, &[]))
}

/// Creates `GET .../distributionLists/{id}` <https://learn.microsoft.com/en-us/graph/api/distributionlist-get?view=graph-rest-beta>
pub fn get(service: &Service, mailbox: &Mailbox, id: &str, form: MemberForm) -> Result<GraphRequest> {
    address(service, mailbox, Some(id), &form.query()).and_then(|address| GraphRequest::get(address, &[]))
}

/// Creates `POST .../distributionLists`. The page has a name for a new list, and no members.
/// <https://learn.microsoft.com/en-us/graph/api/user-post-distributionlists?view=graph-rest-beta>
pub fn create(service: &Service, mailbox: &Mailbox, display_name: &str) -> Result<GraphRequest> {
    GraphRequest::post(address(service, mailbox, None, "")?, &[], json!({"displayName": display_name}))
}

/// Creates `PATCH .../distributionLists/{id}`, for the list with that change key, or with any.
/// <https://learn.microsoft.com/en-us/graph/api/distributionlist-update?view=graph-rest-beta>
pub fn update(
    service: &Service,
    mailbox: &Mailbox,
    id: &str,
    revision: Option<&str>,
    changes: Map<String, Value>,
) -> Result<GraphRequest> {
    let request = GraphRequest::patch(address(service, mailbox, Some(id), "")?, &[], changes.into())?;
    Ok(with_condition(request, revision))
}

/// Creates `DELETE .../distributionLists/{id}`, as [`update`].
/// <https://learn.microsoft.com/en-us/graph/api/distributionlist-delete?view=graph-rest-beta>
pub fn delete(service: &Service, mailbox: &Mailbox, id: &str, revision: Option<&str>) -> Result<GraphRequest> {
    let request = GraphRequest::delete(address(service, mailbox, Some(id), "")?, &[])?;
    Ok(with_condition(request, revision))
}

/// Creates `POST .../distributionLists/{id}/addMembers`
/// <https://learn.microsoft.com/en-us/graph/api/distributionlist-addmembers?view=graph-rest-beta>
pub fn add_members(service: &Service, mailbox: &Mailbox, id: &str, members: &[Value]) -> Result<GraphRequest> {
    GraphRequest::post(address(service, mailbox, Some(id), "/addMembers")?, &[], json!({MEMBERS: members}))
}

/// Creates `POST .../distributionLists/{id}/deleteMembers`
/// <https://learn.microsoft.com/en-us/graph/api/distributionlist-deletemembers?view=graph-rest-beta>
pub fn delete_members(service: &Service, mailbox: &Mailbox, id: &str, members: &[Value]) -> Result<GraphRequest> {
    GraphRequest::post(address(service, mailbox, Some(id), "/deleteMembers")?, &[], json!({MEMBERS: members}))
}

fn address(service: &Service, mailbox: &Mailbox, id: Option<&str>, rest: &str) -> Result<String> {
    Ok(service.address(&format!("{}{rest}", build_distribution_list_path(mailbox, id)?)))
}

/// `changeKey` is a "version identifier used for optimistic concurrency control via the If-Match header". An `@odata.etag` has it as here.
fn with_condition(request: GraphRequest, revision: Option<&str>) -> GraphRequest {
    match revision {
        Some(revision) => request.with_header_value(IF_MATCH, &format!("W/\"{revision}\"")),
        None => request,
    }
}
