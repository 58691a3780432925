//! A Microsoft 365 contacts connector as a component: it maps contact attributes, and builds and interprets Microsoft Graph requests.
//!
//! Built for `wasm32-wasip2` this is the component, with the exports of `wit/world.wit`. Built natively it is a library without the
//! sandbox, as the tests use it. What the component does is in crates of its own: `connector` has the operations, `openidm` and
//! `azure-ad-graph` the REST frontends over them, `protocol` what the host has to know of either.
//!
//! | module | job |
//! |---|---|
//! | [`invoke`] | operations by name, with JSON arguments and results |
//! | [`command`] | the command line; [`curl`] prints requests for it |
//! | [`dispatch`] | HTTP requests to their REST frontend |
//! | [`settings`] | settings from the environment |
//! | `wit` | the exports, in the component alone |
//! | `transport` | the network, in the component alone: the one file that knows waki |

pub mod command;
pub mod curl;
pub mod dispatch;
pub mod invoke;
pub mod settings;
#[cfg(target_family = "wasm")]
pub mod transport;
#[cfg(target_family = "wasm")]
mod wit;
