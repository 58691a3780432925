//! Errors of operations: a closed set of kinds, a message for the person who has to act, and details for programs.

use std::fmt;
use std::time::Duration;

use protocol::shorten::shorten;
use serde_json::{Value, json};

/// The result of a function of this crate that can fail.
pub type Result<T> = std::result::Result<T, Error>;

/// The kinds of errors. `wit/types.wit` describes each to callers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The mailbox, user, contact or folder does not exist.
    UnknownUid,
    /// An object with that name or key exists.
    AlreadyExists,
    /// An attribute is unknown, has a wrong type, or exceeds a limit of the service.
    InvalidAttributeValue,
    /// The credential is valid and lacks a permission.
    PermissionDenied,
    /// Microsoft Graph does not accept the credential.
    InvalidCredential,
    /// The object has another revision than the caller gave.
    PreconditionFailed,
    /// The operation requires a revision.
    PreconditionRequired,
    /// Too many requests.
    Throttled,
    /// The service failed, or the response is not one of Microsoft Graph.
    Unavailable,
    /// The deadline of the operation passed.
    Timeout,
    /// The connection failed, or the host refused to open one.
    ConnectionFailed,
    /// The sync token has expired.
    ResyncRequired,
    /// The operation does not exist.
    Unsupported,
    /// A setting is missing or wrong.
    Configuration,
    /// A bug in the connector.
    Internal,
}

impl ErrorKind {
    /// Returns the name in WIT and JSON.
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

/// Whether the request that failed can succeed later, unchanged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetryAdvice {
    /// It fails again.
    Never,
    /// One more attempt shows whether the failure is permanent.
    Once,
    /// The failure is transient.
    Repeatedly,
}

/// An error.
#[derive(Clone, Debug, PartialEq)]
pub struct Error {
    /// The kind.
    pub kind: ErrorKind,
    /// The problem, its place, and what to do.
    pub message: String,
    /// The paths of the attributes concerned, such as `businessAddress.city`.
    pub attributes: Vec<String>,
    /// Whether the request that failed can be sent again.
    pub retry: RetryAdvice,
    /// Whether the operation may have taken effect.
    pub may_have_taken_effect: bool,
    /// Whether it may still take effect: no response says that the service is done with the request.
    pub may_be_under_way: bool,
    /// The exchange with Microsoft Graph, if there was one.
    pub exchange: Option<Box<Exchange>>,
}

/// The exchange with Microsoft Graph that an error comes from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Exchange {
    /// The HTTP status of the response.
    pub http_status: Option<u16>,
    /// The outermost error code of Microsoft Graph.
    pub graph_code: Option<String>,
    /// Microsoft Graph's id of the request.
    pub request_id: Option<String>,
    /// The connector's id of the request.
    pub client_request_id: Option<String>,
    /// The time that the service asks to wait before the next request.
    pub retry_after: Option<Duration>,
    /// The message of Microsoft Graph.
    pub graph_message: Option<String>,
    /// The code of the first detail, such as `ObjectConflict`.
    pub detail_code: Option<String>,
    /// The code of the inner error, which can be more specific.
    pub inner_code: Option<String>,
    /// Whether there was a response that was too long to be read.
    pub is_response_too_long: bool,
}

/// The codes that say that a user has no mailbox in Exchange Online: without a licence, a guest, inactive, soft-deleted, or with
/// a mailbox on premises (microsoft-graph-docs-contrib#6519, #405, #4340, msgraph-sdk-javascript#1756; and
/// <https://learn.microsoft.com/en-us/graph/known-issues>).
const NO_MAILBOX_CODES: [&str; 5] = [
    "MailboxNotEnabledForRESTAPI",
    "MailboxNotSupportedForRESTAPI",
    "MailboxNotHostedInExchangeOnline",
    "RESTAPINotEnabledForUser",
    "ErrorNonExistentMailbox",
];

