//! The operations that a tenant allows.

use std::collections::BTreeSet;

use protocol::operation::Operation;

/// The operations that a tenant allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OperationSet(BTreeSet<Operation>);

impl OperationSet {
    /// Returns every operation.
    pub(crate) fn all() -> Self {
        Self(Operation::ALL.into())
    }

    /// Checks whether it has an operation.
    pub(crate) fn allows(&self, operation: Operation) -> bool {
        self.0.contains(&operation)
    }
}

impl FromIterator<Operation> for OperationSet {
    fn from_iter<I: IntoIterator<Item = Operation>>(operations: I) -> Self {
        Self(operations.into_iter().collect())
    }
}
