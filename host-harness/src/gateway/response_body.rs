//! The body of a response to a caller, from the component or from the host.

use bytes::Bytes;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full};
use wasmtime_wasi_http::Error;

/// The body of a response to a caller.
pub(super) type ResponseBody = UnsyncBoxBody<Bytes, Error>;

/// Converts a body that is in memory.
pub(super) fn to_response_body(body: Full<Bytes>) -> ResponseBody {
    body.map_err(|never| match never {}).boxed_unsync()
}
