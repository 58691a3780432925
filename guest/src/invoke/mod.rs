//! Operations by name, with JSON arguments and results: what `wit/json.wit` lists.

mod arguments;
pub mod call;
pub mod json;
pub mod org_contacts;
mod requests;
