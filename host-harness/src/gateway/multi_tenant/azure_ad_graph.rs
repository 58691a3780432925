//! Azure AD Graph API requests to a multi-tenant gateway. The host reads their paths with the component's own parser, so that
//! both take a request for the same.

use std::net::IpAddr;
use std::sync::Arc;

use graph_contacts::frontends::azure_ad_graph::address::{Address, Effect, Key, Target, Tenant as Named};
use graph_contacts::frontends::azure_ad_graph::failure::Failure;
use graph_contacts::frontends::azure_ad_graph::{metadata, names_directory, query};
use http::header::{CONTENT_TYPE, HeaderValue};
use http::{Method, Request, Response, StatusCode};
use http_body_util::Full;

use super::admission::{forward, identify_caller};
use crate::gateway::refusal::Refusal;
use crate::gateway::request_body::RequestBody;
use crate::gateway::response_body::{ResponseBody, to_response_body};
use crate::observability::audit_log::AuditEntry;
use crate::operation::Operation;
use crate::tenants::snapshot::TenantSnapshot;
use crate::tenants::tenant::Tenant;

/// The operations that a batch may contain. The host does not read its requests.
const BATCH_OPERATIONS: [Operation; 5] =
    [Operation::Read, Operation::Query, Operation::Create, Operation::Patch, Operation::Delete];

/// Returns the response to a request, or why it is refused.
pub(super) async fn respond(
    tenants: &TenantSnapshot,
    entry: &mut AuditEntry,
    address: Option<IpAddr>,
    request: Request<RequestBody>,
) -> Result<Response<ResponseBody>, Refusal> {
    let target = Address::read(request.uri().path());
    if let Ok(Address { target: Target::Metadata, .. }) = &target
        && request.method() == Method::GET
    {
        return metadata_response(request.uri().query().unwrap_or_default());
    }
    let effect = target.as_ref().ok().and_then(|target| target.effect(request.method()));
    entry.operation = effect.map(|effect| to_operation(effect).unwrap_or(Operation::Action));
    let caller = identify_caller(tenants, entry, address, &request).await?;
    let target = target.map_err(|strange| Refusal::from_failure(Failure::of_path(&strange)))?;
    let tenant = find_tenant(tenants, &caller, &target.tenant)?;
    entry.tenant = Some(tenant.spec.name.clone());
    entry.target = audited_target(&target.target);
    let effect = effect.ok_or_else(|| Refusal::from_failure(Failure::of_method(request.method(), &target)))?;
    authorize(tenant, effect)?;
    Ok(forward(tenant, entry.trail.clone(), request).await)
}

/// Returns `$metadata`, which is the same for all tenants and callers, and needs no login.
fn metadata_response(query: &str) -> Result<Response<ResponseBody>, Refusal> {
    let version = query::version(query).map_err(Refusal::from_failure)?;
    let body = to_response_body(Full::from(metadata::document(version)));
    let mut response = Response::new(body);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/xml;charset=utf-8"));
    Ok(response)
}

/// Returns the tenant that a path names, among those that the caller may call.
fn find_tenant<'t>(tenants: &'t TenantSnapshot, caller: &str, named: &Named) -> Result<&'t Arc<Tenant>, Refusal> {
    let mut own = tenants.callable_by(caller).filter(|tenant| !tenant.spec.directory.is_empty());
    match named {
        Named::Named(_) => {
            let is_named = |tenant: &&Arc<Tenant>| names_directory(named, &tenant.spec.directory);
            // The caller cannot tell another's directory from one that does not exist.
            let unknown = || Refusal::from_failure(Failure::unknown_directory());
            own.find(is_named).ok_or_else(unknown)
        }
        Named::OfCaller => match (own.next(), own.next()) {
            (Some(tenant), None) => Ok(tenant),
            (None, _) => Err(Refusal::new(StatusCode::FORBIDDEN, "This caller has no directory")),
            (Some(_), Some(_)) => {
                let problem = "This caller has several directories: name one instead of myorganization or me";
                Err(Refusal::new(StatusCode::BAD_REQUEST, problem))
            }
        },
    }
}

/// Converts an effect to an operation of the configuration; none for a batch, which may contain several.
fn to_operation(effect: Effect) -> Option<Operation> {
    match effect {
        Effect::Read => Some(Operation::Read),
        Effect::Query => Some(Operation::Query),
        Effect::Create => Some(Operation::Create),
        Effect::Update => Some(Operation::Patch),
        Effect::Delete => Some(Operation::Delete),
        Effect::Any => None,
    }
}

/// Checks that a tenant allows the operations of a request.
fn authorize(tenant: &Tenant, effect: Effect) -> Result<(), Refusal> {
    let required = to_operation(effect).map_or(BATCH_OPERATIONS.to_vec(), |operation| vec![operation]);
    match required.into_iter().find(|operation| !tenant.spec.operations.allows(*operation)) {
        None => Ok(()),
        Some(operation) => {
            let of_batch = if effect == Effect::Any { ", which a batch may contain," } else { "" };
            let problem = format!("The operation {}{of_batch} is not allowed here", operation.name());
            Err(Refusal::new(StatusCode::FORBIDDEN, problem))
        }
    }
}

/// Returns the collection and the id of a target, for the audit log.
fn audited_target(target: &Target) -> Option<(String, Option<String>)> {
    match target {
        Target::Objects(set) => Some((set.name().to_owned(), None)),
        Target::Object(key)
        | Target::Photo(key)
        | Target::Related(key, _)
        | Target::Links(key, _)
        | Target::FunctionOf(key, _) => match key {
            Key::Me => Some(("me".to_owned(), None)),
            Key::Of(set, id) => Some((set.name().to_owned(), Some(id.clone()))),
        },
        Target::Service | Target::Metadata | Target::Batch | Target::IsMemberOf | Target::ObjectsByIds => None,
    }
}
