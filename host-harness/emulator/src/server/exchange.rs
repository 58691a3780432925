//! One request from its arrival to its response: request log, throttle, faults and effect.

use std::sync::Arc;

use bytes::Bytes;
use http::header::{CACHE_CONTROL, RETRY_AFTER};
use http::{Method, StatusCode, Uri};
use jiff::Timestamp;
use uuid::Uuid;

use crate::directory::cost;
use crate::faults::fault::{CannedResponse, FaultKind};
use crate::faults::throttle::{RequestUsage, Usage};
use crate::odata::error::{GraphError, Outcome};
use crate::odata::query::Query;
use crate::odata::response::GraphResponse;
use crate::route::{self, ContactPart, Target};
use crate::server::gzip;
use crate::server::incoming::{ConnectionClosed, ExchangeResult, IncomingRequest};
use crate::server::request_log::RecordedRequest;
use crate::server::shared::Shared;
use crate::service;
use crate::store::Store;
use crate::variation;

/// Carries out a request that is not a batch. `number` is its number in the request log.
pub(crate) async fn carry_out_single(shared: Arc<Shared>, number: usize, request: IncomingRequest) -> ExchangeResult {
    let (flight, fault) = match admit(&shared, &request) {
        Ok(admitted) => admitted,
        Err(refused) => {
            let mut state = shared.lock();
            let choices = state.choose();
            let response = finish(&request, Err(refused), |response| {
                variation::response::vary(response, &request.parts, choices, &mut state.store)
            });
            state.requests.record_status(number, response.status);
            drop(state);
            return Ok((response, None));
        }
    };
    let ending = run_under_fault(&shared, fault, async || Ok(apply(&shared, &request))).await?;
    drop(flight);
    shared.lock().requests.record_status(number, ending.0.status);
    Ok(ending)
}

/// Logs a request, and returns its number.
pub(crate) fn record_request(shared: &Shared, request: &IncomingRequest) -> usize {
    let IncomingRequest { parts, body, item } = request;
    shared.lock().requests.add(RecordedRequest {
        method: parts.method.clone(),
        target: get_target(&parts.uri).to_owned(),
        headers: parts.headers.clone(),
        body: body.clone().unwrap_or_default(),
        status: None,
        batch_item: item.clone(),
    })
}

/// Logs the status of an item that was not carried out.
pub(crate) fn record_skipped(shared: &Shared, number: usize, status: StatusCode) {
    shared.lock().requests.record_status(number, status);
}

/// A request in flight, until it is dropped.
struct Flight {
    shared: Arc<Shared>,
    mailbox: String,
}

impl Drop for Flight {
    fn drop(&mut self) {
        self.shared.lock().traffic.leave(&self.mailbox);
    }
}

/// Measures what a request uses. A request that names no resource uses nothing.
fn measure_usage(store: &Store, request: &IncomingRequest) -> RequestUsage {
    let parts = &request.parts;
    let Ok((_, target)) = route::parse_path(parts.uri.path()) else { return RequestUsage::default() };
    if let Target::Directory(resource) = &target {
        let query = Query::parse(parts.uri.query().unwrap_or_default()).unwrap_or_default();
        let units = cost::count_resource_units(resource, &parts.method, &query);
        let writes = usize::from(parts.method != Method::GET);
        return RequestUsage { mailbox: None, amounts: vec![(Usage::DirectoryUnits, units), (Usage::DirectoryWrites, writes)] };
    }
    let user = route::find_mailbox_user(parts.uri.path()).and_then(|key| store.find_user(&key).ok());
    let Some(user) = user else { return RequestUsage::default() };
    let mut amounts = vec![(Usage::Requests, 1), (Usage::UploadedBytes, request.body.as_ref().map_or(0, Bytes::len))];
    let is_extension =
        |part: &ContactPart| matches!(part, ContactPart::Extensions | ContactPart::ExtensionCount | ContactPart::Extension(_));
    if matches!(&target, Target::Within(_, _, part) if is_extension(part)) {
        amounts.push((Usage::Extensions, 1));
    }
    RequestUsage { mailbox: Some(user.id.clone()), amounts }
}

