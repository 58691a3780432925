//! The connector: it maps contacts, builds requests to Microsoft Graph, interprets responses, and carries out operations with them.
//!
//! It does no I/O, and knows neither WIT nor environment variables: a [`Network`](operations::send::network::Network) sends the requests.
//!
//! | module | contents |
//! |---|---|
//! | [`operations`] | the operations, over a network that the caller supplies |
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
