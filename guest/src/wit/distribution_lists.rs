//! The exported interface `distribution-lists`, and its records from and to the connector's JSON.

use super::bindings::exports::graph_contacts::connector::distribution_lists::{self, DistributionList, Error, ListMember};
use super::bindings::exports::graph_contacts::connector::types::RecipientType;
use super::exports::{Component, with_connector};
use super::org_contact_records::Members;
use connector::contact::distribution_list::{self as list, RECIPIENT_TYPES, WantedList};
use connector::graph::address::Mailbox;
use connector::operations::connector::Connector;
use serde_json::{Map, Value, json};

type TypedResult<T> = Result<T, Error>;

/// The kinds of members, in the order of [`RECIPIENT_TYPES`].
const KINDS: [RecipientType; 4] =
    [RecipientType::Contact, RecipientType::OneOff, RecipientType::Mailbox, RecipientType::PrivateDl];

impl distribution_lists::Guest for Component {
    fn list_distribution_lists(mailbox: String) -> TypedResult<Vec<DistributionList>> {
        let lists = with_connector(|connector| connector.list_distribution_lists(&Mailbox::from_name(&mailbox)))?;
        Ok(lists.into_iter().map(to_record).collect())
    }

    fn get_distribution_list(mailbox: String, id: String) -> TypedResult<DistributionList> {
        run(mailbox, &|connector, mailbox| connector.get_distribution_list(mailbox, &id)).map(to_record)
    }

    fn create_distribution_list(mailbox: String, display_name: String) -> TypedResult<String> {
        let wanted = to_wanted(Some(display_name), None)?;
        let created = run(mailbox, &|connector, mailbox| connector.create_distribution_list(mailbox, &wanted))?;
        Ok(created.get("id").and_then(Value::as_str).unwrap_or_default().to_owned())
    }

    fn update_distribution_list(
        mailbox: String,
        id: String,
        display_name: Option<String>,
        members: Option<Vec<ListMember>>,
        revision: Option<String>,
    ) -> TypedResult<()> {
        let (wanted, revision) = (to_wanted(display_name, members)?, revision.as_deref());
        run(mailbox, &|connector, mailbox| connector.update_distribution_list(mailbox, &id, revision, &wanted)).map(|_| ())
    }

    fn delete_distribution_list(mailbox: String, id: String, revision: Option<String>) -> TypedResult<()> {
        let revision = revision.as_deref();
        run(mailbox, &|connector, mailbox| connector.delete_distribution_list(mailbox, &id, revision)).map(|_| ())
    }

    fn add_members(mailbox: String, id: String, members: Vec<ListMember>) -> TypedResult<()> {
        let members = list::parse_members(&to_json(members))?;
        run(mailbox, &|connector, mailbox| connector.add_distribution_list_members(mailbox, &id, &members)).map(|_| ())
    }

    fn delete_members(mailbox: String, id: String, keys: Vec<String>) -> TypedResult<()> {
        let members = list::parse_members(&keys.into_iter().map(|key| json!({list::KEY: key})).collect())?;
        run(mailbox, &|connector, mailbox| connector.delete_distribution_list_members(mailbox, &id, &members)).map(|_| ())
    }
}

/// The attributes of a list.
type Attributes = Map<String, Value>;

/// Runs an operation on a mailbox. Not generic, so that the component has its code once.
fn run(
    mailbox: String,
    operation: &dyn Fn(&Connector<'_>, &Mailbox) -> connector::error::Result<Attributes>,
) -> TypedResult<Attributes> {
    Ok(with_connector(|connector| operation(connector, &Mailbox::from_name(&mailbox)))?)
}

/// Checks what a program wants of a list as it is checked in JSON.
fn to_wanted(display_name: Option<String>, members: Option<Vec<ListMember>>) -> connector::error::Result<WantedList> {
    let mut attributes = Map::new();
    if let Some(name) = display_name {
        attributes.insert(list::DISPLAY_NAME.to_owned(), json!(name));
    }
    if let Some(members) = members {
        attributes.insert(list::MEMBERS.to_owned(), to_json(members));
    }
    WantedList::parse(&attributes, &Map::new())
}

fn to_json(members: Vec<ListMember>) -> Value {
    let to_json = |member: ListMember| {
        let ListMember { key, display_name, recipient_type, routing_type, contact_id, member_id } = member;
        let kind = recipient_type.and_then(|kind| KINDS.iter().zip(RECIPIENT_TYPES).find(|(known, _)| **known == kind));
        json!({
            "key": key, "displayName": display_name, "recipientType": kind.map(|(_, name)| name),
            "routingType": routing_type, "contactId": contact_id, "memberId": member_id,
        })
    };
    members.into_iter().map(to_json).collect()
}

fn to_record(list: Map<String, Value>) -> DistributionList {
    let mut members = Members::new(String::new(), list);
    DistributionList {
        id: members.string("id").unwrap_or_default(),
        display_name: members.string("displayName"),
        change_key: members.string("changeKey"),
        created_date_time: members.string("createdDateTime"),
        last_modified_date_time: members.string("lastModifiedDateTime"),
        categories: members.strings("categories"),
        members: members.objects("members", to_list_member),
    }
}

fn to_list_member(members: &mut Members) -> ListMember {
    let kind = members.string("recipientType");
    let kind = KINDS.into_iter().zip(RECIPIENT_TYPES).find(|(_, name)| Some(*name) == kind.as_deref());
    ListMember {
        key: members.string("key").unwrap_or_default(),
        display_name: members.string("displayName"),
        recipient_type: kind.map(|(kind, _)| kind),
        routing_type: members.string("routingType"),
        contact_id: members.string("contactId"),
        member_id: members.string("memberId"),
    }
}
