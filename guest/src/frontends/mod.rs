//! Ways in. Each turns what it is given into an operation, and the result into what it gives.
//!
//! * [`json`]: operations by name, JSON in and out; [`call`] reads them, [`org_contacts`] those on organizational contacts.
//! * [`command`]: a command line.
//! * [`openidm`]: OpenIDM's REST paths; [`azure_ad_graph`]: those of the Azure AD Graph API; [`authentication`]: who calls them.
//! * `exports` (in the component alone): the WIT interfaces.

mod arguments;
pub mod authentication;
pub mod azure_ad_graph;
#[cfg(target_family = "wasm")]
#[allow(unsafe_code, missing_docs, clippy::all, reason = "generated: the canonical ABI is spoken in raw pointers")]
mod bindings;
pub mod call;
pub mod command;
pub mod curl;
#[cfg(target_family = "wasm")]
#[allow(unsafe_code, reason = "the generated export of the component's functions")]
pub mod exports;
pub mod json;
pub mod openidm;
#[cfg(target_family = "wasm")]
mod org_contact_records;
pub mod org_contacts;
#[cfg(target_family = "wasm")]
mod records;
mod requests;
