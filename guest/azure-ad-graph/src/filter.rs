//! `$filter` of Azure AD Graph.
//! <https://learn.microsoft.com/en-us/previous-versions/azure/ad/graph/howto/azure-ad-graph-api-supported-queries-filters-and-paging-options>
//!
//! [`parse`] parses a filter, and `resolve` checks its names and values against the table of properties. [`push_down`] splits it between
//! Microsoft Graph and the connector. No text of the caller reaches Microsoft Graph unparsed.

pub mod expression;
pub mod parse;
pub mod push_down;
mod resolve;
