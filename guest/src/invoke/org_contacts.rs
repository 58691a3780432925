//! Operations by name on organizational contacts: what `wit/json.wit` lists as `orgContacts.*`.

use serde_json::{Map, Value, json};

use crate::invoke::arguments::Arguments;
use connector::error::{Error, Kind, Result};
use connector::graph::directory_objects::type_name;
use connector::graph::org_contacts;
use connector::graph::request::GraphRequest;
use connector::operations::connector::Connector;
use connector::operations::directory::directory_objects::{groups_among_request, groups_of_request, objects_of_ids_request};
use connector::operations::directory::org_contact_properties::{MANAGER, NEVER_CREATED};
use connector::operations::directory::org_contacts::{self as operations, RELATED_PROPERTIES, Relationship};
use connector::operations::icf::filter::Filter;
use connector::operations::icf::org_contact_search::search_request;
use connector::operations::icf::search::{Search, sort_keys};
use connector::operations::send::network::Network;

/// An operation with its arguments.
pub enum OrgContactCall {
    /// `orgContacts.list`
    List(Search),
    /// `orgContacts.get`
    Get(String),
    /// `orgContacts.update`
    Update(String, Map<String, Value>),
    /// `orgContacts.delete`
    Delete(String),
    /// `orgContacts.delta`: since a token.
    Delta(Option<String>),
    /// `orgContacts.getManager`
    GetManager(String),
    /// `orgContacts.listDirectReports` and the like.
    ListRelated(String, Relationship),
    /// `orgContacts.getMemberGroups`
    GetMemberGroups(String),
    /// `orgContacts.checkMemberGroups`: of groups with these ids.
    CheckMemberGroups(String, Vec<String>),
    /// `orgContacts.getByIds`
    GetByIds(Vec<String>),
}

impl OrgContactCall {
    /// Reads the arguments of the operation of that name, which follows `orgContacts.`; `None` where there is none.
    pub(super) fn read(name: &str, arguments: &Arguments<'_>) -> Result<Option<OrgContactCall>> {
        let id = || Ok::<_, Error>(arguments.text("id")?.to_owned());
        let of_one = |call: fn(String) -> OrgContactCall| {
            arguments.only(&["id"])?;
            Ok::<_, Error>(call(id()?))
        };
        let call = match name {
            "list" => {
                arguments.only(&["filter", "search", "orderBy", "pageSize", "cookie", "count"])?;
                let text = |name| Ok::<_, Error>(arguments.optional_text(name)?.map(str::to_owned));
                OrgContactCall::List(Search {
                    filter: arguments.optional_text("filter")?.map_or(Ok(Filter::Constant(true)), Filter::parse)?,
                    attributes: Vec::new(),
                    page_size: arguments.number("pageSize")?,
                    cookie: text("cookie")?,
                    offset: 0,
                    sort: sort_keys(&arguments.texts("orderBy")?.join(",")),
                    words: text("search")?,
                    count: arguments.truth("count")?,
                })
            }
            "get" => of_one(OrgContactCall::Get)?,
            "update" => {
                arguments.only(&["id", "contact"])?;
                OrgContactCall::Update(id()?, arguments.object("contact")?.clone())
            }
            "delete" => of_one(OrgContactCall::Delete)?,
            "delta" => {
                arguments.only(&["token"])?;
                OrgContactCall::Delta(arguments.optional_text("token")?.map(str::to_owned))
            }
            "getManager" => of_one(OrgContactCall::GetManager)?,
            "listDirectReports" => of_one(|id| OrgContactCall::ListRelated(id, Relationship::DirectReports))?,
            "listMemberOf" => of_one(|id| OrgContactCall::ListRelated(id, Relationship::MemberOf))?,
            "listTransitiveMemberOf" => of_one(|id| OrgContactCall::ListRelated(id, Relationship::TransitiveMemberOf))?,
            "getMemberGroups" => of_one(OrgContactCall::GetMemberGroups)?,
            "checkMemberGroups" => {
                arguments.only(&["id", "groupIds"])?;
                OrgContactCall::CheckMemberGroups(id()?, arguments.owned_texts("groupIds")?)
            }
            "getByIds" => {
                arguments.only(&["ids"])?;
                OrgContactCall::GetByIds(arguments.owned_texts("ids")?)
            }
            "create" => return Err(Error::new(Kind::Unsupported, NEVER_CREATED)),
            _ => return Ok(None),
        };
        Ok(Some(call))
    }

