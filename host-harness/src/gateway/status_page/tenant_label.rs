//! The name of a tenant on the status page.

use crate::observability::metrics::counters::NO_TENANT;
use crate::observability::metrics::status::TenantStatus;

/// Returns the name of a tenant in HTML. Names of tenants need no escaping.
pub(super) fn tenant_label(tenant: &TenantStatus) -> &str {
    if tenant.name == NO_TENANT { "<i>none</i>" } else { &tenant.name }
}
