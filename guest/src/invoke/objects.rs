//! ICF's operations, over object classes.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::invoke::argument::{Argument, ArgumentType, describe};
use crate::invoke::arguments::Arguments;
use crate::invoke::contacts::{IDEMPOTENCY_KEY, build_update_requests};
use crate::invoke::container::FOLDERS;
use crate::invoke::operation::{Operation, one, to_empty_object};
use crate::invoke::paging::{COOKIE, PAGE_SIZE, TOKEN};
use connector::error::{Error, ErrorKind, Result};
use connector::graph::address::{Container, Mailbox};
use connector::graph::request::GraphRequest;
use connector::graph::selection::Selection;
use connector::graph::{contacts, distribution_lists, folders, org_contacts, users};
use connector::operations::connector::Connector;
use connector::operations::directory::org_contact_properties::CREATE_UNSUPPORTED;
use connector::operations::icf::filter::Filter;
use connector::operations::icf::object_class::ObjectClass::{self, Contact, ContactFolder, DistributionList, OrgContact, User};
use connector::operations::icf::outcome::Outcome;
use connector::operations::icf::schema::build_schema;
use connector::operations::icf::search::{Search, parse_sort_keys};
use connector::operations::icf::uid::Uid;
use connector::operations::icf::{
    contact_search, distribution_list_class, folder_class, org_contact_class, user_class, user_search,
};
use connector::operations::mailbox::contacts::build_delta_request;
use connector::operations::mailbox::create::build_create_request;
use connector::operations::mailbox::distribution_lists::build_create_list_request;
use connector::operations::mailbox::folders::build_create_requests;
use connector::operations::mailbox::idempotency_key::IdempotencyKey;
use connector::operations::memory_budget::MemoryBudget;

const OBJECT_CLASS: Argument =
    Argument::required("objectClass", ArgumentType::String, "user, contact, contactFolder, orgContact or distributionList");
/// The mailbox of the objects of a class; those that are not in a mailbox have none.
const MAILBOX: Argument = Argument::optional(
    "mailbox",
    ArgumentType::String,
    "as in `contacts.list`; required for the object classes contact, contactFolder and distributionList",
);
const UID: Argument = Argument::required("uid", ArgumentType::String, "the object's uid");
/// The revision that an object is to have.
pub const REVISION: Argument =
    Argument::optional("revision", ArgumentType::String, "the revision that the caller has read; without it, any");
const ATTRIBUTES: Argument = Argument::required("attributes", ArgumentType::Object, "the object's attributes");
const ATTRIBUTES_TO_GET: Argument = Argument::optional(
    "attributesToGet",
    ArgumentType::Strings,
    "names of the attributes to return; without it, those returned by default",
);
const FILTER: Argument = Argument::required("filter", ArgumentType::String, "a filter as in `connector.search`");
const OFFSET: Argument = Argument::optional("offset", ArgumentType::Integer, "how many objects to pass over first");
const SORT_KEYS: Argument =
    Argument::optional("sortKeys", ArgumentType::Strings, "attributes to sort by; - before a name sorts in descending order");
const KNOWN: Argument = Argument::required("known", ArgumentType::Object, "the known objects: their revisions by uid");

