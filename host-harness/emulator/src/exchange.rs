//! A request from its arrival to its answer: the record, the throttle, faults, and the effect.

use std::sync::Arc;

use bytes::Bytes;
use http::header::{CACHE_CONTROL, RETRY_AFTER};
use http::request::Parts;
use http::{Method, StatusCode, Uri};
use jiff::Timestamp;
use uuid::Uuid;

use super::answer::Answer;
use super::batch;
use super::error::{GraphError, Outcome};
use super::fault::{FaultKind, Reply};
use super::gzip;
use super::recorded::Recorded;
use super::route::{self, Target};
use super::server::Shared;
use super::service;

/// A request as it arrived, by itself or in a batch.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) parts: Parts,
    /// None when it was over the limit.
    pub(super) body: Option<Bytes>,
    /// The id that it has in its batch.
    pub(super) item: Option<String>,
}

/// An answer, of whose body only the first bytes go out if there is a number; or the end of the connection.
pub(super) type Ending = Result<(Answer, Option<usize>), Closed>;

/// The connection is to be closed without an answer.
#[derive(Debug)]
pub(super) struct Closed;

impl std::fmt::Display for Closed {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("closed by a fault")
    }
}

impl std::error::Error for Closed {}

/// Carries out a request that came over the wire.
pub(super) async fn carry_out(shared: Arc<Shared>, request: Request) -> Ending {
    let number = record(&shared, &request);
    let is_batch = request.parts.method == Method::POST
        && matches!(route::parse(request.parts.uri.path()), Ok((_, Target::Batch)))
        && service::authenticate(shared.token.as_deref(), &request.parts.headers).is_ok();
    if !is_batch {
        return single(shared, number, request).await;
    }
    let fault = shared.lock().faults.meet(&request.parts.method, &request.parts.uri, false);
    let ending = under(&shared, fault, async || {
        let outcome = match &request.body {
            Some(body) => batch::carry_out(&shared, &request.parts, body).await?,
            None => Err(GraphError::too_large()),
        };
        Ok(finish(&request, outcome))
    })
    .await?;
    shared.lock().requests.answered(number, ending.0.status);
    Ok(ending)
}

/// Carries out a request that is no batch; `number` is that of its record.
pub(super) async fn single(shared: Arc<Shared>, number: usize, request: Request) -> Ending {
    let (flight, fault) = match admit(&shared, &request) {
        Ok(admitted) => admitted,
        Err(refused) => {
            let answer = finish(&request, Err(refused));
            shared.lock().requests.answered(number, answer.status);
            return Ok((answer, None));
        }
    };
    let ending = under(&shared, fault, async || Ok(apply(&shared, &request))).await?;
    drop(flight);
    shared.lock().requests.answered(number, ending.0.status);
    Ok(ending)
}

/// Keeps a request in the record, and gives its number there.
pub(super) fn record(shared: &Shared, request: &Request) -> usize {
    let Request { parts, body, item } = request;
    shared.lock().requests.add(Recorded {
        method: parts.method.clone(),
        target: target(&parts.uri).to_owned(),
        headers: parts.headers.clone(),
        body: body.clone().unwrap_or_default(),
        status: None,
        batch_item: item.clone(),
    })
}

/// Notes the answer to an item that was not carried out.
pub(super) fn skipped(shared: &Shared, number: usize, status: StatusCode) {
    shared.lock().requests.answered(number, status);
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

/// Counts a request in, and looks what happens to it. A throttled one meets no fault; one without a good token, or for no
/// mailbox, is not counted.
fn admit(shared: &Arc<Shared>, request: &Request) -> Outcome<(Option<Flight>, Option<FaultKind>)> {
    let Request { parts, item, .. } = request;
    let authentic = service::authenticate(shared.token.as_deref(), &parts.headers).is_ok();
    let mut state = shared.lock();
    let key = route::mailbox(parts.uri.path()).filter(|_| authentic);
    let mailbox = key.and_then(|key| state.store.user(&key).ok().map(|user| user.id.clone()));
    if let Some(mailbox) = &mailbox {
        state.traffic.enter(mailbox)?;
    }
    let fault = state.faults.meet(&parts.method, &parts.uri, item.is_some());
    drop(state);
    Ok((mailbox.map(|mailbox| Flight { shared: Arc::clone(shared), mailbox }), fault))
}

/// Does what a fault asks for around the effect of a request.
async fn under(shared: &Shared, fault: Option<FaultKind>, apply: impl AsyncFnOnce() -> Result<Answer, Closed>) -> Ending {
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
        Some(FaultKind::Answer(reply)) => Ok((canned(reply), None)),
        Some(FaultKind::ApplyThenAnswer(reply)) => {
            apply().await?;
            Ok((canned(reply), None))
        }
        Some(FaultKind::Hang) => std::future::pending().await,
        Some(FaultKind::ApplyThenHang) => {
            apply().await?;
            std::future::pending().await
        }
        Some(FaultKind::Close) => Err(Closed),
        Some(FaultKind::ApplyThenClose) => {
            apply().await?;
            Err(Closed)
        }
    }
}

/// Lets the request take effect, and says what Graph answers.
fn apply(shared: &Shared, request: &Request) -> Answer {
    let outcome = match &request.body {
        Some(body) => {
            let mut state = shared.lock();
            service::answer(&mut state.store, shared.token.as_deref(), &request.parts, body.clone())
        }
        None => Err(GraphError::too_large()),
    };
    finish(request, outcome)
}

/// Makes an answer of an error, and adds what every answer has. An item of a batch has less: the batch around it has the rest
/// (<https://learn.microsoft.com/graph/json-batching>).
fn finish(request: &Request, outcome: Outcome<Answer>) -> Answer {
    let request_id = Uuid::new_v4().to_string();
    let sent = request.parts.headers.get("client-request-id").and_then(|value| value.to_str().ok());
    let client_request_id = sent.unwrap_or(&request_id);
    let answer = outcome.unwrap_or_else(|error| Answer::error(&error, &request_id, client_request_id));
    match request.item {
        Some(_) => answer.header(CACHE_CONTROL, "no-cache"),
        None => gzip::compressed(answer.identified(&request_id, client_request_id), &request.parts.headers),
    }
}

fn canned(reply: Reply) -> Answer {
    let answer = Answer { status: reply.status, headers: reply.headers, body: reply.body };
    match reply.retry_after_date {
        Some(later) => {
            // RFC 9110, 5.6.7.
            let date =
                Timestamp::now().checked_add(later).unwrap_or(Timestamp::MAX).strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
            answer.header(RETRY_AFTER, &date)
        }
        None => answer,
    }
}

fn target(uri: &Uri) -> &str {
    uri.path_and_query().map_or(uri.path(), http::uri::PathAndQuery::as_str)
}
