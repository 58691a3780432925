//! The operations that the callers of a tenant can be allowed.

/// What a request to a REST frontend does, by the name that the configuration has for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Operation {
    /// `read`: reads one object.
    Read,
    /// `query`: reads the objects that a filter finds.
    Query,
    /// `create`: creates an object.
    Create,
    /// `update`: changes an object with `PUT`. The update of a user adds, changes and removes contacts.
    Update,
    /// `patch`: changes an object with `PATCH`. The patch of a user does what `update` does.
    Patch,
    /// `delete`: deletes an object, also permanently.
    Delete,
    /// `test`: checks settings, credential and connection.
    Test,
    /// `action`: any other action.
    Action,
}

impl Operation {
    /// Every operation.
    pub const ALL: [Self; 8] =
        [Self::Read, Self::Query, Self::Create, Self::Update, Self::Patch, Self::Delete, Self::Test, Self::Action];

    /// Checks whether it changes something at Microsoft Graph. The actions that do have an operation of their own.
    pub fn is_write(self) -> bool {
        matches!(self, Self::Create | Self::Update | Self::Patch | Self::Delete)
    }

    /// Returns the name in the configuration and the audit log.
    pub fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Query => "query",
            Self::Create => "create",
            Self::Update => "update",
            Self::Patch => "patch",
            Self::Delete => "delete",
            Self::Test => "test",
            Self::Action => "action",
        }
    }

    /// Returns the operation of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|operation| operation.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_its_operation() {
        for operation in Operation::ALL {
            assert_eq!(Operation::from_name(operation.name()), Some(operation));
        }
    }
}
