//! The operations on personal contacts.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::invoke::argument::{Argument, ArgumentType, Syntax};
use crate::invoke::arguments::Arguments;
use crate::invoke::change::parse_change;
use crate::invoke::container::{FOLDERS, ID, MAILBOX, PERMANENTLY, parse_container};
use crate::invoke::operation::{Operation, one, to_empty_object};
use crate::invoke::paging::{COOKIE, PAGE_SIZE, TOKEN};
use connector::contact::{Contact, from_json, to_json};
use connector::error::Result;
use connector::graph::address::Container;
use connector::graph::request::GraphRequest;
use connector::graph::selection::Selection;
use connector::graph::{contacts, extensions, photo};
use connector::operations::connector::Connector;
use connector::operations::mailbox::changes::BatchChange;
use connector::operations::mailbox::contacts::build_delta_request;
use connector::operations::mailbox::create::build_create_request;
use connector::operations::mailbox::extensions::build_put_requests;
use connector::operations::mailbox::idempotency_key::IdempotencyKey;
use connector::operations::mailbox::update::build_update_request;
use connector::operations::memory_budget::MemoryBudget;

const SELECT: Argument =
    Argument::optional("select", ArgumentType::Strings, "names of the properties to return; without it, every property")
        .with_syntax(Syntax::List("select", "NAMES"));
const SINGLE_VALUE_EXTENDED_PROPERTIES: Argument = Argument::optional(
    "singleValueExtendedProperties",
    ArgumentType::Strings,
    "ids of MAPI properties with one value to return as well",
);
const MULTI_VALUE_EXTENDED_PROPERTIES: Argument = Argument::optional(
    "multiValueExtendedProperties",
    ArgumentType::Strings,
    "ids of MAPI properties with several values to return as well",
);
const EXTENSIONS: Argument = Argument::optional("extensions", ArgumentType::Boolean, "true: return the open extensions as well");
/// The contact to create, or the changes of an update.
pub const CONTACT: Argument = Argument::required(
    "contact",
    ArgumentType::Object,
    "such as {\"givenName\": \"Ada\"}; in an update, an absent property stays and null clears",
)
.with_syntax(Syntax::Word("CONTACT"));
/// The caller's key of a creation.
pub const IDEMPOTENCY_KEY: Argument = Argument::optional(
    "idempotencyKey",
    ArgumentType::String,
    "a key of at most 200 characters: the same creation again returns the first one's object",
);
const CHANGES: Argument = Argument::required(
    "changes",
    ArgumentType::Objects,
    "each one of {\"create\": contact, \"idempotencyKey\": key}, {\"update\": contact with id} and {\"delete\": id}",
);
const CONTENT: Argument = Argument::required("content", ArgumentType::Base64, "the bytes of a JPEG picture, at most 4,000,000");
const NAME: Argument = Argument::required("name", ArgumentType::String, "the name of the open extension");
const PROPERTIES: Argument = Argument::required(
    "properties",
    ArgumentType::Object,
    "the properties to change: an absent one stays, null clears, a value sets",
);

