//! The state of the sign-in service.

use std::time::{Duration, Instant};

use http::StatusCode;
use uuid::Uuid;

use crate::sign_in::registration::AppRegistration;

#[derive(Debug, Default)]
pub(crate) struct SignInState {
    pub(crate) registrations: Vec<AppRegistration>,
    pub(crate) issued: Vec<(String, Instant)>,
    /// The ids of used assertions.
    pub(crate) assertions: Vec<String>,
    pub(crate) request_count: usize,
    pub(crate) outage: Option<StatusCode>,
}

impl SignInState {
    pub(crate) fn issue_token(&mut self, lifetime: Duration) -> String {
        let token = format!("emulated-{}", Uuid::new_v4());
        self.issued.push((token.clone(), Instant::now() + lifetime));
        token
    }
}
