//! Which headers of a caller's request the component gets.

use http::Request;
use wasmtime_wasi_http::{Error, RequestOptions, WasiBody, WasiHttpHooks};

use crate::egress::exchange::{PendingResponse, Transmission};

/// Passes all headers but those of the connection. `Authorization` is among them, because it is the caller's login to the
/// gateway; requests to Microsoft Graph have another one, which the component does not get.
pub(super) struct InboundHooks;

impl WasiHttpHooks for InboundHooks {
    fn send_request(&mut self, _: Request<WasiBody>, _: Option<RequestOptions>, _: Transmission) -> PendingResponse {
        Box::new(std::future::ready(Err(Error::HttpRequestDenied)))
    }
}
