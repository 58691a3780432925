//! A Microsoft 365 contacts connector: it maps contact attributes, and builds and interprets Microsoft Graph requests.
//!
//! Built for `wasm32-wasip2` it is a component with the exports of `wit/world.wit`; built natively, a library whose parts run
//! without a sandbox, as the tests do. Uses run downwards only:
//!
//! | module | knows |
//! |---|---|
//! | [`frontends`] | ways in: WIT, a command line, OpenIDM's REST paths |
//! | [`operations`] | what the connector does, over a network that someone supplies |
//! | [`graph`] | Microsoft Graph as values: addresses, requests, answers, pages |
//! | [`contact`] | the canonical contact, and its mapping |
//!
//! `transport`, in the component alone, is the network: the one file that knows waki.

pub mod bounded_json;
pub mod contact;
pub mod error;
pub mod frontends;
pub mod graph;
pub mod operations;
pub mod secret;
pub mod settings;
#[cfg(target_family = "wasm")]
pub mod transport;
