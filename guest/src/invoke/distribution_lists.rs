//! The operations on personal distribution lists.

use serde_json::{Map, Value};

use crate::invoke::argument::{Argument, ArgumentType, Syntax};
use crate::invoke::arguments::Arguments;
use crate::invoke::container::{ID, MAILBOX, parse_mailbox};
use crate::invoke::objects::REVISION;
use crate::invoke::operation::{Operation, one, to_empty_object};
use connector::contact::distribution_list::{MEMBERS, WantedList, parse_members};
use connector::error::Result;
use connector::graph::address::Container;
use connector::graph::distribution_lists;
use connector::operations::connector::Connector;
use connector::operations::icf::distribution_list_class::{build_list_request, build_read_request};
use connector::operations::icf::uid::Uid;
use connector::operations::mailbox::distribution_lists::{build_create_list_request, check_support};

const LIST: Argument = Argument::required(
    "list",
    ArgumentType::Object,
    "an object with displayName and members; in an update, an absent property stays, and members are replaced",
)
.with_syntax(Syntax::Word("LIST"));
const MEMBER_LIST: Argument = Argument::required(
    MEMBERS,
    ArgumentType::Objects,
    "members such as {\"key\": \"ada@contoso.com\"}; to remove them, their keys are enough",
)
.with_syntax(Syntax::Word("MEMBERS"));

/// The operations.
pub const OPERATIONS: &[Operation] = &[
    Operation {
        name: "distributionLists.list",
        help: "List the distribution lists of a mailbox, with their members",
        arguments: &[MAILBOX],
        result: "`[distributionList...]`",
        is_command: true,
        run: |connector, arguments| {
            let lists = connector.list_distribution_lists(&parse_mailbox(arguments)?)?;
            Ok(lists.into_iter().map(Value::Object).collect())
        },
        requests: |connector, arguments| one(build_list_request(connector.service(), &parse_mailbox(arguments)?)),
    },
    Operation {
        name: "distributionLists.get",
        help: "Get one distribution list, with its members",
        arguments: &[MAILBOX, ID],
        result: "distributionList",
        is_command: true,
        run: |connector, arguments| {
            connector.get_distribution_list(&parse_mailbox(arguments)?, arguments.string(&ID)?).map(Value::Object)
        },
        requests: |connector, arguments| one(build_read_request(connector.service(), &parse_uid(arguments)?)),
    },
    Operation {
        name: "distributionLists.create",
        help: "Create a distribution list",
        arguments: &[MAILBOX, LIST],
        result: "distributionList",
        is_command: true,
        run: |connector, arguments| {
            connector.create_distribution_list(&parse_mailbox(arguments)?, &parse_list(arguments)?).map(Value::Object)
        },
        requests: |connector, arguments| {
            one(build_create_list_request(connector.service(), &parse_mailbox(arguments)?, &parse_list(arguments)?))
        },
    },
    Operation {
        name: "distributionLists.update",
        help: "Rename a distribution list, or replace its members",
        arguments: &[MAILBOX, ID, REVISION, LIST],
        result: "distributionList",
        is_command: true,
        run: |connector, arguments| {
            let (mailbox, revision) = (parse_mailbox(arguments)?, arguments.optional_string(&REVISION)?);
            let wanted = parse_list(arguments)?;
            connector.update_distribution_list(&mailbox, arguments.string(&ID)?, revision, &wanted).map(Value::Object)
        },
        // What is stored decides whether anything is sent after this.
        requests: |connector, arguments| one(build_read_request(connector.service(), &parse_uid(arguments)?)),
    },
    Operation {
        name: "distributionLists.delete",
        help: "Delete a distribution list",
        arguments: &[MAILBOX, ID, REVISION],
        result: "`{}`",
        is_command: true,
        run: |connector, arguments| {
            let (mailbox, revision) = (parse_mailbox(arguments)?, arguments.optional_string(&REVISION)?);
            let deleted = connector.delete_distribution_list(&mailbox, arguments.string(&ID)?, revision);
            deleted.map(|_| to_empty_object(()))
        },
        requests: |connector, arguments| {
            let (service, uid) = (connector.service(), parse_uid(arguments)?);
            let revision = arguments.optional_string(&REVISION)?;
            let delete = distribution_lists::delete(service, &uid.container.mailbox, &uid.id, revision)?;
            Ok(vec![build_read_request(service, &uid)?, delete])
        },
    },
    Operation {
        name: "distributionLists.addMembers",
        help: "Add members to a distribution list",
        arguments: &[MAILBOX, ID, MEMBER_LIST],
        result: "distributionList",
        is_command: true,
        run: |connector, arguments| {
            let (uid, members) = parse_change_of_members(connector, arguments)?;
            connector.add_distribution_list_members(&uid.container.mailbox, &uid.id, &members).map(Value::Object)
        },
        requests: |connector, arguments| {
            let (uid, members) = parse_change_of_members(connector, arguments)?;
            one(distribution_lists::add_members(connector.service(), &uid.container.mailbox, &uid.id, &members))
        },
    },
    Operation {
        name: "distributionLists.deleteMembers",
        help: "Remove members from a distribution list, by their keys",
        arguments: &[MAILBOX, ID, MEMBER_LIST],
        result: "distributionList",
        is_command: true,
        run: |connector, arguments| {
            let (uid, members) = parse_change_of_members(connector, arguments)?;
            connector.delete_distribution_list_members(&uid.container.mailbox, &uid.id, &members).map(Value::Object)
        },
        requests: |connector, arguments| {
            let (uid, members) = parse_change_of_members(connector, arguments)?;
            one(distribution_lists::delete_members(connector.service(), &uid.container.mailbox, &uid.id, &members))
        },
    },
];

fn parse_uid(arguments: &Arguments) -> Result<Uid> {
    Ok(Uid { container: Container::from_mailbox(parse_mailbox(arguments)?), id: arguments.string(&ID)?.to_owned() })
}

/// Parses what the caller wants of a list. Null clears nothing but the members: a list has a name.
fn parse_list(arguments: &Arguments) -> Result<WantedList> {
    WantedList::parse(arguments.object(&LIST)?, &Map::new())
}

/// Parses the list and the members of a change.
fn parse_change_of_members(connector: &Connector<'_>, arguments: &Arguments) -> Result<(Uid, Vec<Value>)> {
    check_support(connector.service())?;
    let members = parse_members(&arguments.objects(&MEMBER_LIST)?.cloned().map(Value::Object).collect())?;
    Ok((parse_uid(arguments)?, members))
}