/// The operations.
pub const OPERATIONS: &[Operation] = &[
    Operation {
        name: "schema",
        help: "Show the object classes and their attributes",
        arguments: &[],
        result: "the schema",
        is_command: true,
        run: |connector, _| Ok(build_schema(connector.service())),
        requests: |_, _| Ok(Vec::new()),
    },
    Operation {
        name: "test",
        help: "Check settings, credential and connection by a request",
        arguments: &[],
        result: "`{}`",
        is_command: true,
        run: |connector, _| connector.test().map(to_empty_object),
        requests: |connector, _| one(users::probe(connector.service())),
    },
    Operation {
        name: "get",
        help: "Get one object",
        arguments: &[OBJECT_CLASS, UID, ATTRIBUTES_TO_GET],
        result: "the object",
        is_command: false,
        run: |connector, arguments| {
            let names = arguments.strings(&ATTRIBUTES_TO_GET)?;
            connector.get_object(parse_object_class(arguments)?, arguments.string(&UID)?, &names).map(Value::Object)
        },
        requests: |connector, arguments| {
            let uid = arguments.string(&UID)?;
            build_get_requests(connector, parse_object_class(arguments)?, uid, &arguments.strings(&ATTRIBUTES_TO_GET)?)
        },
    },
    Operation {
        name: "search",
        help: "Find objects",
        arguments: &[OBJECT_CLASS, FILTER, ATTRIBUTES_TO_GET, PAGE_SIZE, COOKIE, OFFSET, SORT_KEYS],
        result: "`{\"objects\": [object...], \"cookie\": cookie or null}`",
        is_command: false,
        run: |connector, arguments| {
            let (mut objects, mut budget) = (Vec::new(), MemoryBudget::default());
            let found = connector.search_objects(parse_object_class(arguments)?, &parse_search(arguments)?, &mut |object| {
                let object = Value::Object(object);
                budget.add(&object, "ask for pages, with pageSize, or for fewer attributes")?;
                objects.push(object);
                Ok(())
            })?;
            Ok(json!({"objects": objects, "cookie": found.cookie}))
        },
        requests: |connector, arguments| {
            let (service, search) = (connector.service(), parse_search(arguments)?);
            one(match parse_object_class(arguments)? {
                User => user_search::build_search_request(service, &search),
                Contact => contact_search::build_search_request(service, &search),
                ContactFolder => folder_class::build_search_request(service, &search),
                OrgContact => org_contact_class::build_search_request(service, &search),
                DistributionList => distribution_list_class::build_search_request(service, &search),
            })
        },
    },
    Operation {
        name: "sync",
        help: "List what has changed in a container, one page at a time",
        arguments: &[OBJECT_CLASS, MAILBOX, FOLDERS, TOKEN],
        result: "`{\"deltas\": [{\"uid\", \"object\"} or {\"uid\", \"deleted\": true}...], \"token\", \"more\"}`",
        is_command: false,
        run: |connector, arguments| {
            let (class, container) = parse_class_and_container(arguments)?;
            let sync = connector.sync_objects(class, &container, arguments.optional_string(&TOKEN)?)?;
            let deltas: Vec<Value> = sync.changes.into_iter().map(|change| change.to_json()).collect();
            Ok(json!({"deltas": deltas, "token": sync.token, "more": sync.more}))
        },
        requests: |connector, arguments| sync_requests(connector, arguments, arguments.optional_string(&TOKEN)?),
    },
    Operation {
        name: "latestSyncToken",
        help: "Get the token of now: what changes after this comes with it",
        arguments: &[OBJECT_CLASS, MAILBOX, FOLDERS],
        result: "`{\"token\": token}`",
        is_command: false,
        run: |connector, arguments| {
            let (class, container) = parse_class_and_container(arguments)?;
            Ok(json!({"token": connector.get_latest_sync_token(class, &container)?}))
        },
        requests: |connector, arguments| sync_requests(connector, arguments, None),
    },
    Operation {
        name: "reconcile",
        help: "List what has changed since objects had known revisions",
        arguments: &[OBJECT_CLASS, MAILBOX, FOLDERS, KNOWN],
        result: "`[delta...]`",
        is_command: false,
        run: |connector, arguments| {
            let (class, container) = parse_class_and_container(arguments)?;
            let deltas = connector.reconcile(class, &container, &parse_known_revisions(arguments)?)?;
            Ok(deltas.into_iter().map(|change| change.to_json()).collect())
        },
        requests: |connector, arguments| {
            let (service, (class, container)) = (connector.service(), parse_class_and_container(arguments)?);
            parse_known_revisions(arguments)?;
            one(match class {
                User => Err(User.build_unsupported_error("reconcile")),
                Contact => contacts::list(service, &container, &Selection::default()),
                ContactFolder => folders::list(service, &container),
                OrgContact => org_contact_class::build_reconcile_request(service),
                DistributionList => distribution_list_class::build_list_request(service, &container.mailbox),
            })
        },
    },
    Operation {
        name: "create",
        help: "Create an object",
        arguments: &[OBJECT_CLASS, ATTRIBUTES, IDEMPOTENCY_KEY],
        result: "`{\"uid\": uid}`",
        is_command: false,
        run: |connector, arguments| {
            let (attributes, key) = (arguments.object(&ATTRIBUTES)?, arguments.optional_string(&IDEMPOTENCY_KEY)?);
            let object = connector.create_object(parse_object_class(arguments)?, attributes, key)?;
            Ok(json!({"uid": read_uid(&object)}))
        },
        requests: |connector, arguments| {
            let (attributes, key) = (arguments.object(&ATTRIBUTES)?, arguments.optional_string(&IDEMPOTENCY_KEY)?);
            create_requests(connector, parse_object_class(arguments)?, attributes, key)
        },
    },
    Operation {
        name: "update",
        help: "Replace attributes of an object",
        arguments: &[OBJECT_CLASS, UID, REVISION, ATTRIBUTES, IDEMPOTENCY_KEY],
        result: "`[outcome...]`",
        is_command: false,
        run: |connector, arguments| {
            let (attributes, key) = (arguments.object(&ATTRIBUTES)?, arguments.optional_string(&IDEMPOTENCY_KEY)?);
            let (uid, revision) = (arguments.string(&UID)?, arguments.optional_string(&REVISION)?);
            let updated = connector.update_object(parse_object_class(arguments)?, uid, revision, attributes, key)?;
            Ok(updated.outcomes.iter().map(Outcome::to_json).collect())
        },
        requests: |connector, arguments| {
            let attributes = arguments.object(&ATTRIBUTES)?;
            update_object_requests(connector, parse_object_class(arguments)?, arguments.string(&UID)?, attributes)
        },
    },
    Operation {
        name: "delete",
        help: "Delete an object",
        arguments: &[OBJECT_CLASS, UID, REVISION],
        result: "`{}`",
        is_command: false,
        run: |connector, arguments| {
            let (uid, revision) = (arguments.string(&UID)?, arguments.optional_string(&REVISION)?);
            connector.delete_object(parse_object_class(arguments)?, uid, revision).map(|_| to_empty_object(()))
        },
        requests: |connector, arguments| {
            build_delete_requests(connector, parse_object_class(arguments)?, arguments.string(&UID)?)
        },
    },
];

