//! What all resources share: requests, responses, errors, query options, types and the encodings of values.

pub(crate) mod base64;
pub(crate) mod edm;
pub(crate) mod error;
pub(crate) mod expression;
pub(crate) mod json_body;
pub(crate) mod not_emulated;
pub(crate) mod page;
pub(crate) mod percent;
pub(crate) mod photo;
pub(crate) mod position;
pub(crate) mod precondition;
pub(crate) mod prefer;
pub(crate) mod query;
pub(crate) mod request;
pub(crate) mod response;
pub(crate) mod segment;
pub(crate) mod state_token;
