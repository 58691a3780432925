//! A network with scripted responses, which records the requests.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::time::{Duration, SystemTime};

use connector::contact::Version;
use connector::error::ErrorKind;
use connector::graph::service::Service;
use connector::http_message::{HttpRequest, HttpResponse};
use connector::operations::connector::{Connector, OperationSettings};
use connector::operations::send::network::{Network, TransportError};
use connector::operations::send::retry_policy::RetryPolicy;
use serde_json::{Value, json};

pub struct Script {
    responses: RefCell<VecDeque<Result<HttpResponse, TransportError>>>,
    sent: RefCell<Vec<HttpRequest>>,
    now: Cell<Duration>,
    waits: RefCell<Vec<Duration>>,
    drawn: Cell<u128>,
    /// The duration of each exchange.
    pub pace: Duration,
}

impl Script {
    pub fn new() -> Self {
        Script {
            responses: RefCell::default(),
            sent: RefCell::default(),
            now: Cell::new(Duration::from_secs(1000)),
            waits: RefCell::default(),
            drawn: Cell::new(0),
            pace: Duration::from_millis(10),
        }
    }

    /// Responds to the next request with a status and a JSON body.
    pub fn then(self, status: u16, body: Value) -> Self {
        self.then_bytes(status, &[("content-type", "application/json")], body.to_string().as_bytes())
    }

    /// Responds to the next request, a batch, in reverse order: the service uses any order.
    pub fn then_batch(self, items: &[(u16, Value)]) -> Self {
        let item = |(position, (status, body)): (usize, &(u16, Value))| json!({"id": position.to_string(), "status": status, "headers": {"retry-after": "1.5"}, "body": body});
        let responses: Vec<Value> = items.iter().enumerate().map(item).rev().collect();
        self.then(200, json!({"responses": responses}))
    }

    pub fn then_bytes(self, status: u16, headers: &[(&str, &str)], body: &[u8]) -> Self {
        let mut response = http::Response::builder().status(status);
        for (name, value) in headers {
            response = response.header(*name, *value);
        }
        self.responses.borrow_mut().push_back(Ok(response.body(body.to_vec()).unwrap()));
        self
    }

    /// Responds to the next request with an error of Graph.
    pub fn then_error(self, status: u16, code: &str) -> Self {
        self.then(status, graph_error(code))
    }

    pub fn then_fault(self, kind: ErrorKind, may_have_arrived: bool) -> Self {
        self.responses.borrow_mut().push_back(Err(TransportError::new(kind, may_have_arrived, "no response")));
        self
    }

    /// Responds to the next request with more bytes than the transport reads.
    pub fn then_too_long(self) -> Self {
        let error = TransportError {
            is_response_too_long: true,
            is_transient: false,
            ..TransportError::new(ErrorKind::Unavailable, true, "too long")
        };
        self.responses.borrow_mut().push_back(Err(error));
        self
    }

    /// Fails the next request, which did not arrive and would fail again.
    pub fn then_permanent_fault(self, kind: ErrorKind, message: &str) -> Self {
        let error = TransportError { is_transient: false, ..TransportError::new(kind, false, message) };
        self.responses.borrow_mut().push_back(Err(error));
        self
    }

    /// Returns the sent requests as `METHOD path`.
    pub fn lines(&self) -> Vec<String> {
        let line = |request: &HttpRequest| {
            let target = request.uri().path_and_query().unwrap();
            format!("{} {}", request.method(), target)
        };
        self.sent.borrow().iter().map(line).collect()
    }

    /// Returns the JSON body of the request at that position.
    pub fn body(&self, position: usize) -> Value {
        serde_json::from_slice(self.sent.borrow()[position].body()).unwrap()
    }

    /// Returns the bytes of the body of the request at that position.
    pub fn bytes(&self, position: usize) -> Vec<u8> {
        self.sent.borrow()[position].body().clone()
    }

    pub fn has_header(&self, position: usize, name: &str) -> bool {
        self.sent.borrow()[position].headers().contains_key(name)
    }

    pub fn header(&self, position: usize, name: &str) -> String {
        self.sent.borrow()[position].headers()[name].to_str().unwrap().to_owned()
    }

    /// Returns the delays between requests.
    pub fn waits(&self) -> Vec<Duration> {
        self.waits.borrow().clone()
    }

    /// Checks whether every response was requested.
    pub fn is_done(&self) -> bool {
        self.responses.borrow().is_empty()
    }
}

impl Network for Script {
    fn send(&self, request: HttpRequest, deadline: Duration) -> Result<HttpResponse, TransportError> {
        self.now.set(self.now.get() + self.pace);
        self.sent.borrow_mut().push(request);
        if self.now.get() > deadline {
            return Err(TransportError::new(ErrorKind::Timeout, true, ""));
        }
        let next = self.responses.borrow_mut().pop_front();
        next.unwrap_or_else(|| panic!("no response left for {:?}", self.lines().last()))
    }

    fn now(&self) -> Duration {
        self.now.get()
    }

    fn date(&self) -> SystemTime {
        // 2026-11-21T00:00:00Z
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_219_200)
    }

    fn wait_until(&self, time: Duration) {
        self.waits.borrow_mut().push(time.saturating_sub(self.now.get()));
        self.now.set(self.now.get().max(time));
    }

    fn random(&self) -> u128 {
        self.drawn.set(self.drawn.get() + 1);
        self.drawn.get()
    }
}

/// Returns the body of an error of Graph.
pub fn graph_error(code: &str) -> Value {
    json!({"error": {"code": code, "message": "said so", "innerError": {"request-id": "r-1"}}})
}

pub fn service() -> Service {
    Service::new(Service::GLOBAL_ENDPOINT, Version::V1).unwrap()
}

/// 30 seconds, no retries, no keys.
pub static PLAIN: OperationSettings = OperationSettings {
    timeout: Duration::from_secs(30),
    retry: RetryPolicy { max_retries: 0, initial_backoff: Duration::from_secs(3) },
    exactly_once: false,
};

pub fn connector<'a>(service: &'a Service, script: &'a Script) -> Connector<'a> {
    Connector::new(service, script, &PLAIN)
}
