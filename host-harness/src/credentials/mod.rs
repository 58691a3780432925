//! Credentials: what the host authenticates with at Microsoft Graph, and where access tokens come from.

pub(crate) mod certificate;
pub(crate) mod credential;
pub(crate) mod secret;
pub(crate) mod source;
pub(crate) mod token_error;
mod token_request;
mod tokens;
