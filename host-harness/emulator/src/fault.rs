//! Faults: what goes wrong between a client and Graph, on request.

use std::time::Duration;

use bytes::Bytes;
use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use http::{Method, StatusCode};
use serde_json::json;

use super::deltas::Expired;

/// A canned answer, sent as it is: without the identifiers that Graph's own answers carry, and never compressed.
#[derive(Debug, Clone)]
pub struct Reply {
    /// Status.
    pub status: StatusCode,
    /// Headers, `Content-Type` included.
    pub headers: HeaderMap,
    /// Body.
    pub body: Bytes,
    /// `Retry-After` as an HTTP date so much later than the answer, in whole seconds, in place of one among the headers.
    pub retry_after_date: Option<Duration>,
}

impl Reply {
    /// An answer without a body, as Graph's front door gives them for 503 and 504.
    pub fn empty(status: StatusCode) -> Self {
        Self { status, headers: HeaderMap::new(), body: Bytes::new(), retry_after_date: None }
    }

    /// An answer with Graph's error body (<https://learn.microsoft.com/graph/errors>).
    pub fn error(status: StatusCode, code: &str, message: &str) -> Self {
        let body = json!({"error": {"code": code, "message": message}}).to_string();
        let reply = Self { body: body.into(), ..Self::empty(status) };
        reply.header(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))
    }

    /// Adds a header, for example `Retry-After`.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.append(name, value);
        self
    }
}

/// What goes wrong.
#[derive(Debug, Clone)]
pub enum FaultKind {
    /// The request is answered with this and has no effect.
    Answer(Reply),
    /// The request takes effect, then is answered with this: a 504 after the contact was created.
    ApplyThenAnswer(Reply),
    /// The request has no effect and no answer; the connection stays open until the client gives up.
    Hang,
    /// The request takes effect and has no answer.
    ApplyThenHang,
    /// The request has no effect; the connection is closed without a byte of an answer.
    Close,
    /// The request takes effect; the connection is closed without a byte of an answer.
    ApplyThenClose,
    /// The request takes effect and is answered, but the connection is closed after this many bytes of the body, while
    /// `Content-Length` promises more.
    Truncate(usize),
    /// The request is taken up this much later, and then answered as if nothing had happened.
    Delay(Duration),
    /// Every state token of delta queries that was given out so far is too old from then on, before the request is taken up and
    /// answered: the one that it brings is refused with this, and so is every older one.
    ExpireDeltaTokens(Expired),
}

/// A fault, and the requests that meet it. Unless it is [`Fault::in_batch`], those are the requests on the wire, a batch as a
/// whole among them.
/// A request meets the first fault that matches it and still has something to do.
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
    /// A fault that the next request meets, whatever it is, and no other.
    pub fn new(kind: FaultKind) -> Self {
        Self { kind, method: None, part: None, end: None, after: 0, times: Some(1), in_batch: false, chance: None }
    }

    /// Only requests with this method.
    #[must_use]
    pub fn method(mut self, method: Method) -> Self {
        self.method = Some(method);
        self
    }

    /// Only requests whose path and query, as on the wire, contain this text.
    #[must_use]
    pub fn target_contains(mut self, part: impl Into<String>) -> Self {
        self.part = Some(part.into());
        self
    }

    /// Only requests whose path, as on the wire and without its query, ends with this text.
    #[must_use]
    pub fn path_ends_with(mut self, end: impl Into<String>) -> Self {
        self.end = Some(end.into());
        self
    }

    /// Leaves the first `count` matching requests alone.
    #[must_use]
    pub fn after(mut self, count: usize) -> Self {
        self.after = count;
        self
    }

    /// Happens to this many requests; without it, to one.
    #[must_use]
    pub fn times(mut self, count: usize) -> Self {
        self.times = Some(count);
        self
    }

    /// Happens to every matching request from then on.
    #[must_use]
    pub fn forever(mut self) -> Self {
        self.times = None;
        self
    }

    /// Only items of a batch, by their own method, and by their path and query with the version of the batch before it. An item
    /// that is closed or hangs takes its batch with it; one that is truncated is answered whole.
    #[must_use]
    pub fn in_batch(mut self) -> Self {
        self.in_batch = true;
        self
    }

    /// Happens to a matching request with this probability, from 0 to 1: to those that it happens to, [`Fault::times`] counts.
    /// The same seed draws the same for the same requests in the same order.
    #[must_use]
    pub fn chance(self, probability: f64, seed: u64) -> Self {
        self.drawn(probability, fastrand::Rng::with_seed(seed))
    }

    pub(super) fn drawn(mut self, probability: f64, chance: fastrand::Rng) -> Self {
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

/// The faults waiting for their requests.
#[derive(Debug, Default)]
pub(super) struct Faults(Vec<Fault>);

impl Faults {
    pub(super) fn inject(&mut self, fault: Fault) {
        self.0.push(fault);
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// What happens to this request, if anything. Every matching fault that still waits for its turn counts the request.
    pub(super) fn meet(&mut self, method: &Method, uri: &http::Uri, in_batch: bool) -> Option<FaultKind> {
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
