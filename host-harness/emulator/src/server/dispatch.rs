//! Requests on the wire: a single request, or a batch.

use std::sync::Arc;

use http::Method;

use crate::odata::error::GraphError;
use crate::route::{self, Target};
use crate::server::batch;
use crate::server::exchange;
use crate::server::incoming::{ExchangeResult, IncomingRequest};
use crate::server::shared::Shared;
use crate::service;

/// Carries out a request on the wire.
pub(crate) async fn carry_out(shared: Arc<Shared>, request: IncomingRequest) -> ExchangeResult {
    let number = exchange::record_request(&shared, &request);
    let is_batch = request.parts.method == Method::POST
        && matches!(route::parse_path(request.parts.uri.path()), Ok((_, Target::Batch)))
        && service::authenticate(shared.token.as_deref(), &request.parts.headers).is_ok();
    if !is_batch {
        return exchange::carry_out_single(shared, number, request).await;
    }
    let fault = shared.lock().faults.take_matching(&request.parts.method, &request.parts.uri, false);
    let ending = exchange::run_under_fault(&shared, fault, async || {
        let outcome = match &request.body {
            Some(body) => batch::carry_out(&shared, &request.parts, body).await?,
            None => Err(GraphError::too_large()),
        };
        Ok(exchange::finish(&request, outcome, |response| response))
    })
    .await?;
    shared.lock().requests.record_status(number, ending.0.status);
    Ok(ending)
}
