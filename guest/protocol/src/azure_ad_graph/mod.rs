//! The Azure AD Graph API, which Microsoft has retired: `/{tenant}/users/{id}?api-version=1.6`, as for `https://graph.windows.net`.
//!
//! The rules are those of the pages "Contact" (2013-04-05) and "Azure AD Graph API reference" (1.6).

pub mod address;
pub mod failure;
pub mod format;
pub mod metadata;
mod path_segment;
pub mod query;
pub mod response;
pub mod version;

use http::{Method, Response, StatusCode};

use self::address::{Address, DirectoryRef, Resource};
use self::failure::Failure;
use self::format::Format;
use self::response::RequestIds;
use crate::frontend::{self, Exchange, Frontend, Head, Refusal, TenantRef};
use crate::operation::Operation;

/// The rules of the API.
pub struct AzureAdGraph;

impl Frontend for AzureAdGraph {
    /// OpenIDM's paths are not for this API. Other requests are, if the gateway serves a directory or the request has `api-version`.
    fn matches(&self, head: Head<'_>, serves_directory: bool) -> bool {
        let is_openidm = head.uri.path().trim_start_matches('/').split('/').next() == Some("openidm");
        !is_openidm && (serves_directory || head.uri.query().unwrap_or_default().to_ascii_lowercase().contains("api-version="))
    }

    /// `$metadata`. "No authentication is necessary to read the service metadata."
    fn public_document(&self, head: Head<'_>) -> Option<Result<Response<Vec<u8>>, Refusal>> {
        let is_metadata = matches!(Address::parse(head.uri.path()), Ok(Address { resource: Resource::Metadata, .. }));
        if !is_metadata || head.method != Method::GET {
            return None;
        }
        let version = query::parse_api_version(head.uri.query().unwrap_or_default());
        Some(version.map(|version| metadata::response(version, head.headers)).map_err(to_refusal))
    }

    fn operations(&self, head: Head<'_>) -> Result<&'static [Operation], Refusal> {
        let address = parse_address(head)?;
        address.operations(head.method).ok_or_else(|| to_refusal(Failure::method_not_allowed(head.method, &address)))
    }

    fn target(&self, head: Head<'_>) -> Result<frontend::Target, Refusal> {
        let address = parse_address(head)?;
        let object = address.object();
        let tenant = match address.directory {
            DirectoryRef::OfCaller => TenantRef::OfCaller,
            DirectoryRef::Named(name) => TenantRef::Directory(name),
        };
        Ok(frontend::Target { tenant, object })
    }

    fn refuse(&self, refusal: &Refusal, head: Head<'_>, exchange: &Exchange) -> Response<Vec<u8>> {
        let failure = match refusal {
            Refusal::UnknownCaller => Failure::unknown_caller(),
            Refusal::LockedOut { retry_after } => {
                let message = format!("Too many failed logins: try again in {retry_after} s");
                Failure::new(StatusCode::TOO_MANY_REQUESTS, default_code(StatusCode::TOO_MANY_REQUESTS), message)
                    .with_retry_after(*retry_after)
            }
            Refusal::TooManyLogins => {
                let message = "Too many logins at a time: try again in 1 s";
                Failure::new(StatusCode::TOO_MANY_REQUESTS, default_code(StatusCode::TOO_MANY_REQUESTS), message)
                    .with_retry_after(1)
            }
            Refusal::UnknownTenant(_) => Failure::unknown_directory(),
            Refusal::NotPermitted { operation, is_one_of_several, .. } => {
                let in_batch = if *is_one_of_several { ", which a batch may do," } else { "" };
                let message = format!("The operation {}{in_batch} is not allowed here", operation.name());
                Failure::new(StatusCode::FORBIDDEN, default_code(StatusCode::FORBIDDEN), message)
            }
            Refusal::Invalid { status, code: given, message, allow } => {
                let failure = Failure::new(*status, given.unwrap_or_else(|| default_code(*status)), message);
                Failure { allow: allow.clone(), ..failure }
            }
            Refusal::Host { status, message } => Failure::new(*status, default_code(*status), message),
        };
        let ids = RequestIds::from_headers(head.headers, exchange.request_id.clone(), exchange.now);
        let mut response =
            response::write_failure(&failure, Format::negotiate(head.headers, None).unwrap_or(Format::MinimalMetadata), &ids);
        response::add_headers(response.headers_mut(), &ids);
        response
    }
}

fn parse_address(head: Head<'_>) -> Result<Address, Refusal> {
    Address::parse(head.uri.path()).map_err(|error| to_refusal(Failure::from_path_error(&error)))
}

fn to_refusal(failure: Failure) -> Refusal {
    Refusal::Invalid { status: failure.status, code: Some(failure.code), message: failure.message, allow: failure.allow }
}

/// Returns the code of a failure that has only a status.
fn default_code(status: StatusCode) -> &'static str {
    match status.as_u16() {
        403 => "Authorization_RequestDenied",
        404 => "Request_ResourceNotFound",
        429 => "Request_ThrottledTemporarily",
        500 => "Service_InternalServerError",
        503 | 504 => "Directory_ReplicaUnavailable",
        _ => "Request_BadRequest",
    }
}
