//! Why an operation did not succeed: a closed set of kinds, a message for the person who has to act, and what a program needs.

use std::fmt;
use std::time::Duration;

use protocol::shorten::shorten;
use serde_json::{Value, json};

/// The result of everything in this crate that can fail.
pub type Result<T> = std::result::Result<T, Error>;

/// The closed set of failures. `wit/types.wit` gives the meaning of each to callers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The mailbox, user, contact or folder does not exist.
    UnknownUid,
    /// Something of that name or key is there already.
    AlreadyExists,
    /// An attribute is unknown, of a wrong type, or more than the service can hold.
    InvalidAttributeValue,
    /// The credential is good and may not do this.
    PermissionDenied,
    /// Microsoft Graph does not accept the credential.
    InvalidCredential,
    /// The object has changed since the revision that the caller gave.
    PreconditionFailed,
    /// The operation needs a revision and was given none.
    PreconditionRequired,
    /// Too many requests.
    Throttled,
    /// The service failed, or answered what is not an answer of Microsoft Graph.
    Unavailable,
    /// The operation's deadline passed.
    Timeout,
    /// No connection, or the host refused to make one.
    ConnectionFailed,
    /// The token of a synchronisation has expired.
    ResyncRequired,
    /// The operation does not exist here.
    Unsupported,
    /// A setting is missing or wrong.
    Configuration,
    /// A fault of the connector's own.
    Internal,
}

impl ErrorKind {
    /// The kind's name in WIT and JSON.
    pub fn name(self) -> &'static str {
        match self {
            ErrorKind::UnknownUid => "unknown-uid",
            ErrorKind::AlreadyExists => "already-exists",
            ErrorKind::InvalidAttributeValue => "invalid-attribute-value",
            ErrorKind::PermissionDenied => "permission-denied",
            ErrorKind::InvalidCredential => "invalid-credential",
            ErrorKind::PreconditionFailed => "precondition-failed",
            ErrorKind::PreconditionRequired => "precondition-required",
            ErrorKind::Throttled => "throttled",
            ErrorKind::Unavailable => "unavailable",
            ErrorKind::Timeout => "timeout",
            ErrorKind::ConnectionFailed => "connection-failed",
            ErrorKind::ResyncRequired => "resync-required",
            ErrorKind::Unsupported => "unsupported",
            ErrorKind::Configuration => "configuration",
            ErrorKind::Internal => "internal",
        }
    }
}

/// A failure.
#[derive(Clone, Debug, PartialEq)]
pub struct Error {
    /// What kind of failure it is.
    pub kind: ErrorKind,
    /// What was wrong, where, and what to do.
    pub message: String,
    /// The attributes concerned, as paths: `businessAddress.city`.
    pub attributes: Vec<String>,
    /// Whether the operation may have taken effect although it failed.
    pub may_have_taken_effect: bool,
    /// What Microsoft Graph said, where it answered or was asked.
    pub exchange: Option<Box<Exchange>>,
}

/// The exchange with Microsoft Graph that a failure comes from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Exchange {
    /// The HTTP status that it answered with.
    pub http_status: Option<u16>,
    /// Its error code, the outermost.
    pub graph_code: Option<String>,
    /// Its id of the request.
    pub request_id: Option<String>,
    /// The connector's id of the request.
    pub client_request_id: Option<String>,
    /// How long it asks to wait before the next request.
    pub retry_after: Option<Duration>,
    /// What it says of the failure.
    pub said: Option<String>,
    /// Its code of what is wrong with the attributes, as `ObjectConflict`.
    pub detail_code: Option<String>,
}

