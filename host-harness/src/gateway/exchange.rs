//! One request, one sandbox, one answer.

use bytes::Bytes;
use http::{Request, Response, StatusCode, header};
use http_body_util::BodyExt;
use http_body_util::combinators::UnsyncBoxBody;
use tokio::sync::oneshot;
use wasmtime_wasi_http::Error;
use wasmtime_wasi_http::p2::bindings::http::types::Scheme;

use super::inbound::Inbound;
use super::refusal::{Form, Refusal};
use super::request_body::RequestBody;
use super::response_body::{ResponseBody, RunningCall};
use crate::audit::Trail;
use crate::breach::Excess;
use crate::call_error::CallError;
use crate::component::Connector;
use crate::outbound::content_length;
use crate::settings::Settings;

/// The body of an answer.
pub(super) type Answer = UnsyncBoxBody<Bytes, Error>;

/// The answer to a request: the component's, or the host's where there is none. `trail` gets the ids of the requests that it
/// makes.
pub(super) async fn answer(
    connector: &Connector,
    settings: &Settings,
    trail: Trail,
    request: Request<RequestBody>,
) -> Response<Answer> {
    let form = Form::of(&request, !settings.directory.is_empty());
    match of_component(connector, settings, trail, request).await {
        Ok(response) => response.map(BodyExt::boxed_unsync),
        Err(refusal) => of_host(refusal, &form),
    }
}

/// An answer of the host's own.
pub(super) fn of_host(refusal: Refusal, form: &Form) -> Response<Answer> {
    refusal.into_response(form).map(|body| body.map_err(|never| match never {}).boxed_unsync())
}

async fn of_component(
    connector: &Connector,
    settings: &Settings,
    trail: Trail,
    request: Request<RequestBody>,
) -> Result<Response<ResponseBody>, Refusal> {
    if request.uri().authority().is_none() && !request.headers().contains_key(header::HOST) {
        return Err(Refusal::new(StatusCode::BAD_REQUEST, "the request has no Host header"));
    }
    let mut lease = connector.lease(settings).await.inspect_err(|error| trail.stopped(error))?;
    lease.store.data_mut().follow(trail.clone());
    let (breach, limit) = (lease.store.data().breach(), connector.answer_bytes());
    let (responder, response) = oneshot::channel();
    let (connector, deadline) = (connector.clone(), settings.deadline);
    let (until, ended) = (breach.clone(), trail.clone());
    let call = RunningCall::spawn(async move {
        let exchange = async {
            let instance = connector.instantiate_http(&mut lease.store).await?;
            let mut inbound = Inbound;
            let mut http = lease.store.data_mut().http_with(&mut inbound);
            let request = http.new_incoming_request(Scheme::Http, request)?;
            let responder = http.new_response_outparam(responder)?;
            instance.wasi_http_incoming_handler().call_handle(&mut lease.store, request, responder).await
        };
        // Before the sandbox goes, and the answer breaks off with it.
        connector.within(deadline, until, exchange).await.inspect_err(|error| ended.stopped(error))
    });
    match response.await {
        Ok(Ok(response)) if content_length(response.headers()).is_some_and(|length| length > limit as u64) => {
            breach.note(Excess::Answer(limit));
            let error = call.await.err().unwrap_or(CallError::AnswerTooLarge { limit });
            trail.stopped(&error);
            Err(error.into())
        }
        Ok(Ok(response)) => Ok(response.map(|body| ResponseBody::new(body, call, breach, trail, limit))),
        Ok(Err(code)) => Err(code.into()),
        // The responder went with the sandbox.
        Err(_) => Err(match call.await {
            Ok(()) => Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "the component ended without a response"),
            Err(error) => error.into(),
        }),
    }
}
