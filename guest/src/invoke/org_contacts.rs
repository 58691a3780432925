//! The operations on organizational contacts.

use serde_json::{Map, Value, json};

use crate::invoke::argument::{Argument, ArgumentType};
use crate::invoke::arguments::Arguments;
use crate::invoke::contacts::CONTACT;
use crate::invoke::container::ID;
use crate::invoke::operation::{Operation, one, to_empty_object};
use crate::invoke::paging::{COOKIE, PAGE_SIZE, TOKEN};
use connector::error::Result;
use connector::graph::directory_objects::get_type_name;
use connector::graph::org_contacts;
use connector::graph::request::GraphRequest;
use connector::operations::connector::Connector;
use connector::operations::directory::objects::{
    build_check_member_groups_request, build_get_by_ids_request, build_get_member_groups_request,
};
use connector::operations::directory::org_contact_properties::MANAGER;
use connector::operations::directory::org_contacts::{
    OrgContactChange, RELATED_PROPERTIES, Relationship, build_delete_requests, build_delta_request, build_update_request,
};
use connector::operations::icf::filter::Filter;
use connector::operations::icf::org_contact_search::build_search_request;
use connector::operations::icf::search::{Search, parse_sort_keys};
use connector::operations::memory_budget::MemoryBudget;

const FILTER: Argument = Argument::optional("filter", ArgumentType::String, "a filter as in `connector.search`");
const SEARCH: Argument = Argument::optional("search", ArgumentType::String, "words that the display name has, in any order");
const ORDER_BY: Argument =
    Argument::optional("orderBy", ArgumentType::Strings, "properties to sort by; - before a name sorts in descending order");
const COUNT: Argument = Argument::optional("count", ArgumentType::Boolean, "true: count what there is on all pages");
const GROUP_IDS: Argument = Argument::required("groupIds", ArgumentType::Strings, "ids of at most 20 groups");
const IDS: Argument = Argument::required("ids", ArgumentType::Strings, "ids of at most 1,000 organizational contacts");

/// What the results call an object that a contact is related to.
const DIRECTORY_OBJECTS: &str = "`[{\"id\", \"type\", \"displayName\"}...]`";

