//! The connector: operations on one service, over one network, with one deadline.

use std::cell::RefCell;
use std::time::Duration;

use crate::graph::service::Service;
use crate::operations::icf::known_identities::KnownIdentities;
use crate::operations::send::network::Network;
use crate::operations::send::retry_policy::RetryPolicy;

/// The settings of operations.
#[derive(Clone, Debug, PartialEq)]
pub struct OperationSettings {
    /// The time limit of an operation.
    pub timeout: Duration,
    /// The policy of retries.
    pub retry: RetryPolicy,
    /// Whether a new contact carries a key, by which it is found after a lost response.
    pub exactly_once: bool,
}

/// The operations on one service, over one network, with one deadline.
pub struct Connector<'a> {
    pub(in crate::operations) service: &'a Service,
    pub(in crate::operations) network: &'a dyn Network,
    pub(in crate::operations) settings: &'a OperationSettings,
    /// The deadline, on the clock of the network.
    pub(in crate::operations) deadline: Duration,
    /// The identities of mailboxes and folders that were read.
    pub(in crate::operations) identities: RefCell<KnownIdentities>,
}

impl<'a> Connector<'a> {
    /// Creates a connector whose time limit starts now.
    pub fn new(service: &'a Service, network: &'a dyn Network, settings: &'a OperationSettings) -> Self {
        Connector {
            service,
            network,
            settings,
            deadline: network.now().saturating_add(settings.timeout),
            identities: RefCell::default(),
        }
    }

    /// Returns the service.
    pub fn service(&self) -> &'a Service {
        self.service
    }

    /// Returns the time until the deadline.
    pub(in crate::operations) fn remaining_time(&self) -> Duration {
        self.deadline.saturating_sub(self.network.now())
    }

    /// Returns a random number from 0 to 1.
    pub(in crate::operations) fn draw_fraction(&self) -> f64 {
        let random = u32::try_from(self.network.random() & u128::from(u32::MAX)).unwrap_or_default();
        f64::from(random) / f64::from(u32::MAX)
    }
}
