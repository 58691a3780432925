//! Requests to a multi-tenant gateway: who calls, which tenant, and whether the tenant allows the operation to this caller. The
//! response comes from the component, in a sandbox of the tenant.
//!
//! The host reads requests with the code that the component reads them with ([`protocol::frontend`]), so that both take a request for
//! the same.

use std::net::IpAddr;
use std::time::Duration;

use http::{Request, Response};
use http_body_util::Full;
use protocol::api::Api;
use protocol::frontend::{Frontend, Refusal, TenantRef};
use protocol::operation::Operation;
use tracing::Instrument as _;

use super::admission::{forward, identify_caller};
use super::test_all;
use crate::gateway::audited_body::audit_response;
use crate::gateway::refusal::{RequestHead, refuse};
use crate::gateway::request_body::RequestBody;
use crate::gateway::response_body::{ResponseBody, to_response_body};
use crate::observability::audit_entry::AuditEntry;
use crate::observability::audit_log::AuditLog;
use crate::observability::metrics::counters::Metrics;
use crate::observability::trace_context::TraceId;
use crate::tenants::snapshot::TenantSnapshot;

/// How long a call waits for the caller's other calls.
const CALLER_QUEUE_TIMEOUT: Duration = Duration::from_secs(5);

/// Returns the response to a request from an address.
pub(crate) async fn respond(
    tenants: &TenantSnapshot,
    (audit_log, metrics): (Option<AuditLog>, Metrics),
    address: Option<IpAddr>,
    request: Request<RequestBody>,
) -> Response<ResponseBody> {
    let trace = TraceId::from_headers(request.headers());
    let mut entry = AuditEntry::start(audit_log, metrics, trace);
    // At the level of the most severe messages, so that each of them has the span.
    let span = tracing::error_span!("request", %trace);
    let head = RequestHead::of(&request);
    let api = Api::of(head.as_head(), tenants.serves_directories());
    let admitted = admit(api.frontend(), tenants, &mut entry, address, request);
    let response = match admitted.instrument(span).await {
        Ok(response) => response,
        Err(refusal) => refuse(&refusal, api, &head),
    };
    audit_response(response, entry)
}

/// Returns the component's response to a request, or why the request is refused.
async fn admit(
    frontend: &dyn Frontend,
    tenants: &TenantSnapshot,
    entry: &mut AuditEntry,
    address: Option<IpAddr>,
    request: Request<RequestBody>,
) -> Result<Response<ResponseBody>, Refusal> {
    if let Some(document) = frontend.public_document((&request).into()) {
        return Ok(document?.map(|body| to_response_body(Full::from(body))));
    }
    let operations = frontend.operations((&request).into());
    entry.operation = operations.as_ref().ok().map(|operations| match operations {
        [operation] => *operation,
        _ => Operation::Action,
    });
    let caller = identify_caller(tenants, entry, address, &request).await?;
    let permit = tenants.callers.acquire_call(&caller, CALLER_QUEUE_TIMEOUT).await;
    entry.permit = permit.inspect_err(|error| entry.trail.record_failure(error.name()))?;
    let target = frontend.target((&request).into())?;
    if target.tenant == TenantRef::All {
        return test_all::respond(tenants, &caller, &entry.trail, &request).await;
    }
    let tenant = tenants.find(&caller, &target.tenant)?;
    // The log names the tenant in any case. The caller cannot tell another's tenant from one that does not exist.
    entry.tenant = Some(tenant.spec.name.clone());
    entry.is_tenants_own = tenant.spec.callers.contains(&*caller);
    entry.target = target.object;
    tenant.authorize(&caller, target.tenant, operations)?;
    entry.record_writes(tenants.audit_required);
    Ok(forward(tenant, entry.trail.clone(), request).await)
}