/// The operations.
pub const OPERATIONS: &[Operation] = &[
    Operation {
        name: "orgContacts.list",
        help: "Find organizational contacts",
        arguments: &[FILTER, SEARCH, ORDER_BY, PAGE_SIZE, COOKIE, COUNT],
        result: "`{\"contacts\": [orgContact...], \"cookie\": cookie or null, \"count\": number or null}`",
        is_command: false,
        run: |connector, arguments| {
            let (mut contacts, mut budget) = (Vec::new(), MemoryBudget::default());
            let found = connector.list_org_contacts(&parse_search(arguments)?, &mut |contact| {
                let contact = show(contact);
                budget.add(&contact, "ask for pages, with pageSize")?;
                contacts.push(contact);
                Ok(())
            })?;
            Ok(json!({"contacts": contacts, "cookie": found.cookie, "count": found.count}))
        },
        requests: |connector, arguments| one(build_search_request(connector.service(), &parse_search(arguments)?)),
    },
    Operation {
        name: "orgContacts.get",
        help: "Get one organizational contact",
        arguments: &[ID],
        result: "orgContact",
        is_command: false,
        run: |connector, arguments| connector.get_org_contact(arguments.string(&ID)?).map(show),
        requests: |connector, arguments| one(org_contacts::get(connector.service(), arguments.string(&ID)?, &[])),
    },
    Operation {
        name: "orgContacts.update",
        help: "Update an organizational contact",
        arguments: &[ID, CONTACT],
        result: "orgContact",
        is_command: false,
        run: |connector, arguments| connector.update_org_contact(arguments.string(&ID)?, arguments.object(&CONTACT)?).map(show),
        requests: |connector, arguments| {
            let (service, id) = (connector.service(), arguments.string(&ID)?);
            let stored = connector.get_org_contact(id)?;
            let write = build_update_request(service, id, &stored, arguments.object(&CONTACT)?)?;
            Ok(std::iter::once(org_contacts::get(service, id, &[])?).chain(write).collect())
        },
    },
    Operation {
        name: "orgContacts.delete",
        help: "Delete an organizational contact",
        arguments: &[ID],
        result: "`{}`",
        is_command: false,
        run: |connector, arguments| connector.delete_org_contact(arguments.string(&ID)?).map(to_empty_object),
        requests: |connector, arguments| Ok(build_delete_requests(connector.service(), arguments.string(&ID)?)?.into()),
    },
    Operation {
        name: "orgContacts.delta",
        help: "List what has changed in the directory, one page at a time",
        arguments: &[TOKEN],
        result: "`{\"changes\": [{\"id\", \"contact\"} or {\"id\", \"removed\": true}...], \"token\", \"more\"}`",
        is_command: false,
        run: |connector, arguments| {
            let delta = connector.get_org_contact_delta(arguments.optional_string(&TOKEN)?)?;
            let change = |(id, contact): OrgContactChange| match contact {
                Some(contact) => json!({"id": id, "contact": show(contact)}),
                None => json!({"id": id, "removed": true}),
            };
            let changes: Vec<Value> = delta.changes.into_iter().map(change).collect();
            Ok(json!({"changes": changes, "token": delta.token, "more": delta.more}))
        },
        requests: |connector, arguments| one(build_delta_request(connector.service(), arguments.optional_string(&TOKEN)?)),
    },
    Operation {
        name: "orgContacts.getManager",
        help: "Get the manager of an organizational contact",
        arguments: &[ID],
        result: "`{\"id\", \"type\", \"displayName\"}` or null",
        is_command: false,
        run: |connector, arguments| {
            let manager = connector.get_org_contact_manager(arguments.string(&ID)?)?;
            Ok(manager.map_or(Value::Null, show_directory_object))
        },
        requests: |connector, arguments| related_requests(connector, arguments, MANAGER),
    },
    Operation {
        name: "orgContacts.listDirectReports",
        help: "List the users and contacts whose manager a contact is",
        arguments: &[ID],
        result: DIRECTORY_OBJECTS,
        is_command: false,
        run: |connector, arguments| list_related(connector, arguments, Relationship::DirectReports),
        requests: |connector, arguments| related_requests(connector, arguments, Relationship::DirectReports.name()),
    },
    Operation {
        name: "orgContacts.listMemberOf",
        help: "List the direct groups and administrative units of a contact",
        arguments: &[ID],
        result: DIRECTORY_OBJECTS,
        is_command: false,
        run: |connector, arguments| list_related(connector, arguments, Relationship::MemberOf),
        requests: |connector, arguments| related_requests(connector, arguments, Relationship::MemberOf.name()),
    },
    Operation {
        name: "orgContacts.listTransitiveMemberOf",
        help: "List the groups and administrative units of a contact, transitively",
        arguments: &[ID],
        result: DIRECTORY_OBJECTS,
        is_command: false,
        run: |connector, arguments| list_related(connector, arguments, Relationship::TransitiveMemberOf),
        requests: |connector, arguments| related_requests(connector, arguments, Relationship::TransitiveMemberOf.name()),
    },
    Operation {
        name: "orgContacts.getMemberGroups",
        help: "List the ids of the groups of a contact, transitively",
        arguments: &[ID],
        result: "`[id...]`",
        is_command: false,
        run: |connector, arguments| connector.get_org_contact_member_groups(arguments.string(&ID)?).map(Value::from),
        requests: |connector, arguments| {
            let key = org_contacts::build_key(arguments.string(&ID)?);
            one(build_get_member_groups_request(connector.service(), &key, false, false))
        },
    },
    Operation {
        name: "orgContacts.checkMemberGroups",
        help: "List which of some groups a contact is in, transitively",
        arguments: &[ID, GROUP_IDS],
        result: "`[id...]`",
        is_command: false,
        run: |connector, arguments| {
            let groups = arguments.owned_strings(&GROUP_IDS)?;
            connector.check_org_contact_member_groups(arguments.string(&ID)?, &groups).map(Value::from)
        },
        requests: |connector, arguments| {
            let (key, groups) = (org_contacts::build_key(arguments.string(&ID)?), arguments.owned_strings(&GROUP_IDS)?);
            one(build_check_member_groups_request(connector.service(), &key, &groups))
        },
    },
    Operation {
        name: "orgContacts.getByIds",
        help: "Get the organizational contacts with these ids",
        arguments: &[IDS],
        result: "`[orgContact...]`",
        is_command: false,
        run: |connector, arguments| {
            Ok(connector.get_org_contacts_by_ids(&arguments.owned_strings(&IDS)?)?.into_iter().map(show).collect())
        },
        requests: |connector, arguments| {
            one(build_get_by_ids_request(connector.service(), &arguments.owned_strings(&IDS)?, &[org_contacts::TYPE_NAME], &[]))
        },
    },
];

fn parse_search(arguments: &Arguments) -> Result<Search> {
    Ok(Search {
        filter: arguments.optional_string(&FILTER)?.map_or(Ok(Filter::Constant(true)), Filter::parse)?,
        attributes: Vec::new(),
        page_size: arguments.integer(&PAGE_SIZE)?,
        cookie: arguments.optional_string(&COOKIE)?.map(str::to_owned),
        offset: 0,
        sort: parse_sort_keys(&arguments.strings(&ORDER_BY)?.join(",")),
        words: arguments.optional_string(&SEARCH)?.map(str::to_owned),
        count: arguments.boolean(&COUNT)?,
    })
}

fn list_related(connector: &Connector<'_>, arguments: &Arguments, relationship: Relationship) -> Result<Value> {
    let related = connector.list_org_contact_related(arguments.string(&ID)?, relationship)?;
    Ok(related.into_iter().map(show_directory_object).collect())
}

fn related_requests(connector: &Connector<'_>, arguments: &Arguments, relationship: &str) -> Result<Vec<GraphRequest>> {
    one(org_contacts::list_related(connector.service(), arguments.string(&ID)?, relationship, RELATED_PROPERTIES))
}

/// Returns a contact as callers see it: without nulls and `@odata` annotations.
fn show(mut contact: Map<String, Value>) -> Value {
    contact.retain(|name, value| !value.is_null() && !name.contains('@'));
    contact.into()
}

/// Returns an object that a contact is related to, as callers see it.
fn show_directory_object(object: Map<String, Value>) -> Value {
    json!({"id": object.get("id"), "type": get_type_name(&object).unwrap_or_default(), "displayName": object.get("displayName")})
}
