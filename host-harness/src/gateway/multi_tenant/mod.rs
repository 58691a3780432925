//! Requests to a multi-tenant gateway: who calls, which tenant, and whether the tenant allows the operation to this caller. The
//! response comes from the component, in a sandbox of the tenant.

mod admission;
mod azure_ad_graph;
pub(super) mod dispatch;
mod openidm;
mod test_all;