/// The operations.
pub const OPERATIONS: &[Operation] = &[
    Operation {
        name: "contacts.list",
        help: "List every contact",
        arguments: &[MAILBOX, FOLDERS, SELECT],
        result: "`[contact...]`",
        is_command: true,
        run: |connector, arguments| {
            let (mut contacts, mut budget) = (Vec::new(), MemoryBudget::default());
            list(connector, arguments, &mut |contact| {
                budget.add(&contact, "use contacts.listPage, or select fewer properties")?;
                contacts.push(contact);
                Ok(())
            })?;
            Ok(contacts.into())
        },
        requests: list_requests,
    },
    Operation {
        name: "contacts.listPage",
        help: "List contacts, one page at a time",
        arguments: &[MAILBOX, FOLDERS, SELECT, PAGE_SIZE, COOKIE],
        result: "`{\"contacts\": [contact...], \"cookie\": cookie or null}`",
        is_command: false,
        run: |connector, arguments| {
            let (mut contacts, mut budget) = (Vec::new(), MemoryBudget::default());
            let (container, selection) = (parse_container(arguments)?, parse_selection(connector, arguments)?);
            let (size, cookie) = (arguments.integer(&PAGE_SIZE)?, arguments.optional_string(&COOKIE)?);
            let cookie = connector.list_contacts_page(&container, &selection, size, cookie, |contact| {
                let contact = show(connector, contact);
                budget.add(&contact, "use a smaller pageSize")?;
                contacts.push(contact);
                Ok(())
            })?;
            Ok(json!({"contacts": contacts, "cookie": cookie}))
        },
        requests: list_requests,
    },
    Operation {
        name: "contacts.get",
        help: "Get one contact",
        arguments: &[MAILBOX, FOLDERS, ID, SELECT, SINGLE_VALUE_EXTENDED_PROPERTIES, MULTI_VALUE_EXTENDED_PROPERTIES, EXTENSIONS],
        result: "contact",
        is_command: true,
        run: |connector, arguments| {
            let selection = parse_extended_selection(connector, arguments)?;
            Ok(show(connector, connector.get_contact(&parse_container(arguments)?, arguments.string(&ID)?, &selection)?))
        },
        requests: |connector, arguments| {
            let selection = parse_extended_selection(connector, arguments)?;
            one(contacts::get(connector.service(), &parse_container(arguments)?, arguments.string(&ID)?, &selection))
        },
    },
    Operation {
        name: "contacts.create",
        help: "Create a contact",
        arguments: &[MAILBOX, FOLDERS, CONTACT, IDEMPOTENCY_KEY],
        result: "contact",
        is_command: true,
        run: |connector, arguments| {
            let (contact, key) = (parse_contact(connector, arguments)?, arguments.optional_string(&IDEMPOTENCY_KEY)?);
            Ok(show(connector, connector.create_contact(&parse_container(arguments)?, &contact, key)?))
        },
        requests: |connector, arguments| {
            let (contact, key) = (parse_contact(connector, arguments)?, arguments.optional_string(&IDEMPOTENCY_KEY)?);
            one(build_create_request(
                connector.service(),
                &parse_container(arguments)?,
                &contact,
                key.map(IdempotencyKey::from).as_ref(),
            ))
        },
    },
    Operation {
        name: "contacts.update",
        help: "Update a contact",
        arguments: &[MAILBOX, FOLDERS, ID, CONTACT],
        result: "contact",
        is_command: true,
        run: |connector, arguments| {
            let (container, id) = (parse_container(arguments)?, arguments.string(&ID)?);
            let contact = connector.parse_changes(&container, id, arguments.object(&CONTACT)?, "contact.")?;
            Ok(show(connector, connector.update_contact(&container, id, &contact)?))
        },
        requests: |connector, arguments| {
            let (container, id) = (parse_container(arguments)?, arguments.string(&ID)?);
            let contact = connector.parse_changes(&container, id, arguments.object(&CONTACT)?, "contact.")?;
            build_update_requests(connector, &container, id, &contact)
        },
    },
    Operation {
        name: "contacts.delete",
        help: "Delete a contact",
        arguments: &[MAILBOX, FOLDERS, ID, PERMANENTLY],
        result: "`{}`",
        is_command: true,
        run: |connector, arguments| {
            let (container, id) = (parse_container(arguments)?, arguments.string(&ID)?);
            let deleted = if arguments.boolean(&PERMANENTLY)? {
                connector.permanently_delete_contact(&container, id)
            } else {
                connector.delete_contact(&container, id)
            };
            deleted.map(to_empty_object)
        },
        requests: |connector, arguments| {
            let delete = if arguments.boolean(&PERMANENTLY)? { contacts::permanent_delete } else { contacts::delete };
            one(delete(connector.service(), &parse_container(arguments)?, arguments.string(&ID)?))
        },
    },
    Operation {
        name: "contacts.batch",
        help: "Make several changes: updates, then creations, then deletions",
        arguments: &[MAILBOX, FOLDERS, CHANGES],
        result: "for each change `{\"done\": true, \"contact\"?}` or `{\"done\": false, \"error\"}`",
        is_command: false,
        run: |connector, arguments| {
            let outcome = |result: Result<Option<Contact>>| match result {
                Ok(Some(contact)) => json!({"done": true, "contact": show(connector, contact)}),
                Ok(None) => json!({"done": true}),
                Err(problem) => json!({"done": false, "error": problem.to_json()}),
            };
            let results = connector.change_contacts(&parse_container(arguments)?, &parse_changes(connector, arguments)?);
            Ok(results.into_iter().map(outcome).collect())
        },
        requests: |connector, arguments| {
            let (service, container) = (connector.service(), parse_container(arguments)?);
            let requests = parse_changes(connector, arguments)?.into_iter().map(|change| match change {
                BatchChange::Create(contact, key) => one(build_create_request(service, &container, &contact, key.as_ref())),
                BatchChange::Update(id, contact) => build_update_requests(connector, &container, &id, &contact),
                BatchChange::Delete(id) => one(contacts::delete(service, &container, &id)),
            });
            Ok(requests.collect::<Result<Vec<_>>>()?.concat())
        },
    },
    Operation {
        name: "contacts.delta",
        help: "List what has changed in a folder, one page at a time",
        arguments: &[MAILBOX, FOLDERS, TOKEN],
        result: "`{\"changes\": [{\"id\", \"contact\"} or {\"id\", \"removed\": true}...], \"token\", \"more\"}`",
        is_command: false,
        run: |connector, arguments| {
            let delta = connector.get_contact_delta(&parse_container(arguments)?, arguments.optional_string(&TOKEN)?)?;
            let change = |(id, contact): (String, Option<Contact>)| match contact {
                Some(contact) => json!({"id": id, "contact": show(connector, contact)}),
                None => json!({"id": id, "removed": true}),
            };
            let changes: Vec<Value> = delta.changes.into_iter().map(change).collect();
            Ok(json!({"changes": changes, "token": delta.token, "more": delta.more}))
        },
        requests: |connector, arguments| {
            one(build_delta_request(connector.service(), &parse_container(arguments)?, arguments.optional_string(&TOKEN)?))
        },
    },
    Operation {
        name: "contacts.getPhoto",
        help: "Get the photo of a contact",
        arguments: &[MAILBOX, FOLDERS, ID],
        result: "`{\"mediaType\", \"content\"}`, the content in base64",
        is_command: false,
        run: |connector, arguments| {
            let picture = connector.get_photo(&parse_container(arguments)?, arguments.string(&ID)?)?;
            Ok(json!({"mediaType": picture.media_type, "content": STANDARD.encode(picture.content)}))
        },
        requests: |connector, arguments| {
            one(photo::get(connector.service(), &parse_container(arguments)?, arguments.string(&ID)?))
        },
    },
    Operation {
        name: "contacts.putPhoto",
        help: "Set the photo of a contact",
        arguments: &[MAILBOX, FOLDERS, ID, CONTENT],
        result: "`{}`",
        is_command: false,
        run: |connector, arguments| {
            connector
                .put_photo(&parse_container(arguments)?, arguments.string(&ID)?, arguments.bytes(&CONTENT)?)
                .map(to_empty_object)
        },
        requests: |connector, arguments| {
            let jpeg = arguments.bytes(&CONTENT)?;
            one(photo::put(connector.service(), &parse_container(arguments)?, arguments.string(&ID)?, jpeg))
        },
    },
    Operation {
        name: "contacts.putExtension",
        help: "Add or change an open extension of a contact",
        arguments: &[MAILBOX, FOLDERS, ID, NAME, PROPERTIES],
        result: "`{}`",
        is_command: false,
        run: |connector, arguments| {
            let (name, properties) = (arguments.string(&NAME)?, arguments.object(&PROPERTIES)?);
            connector.put_extension(&parse_container(arguments)?, arguments.string(&ID)?, name, properties).map(to_empty_object)
        },
        requests: |connector, arguments| {
            let (name, properties) = (arguments.string(&NAME)?, arguments.object(&PROPERTIES)?);
            Ok(build_put_requests(connector.service(), &parse_container(arguments)?, arguments.string(&ID)?, name, properties)?
                .into())
        },
    },
    Operation {
        name: "contacts.deleteExtension",
        help: "Delete an open extension of a contact",
        arguments: &[MAILBOX, FOLDERS, ID, NAME],
        result: "`{}`",
        is_command: false,
        run: |connector, arguments| {
            let name = arguments.string(&NAME)?;
            connector.delete_extension(&parse_container(arguments)?, arguments.string(&ID)?, name).map(to_empty_object)
        },
        requests: |connector, arguments| {
            let name = arguments.string(&NAME)?;
            one(extensions::delete(connector.service(), &parse_container(arguments)?, arguments.string(&ID)?, name))
        },
    },
];

