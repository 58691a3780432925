//! The command line: `contacts list|get|create|update|delete`, `folders list|create|rename|delete`, `schema`, `test`.

use std::io::{Read, Write};

use lexopt::prelude::{Long, Short, Value as Positional};
use serde_json::{Value, json};

use connector::error::{Error, Kind, Result};

/// What the command prints when asked for help, or when it does not understand.
pub const USAGE: &str = "\
Contacts in Microsoft 365 mailboxes, through Microsoft Graph.

Usage:
  contacts list   [--user USER] [--folder ID]... [--select NAMES]     every contact
  contacts get    [--user USER] [--folder ID]... [--select NAMES] ID  one contact
  contacts create [--user USER] [--folder ID]... CONTACT     a new contact
  contacts update [--user USER] [--folder ID]... ID CONTACT  change a contact: absent keeps, null clears, a value sets
  contacts delete [--user USER] [--folder ID]... [--permanently] ID  delete a contact
  folders list    [--user USER] [--folder ID]...             the folders directly inside one, or inside the mailbox
  folders create  [--user USER] [--folder ID]... NAME        a new folder
  folders rename  [--user USER] ID NAME                      give a folder another name
  folders delete  [--user USER] [--permanently] ID           delete a folder with all that is in it
  schema                                                     the object classes, in OpenIDM's form
  test                                                       check settings, credential and connection
  help                                                       this page

USER is a user's id or user principal name; without it, the user whose token is used (me).
CONTACT is a JSON object such as '{\"givenName\": \"Ada\"}', or - to read one from standard input.
NAMES are those of properties, with commas between them; without it, every property.
--permanently leaves nothing in Deleted Items; Microsoft's global cloud alone has it.

With --dry-run, the requests are printed as curl commands, and nothing is written. `contacts update` reads the contact first,
because what is stored decides what would be sent.

Environment: GRAPH_CLOUD, GRAPH_ENDPOINT, GRAPH_API_VERSION, GRAPH_TIMEOUT_SECONDS, and GRAPH_ACCESS_TOKEN, or GRAPH_TENANT_ID,
GRAPH_CLIENT_ID and GRAPH_CLIENT_SECRET, where the host adds no credential.
";

/// What a command line asks for.
#[derive(Debug, PartialEq)]
pub enum Command {
    /// To see [`USAGE`].
    Help,
    /// An operation of [`crate::call`], with its arguments.
    Invoke(&'static str, Value),
    /// To see the requests that an operation would send.
    DryRun(&'static str, Value),
}

/// Reads a command line, without the program's name. `stdin` is read where the command line says so.
pub fn parse(arguments: impl IntoIterator<Item = String>, stdin: impl Read) -> Result<Command> {
    let mut parser = lexopt::Parser::from_args(arguments);
    let (mut words, mut user, mut folders, mut select) = (Vec::new(), None, Vec::new(), None);
    let (mut permanently, mut dry_run) = (false, false);
    while let Some(argument) = parser.next().map_err(misunderstood)? {
        match argument {
            Short('h') | Long("help") => return Ok(Command::Help),
            Long("user") => user = Some(text(parser.value())?),
            Long("folder") => folders.push(text(parser.value())?),
            Long("select") => select = Some(text(parser.value())?),
            Long("permanently") => permanently = true,
            Long("dry-run") => dry_run = true,
            Positional(word) => words.push(text(Ok(word))?),
            other => return Err(misunderstood(other.unexpected())),
        }
    }
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let mut arguments = json!({"mailbox": user.as_deref().unwrap_or("me"), "folders": folders});
    if let Some(names) = &select {
        arguments["select"] = names.split(',').map(str::trim).collect();
    }
    let operation = match words.as_slice() {
        [] | ["help"] => return Ok(Command::Help),
        ["schema" | "test"] if user.is_some() || !folders.is_empty() => {
            return Err(misunderstood("schema and test take no --user and no --folder"));
        }
        ["contacts", "create" | "update" | "delete", ..] | ["folders", ..] if select.is_some() => {
            return Err(misunderstood("--select is for contacts list and contacts get"));
        }
        [_, "list" | "get" | "create" | "update" | "rename", ..] | [_] if permanently => {
            return Err(misunderstood("--permanently is for contacts delete and folders delete"));
        }
        ["folders", "rename" | "delete", ..] if !folders.is_empty() => {
            return Err(misunderstood("the id of a folder says where it is; leave out --folder"));
        }
        ["schema"] => {
            arguments = json!({});
            "schema"
        }
        ["test"] => {
            arguments = json!({});
            "test"
        }
        ["contacts", "list"] => "contacts.list",
        ["contacts", "get", id] => {
            arguments["id"] = json!(id);
            "contacts.get"
        }
        ["contacts", "create", contact] => {
            arguments["contact"] = object(contact, stdin)?;
            "contacts.create"
        }
        ["contacts", "update", id, contact] => {
            arguments["id"] = json!(id);
            arguments["contact"] = object(contact, stdin)?;
            "contacts.update"
        }
        ["contacts", "delete", id] => {
            arguments["id"] = json!(id);
            "contacts.delete"
        }
        ["folders", "list"] => "folders.list",
        ["folders", "create", name] => {
            arguments["displayName"] = json!(name);
            "folders.create"
        }
        ["folders", "rename", id, name] => {
            arguments = json!({"mailbox": arguments["mailbox"], "id": id, "displayName": name});
            "folders.rename"
        }
        ["folders", "delete", id] => {
            arguments = json!({"mailbox": arguments["mailbox"], "id": id});
            "folders.delete"
        }
        _ => return Err(misunderstood(format!("this is not a command: {}", words.join(" ")))),
    };
    if permanently {
        arguments["permanently"] = json!(true);
    }
    Ok(if dry_run { Command::DryRun(operation, arguments) } else { Command::Invoke(operation, arguments) })
}

/// Prints an answer, whole.
pub fn print(text: &str, mut out: impl Write) -> Result<()> {
    let printed = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    printed.map_err(|error| Error::new(Kind::Internal, format!("the answer could not be printed: {error}")))
}

fn misunderstood(problem: impl ToString) -> Error {
    Error::new(Kind::InvalidAttributeValue, format!("{}; `help` shows the commands", problem.to_string()))
}

fn text(value: std::result::Result<std::ffi::OsString, lexopt::Error>) -> Result<String> {
    value.map_err(misunderstood)?.into_string().map_err(|_| misunderstood("an argument is not UTF-8"))
}

fn object(argument: &str, mut stdin: impl Read) -> Result<Value> {
    let mut text = argument.to_owned();
    if argument == "-" {
        text.clear();
        let read = stdin.read_to_string(&mut text);
        read.map_err(|error| Error::new(Kind::InvalidAttributeValue, format!("standard input could not be read: {error}")))?;
    }
    match serde_json::from_str(&text) {
        Ok(Value::Object(members)) => Ok(Value::Object(members)),
        Ok(_) => Err(misunderstood("the contact is JSON, but not an object")),
        Err(error) => Err(misunderstood(format!("the contact is not JSON: {error}"))),
    }
}
