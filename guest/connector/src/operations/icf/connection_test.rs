//! ICF's test: whether settings, credential and connection work.

use crate::error::{ErrorKind, Result};
use crate::graph::users;
use crate::operations::connector::Connector;

impl Connector<'_> {
    /// Shows that settings, credential and connection work, by a request that changes nothing.
    pub fn test(&self) -> Result<()> {
        match self.send(&users::probe(self.service)?) {
            // The credential works. That it may not list users is no fault: contacts need no such permission.
            Err(error) if error.kind == ErrorKind::PermissionDenied => Ok(()),
            other => other.map(|_| ()),
        }
    }
}