/// Passes each contact of `contacts.list` to `sink`, as callers see it.
pub fn list(connector: &Connector<'_>, arguments: &Arguments, sink: &mut dyn FnMut(Value) -> Result<()>) -> Result<()> {
    let (container, selection) = (parse_container(arguments)?, parse_selection(connector, arguments)?);
    connector.list_contacts(&container, &selection, |contact| sink(show(connector, contact)))
}

fn list_requests(connector: &Connector<'_>, arguments: &Arguments) -> Result<Vec<GraphRequest>> {
    one(contacts::list(connector.service(), &parse_container(arguments)?, &parse_selection(connector, arguments)?))
}

/// Returns the requests that update a contact: one that reads it, and if anything changes one that writes it.
pub fn build_update_requests(
    connector: &Connector<'_>,
    container: &Container,
    id: &str,
    wanted: &Contact,
) -> Result<Vec<GraphRequest>> {
    let service = connector.service();
    let reading = Selection::with_expansions_of(wanted);
    let stored = connector.get_contact(container, id, &reading)?;
    let write = build_update_request(service, container, id, &stored, wanted)?;
    Ok(std::iter::once(contacts::get(service, container, id, &reading)?).chain(write).collect())
}

/// Returns a contact as callers see it.
fn show(connector: &Connector<'_>, contact: Contact) -> Value {
    Value::Object(to_json::write_for_caller(&contact, connector.service().version))
}

