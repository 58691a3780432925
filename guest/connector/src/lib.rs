//! What the connector does: it maps contacts, builds and interprets requests of Microsoft Graph, and carries out operations with them.
//!
//! There is no I/O here, no WIT and no environment variable: a [`Network`](operations::send::network::Network) sends the requests.
//!
//! | module | knows |
//! |---|---|
//! | [`operations`] | the operations, over a network that someone supplies |
//! | [`graph`] | Microsoft Graph as values: paths, requests, responses, pages |
//! | [`contact`] | the canonical contact, and its mapping |

pub mod bounded_json;
pub mod contact;
pub mod error;
pub mod graph;
pub mod http_message;
pub mod nearest;
pub mod operations;
pub mod response_writer;
pub mod secret;
pub mod settings;
