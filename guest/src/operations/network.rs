//! The one way from the operations to the world outside.

use std::time::{Duration, SystemTime};

use crate::error::Kind;
use crate::graph::{Request, Response};

/// What the operations need of the world: to send a request, a clock, and chance.
///
/// In the component this is `transport`; in tests, a script.
pub trait Network {
    /// Sends a request, and gives the whole answer by `deadline` (on the clock of [`Network::now`]) at the latest.
    fn send(&self, request: Request, deadline: Duration) -> Result<Response, Fault>;

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

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// The kind of error that this is.
    pub kind: Kind,
    /// Whether the service may have received the request.
    pub may_have_arrived: bool,
    /// What was wrong, and what to do.
    pub message: String,
}
