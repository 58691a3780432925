//! The operations on contact folders.

use serde_json::Value;

use crate::invoke::argument::{Argument, ArgumentType, Syntax};
use crate::invoke::arguments::Arguments;
use crate::invoke::container::{FOLDERS, ID, MAILBOX, PERMANENTLY, parse_container, parse_mailbox};
use crate::invoke::operation::{Operation, one, to_empty_object};
use connector::contact::folder::FolderChanges;
use connector::contact::{Folder, folder};
use connector::error::Result;
use connector::graph::folders;
use connector::graph::request::GraphRequest;
use connector::operations::connector::Connector;
use connector::operations::mailbox::folders::build_create_requests;

const DISPLAY_NAME: Argument =
    Argument::required("displayName", ArgumentType::String, "the name of the folder").with_syntax(Syntax::Word("NAME"));

const PARENT: Argument = Argument::required(
    "parentFolderId",
    ArgumentType::String,
    "the id of the folder to move it to; contacts: the default folder",
)
.with_syntax(Syntax::Word("PARENT"));

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
            let (inside, name) = (parse_container(arguments)?, arguments.string(&DISPLAY_NAME)?);
            build_create_requests(connector.service(), &inside, name).map(Vec::from)
        },
    },
    Operation {
        name: "folders.rename",
        help: "Rename a folder",
        arguments: &[MAILBOX, ID, DISPLAY_NAME],
        result: "folder",
        is_command: true,
        run: |connector, arguments| update(connector, arguments, &FolderChanges::rename(arguments.string(&DISPLAY_NAME)?)),
        requests: |connector, arguments| {
            build_update(connector, arguments, &FolderChanges::rename(arguments.string(&DISPLAY_NAME)?))
        },
    },
    Operation {
        name: "folders.move",
        help: "Move a folder with everything in it",
        arguments: &[MAILBOX, ID, PARENT],
        result: "folder",
        is_command: true,
        run: |connector, arguments| update(connector, arguments, &FolderChanges::move_to(arguments.string(&PARENT)?)),
        requests: |connector, arguments| build_update(connector, arguments, &FolderChanges::move_to(arguments.string(&PARENT)?)),
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

fn update(connector: &Connector<'_>, arguments: &Arguments, changes: &FolderChanges) -> Result<Value> {
    let updated = connector.update_folder(&parse_mailbox(arguments)?, arguments.string(&ID)?, changes)?;
    Ok(show(connector, updated))
}

fn build_update(connector: &Connector<'_>, arguments: &Arguments, changes: &FolderChanges) -> Result<Vec<GraphRequest>> {
    let (mailbox, id) = (parse_mailbox(arguments)?, arguments.string(&ID)?);
    // A move reads the new parent and those above it first.
    let parent = changes.parent_folder_id.iter().map(|parent| folders::get(connector.service(), &mailbox, parent));
    let update = folders::update(connector.service(), &mailbox, id, changes.write_body()?);
    parent.chain([update]).collect()
}

/// Returns a folder as callers see it.
fn show(connector: &Connector<'_>, folder: Folder) -> Value {
    Value::Object(folder::write_for_caller(&folder, connector.service().version))
}