    /// Runs the operation.
    pub(super) fn run<N: Network>(self, connector: &Connector<'_, N>) -> Result<Value> {
        match self {
            OrgContactCall::List(search) => {
                let mut contacts = Vec::new();
                let found = connector.list_org_contacts(&search, &mut |contact| {
                    contacts.push(shown(contact));
                    Ok(())
                })?;
                Ok(json!({"contacts": contacts, "cookie": found.cookie, "count": found.count}))
            }
            OrgContactCall::Get(id) => connector.get_org_contact(&id).map(shown),
            OrgContactCall::Update(id, contact) => connector.update_org_contact(&id, &contact).map(shown),
            OrgContactCall::Delete(id) => connector.delete_org_contact(&id).map(|()| json!({})),
            OrgContactCall::Delta(token) => {
                let delta = connector.org_contact_delta(token.as_deref())?;
                let change = |(id, contact): operations::Changed| match contact {
                    Some(contact) => json!({"id": id, "contact": shown(contact)}),
                    None => json!({"id": id, "removed": true}),
                };
                let changes: Vec<Value> = delta.changes.into_iter().map(change).collect();
                Ok(json!({"changes": changes, "token": delta.token, "more": delta.more}))
            }
            OrgContactCall::GetManager(id) => Ok(connector.org_contact_manager(&id)?.map_or(Value::Null, directory_object)),
            OrgContactCall::ListRelated(id, relationship) => {
                Ok(connector.org_contact_related(&id, relationship)?.into_iter().map(directory_object).collect())
            }
            OrgContactCall::GetMemberGroups(id) => connector.org_contact_member_groups(&id).map(Value::from),
            OrgContactCall::CheckMemberGroups(id, groups) => {
                connector.org_contact_check_member_groups(&id, &groups).map(Value::from)
            }
            OrgContactCall::GetByIds(ids) => Ok(connector.org_contacts_by_ids(&ids)?.into_iter().map(shown).collect()),
        }
    }

    /// The requests that the operation would send, in their order; of a list the first page. Nothing is written; what is stored
    /// already is read where it decides what would be written.
    pub(super) fn requests<N: Network>(&self, connector: &Connector<'_, N>) -> Result<Vec<GraphRequest>> {
        let service = connector.service();
        let request = match self {
            OrgContactCall::List(search) => search_request(service, search),
            OrgContactCall::Get(id) => org_contacts::get(service, id, &[]),
            OrgContactCall::Update(id, contact) => {
                let stored = connector.get_org_contact(id)?;
                let write = operations::update_request(service, id, &stored, contact)?;
                return Ok(std::iter::once(org_contacts::get(service, id, &[])?).chain(write).collect());
            }
            OrgContactCall::Delete(id) => return Ok(operations::delete_requests(service, id)?.into()),
            OrgContactCall::Delta(token) => operations::delta_request(service, token.as_deref()),
            OrgContactCall::GetManager(id) => org_contacts::related(service, id, MANAGER, RELATED_PROPERTIES),
            OrgContactCall::ListRelated(id, relationship) => {
                org_contacts::related(service, id, relationship.name(), RELATED_PROPERTIES)
            }
            OrgContactCall::GetMemberGroups(id) => groups_of_request(service, &org_contacts::key(id), false, false),
            OrgContactCall::CheckMemberGroups(id, groups) => groups_among_request(service, &org_contacts::key(id), groups),
            OrgContactCall::GetByIds(ids) => objects_of_ids_request(service, ids, &[org_contacts::TYPE], &[]),
        };
        request.map(|request| vec![request])
    }
}

/// A contact as a caller sees it: without nulls and `@odata` annotations.
fn shown(mut contact: Map<String, Value>) -> Value {
    contact.retain(|name, value| !value.is_null() && !name.contains('@'));
    contact.into()
}

/// An object that a contact is related to, as a caller sees it.
fn directory_object(object: Map<String, Value>) -> Value {
    json!({"id": object.get("id"), "type": type_name(&object).unwrap_or_default(), "displayName": object.get("displayName")})
}