fn parse_object_class(arguments: &Arguments) -> Result<ObjectClass> {
    ObjectClass::parse(arguments.string(&OBJECT_CLASS)?)
}

/// Returns the object class, and the container of its objects; the classes outside of mailboxes have one collection, whatever the
/// container.
fn parse_class_and_container(arguments: &Arguments) -> Result<(ObjectClass, Container)> {
    let class = parse_object_class(arguments)?;
    if !class.is_in_mailbox() {
        return Ok((class, Container::from_mailbox(Mailbox::Me)));
    }
    let missing = || Error::invalid_attribute(MAILBOX.name, format!("missing; the object class {} requires it", class.name()));
    let mailbox = Mailbox::from_name(arguments.optional_string(&MAILBOX)?.ok_or_else(missing)?);
    Ok((class, Container { mailbox, folders: arguments.owned_strings(&FOLDERS)? }))
}

fn parse_search(arguments: &Arguments) -> Result<Search> {
    Ok(Search {
        filter: Filter::parse(arguments.string(&FILTER)?)?,
        attributes: arguments.owned_strings(&ATTRIBUTES_TO_GET)?,
        page_size: arguments.integer(&PAGE_SIZE)?,
        cookie: arguments.optional_string(&COOKIE)?.map(str::to_owned),
        offset: arguments.integer(&OFFSET)?.unwrap_or(0),
        sort: parse_sort_keys(&arguments.strings(&SORT_KEYS)?.join(",")),
        words: None,
        count: false,
    })
}

fn parse_known_revisions(arguments: &Arguments) -> Result<BTreeMap<String, String>> {
    let revision = |(uid, revision): (&String, &Value)| match revision {
        Value::String(revision) => Ok((uid.clone(), revision.clone())),
        other => Err(Error::invalid_attribute(format!("known.{uid}"), format!("expected a string, found {}", describe(other)))),
    };
    arguments.object(&KNOWN)?.iter().map(revision).collect()
}

