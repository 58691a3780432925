//! ICF's test of settings, credential and connection.

use crate::error::{ErrorKind, Result};
use crate::graph::users;
use crate::operations::connector::Connector;

impl Connector<'_> {
    /// Checks that settings, credential and connection work, with a request that changes nothing.
    pub fn test(&self) -> Result<()> {
        match self.send(&users::probe(self.service)?) {
            // The credential works. It does not need the permission to list users: contacts do not require it.
            Err(error) if error.kind == ErrorKind::PermissionDenied => Ok(()),
            other => other.map(|_| ()),
        }
    }
}
