//! The sizes of pages: of those that callers get, and of those that Microsoft Graph returns.

use connector::graph::directory_objects::QueryOptions;

/// The objects of a page by default.
/// <https://learn.microsoft.com/en-us/previous-versions/azure/ad/graph/howto/azure-ad-graph-api-supported-queries-filters-and-paging-options>
pub(crate) const DEFAULT_PAGE_SIZE: u32 = 100;
/// The most objects of a page.
pub(crate) const MAX_PAGE_SIZE: u32 = 999;
/// The most users of one response of Microsoft Graph that have their plans with them. A user can have a hundred plans.
const MAX_WITH_PLANS: u32 = 100;
/// The most objects of one response of Microsoft Graph that have another object with them.
const MAX_WITH_MANAGER: u32 = 50;
/// The most objects of one response of Microsoft Graph that have up to twenty other objects with them.
const MAX_WITH_DIRECT_REPORTS: u32 = 10;

/// Returns how many objects to request at once, so that Microsoft Graph's response does not become too large.
pub(crate) fn limit_page_size(top: u32, options: &QueryOptions) -> u32 {
    top.min(match options.expand.as_ref().map(|(relation, _)| *relation) {
        Some("manager") => MAX_WITH_MANAGER,
        Some("directReports") => MAX_WITH_DIRECT_REPORTS,
        _ if options.select.contains(&"assignedPlans") => MAX_WITH_PLANS,
        _ => top,
    })
}
