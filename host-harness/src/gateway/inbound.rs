//! Which headers of a caller's request the component sees.

use http::Request;
use wasmtime_wasi_http::{Error, RequestOptions, WasiBody, WasiHttpHooks};

use crate::outbound::{Sending, Transmission};

/// All but those that are about the connection. `Authorization` is among them, as it is the caller's login to the gateway;
/// on the way out it is another, and the component does not have it.
pub(super) struct Inbound;

impl WasiHttpHooks for Inbound {
    fn send_request(&mut self, _: Request<WasiBody>, _: Option<RequestOptions>, _: Transmission) -> Sending {
        Box::new(std::future::ready(Err(Error::HttpRequestDenied)))
    }
}
