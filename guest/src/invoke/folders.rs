//! The operations on contact folders.

use serde_json::Value;

use crate::invoke::argument::{Argument, ArgumentType, Syntax};
use crate::invoke::container::{FOLDERS, ID, MAILBOX, PERMANENTLY, parse_container, parse_mailbox};
use crate::invoke::operation::{Operation, one, to_empty_object};
use connector::contact::{Folder, folder};
use connector::graph::folders;
use connector::operations::connector::Connector;

const DISPLAY_NAME: Argument =
    Argument::required("displayName", ArgumentType::String, "the name of the folder").with_syntax(Syntax::Word("NAME"));

/// The operations.
pub const OPERATIONS: &[Operation] = &[
    Operation {
        name: "folders.list",
        help: "List the folders directly inside a folder or a mailbox",
        arguments: &[MAILBOX, FOLDERS],
        result: "`[folder...]`",
        is_command: true,
        run: |connector, arguments| {
            let folders = connector.list_folders(&parse_container(arguments)?)?;
            Ok(folders.into_iter().map(|folder| show(connector, folder)).collect())
        },
        requests: |connector, arguments| one(folders::list(connector.service(), &parse_container(arguments)?)),
    },
    Operation {
        name: "folders.get",
        help: "Get one folder, at any depth",
        arguments: &[MAILBOX, ID],
        result: "folder",
        is_command: false,
        run: |connector, arguments| {
            Ok(show(connector, connector.get_folder(&parse_mailbox(arguments)?, arguments.string(&ID)?)?))
        },
        requests: |connector, arguments| {
            one(folders::get(connector.service(), &parse_mailbox(arguments)?, arguments.string(&ID)?))
        },
    },
    Operation {
        name: "folders.create",
        help: "Create a folder",
        arguments: &[MAILBOX, FOLDERS, DISPLAY_NAME],
        result: "folder",
        is_command: true,
        run: |connector, arguments| {
            Ok(show(connector, connector.create_folder(&parse_container(arguments)?, arguments.string(&DISPLAY_NAME)?)?))
        },
        requests: |connector, arguments| {
            let body = folder::write_body(arguments.string(&DISPLAY_NAME)?)?;
            one(folders::create(connector.service(), &parse_container(arguments)?, body))
        },
    },
    Operation {
        name: "folders.rename",
        help: "Rename a folder",
        arguments: &[MAILBOX, ID, DISPLAY_NAME],
        result: "folder",
        is_command: true,
        run: |connector, arguments| {
            let (id, name) = (arguments.string(&ID)?, arguments.string(&DISPLAY_NAME)?);
            Ok(show(connector, connector.rename_folder(&parse_mailbox(arguments)?, id, name)?))
        },
        requests: |connector, arguments| {
            let body = folder::write_body(arguments.string(&DISPLAY_NAME)?)?;
            one(folders::update(connector.service(), &parse_mailbox(arguments)?, arguments.string(&ID)?, body))
        },
    },
    Operation {
        name: "folders.delete",
        help: "Delete a folder with everything in it",
        arguments: &[MAILBOX, ID, PERMANENTLY],
        result: "`{}`",
        is_command: true,
        run: |connector, arguments| {
            let permanently = arguments.boolean(&PERMANENTLY)?;
            connector.delete_folder(&parse_mailbox(arguments)?, arguments.string(&ID)?, permanently).map(to_empty_object)
        },
        requests: |connector, arguments| {
            let delete = if arguments.boolean(&PERMANENTLY)? { folders::permanent_delete } else { folders::delete };
            one(delete(connector.service(), &parse_mailbox(arguments)?, arguments.string(&ID)?))
        },
    },
];

/// Returns a folder as callers see it.
fn show(connector: &Connector<'_>, folder: Folder) -> Value {
    Value::Object(folder::write_for_caller(&folder, connector.service().version))
}
