//! Operations by name, with JSON arguments and JSON answers: `wit/json.wit`.

use serde_json::{Map, Value, json};

use crate::contact::{Contact, read, write};
use crate::error::{Error, Kind, Result};
use crate::graph::address::{Container, Mailbox};
use crate::operations::Connector;
use crate::operations::network::Network;
use crate::operations::schema::schema;
use crate::operations::user::Outcome;

/// The only object class there is so far.
pub const USER: &str = "user";

/// Runs an operation. `arguments` is the text of a JSON object.
pub fn invoke<N: Network>(connector: &Connector<'_, N>, operation: &str, arguments: &str) -> Result<Value> {
    let arguments = match serde_json::from_str(arguments) {
        Ok(Value::Object(members)) => Arguments { operation, members },
        Ok(_) => return Err(Error::new(Kind::InvalidAttributeValue, "the arguments are JSON, but not an object")),
        Err(error) => return Err(Error::new(Kind::InvalidAttributeValue, format!("the arguments are not JSON: {error}"))),
    };
    run(connector, operation, &arguments)
}

fn run<N: Network>(connector: &Connector<'_, N>, operation: &str, arguments: &Arguments) -> Result<Value> {
    let version = connector.service().version;
    let show = |contact: &Contact| Value::Object(write::shown(contact, version));
    match operation {
        "contacts.list" => {
            arguments.only(&["mailbox", "folders"])?;
            Ok(connector.list_contacts(&arguments.container()?)?.iter().map(show).collect())
        }
        "contacts.get" => {
            arguments.only(&["mailbox", "folders", "id"])?;
            connector.get_contact(&arguments.container()?, arguments.text("id")?).map(|contact| show(&contact))
        }
        "contacts.create" => {
            arguments.only(&["mailbox", "folders", "contact"])?;
            let contact = read::input(arguments.object("contact")?, version, "contact.")?;
            connector.create_contact(&arguments.container()?, &contact).map(|contact| show(&contact))
        }
        "contacts.update" => {
            arguments.only(&["mailbox", "folders", "id", "contact"])?;
            let contact = read::input(arguments.object("contact")?, version, "contact.")?;
            connector.update_contact(&arguments.container()?, arguments.text("id")?, &contact).map(|contact| show(&contact))
        }
        "contacts.delete" => {
            arguments.only(&["mailbox", "folders", "id"])?;
            connector.delete_contact(&arguments.container()?, arguments.text("id")?).map(|()| json!({}))
        }
        "schema" => arguments.only(&[]).map(|()| schema()),
        "test" => {
            arguments.only(&[])?;
            connector.test().map(|()| json!({}))
        }
        "get" => {
            arguments.only(&["objectClass", "uid", "attributesToGet"])?;
            user_class(arguments.text("objectClass")?)?;
            let names = arguments.texts("attributesToGet")?;
            connector.get_user(arguments.text("uid")?, &names).map(Value::Object)
        }
        "update" => {
            arguments.only(&["objectClass", "uid", "revision", "attributes"])?;
            user_class(arguments.text("objectClass")?)?;
            let revision = arguments.optional_text("revision")?;
            let updated = connector.update_user(arguments.text("uid")?, revision, arguments.object("attributes")?)?;
            Ok(updated.outcomes.iter().map(outcome).collect())
        }
        _ => Err(Error::new(Kind::Unsupported, format!("there is no operation {operation}; wit/json.wit lists them"))),
    }
}

/// Checks that the object class is one that there is.
pub fn user_class(name: &str) -> Result<()> {
    if name == USER {
        return Ok(());
    }
    Err(Error::new(Kind::Unsupported, format!("there is no object class {name}; there is {USER}")))
}

/// An outcome as JSON: `done`, or the error.
pub fn outcome(outcome: &Outcome) -> Value {
    let mut shown = json!({"attribute": outcome.attribute, "position": outcome.position});
    if let Some(id) = &outcome.id {
        shown["id"] = json!(id);
    }
    match &outcome.error {
        None => shown["done"] = json!(true),
        Some(problem) => {
            shown["done"] = json!(false);
            shown["error"] = error(problem);
        }
    }
    shown
}

/// An error as JSON, with the fields of `types.error` that have a value.
pub fn error(error: &Error) -> Value {
    let mut shown =
        json!({"kind": error.kind.name(), "message": error.message, "mayHaveTakenEffect": error.may_have_taken_effect});
    if !error.attributes.is_empty() {
        shown["attributes"] = json!(error.attributes);
    }
    if let Some(exchange) = &error.exchange {
        let retry_after = exchange.retry_after.map(|wait| u64::try_from(wait.as_millis()).unwrap_or(u64::MAX));
        for (name, value) in [
            ("httpStatus", json!(exchange.http_status)),
            ("graphCode", json!(exchange.graph_code)),
            ("requestId", json!(exchange.request_id)),
            ("clientRequestId", json!(exchange.client_request_id)),
            ("retryAfterMs", json!(retry_after)),
        ] {
            if !value.is_null() {
                shown[name] = value;
            }
        }
    }
    shown
}

/// The arguments of an operation.
struct Arguments<'a> {
    operation: &'a str,
    members: Map<String, Value>,
}

impl Arguments<'_> {
    fn wrong(&self, name: &str, problem: &str) -> Error {
        Error::attribute(name, format!("{problem} (argument of {})", self.operation))
    }

    /// Checks that there are no others than those of these names.
    fn only(&self, names: &[&str]) -> Result<()> {
        let others = self.members.keys().filter(|name| !names.contains(&name.as_str()));
        Error::all(others.map(|name| self.wrong(name, "there is no such argument")).collect())
    }

    fn get(&self, name: &str) -> Option<&Value> {
        self.members.get(name).filter(|value| !value.is_null())
    }

    fn optional_text(&self, name: &str) -> Result<Option<&str>> {
        self.get(name).map(|value| value.as_str().ok_or_else(|| self.wrong(name, "a string is wanted"))).transpose()
    }

    fn text(&self, name: &str) -> Result<&str> {
        self.optional_text(name)?.ok_or_else(|| self.wrong(name, "it is missing"))
    }

    fn texts(&self, name: &str) -> Result<Vec<&str>> {
        let wrong = || self.wrong(name, "an array of strings is wanted");
        match self.get(name) {
            None => Ok(Vec::new()),
            Some(value) => value.as_array().ok_or_else(wrong)?.iter().map(|item| item.as_str().ok_or_else(wrong)).collect(),
        }
    }

    fn object(&self, name: &str) -> Result<&Map<String, Value>> {
        self.get(name).and_then(Value::as_object).ok_or_else(|| self.wrong(name, "an object is wanted"))
    }

    fn container(&self) -> Result<Container> {
        let folders = self.texts("folders")?.into_iter().map(str::to_owned).collect();
        Ok(Container { mailbox: Mailbox::named(self.text("mailbox")?), folders })
    }
}
