//! Who calls, and how a tenant's component gets the request.

use std::net::IpAddr;
use std::sync::Arc;

use http::{HeaderValue, Request, Response, header};
use protocol::frontend::Refusal;
use protocol::login::{PASSWORD, USERNAME};
use tracing::Instrument as _;

use crate::gateway::exchange;
use crate::gateway::request_body::RequestBody;
use crate::gateway::response_body::ResponseBody;
use crate::observability::audit_entry::AuditEntry;
use crate::observability::call_trail::CallTrail;
use crate::tenants::snapshot::TenantSnapshot;
use crate::tenants::tenant::Tenant;

/// Returns the caller of a request, and records it.
pub(super) async fn identify_caller(
    tenants: &TenantSnapshot,
    entry: &mut AuditEntry,
    address: Option<IpAddr>,
    request: &Request<RequestBody>,
) -> Result<Arc<str>, Refusal> {
    let caller = tenants.callers.identify(request.headers(), address).await?;
    let caller = caller.ok_or(Refusal::UnknownCaller)?;
    entry.caller = Some(Arc::clone(&caller));
    Ok(caller)
}

/// Has a tenant's component respond to an authorized request, with the tenant's own login in place of the caller's.
pub(super) async fn forward(tenant: &Tenant, trail: CallTrail, mut request: Request<RequestBody>) -> Response<ResponseBody> {
    let headers = request.headers_mut();
    headers.remove(header::AUTHORIZATION);
    headers.remove(header::PROXY_AUTHORIZATION);
    headers.remove(header::COOKIE);
    for (name, value) in [(USERNAME, tenant.login.username.as_str()), (PASSWORD, tenant.login.password.expose())] {
        let Ok(mut value) = HeaderValue::from_str(value) else { continue };
        value.set_sensitive(true);
        headers.insert(name, value);
    }
    let span = tracing::error_span!("call", tenant = tenant.spec.name);
    exchange::respond(&tenant.host, &tenant.settings, trail, request).instrument(span).await
}
