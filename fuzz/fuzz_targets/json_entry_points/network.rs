//! A network whose responses are in the input, and which checks each request.

use std::cell::{Cell, RefCell};
use std::time::{Duration, SystemTime};

use graph_contacts::error::Kind;
use graph_contacts::graph::{Request, Response};
use graph_contacts::operations::send::network::{Fault, Network};
use http::{Method, StatusCode, header};
use serde_json::Value;

use crate::input::Input;

pub struct Answers<'d> {
    answers: RefCell<Input<'d>>,
    /// The prefix of each request's URL, in lower case.
    service: String,
    sent: RefCell<Vec<Method>>,
    /// The number of writes that a response confirmed.
    done: Cell<usize>,
    now: Cell<Duration>,
    /// The duration of each exchange.
    pace: Duration,
}

impl<'d> Answers<'d> {
    /// Creates a network. `service` is the service's URL with the version.
    pub fn new(answers: Input<'d>, service: &str, pace: Duration) -> Self {
        Answers {
            answers: RefCell::new(answers),
            service: service.to_ascii_lowercase(),
            sent: RefCell::default(),
            done: Cell::default(),
            now: Cell::default(),
            pace,
        }
    }

    /// Returns the number of sent requests.
    pub fn sent(&self) -> usize {
        self.sent.borrow().len()
    }

    /// Returns the number of sent writes.
    pub fn writes(&self) -> usize {
        self.sent.borrow().iter().filter(|method| **method != Method::GET).count()
    }

    /// Returns the number of confirmed writes, none of which may be retried.
    pub fn done(&self) -> usize {
        self.done.get()
    }

    /// Checks a request that is sent or built.
    pub fn watch(&self, request: &Request) {
        let address = request.uri().to_string();
        assert!(address.to_ascii_lowercase().starts_with(&self.service), "{address} is not at {}", self.service);
        assert!(!request.headers().contains_key(header::AUTHORIZATION), "the operations must not have the credential");
        for asked in Asked::of(request) {
            asked.watch();
        }
        if !request.body().is_empty() {
            let body: Value = serde_json::from_slice(request.body()).expect("a body is JSON");
            assert!(body.as_object().is_some_and(|members| !members.is_empty()), "{body}");
        }
    }
}

impl Network for Answers<'_> {
    fn send(&self, request: Request, deadline: Duration) -> Result<Response, Fault> {
        self.watch(&request);
        assert!(request.headers().contains_key("client-request-id"));
        let asked = Asked::of(&request);
        self.sent.borrow_mut().extend(asked.iter().map(|asked| asked.method.clone()));
        self.now.set(self.now.get() + self.pace);
        let fault = |kind, may_have_arrived| Err(Fault { kind, may_have_arrived, message: "no answer".to_owned() });
        if self.now.get() > deadline {
            return fault(Kind::Timeout, true);
        }
        let mut answers = self.answers.borrow_mut();
        if answers.is_empty() {
            return fault(Kind::ConnectionFailed, false);
        }
        let message = answers.message();
        let status = match &*message.start {
            "timeout" => return fault(Kind::Timeout, true),
            "broken" => return fault(Kind::Unavailable, true),
            "refused" => return fault(Kind::ConnectionFailed, false),
            status => StatusCode::from_bytes(status.as_bytes()).unwrap_or(StatusCode::OK),
        };
        let body = serde_json::from_slice(message.body).ok();
        let done = asked.iter().filter(|asked| asked.is_done(status, message.body, body.as_ref())).count();
        self.done.set(self.done.get() + done);
        let mut response = Response::new(message.body.to_vec());
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

/// A single request, or an item of a batch.
struct Asked {
    method: Method,
    /// The path and query.
    target: String,
    /// The id in a batch.
    id: Option<usize>,
}

impl Asked {
    fn of(request: &Request) -> Vec<Asked> {
        let target = request.uri().path_and_query().map_or_else(String::new, ToString::to_string);
        if !target.ends_with("/$batch") {
            return vec![Asked { method: request.method().clone(), target, id: None }];
        }
        let batch: Value = serde_json::from_slice(request.body()).expect("a batch is JSON");
        let items = batch["requests"].as_array().expect("a batch has requests");
        assert!((1..=20).contains(&items.len()), "{batch}");
        let text = |item: &Value, name: &str| item[name].as_str().expect("an item has method, url and id").to_owned();
        items
            .iter()
            .map(|item| Asked {
                method: text(item, "method").parse().expect("a method"),
                target: text(item, "url"),
                id: text(item, "id").parse().ok(),
            })
            .collect()
    }

    /// Checks the path. A GET may follow a link of the service. The paths of all others consist of ids.
    fn watch(&self) {
        if self.method == Method::GET {
            return;
        }
        assert!(self.target.starts_with('/') && !self.target.contains('?'), "{}", self.target);
        for segment in self.target.split('/').skip(1) {
            let decoded = segment.to_ascii_lowercase().replace("%2e", ".");
            assert!(!matches!(decoded.as_str(), "" | "." | ".."), "{}", self.target);
        }
    }

    /// Returns whether this is a write that the response confirms.
    fn is_done(&self, status: StatusCode, bytes: &[u8], body: Option<&Value>) -> bool {
        let (status, body) = match self.id {
            None if bytes.is_empty() => (status.as_u16().into(), None),
            None => (status.as_u16().into(), Some(body.unwrap_or(&Value::Null))),
            Some(id) => {
                let answers = body.filter(|_| status.is_success()).and_then(|body| body["responses"].as_array());
                let is_ours = |answer: &&Value| answer["id"].as_str().and_then(|id| id.parse().ok()) == Some(id);
                match answers.into_iter().flatten().rfind(is_ours) {
                    Some(answer) => {
                        (answer["status"].as_u64().unwrap_or_default(), answer.get("body").filter(|body| !body.is_null()))
                    }
                    None => return false,
                }
            }
        };
        let understood = body.map_or(self.method == Method::DELETE, Value::is_object);
        self.method != Method::GET && (200..300).contains(&status) && understood
    }
}
