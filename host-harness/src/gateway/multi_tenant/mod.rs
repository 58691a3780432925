//! Requests to a multi-tenant gateway: who calls, which tenant, and whether the tenant allows the operation to this caller. The
//! response comes from the component, in a sandbox of the tenant.

mod admission;
pub(super) mod dispatch;
mod test_all;
