//! The connector: operations on one service, over one network, with one deadline.

use std::time::Duration;

use crate::graph::service::Service;
use crate::operations::send::network::Network;
use crate::operations::send::retry_policy::RetryPolicy;

/// How operations are carried out.
#[derive(Clone, Debug, PartialEq)]
pub struct OperationSettings {
    /// The time that an operation has in all.
    pub timeout: Duration,
    /// How requests are repeated.
    pub retry: RetryPolicy,
    /// Whether a creation carries a key, by which it is found again when its answer got lost.
    pub exactly_once: bool,
}

/// The operations, on one service, over one network, by one deadline.
pub struct Connector<'a> {
    pub(in crate::operations) service: &'a Service,
    pub(in crate::operations) network: &'a dyn Network,
    pub(in crate::operations) terms: &'a OperationSettings,
    /// On the clock of the network.
    pub(in crate::operations) deadline: Duration,
}

impl<'a> Connector<'a> {
    /// Operations whose time begins now.
    pub fn new(service: &'a Service, network: &'a dyn Network, terms: &'a OperationSettings) -> Self {
        Connector { service, network, terms, deadline: network.now().saturating_add(terms.timeout) }
    }

    /// The service that the operations are on.
    pub fn service(&self) -> &'a Service {
        self.service
    }

    /// The time until the deadline.
    pub(in crate::operations) fn left(&self) -> Duration {
        self.deadline.saturating_sub(self.network.now())
    }

    /// A random number from 0 to 1.
    pub(in crate::operations) fn chance(&self) -> f64 {
        let random = u32::try_from(self.network.random() & u128::from(u32::MAX)).unwrap_or_default();
        f64::from(random) / f64::from(u32::MAX)
    }
}
