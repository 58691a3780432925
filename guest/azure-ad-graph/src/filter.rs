//! `$filter` of Azure AD Graph.
//! <https://learn.microsoft.com/en-us/previous-versions/azure/ad/graph/howto/azure-ad-graph-api-supported-queries-filters-and-paging-options>
//!
//! A filter is parsed ([`parse`]), its names and values are checked against the table of properties ([`expression`]), and it is split
//! between Microsoft Graph and the connector ([`push_down`]). No text of the caller reaches Microsoft Graph unparsed.

pub mod expression;
pub mod parse;
pub mod push_down;
mod resolve;
