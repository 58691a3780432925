//! Sends a request to the API that it is for, with an entry in the audit log.

use std::net::IpAddr;

use http::{Request, Response};
use tracing::Instrument as _;

use super::{azure_ad_graph, openidm};
use crate::gateway::audited_body::audit_response;
use crate::gateway::exchange::host_response;
use crate::gateway::refusal::Api;
use crate::gateway::request_body::RequestBody;
use crate::gateway::response_body::ResponseBody;
use crate::observability::audit_log::{AuditEntry, AuditLog};
use crate::observability::metrics::counters::Metrics;
use crate::observability::trace_context::TraceId;
use crate::tenants::snapshot::TenantSnapshot;

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
    let api = Api::of_request(&request, tenants.serves_directories());
    let response = async {
        match api {
            Api::OpenIdm => openidm::respond(tenants, &mut entry, address, request).await,
            Api::AzureAdGraph(_) => azure_ad_graph::respond(tenants, &mut entry, address, request).await,
        }
    };
    let response = match response.instrument(span).await {
        Ok(response) => response,
        Err(refusal) => host_response(refusal, &api),
    };
    audit_response(response, entry)
}
