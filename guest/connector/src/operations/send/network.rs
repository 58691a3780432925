//! The network: everything that the operations need from outside.

use std::time::{Duration, SystemTime};

use crate::error::ErrorKind;
use crate::http_message::{HttpRequest, HttpResponse};

/// The network: it sends requests, and has a clock and random numbers.
///
/// In the component this is `transport`, in tests a script.
pub trait Network {
    /// Sends a request. Returns the whole response by `deadline`, on the clock of [`Network::now`].
    fn send(&self, request: HttpRequest, deadline: Duration) -> Result<HttpResponse, TransportError>;

    /// Returns the time of a clock that never goes back.
    fn now(&self) -> Duration;

    /// Returns the date.
    fn date(&self) -> SystemTime;

    /// Waits until a time on the clock of [`Network::now`].
    fn wait_until(&self, time: Duration);

    /// Returns a random number.
    fn random(&self) -> u128;

    /// Returns a new id in the form of a GUID.
    fn unique_id(&self) -> String {
        uuid::Builder::from_random_bytes(self.random().to_be_bytes()).into_uuid().to_string()
    }
}

impl<N: Network> Network for &N {
    fn send(&self, request: HttpRequest, deadline: Duration) -> Result<HttpResponse, TransportError> {
        (**self).send(request, deadline)
    }

    fn now(&self) -> Duration {
        (**self).now()
    }

    fn date(&self) -> SystemTime {
        (**self).date()
    }

    fn wait_until(&self, time: Duration) {
        (**self).wait_until(time);
    }

    fn random(&self) -> u128 {
        (**self).random()
    }
}

/// A network that refuses to send, for a dry run.
pub struct Offline;

impl Network for Offline {
    fn send(&self, _: HttpRequest, _: Duration) -> Result<HttpResponse, TransportError> {
        let message =
            "the requests depend on the stored object, which a dry run does not read; `requests` has functions that take it";
        Err(TransportError::new(ErrorKind::Unsupported, false, message))
    }

    fn now(&self) -> Duration {
        Duration::ZERO
    }

    fn date(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH
    }

    fn wait_until(&self, _: Duration) {}

    fn random(&self) -> u128 {
        0
    }
}

/// A failure below HTTP, without a response.
#[derive(Clone, Debug, PartialEq)]
pub struct TransportError {
    /// The kind of error.
    pub kind: ErrorKind,
    /// Whether the service may have received the request.
    pub may_have_arrived: bool,
    /// Whether there was a response, and it was longer than what is read.
    pub is_response_too_long: bool,
    /// Whether the same request can succeed later.
    pub is_transient: bool,
    /// The problem, and what to do.
    pub message: String,
}

impl TransportError {
    /// Creates the error of an exchange without a response. A failed connection or service is transient.
    pub fn new(kind: ErrorKind, may_have_arrived: bool, message: impl Into<String>) -> TransportError {
        let is_transient = matches!(kind, ErrorKind::ConnectionFailed | ErrorKind::Unavailable);
        TransportError { kind, may_have_arrived, is_response_too_long: false, is_transient, message: message.into() }
    }
}
