//! `$filter` as Azure AD Graph has it, and what becomes of it.
//! <https://learn.microsoft.com/en-us/previous-versions/azure/ad/graph/howto/azure-ad-graph-api-supported-queries-filters-and-paging-options>
//!
//! A filter is read, and written anew in Microsoft Graph's words, name by name and value by value. Of what Microsoft Graph does not
//! filter by and Azure AD Graph did, the connector takes care itself.

mod expression;
mod parse;
mod translate;

pub use expression::{Filter, Parsed, Test};
pub use parse::filter as parse;
pub use translate::Translated;