fn build_get_requests(connector: &Connector<'_>, class: ObjectClass, uid: &str, names: &[&str]) -> Result<Vec<GraphRequest>> {
    let service = connector.service();
    match class {
        User => user_class::build_get_requests(service, uid, names),
        Contact => {
            let uid = Uid::decode(uid)?;
            one(contacts::get(service, &uid.container, &uid.id, &Selection::default()))
        }
        ContactFolder => one(folder_class::build_read_request(service, &Uid::decode(uid)?)),
        OrgContact => org_contact_class::build_get_requests(service, uid, names),
        DistributionList => one(distribution_list_class::build_read_request(service, &Uid::decode(uid)?)),
    }
}

fn sync_requests(connector: &Connector<'_>, arguments: &Arguments, token: Option<&str>) -> Result<Vec<GraphRequest>> {
    let (service, (class, container)) = (connector.service(), parse_class_and_container(arguments)?);
    one(match class {
        User => Err(User.build_unsupported_error("sync")),
        Contact => build_delta_request(service, &container, token),
        ContactFolder => folder_class::build_sync_request(service, &container, token),
        OrgContact => org_contact_class::build_sync_request(service, token),
        DistributionList => Err(distribution_list_class::build_sync_error()),
    })
}

fn create_requests(
    connector: &Connector<'_>,
    class: ObjectClass,
    attributes: &Map<String, Value>,
    key: Option<&str>,
) -> Result<Vec<GraphRequest>> {
    let service = connector.service();
    one(match class {
        User => Err(User.build_unsupported_error("create")),
        Contact => {
            let (container, contact) = connector.parse_new_contact(attributes)?;
            build_create_request(service, &container, &contact, key.map(IdempotencyKey::from).as_ref())
        }
        ContactFolder => {
            let (container, name) = connector.parse_new_folder(attributes)?;
            return build_create_requests(service, &container, &name).map(Vec::from);
        }
        OrgContact => Err(Error::new(ErrorKind::Unsupported, CREATE_UNSUPPORTED)),
        DistributionList => {
            let (mailbox, wanted) = distribution_list_class::parse_new_list(attributes)?;
            build_create_list_request(service, &mailbox, &wanted)
        }
    })
}

fn update_object_requests(
    connector: &Connector<'_>,
    class: ObjectClass,
    uid: &str,
    attributes: &Map<String, Value>,
) -> Result<Vec<GraphRequest>> {
    match class {
        User => {
            let container = Container::from_mailbox(Mailbox::from_name(uid));
            let read = |id: &str, reading: &Selection| connector.get_contact(&container, id, reading);
            user_class::build_update_requests(connector.service(), uid, attributes, read)
        }
        Contact => {
            let uid = Uid::decode(uid)?;
            let (contact, extras) = connector.parse_wanted_contact(&uid, attributes)?;
            if !extras.is_empty() {
                let problem = "the stored extensions and photo decide what would be sent: call the operation instead";
                return Err(Error::new(ErrorKind::Unsupported, problem));
            }
            build_update_requests(connector, &uid.container, &uid.id, &contact)
        }
        // What is stored decides whether anything is sent after this.
        ContactFolder | OrgContact | DistributionList => build_get_requests(connector, class, uid, &[]),
    }
}

fn build_delete_requests(connector: &Connector<'_>, class: ObjectClass, uid: &str) -> Result<Vec<GraphRequest>> {
    let service = connector.service();
    let delete = match class {
        User => return Err(User.build_unsupported_error("delete")),
        Contact => {
            let uid = Uid::decode(uid)?;
            contacts::delete(service, &uid.container, &uid.id)?
        }
        ContactFolder => {
            let uid = Uid::decode(uid)?;
            folders::delete(service, &uid.container.mailbox, &uid.id)?
        }
        OrgContact => org_contacts::delete(service, uid)?,
        DistributionList => {
            let uid = Uid::decode(uid)?;
            distribution_lists::delete(service, &uid.container.mailbox, &uid.id, None)?
        }
    };
    let mut requests = build_get_requests(connector, class, uid, &[])?;
    requests.push(delete);
    Ok(requests)
}

/// Returns the uid of an object.
pub fn read_uid(object: &Map<String, Value>) -> String {
    object.get("_id").and_then(Value::as_str).unwrap_or_default().to_owned()
}