fn parse_contact(connector: &Connector<'_>, arguments: &Arguments) -> Result<Contact> {
    from_json::parse_input(arguments.object(&CONTACT)?, connector.service().version, "contact.")
}

fn parse_changes(connector: &Connector<'_>, arguments: &Arguments) -> Result<Vec<BatchChange>> {
    let version = connector.service().version;
    let changes = arguments.objects(&CHANGES)?.enumerate();
    changes.map(|(position, change)| parse_change(change, version, &format!("changes[{position}]"))).collect()
}

/// Returns the properties that `select` names.
fn parse_selection(connector: &Connector<'_>, arguments: &Arguments) -> Result<Selection> {
    let version = connector.service().version;
    let named = arguments.strings(&SELECT)?.into_iter().map(|name| (name.to_owned(), Value::Null)).collect();
    Ok(Selection::from_contact(&from_json::parse_input(&named, version, "select.")?, version))
}

/// Returns the properties that `select` names, and what else has to be asked for by name.
fn parse_extended_selection(connector: &Connector<'_>, arguments: &Arguments) -> Result<Selection> {
    Ok(Selection {
        single_value_extended_properties: arguments.owned_strings(&SINGLE_VALUE_EXTENDED_PROPERTIES)?,
        multi_value_extended_properties: arguments.owned_strings(&MULTI_VALUE_EXTENDED_PROPERTIES)?,
        extensions: arguments.boolean(&EXTENSIONS)?,
        ..parse_selection(connector, arguments)?
    })
}
