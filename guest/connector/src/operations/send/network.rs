//! The one way from the operations to the world outside.

use std::time::{Duration, SystemTime};

use crate::error::ErrorKind;
use crate::http_message::{HttpRequest, HttpResponse};

/// What the operations need of the world: to send a request, a clock, and chance.
///
/// In the component this is `transport`; in tests, a script.
pub trait Network {
    /// Sends a request, and gives the whole answer by `deadline` (on the clock of [`Network::now`]) at the latest.
    fn send(&self, request: HttpRequest, deadline: Duration) -> Result<HttpResponse, TransportError>;

    /// The time on a clock that never goes back.
    fn now(&self) -> Duration;

    /// The date.
    fn date(&self) -> SystemTime;

    /// Waits until that time on the clock of [`Network::now`].
    fn wait_until(&self, time: Duration);

    /// A random number.
    fn random(&self) -> u128;

    /// A new id in the form of a GUID.
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

/// No network at all: for what is only to be looked at.
pub struct Offline;

impl Network for Offline {
    fn send(&self, _: HttpRequest, _: Duration) -> Result<HttpResponse, TransportError> {
        let message =
            "what would be sent depends on what is stored, and nothing is read here; `requests` has functions that take it";
        Err(TransportError { kind: ErrorKind::Unsupported, may_have_arrived: false, message: message.to_owned() })
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

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq)]
pub struct TransportError {
    /// The kind of error that this is.
    pub kind: ErrorKind,
    /// Whether the service may have received the request.
    pub may_have_arrived: bool,
    /// What was wrong, and what to do.
    pub message: String,
}
