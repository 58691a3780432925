//! The table of all operations, and what it is for: to run one, or to see the requests that it would send.

use serde_json::Value;

use crate::invoke::arguments::Arguments;
use crate::invoke::operation::Operation;
use crate::invoke::{contacts, distribution_lists, folders, objects, org_contacts};
use connector::error::{Error, ErrorKind, Result};
use connector::graph::request::GraphRequest;
use connector::nearest::find_nearest;
use connector::operations::connector::Connector;
use connector::operations::directory::org_contact_properties::CREATE_UNSUPPORTED;

/// Every operation, by group.
static TABLE: [&[Operation]; 5] =
    [contacts::OPERATIONS, folders::OPERATIONS, distribution_lists::OPERATIONS, org_contacts::OPERATIONS, objects::OPERATIONS];

/// Operations that a caller may look for and Microsoft Graph does not have, with the reason.
const LACKING: [(&str, &str); 1] = [("orgContacts.create", CREATE_UNSUPPORTED)];

/// Returns every operation.
pub fn operations() -> impl Iterator<Item = &'static Operation> {
    TABLE.iter().copied().flatten()
}

/// Returns the operation of that name. The error for an unknown one names the nearest.
pub fn find(name: &str) -> Result<&'static Operation> {
    operations().find(|operation| operation.name == name).ok_or_else(|| {
        let lacking = LACKING.iter().find(|(lacking, _)| *lacking == name).map(|(_, reason)| (*reason).to_owned());
        let message = lacking.unwrap_or_else(|| match find_nearest(name, operations().map(|operation| operation.name)) {
            Some(known) => format!("there is no operation {name}; did you mean {known}?"),
            None => format!("there is no operation {name}; see the list in wit/json.wit"),
        });
        Error::new(ErrorKind::Unsupported, message)
    })
}

/// Runs the operation of that name. `arguments` is the text of a JSON object.
pub fn invoke(connector: &Connector<'_>, name: &str, arguments: &str) -> Result<Value> {
    let operation = find(name)?;
    (operation.run)(connector, &Arguments::parse(operation.name, operation.arguments, arguments)?)
}

/// An operation whose result is a list: it passes each element to a sink.
type ListOperation = fn(&Connector<'_>, &Arguments, &mut dyn FnMut(Value) -> Result<()>) -> Result<()>;

/// The lists that the command line prints as they are read: they can be longer than the memory of a sandbox.
const LISTS: [(&str, ListOperation); 1] = [("contacts.list", contacts::list)];

/// Runs the operation of that name, and passes each element of its result to `sink`. `None` if the result is no long list.
pub fn stream(
    connector: &Connector<'_>,
    name: &str,
    arguments: &str,
    sink: &mut dyn FnMut(Value) -> Result<()>,
) -> Option<Result<()>> {
    let (name, list) = LISTS.iter().find(|(known, _)| *known == name)?;
    let arguments = find(name).and_then(|operation| Arguments::parse(name, operation.arguments, arguments));
    Some(arguments.and_then(|arguments| list(connector, &arguments, sink)))
}

/// Returns the requests that the operation of that name would send, in their order; for a list, the first page.
pub fn build_requests(connector: &Connector<'_>, name: &str, arguments: &str) -> Result<Vec<GraphRequest>> {
    let operation = find(name)?;
    (operation.requests)(connector, &Arguments::parse(operation.name, operation.arguments, arguments)?)
}
