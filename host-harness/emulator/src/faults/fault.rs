//! Faults: failures between a client and Graph, on request.

use std::time::Duration;

use bytes::Bytes;
use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use http::{Method, StatusCode};
use serde_json::json;

use crate::faults::delta_state::SyncStateError;

/// A response that the emulator sends as it is: without the identifiers of Graph's own responses, and never compressed.
#[derive(Debug, Clone)]
pub struct CannedResponse {
    /// The status.
    pub status: StatusCode,
    /// The headers, `Content-Type` included.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
    /// Adds `Retry-After` as an HTTP date this much after the response, in whole seconds. It replaces one in `headers`.
    pub retry_after_date: Option<Duration>,
}

impl CannedResponse {
    /// Creates a response without a body. Graph's gateway sends such responses for 503 and 504.
    pub fn empty(status: StatusCode) -> Self {
        Self { status, headers: HeaderMap::new(), body: Bytes::new(), retry_after_date: None }
    }

    /// Creates a response with Graph's error body (<https://learn.microsoft.com/graph/errors>).
    pub fn error(status: StatusCode, code: &str, message: &str) -> Self {
        let body = json!({"error": {"code": code, "message": message}}).to_string();
        let response = Self { body: body.into(), ..Self::empty(status) };
        response.header(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))
    }

    /// Adds a header, for example `Retry-After`.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.append(name, value);
        self
    }
}

/// The failure of a [`Fault`].
#[derive(Debug, Clone)]
pub enum FaultKind {
    /// The request gets this response and has no effect.
    Respond(CannedResponse),
    /// The request takes effect and gets this response, for example a 504 after the contact was created.
    ApplyThenRespond(CannedResponse),
    /// The request has no effect and no response. The connection stays open until the client closes it.
    Hang,
    /// The request takes effect and has no response. The connection stays open until the client closes it.
    ApplyThenHang,
    /// The request has no effect. The connection closes without a byte of a response.
    Close,
    /// The request takes effect. The connection closes without a byte of a response.
    ApplyThenClose,
    /// The request takes effect. The connection closes after this many bytes of the response's body, and `Content-Length`
    /// announces more.
    Truncate(usize),
    /// The request takes effect and gets its response this much later.
    Delay(Duration),
    /// Every state token of delta queries that was issued so far expires before the request takes effect. Graph refuses the
    /// request's own token with this error, and every older one.
    ExpireDeltaTokens(SyncStateError),
}

/// A failure, and the requests that meet it.
///
/// Without [`Fault::in_batch`], those are requests on the wire; a batch is one of them. A request meets the first fault that
/// matches it and that has times left.
#[derive(Debug, Clone)]
pub struct Fault {
    kind: FaultKind,
    method: Option<Method>,
    part: Option<String>,
    end: Option<String>,
    after: usize,
    times: Option<usize>,
    in_batch: bool,
    chance: Option<(f64, fastrand::Rng)>,
}

impl Fault {
    /// Creates a fault that the next request meets, and no other.
    pub fn new(kind: FaultKind) -> Self {
        Self { kind, method: None, part: None, end: None, after: 0, times: Some(1), in_batch: false, chance: None }
    }

    /// Limits the fault to requests with this method.
    #[must_use]
    pub fn method(mut self, method: Method) -> Self {
        self.method = Some(method);
        self
    }

    /// Limits the fault to requests whose path and query contain this text, as on the wire.
    #[must_use]
    pub fn target_contains(mut self, part: impl Into<String>) -> Self {
        self.part = Some(part.into());
        self
    }

    /// Limits the fault to requests whose path ends with this text, as on the wire and without the query.
    #[must_use]
    pub fn path_ends_with(mut self, end: impl Into<String>) -> Self {
        self.end = Some(end.into());
        self
    }

    /// Spares the first `count` matching requests.
    #[must_use]
    pub fn after(mut self, count: usize) -> Self {
        self.after = count;
        self
    }

    /// Applies the fault to this many requests. By default, it is one.
    #[must_use]
    pub fn times(mut self, count: usize) -> Self {
        self.times = Some(count);
        self
    }

    /// Applies the fault to every matching request.
    #[must_use]
    pub fn forever(mut self) -> Self {
        self.times = None;
        self
    }

    /// Limits the fault to items of a batch, by the item's own method, path and query; the path begins with the version of the
    /// batch. An item that hangs or closes the connection does so for its whole batch. A truncated item is sent whole.
    #[must_use]
    pub fn in_batch(mut self) -> Self {
        self.in_batch = true;
        self
    }

    /// Applies the fault to a matching request with this probability, from 0 to 1. [`Fault::times`] counts only requests that
    /// meet the fault. The same seed selects the same requests if they arrive in the same order.
    #[must_use]
    pub fn chance(self, probability: f64, seed: u64) -> Self {
        self.with_chance(probability, fastrand::Rng::with_seed(seed))
    }

    pub(crate) fn with_chance(mut self, probability: f64, chance: fastrand::Rng) -> Self {
        self.chance = Some((probability, chance));
        self
    }

    fn matches(&self, method: &Method, uri: &http::Uri, in_batch: bool) -> bool {
        let target = uri.path_and_query().map_or(uri.path(), http::uri::PathAndQuery::as_str);
        self.method.as_ref().is_none_or(|wanted| wanted == method)
            && self.part.as_ref().is_none_or(|part| target.contains(part))
            && self.end.as_ref().is_none_or(|end| uri.path().ends_with(end))
            && self.times != Some(0)
            && self.in_batch == in_batch
    }
}

/// The faults of an emulator, in order.
#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<Fault>);

impl Faults {
    pub(crate) fn inject(&mut self, fault: Fault) {
        self.0.push(fault);
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// Returns the failure of this request, if any. Every matching fault before it counts the request for [`Fault::after`].
    pub(crate) fn take_matching(&mut self, method: &Method, uri: &http::Uri, in_batch: bool) -> Option<FaultKind> {
        for fault in self.0.iter_mut().filter(|fault| fault.matches(method, uri, in_batch)) {
            if fault.after > 0 {
                fault.after -= 1;
                continue;
            }
            if let Some((probability, chance)) = &mut fault.chance
                && chance.f64() >= *probability
            {
                continue;
            }
            if let Some(times) = &mut fault.times {
                *times -= 1;
            }
            return Some(fault.kind.clone());
        }
        None
    }
}
