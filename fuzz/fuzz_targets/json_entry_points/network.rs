//! A network that responds from the input, and checks the requests.

use std::cell::{Cell, RefCell};
use std::time::{Duration, SystemTime};

use connector::error::ErrorKind;
use connector::http_message::{HttpRequest, HttpResponse};
use connector::operations::send::network::{Network, TransportError};
use http::{Method, StatusCode, header};
use serde_json::Value;

use crate::input::Input;

/// A network whose responses come from the input.
pub struct ScriptedNetwork<'d> {
    responses: RefCell<Input<'d>>,
    /// The prefix of every request's URL, in lower case.
    service: String,
    sent: RefCell<Vec<Method>>,
    /// How many requests that could change something succeeded.
    done: Cell<usize>,
    now: Cell<Duration>,
    /// How long each exchange takes.
    pace: Duration,
}

impl<'d> ScriptedNetwork<'d> {
    /// Creates a network. `service` is the URL of the service with the version.
    pub fn new(responses: Input<'d>, service: &str, pace: Duration) -> Self {
        ScriptedNetwork {
            responses: RefCell::new(responses),
            service: service.to_ascii_lowercase(),
            sent: RefCell::default(),
            done: Cell::default(),
            now: Cell::default(),
            pace,
        }
    }

    /// Returns how many requests were sent.
    pub fn sent(&self) -> usize {
        self.sent.borrow().len()
    }

    /// Returns how many of them could change something.
    pub fn writes(&self) -> usize {
        self.sent.borrow().iter().filter(|method| **method != Method::GET).count()
    }

    /// Returns how many of these succeeded: none of them may be retried.
    pub fn done(&self) -> usize {
        self.done.get()
    }

    /// Checks a request that is sent or would be sent.
    pub fn check(&self, request: &HttpRequest) {
        let address = request.uri().to_string();
        assert!(address.to_ascii_lowercase().starts_with(&self.service), "{address} is not at {}", self.service);
        assert!(!request.headers().contains_key(header::AUTHORIZATION), "operations add no credential");
        for item in Item::all_of(request) {
            item.check();
        }
        if !request.body().is_empty() {
            let body: Value = serde_json::from_slice(request.body()).expect("a body is JSON");
            assert!(body.as_object().is_some_and(|members| !members.is_empty()), "{body}");
        }
    }
}

impl Network for ScriptedNetwork<'_> {
    fn send(&self, request: HttpRequest, deadline: Duration) -> Result<HttpResponse, TransportError> {
        self.check(&request);
        assert!(request.headers().contains_key("client-request-id"));
        let items = Item::all_of(&request);
        self.sent.borrow_mut().extend(items.iter().map(|item| item.method.clone()));
        self.now.set(self.now.get() + self.pace);
        let fail = |kind, may_have_arrived| {
            Err(TransportError::new(kind, may_have_arrived, "no response"))
        };
        if self.now.get() > deadline {
            return fail(ErrorKind::Timeout, true);
        }
        let mut responses = self.responses.borrow_mut();
        if responses.is_empty() {
            return fail(ErrorKind::ConnectionFailed, false);
        }
        let message = responses.message();
        let status = match &*message.start {
            "timeout" => return fail(ErrorKind::Timeout, true),
            "broken" => return fail(ErrorKind::Unavailable, true),
            "refused" => return fail(ErrorKind::ConnectionFailed, false),
            status => StatusCode::from_bytes(status.as_bytes()).unwrap_or(StatusCode::OK),
        };
        let body = serde_json::from_slice(message.body).ok();
        let done = items.iter().filter(|item| item.is_done(status, message.body, body.as_ref())).count();
        self.done.set(self.done.get() + done);
        let mut response = HttpResponse::new(message.body.to_vec());
        *response.status_mut() = status;
        for (name, value) in message.headers {
            response.headers_mut().append(name, value);
        }
        Ok(response)
    }

    fn now(&self) -> Duration {
        self.now.get()
    }

    fn date(&self) -> SystemTime {
        // 2026-11-21T00:00:00Z
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_219_200)
    }

    fn wait_until(&self, time: Duration) {
        self.now.set(time.max(self.now.get()));
    }

    fn random(&self) -> u128 {
        0x0f4a_e4a2_6d1c_4b8a_9f0b_3c1d_5e7a_9b11
    }
}

/// A single request, or one of a batch.
struct Item {
    method: Method,
    /// The path and query.
    target: String,
    /// The id in a batch.
    id: Option<usize>,
}

impl Item {
    fn all_of(request: &HttpRequest) -> Vec<Item> {
        let target = request.uri().path_and_query().map_or_else(String::new, ToString::to_string);
        if !target.ends_with("/$batch") {
            return vec![Item { method: request.method().clone(), target, id: None }];
        }
        let batch: Value = serde_json::from_slice(request.body()).expect("a batch is JSON");
        let items = batch["requests"].as_array().expect("a batch has requests");
        assert!((1..=20).contains(&items.len()), "{batch}");
        let text = |item: &Value, name: &str| item[name].as_str().expect("each item has its members").to_owned();
        items
            .iter()
            .map(|item| Item {
                method: text(item, "method").parse().expect("a method"),
                target: text(item, "url"),
                id: text(item, "id").parse().ok(),
            })
            .collect()
    }

    /// Checks the URL of a write, which consists of ids. The URL of a GET may be a link that the service returned.
    fn check(&self) {
        if self.method == Method::GET {
            return;
        }
        assert!(self.target.starts_with('/') && !self.target.contains('?'), "{}", self.target);
        for segment in self.target.split('/').skip(1) {
            let decoded = segment.to_ascii_lowercase().replace("%2e", ".");
            assert!(!matches!(decoded.as_str(), "" | "." | ".."), "{}", self.target);
        }
    }

    /// Checks whether it could change something, and the response says that it did.
    fn is_done(&self, status: StatusCode, bytes: &[u8], body: Option<&Value>) -> bool {
        let (status, body) = match self.id {
            None if bytes.is_empty() => (status.as_u16().into(), None),
            None => (status.as_u16().into(), Some(body.unwrap_or(&Value::Null))),
            Some(id) => {
                let responses = body.filter(|_| status.is_success()).and_then(|body| body["responses"].as_array());
                let is_ours = |response: &&Value| response["id"].as_str().and_then(|id| id.parse().ok()) == Some(id);
                match responses.into_iter().flatten().rfind(is_ours) {
                    Some(response) => {
                        (response["status"].as_u64().unwrap_or_default(), response.get("body").filter(|body| !body.is_null()))
                    }
                    None => return false,
                }
            }
        };
        let understood = body.map_or(self.method == Method::DELETE, Value::is_object);
        self.method != Method::GET && (200..300).contains(&status) && understood
    }
}
