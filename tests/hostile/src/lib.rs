//! A hostile component with the connector's interfaces. Each request selects a behaviour.
//!
//! The path of a request names it, `/openidm/system/{tenant}/{behaviour}?{arguments}`, as does the operation of a call of the
//! JSON interface. The end-to-end tests check how the host handles each.

#![cfg(target_family = "wasm")]
#![allow(unsafe_code, missing_docs, reason = "the canonical ABI needs raw pointers, and this is not a library")]

mod behaviour;
#[allow(clippy::all, reason = "generated")]
mod bindings;
mod fetch;
mod memory;
mod response_writer;

use std::hint::black_box;

use serde_json::Value;

use self::behaviour::{behave, misbehave};
use self::bindings::exports::graph_contacts::connector::json;
use self::bindings::exports::wasi::http::incoming_handler;
use self::bindings::wasi::http::types::{IncomingRequest, ResponseOutparam};

struct Hostile;
bindings::export!(Hostile with_types_in bindings);

impl incoming_handler::Guest for Hostile {
    fn handle(request: IncomingRequest, out: ResponseOutparam) {
        let target = request.path_with_query().unwrap_or_default();
        let (path, query) = target.split_once('?').unwrap_or((&target, ""));
        let name = path.split('/').nth(4).unwrap_or_default();
        let arguments: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        // The headers live until the end, so that a search of the memory finds them.
        let headers = request.headers().entries();
        behave(name, &arguments, out);
        black_box(&headers);
    }
}

impl json::Guest for Hostile {
    fn invoke(operation: String, _arguments: String) -> Result<String, String> {
        misbehave(&operation);
        match operation.as_str() {
            "well" => Ok(Value::Null.to_string()),
            "huge" => Ok("x".repeat(64 << 20)),
            other => Err(format!("there is no behaviour {other}")),
        }
    }
}