/// Admits a request, and returns the fault that it meets. A throttled request meets no fault. A request without a valid token
/// does not count.
fn admit(shared: &Arc<Shared>, request: &IncomingRequest) -> Outcome<(Option<Flight>, Option<FaultKind>)> {
    let IncomingRequest { parts, item, .. } = request;
    let authentic = service::authenticate(shared.token.as_deref(), &parts.headers).is_ok();
    let mut state = shared.lock();
    let usage = if authentic { measure_usage(&state.store, request) } else { RequestUsage::default() };
    state.traffic.enter(&usage)?;
    let fault = state.faults.take_matching(&parts.method, &parts.uri, item.is_some());
    drop(state);
    Ok((usage.mailbox.map(|mailbox| Flight { shared: Arc::clone(shared), mailbox }), fault))
}

/// Applies a request as its fault asks.
pub(crate) async fn run_under_fault(
    shared: &Shared,
    fault: Option<FaultKind>,
    apply: impl AsyncFnOnce() -> Result<GraphResponse, ConnectionClosed>,
) -> ExchangeResult {
    match fault {
        None => Ok((apply().await?, None)),
        Some(FaultKind::Delay(time)) => {
            tokio::time::sleep(time).await;
            Ok((apply().await?, None))
        }
        Some(FaultKind::ExpireDeltaTokens(expired)) => {
            shared.lock().store.deltas.expire(expired);
            Ok((apply().await?, None))
        }
        Some(FaultKind::Truncate(length)) => Ok((apply().await?, Some(length))),
        Some(FaultKind::Respond(canned)) => Ok((render_canned(canned), None)),
        Some(FaultKind::ApplyThenRespond(canned)) => {
            apply().await?;
            Ok((render_canned(canned), None))
        }
        Some(FaultKind::Hang) => std::future::pending().await,
        Some(FaultKind::ApplyThenHang) => {
            apply().await?;
            std::future::pending().await
        }
        Some(FaultKind::Close) => Err(ConnectionClosed),
        Some(FaultKind::ApplyThenClose) => {
            apply().await?;
            Err(ConnectionClosed)
        }
    }
}

/// Applies a request, and returns Graph's response.
fn apply(shared: &Shared, request: &IncomingRequest) -> GraphResponse {
    let mut state = shared.lock();
    let choices = state.choose();
    let outcome = match &request.body {
        Some(body) => service::handle(&mut state.store, shared.token.as_deref(), &request.parts, body.clone(), choices),
        None => Err(GraphError::too_large()),
    };
    finish(request, outcome, |response| variation::response::vary(response, &request.parts, choices, &mut state.store))
}

/// Creates the response for an error, varies the response, and adds the headers of every response. An item of a batch has fewer: the batch has the
/// rest (<https://learn.microsoft.com/graph/json-batching>).
pub(crate) fn finish(
    request: &IncomingRequest,
    outcome: Outcome<GraphResponse>,
    vary: impl FnOnce(GraphResponse) -> GraphResponse,
) -> GraphResponse {
    let request_id = Uuid::new_v4().to_string();
    let sent = request.parts.headers.get("client-request-id").and_then(|value| value.to_str().ok());
    let client_request_id = sent.unwrap_or(&request_id);
    let response = vary(outcome.unwrap_or_else(|error| GraphResponse::error(&error, &request_id, client_request_id)));
    match request.item {
        Some(_) => response.with_header(CACHE_CONTROL, "no-cache"),
        None => gzip::compress(response.with_identifiers(&request_id, client_request_id), &request.parts.headers),
    }
}

fn render_canned(canned: CannedResponse) -> GraphResponse {
    let response = GraphResponse { status: canned.status, headers: canned.headers, body: canned.body };
    match canned.retry_after_date {
        Some(later) => {
            // RFC 9110, 5.6.7.
            let date =
                Timestamp::now().checked_add(later).unwrap_or(Timestamp::MAX).strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
            response.with_header(RETRY_AFTER, &date)
        }
        None => response,
    }
}

fn get_target(uri: &Uri) -> &str {
    uri.path_and_query().map_or(uri.path(), http::uri::PathAndQuery::as_str)
}
