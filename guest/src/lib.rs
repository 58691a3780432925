//! A Microsoft 365 contacts connector as a WebAssembly component.
//!
//! Built for `wasm32-wasip2`, this is the component with the exports of `wit/world.wit`. Built natively, it is a library for tests.
//! Other crates do the work: `connector` has the operations, `openidm` and `azure-ad-graph` the REST frontends over them, and
//! `protocol` what the host has to know about either.
//!
//! | module | job |
//! |---|---|
//! | [`invoke`] | the table of operations: each by name, with JSON arguments and results |
//! | [`command`] | the command line; [`curl`] formats requests for it |
//! | [`dispatch`] | routes HTTP requests to the REST frontends |
//! | [`settings`] | parses settings from the environment |
//! | `wit` | the exports; only in the component |
//! | `transport` | HTTP over `wasi:http`; only in the component |

pub mod command;
pub mod curl;
pub mod dispatch;
pub mod invoke;
pub mod settings;
#[cfg(target_family = "wasm")]
pub mod transport;
#[cfg(target_family = "wasm")]
mod wit;
