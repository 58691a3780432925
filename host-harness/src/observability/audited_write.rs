//! A write of a call to Microsoft Graph, as the audit log has it.

use protocol::operation::Operation;
use serde_json::{Value, json};

/// What a request writes: no attribute, no value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct AuditedWrite {
    pub(crate) operation: Option<Operation>,
    /// The object class.
    pub(crate) class: Option<&'static str>,
    /// The id or the user principal name of the mailbox, if the object is in one.
    pub(crate) mailbox: Option<String>,
    /// The id of the object at Microsoft Graph; a new one has none yet.
    pub(crate) id: Option<String>,
}

impl AuditedWrite {
    pub(super) fn to_json(&self) -> Value {
        json!({
            "operation": self.operation.map(Operation::name),
            "objectClass": self.class,
            "mailbox": self.mailbox,
            "id": self.id,
        })
    }
}