impl Error {
    /// Creates an error that occurred before anything was sent.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Error {
            kind,
            message: message.into(),
            attributes: Vec::new(),
            retry: RetryAdvice::Never,
            may_have_taken_effect: false,
            may_be_under_way: false,
            exchange: None,
        }
    }

    /// Creates an error about the value of the attribute at `path`.
    pub fn invalid_attribute(path: impl AsRef<str>, problem: impl fmt::Display) -> Self {
        let path = shorten(path.as_ref());
        // The whole object has no path.
        if path.is_empty() {
            return Error::new(ErrorKind::InvalidAttributeValue, problem.to_string());
        }
        let message = format!("{path}: {problem}");
        Error { attributes: vec![path], ..Error::new(ErrorKind::InvalidAttributeValue, message) }
    }

    /// Returns Microsoft Graph's error code, if there is one.
    pub fn graph_code(&self) -> Option<&str> {
        self.exchange.as_ref()?.graph_code.as_deref()
    }

    /// Checks whether the response was too long to be read: fewer rows in a page, or fewer requests in a batch, can be.
    pub fn is_response_too_long(&self) -> bool {
        self.exchange.as_ref().is_some_and(|exchange| exchange.is_response_too_long)
    }

    /// Checks whether the service says that the user has no mailbox, whatever the status: 404, and 403 or 401 were seen too.
    pub fn is_without_mailbox(&self) -> bool {
        let codes = self.exchange.iter().flat_map(|exchange| [&exchange.graph_code, &exchange.inner_code]).flatten();
        codes.into_iter().any(|code| NO_MAILBOX_CODES.iter().any(|known| known.eq_ignore_ascii_case(code)))
    }

    /// Checks whether the user or the user's mailbox does not exist: Graph has codes that say either (`ResourceNotFound`,
    /// `ErrorInvalidUser`), and responses without any.
    pub fn is_user_or_mailbox_not_found(&self) -> bool {
        let is_user = self.graph_code().is_some_and(|code| code.eq_ignore_ascii_case("Request_ResourceNotFound"));
        self.is_without_mailbox() || self.kind == ErrorKind::UnknownUid && !is_user
    }

    /// Checks whether the contact or folder does not exist. A missing mailbox or user is another error, if the service says which
    /// is missing: a 404 can have an empty body.
    pub fn is_item_not_found(&self) -> bool {
        match self.graph_code() {
            Some(code) => ["ErrorItemNotFound", "ErrorFolderNotFound"].iter().any(|known| known.eq_ignore_ascii_case(code)),
            None => self.http_status() == Some(404),
        }
    }

    /// Returns the HTTP status of the response, if there was one.
    pub fn http_status(&self) -> Option<u16> {
        self.exchange.as_ref()?.http_status
    }

    /// Returns the error as one of a write that certainly had no effect.
    pub fn without_effect(self) -> Self {
        Error { may_have_taken_effect: false, may_be_under_way: false, ..self }
    }

    /// Marks the error as one that occurred after a completed write, such as while reading the result.
    pub fn mark_after_write(self) -> Self {
        let message = format!("the change was made; the request after it failed: {}", self.message);
        Error { message, may_have_taken_effect: true, ..self }
    }

    /// Checks whether nothing in the mailbox has the id, or nothing can have it.
    pub fn is_unknown_item(&self) -> bool {
        let codes = ["ErrorInvalidIdMalformed", "ErrorInvalidMailboxItemId"];
        let is_impossible = self.graph_code().is_some_and(|code| codes.iter().any(|known| known.eq_ignore_ascii_case(code)));
        is_impossible || self.is_item_not_found()
    }

    /// Returns the time that the service asks to wait before the next request.
    pub fn retry_after(&self) -> Option<Duration> {
        self.exchange.as_ref()?.retry_after
    }
}

impl Error {
    /// Returns the error as JSON: the fields of `types.error` that have a value.
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

/// The errors of attributes, collected so that a caller can correct all of them at once.
///
/// Only the first ones are named, and the others counted. So the message stays readable, and a request that consists of errors
/// costs no more than to parse it.
#[derive(Default)]
pub struct Problems {
    first: Option<Error>,
    more: usize,
}

impl Problems {
    /// The number of attributes that a message names.
    const MAX_NAMED: usize = 100;

    /// Adds an error.
    pub fn push(&mut self, error: Error) {
        match &mut self.first {
            None => self.first = Some(error),
            Some(first) if first.attributes.len() < Self::MAX_NAMED => {
                first.message.push_str("; ");
                first.message.push_str(&error.message);
                first.attributes.extend(error.attributes);
            }
            Some(_) => self.more += error.attributes.len().max(1),
        }
    }

    /// Checks whether there are no errors.
    pub fn is_empty(&self) -> bool {
        self.first.is_none()
    }

    /// Checks whether the message names no further attribute.
    pub fn is_full(&self) -> bool {
        self.first.as_ref().is_some_and(|first| first.attributes.len() >= Self::MAX_NAMED)
    }

    /// Returns the errors as one; `Ok` if there are none.
    pub fn into_result(self) -> Result<()> {
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
