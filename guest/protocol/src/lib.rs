//! The rules on which the two sides of the sandbox must agree, and nothing else.
//!
//! The component serves requests and sends requests. Its host decides, outside of the sandbox, who may make the former and which of
//! the latter may leave. Both parse a request with this crate, so they cannot disagree about it.
//!
//! | module | what it holds |
//! |---|---|
//! | [`allowed_requests`] | the requests to Microsoft Graph that the connector sends |
//! | [`graph_path`], [`graph_link`] | a path and a link of Microsoft Graph, parsed into their meaning |
//! | [`cloud`] | Microsoft's clouds: addresses, and what each lacks |
//! | [`operation`] | the operations that a tenant's callers can be allowed |
//! | [`write_target`] | what a request writes to, by which the host orders writes |
//! | [`login`] | how a request carries its caller's credential |
//! | [`frontend`] | of a REST API: which requests are its own, what each does to what, how a refusal looks |
//! | [`api`] | the list of REST APIs: [`openidm`], [`azure_ad_graph`] |

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::panic))]

pub mod allowed_requests;
pub mod api;
pub mod azure_ad_graph;
pub mod cloud;
pub mod frontend;
pub mod graph_link;
pub mod graph_path;
pub mod login;
pub mod openidm;
pub mod operation;
pub mod shorten;
pub mod write_target;