impl Error {
    /// A failure of `kind` that happened before anything was sent.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Error { kind, message: message.into(), attributes: Vec::new(), may_have_taken_effect: false, exchange: None }
    }

    /// The attribute at `path` cannot be what the caller wants it to be.
    pub fn attribute(path: impl AsRef<str>, problem: impl fmt::Display) -> Self {
        let path = shorten(path.as_ref());
        let message = format!("{path}: {problem}");
        Error { attributes: vec![path], ..Error::new(ErrorKind::InvalidAttributeValue, message) }
    }

    /// Microsoft Graph's error code, where it gave one.
    pub fn graph_code(&self) -> Option<&str> {
        self.exchange.as_ref()?.graph_code.as_deref()
    }

    /// Whether Microsoft Graph said that there is no such contact or folder: not the mailbox, not the user.
    pub fn is_item_not_found(&self) -> bool {
        self.graph_code().is_some_and(|code| code.eq_ignore_ascii_case("ErrorItemNotFound"))
    }

    /// Whether Microsoft Graph said that there is no such contact or folder, or no such object of the directory.
    pub fn is_gone(&self) -> bool {
        self.is_item_not_found() || self.graph_code().is_some_and(|code| code.eq_ignore_ascii_case("Request_ResourceNotFound"))
    }

    /// The failure of what follows a write that was done, such as reading the result.
    pub fn after_write(self) -> Self {
        let message = format!("the change was made, and then this failed: {}", self.message);
        Error { message, may_have_taken_effect: true, ..self }
    }

    /// Whether Microsoft Graph said that an id is that of nothing in the mailbox.
    pub fn is_unknown_item(&self) -> bool {
        let codes = ["ErrorItemNotFound", "ErrorInvalidIdMalformed"];
        self.graph_code().is_some_and(|code| codes.iter().any(|known| known.eq_ignore_ascii_case(code)))
    }

    /// How long to wait before trying again, where the service says so.
    pub fn retry_after(&self) -> Option<Duration> {
        self.exchange.as_ref()?.retry_after
    }
}

impl Error {
    /// Returns the error as JSON, with the fields of `types.error` that have a value.
    pub fn to_json(&self) -> Value {
        let mut shown =
            json!({"kind": self.kind.name(), "message": self.message, "mayHaveTakenEffect": self.may_have_taken_effect});
        if !self.attributes.is_empty() {
            shown["attributes"] = json!(self.attributes);
        }
        if let Some(exchange) = &self.exchange {
            let retry_after = exchange.retry_after.map(|wait| u64::try_from(wait.as_millis()).unwrap_or(u64::MAX));
            for (name, value) in [
                ("httpStatus", json!(exchange.http_status)),
                ("graphCode", json!(exchange.graph_code)),
                ("requestId", json!(exchange.request_id)),
                ("clientRequestId", json!(exchange.client_request_id)),
                ("retryAfterMs", json!(retry_after)),
            ] {
                if !value.is_null() {
                    shown[name] = value;
                }
            }
        }
        shown
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

/// Failures of attributes, gathered so that the caller can mend all of them at once.
///
/// Of very many it keeps the first and counts the others: an answer stays readable, and a request of nothing but mistakes costs
/// no more than its reading.
#[derive(Default)]
pub struct Problems {
    first: Option<Error>,
    more: usize,
}

impl Problems {
    /// So many are named.
    const NAMED: usize = 100;

    /// Adds one.
    pub fn push(&mut self, error: Error) {
        match &mut self.first {
            None => self.first = Some(error),
            Some(first) if first.attributes.len() < Self::NAMED => {
                first.message.push_str("; ");
                first.message.push_str(&error.message);
                first.attributes.extend(error.attributes);
            }
            Some(_) => self.more += error.attributes.len().max(1),
        }
    }

    /// `Ok` where there is none; otherwise all of them as one.
    pub fn result(self) -> Result<()> {
        let Some(mut first) = self.first else { return Ok(()) };
        if self.more > 0 {
            first.message.push_str(&format!("; and {} more", self.more));
        }
        Err(first)
    }
}

impl Extend<Error> for Problems {
    fn extend<I: IntoIterator<Item = Error>>(&mut self, errors: I) {
        errors.into_iter().for_each(|error| self.push(error));
    }
}

impl FromIterator<Error> for Problems {
    fn from_iter<I: IntoIterator<Item = Error>>(errors: I) -> Self {
        let mut problems = Problems::default();
        problems.extend(errors);
        problems
    }
}
