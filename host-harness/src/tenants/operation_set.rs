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

    /// Returns the operations that change nothing. They are allowed where the configuration names none.
    pub(crate) fn read_only() -> Self {
        Self([Operation::Read, Operation::Query, Operation::Test].into())
    }

    /// Returns those that this one has and `previous` has not.
    pub(crate) fn added_to<'s>(&'s self, previous: &'s Self) -> impl Iterator<Item = Operation> + 's {
        self.0.difference(&previous.0).copied()
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
