//! One request, one sandbox, one response.

use http::{Request, Response, StatusCode};
use http_body_util::BodyExt;
use protocol::api::Api;
use protocol::frontend::{Head, Refusal};
use tokio::sync::oneshot;
use wasmtime_wasi_http::p2::bindings::http::types::Scheme;

use super::component_body::{ComponentBody, RunningCall};
use super::inbound_hooks::InboundHooks;
use super::refusal::{RequestHead, of_error_code, refuse};
use super::request_body::RequestBody;
use super::response_body::ResponseBody;
use crate::egress::headers::content_length;
use crate::limit_signal::ExceededLimit;
use crate::observability::call_trail::CallTrail;
use crate::sandbox::call_error::CallError;
use crate::sandbox::component_host::ComponentHost;
use crate::settings::Settings;

/// Returns the component's response to a request, or the host's if the component has none. `trail` records the call.
pub(super) async fn respond(
    host: &ComponentHost,
    settings: &Settings,
    trail: CallTrail,
    request: Request<RequestBody>,
) -> Response<ResponseBody> {
    let head = RequestHead::of(&request);
    match call_component(host, settings, trail, request).await {
        Ok(response) => response.map(BodyExt::boxed_unsync),
        Err(refusal) => refuse(&refusal, Api::of(head.as_head(), !settings.directory.is_empty()), &head),
    }
}

async fn call_component(
    host: &ComponentHost,
    settings: &Settings,
    trail: CallTrail,
    request: Request<RequestBody>,
) -> Result<Response<ComponentBody>, Refusal> {
    let head = Head::from(&request);
    let target = Api::of(head, !settings.directory.is_empty()).frontend().write_target(head);
    // First, so that a call that waits for another one holds no sandbox.
    let write_permit = host.acquire_write(settings, &target).await.inspect_err(|error| trail.record_failure(error.name()))?;
    let mut lease = host.acquire(settings).await.inspect_err(|error| trail.record_failure(error.name()))?;
    lease.store.data_mut().set_trail(trail.clone());
    let (signal, limit) = (lease.store.data().limit_signal(), host.max_response_bytes());
    let (responder, response) = oneshot::channel();
    let (host, deadline) = (host.clone(), settings.deadline);
    let (call_signal, call_trail) = (signal.clone(), trail.clone());
    let call = RunningCall::spawn(async move {
        // Held until the sandbox is dropped, which writes until then.
        let _write_permit = write_permit;
        let mut lease = lease;
        let exchange = async {
            let instance = host.instantiate_http(&mut lease.store).await?;
            let mut hooks = InboundHooks;
            let mut http = lease.store.data_mut().http_with(&mut hooks);
            let request = http.new_incoming_request(Scheme::Http, request)?;
            let responder = http.new_response_outparam(responder)?;
            instance.wasi_http_incoming_handler().call_handle(&mut lease.store, request, responder).await
        };
        // Recorded before the sandbox is dropped, which aborts the response.
        let outcome = host.run_within(deadline, call_signal, exchange).await;
        outcome.inspect_err(|error| call_trail.record_failure(error.name()))
    });
    match response.await {
        Ok(Ok(response)) if content_length(response.headers()).is_some_and(|length| length > limit as u64) => {
            signal.raise(ExceededLimit::ResponseBytes(limit));
            let error = call.await.err().unwrap_or(CallError::ResponseTooLarge { limit });
            trail.record_failure(error.name());
            Err(error.into())
        }
        Ok(Ok(response)) => Ok(response.map(|body| ComponentBody::new(body, call, signal, trail, limit))),
        Ok(Err(code)) => Err(of_error_code(&code)),
        // The responder was dropped with the sandbox.
        Err(_) => Err(match call.await {
            Ok(()) => Refusal::host(StatusCode::INTERNAL_SERVER_ERROR, "the component ended without a response"),
            Err(error) => error.into(),
        }),
    }
}
