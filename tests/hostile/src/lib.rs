//! A component with the connector's interfaces that does what it is asked to, and much of that is what no tenant may.
//!
//! Which it is, stands in the path that OpenIDM's requests have, `/openidm/system/{tenant}/{behaviour}?{arguments}`, or is the
//! operation's name of the interface of strings. The host's tests say what becomes of each.

#![cfg(target_family = "wasm")]
#![allow(unsafe_code, missing_docs, reason = "it speaks the canonical ABI in raw pointers, and nobody uses it as a library")]

mod behaviour;
#[allow(clippy::all, reason = "generated")]
mod bindings;
mod fetch;
mod memory;
mod reply;

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
        // Until the end, so that a search of the memory meets them.
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
