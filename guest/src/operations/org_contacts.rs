//! Organizational contacts as the directory has them: with every property, under Graph's names.
//! <https://learn.microsoft.com/en-us/graph/api/resources/orgcontact?view=graph-rest-1.0>

use serde_json::{Map, Value, json};

use crate::error::{Error, Kind, Problems, Result};
use crate::graph::address::clause;
use crate::graph::delta::Row;
use crate::graph::directory_objects::{self, Collection, MOST_A_PAGE, Options};
use crate::graph::page::Page;
use crate::graph::{Request, Service, org_contacts};
use crate::operations::Connector;
use crate::operations::directory_search::{By, Filtered, Objects, comparable, pushed_down};
use crate::operations::network::Network;
use crate::operations::org_contact_class::{MANAGER, ORG_CONTACT, has_several};
use crate::operations::schema::Flag::NotUpdateable;
use crate::operations::schema::Type;
use crate::operations::search::{Each, Found, Search};
use crate::operations::sync::{self, Sync};

/// What is read of an object that a contact is related to.
pub const RELATED_PROPERTIES: &[&str] = &["id", "displayName"];

/// The property that the directory searches for words, and sorts by.
const DISPLAY_NAME: &str = "displayName";

/// What the page on the resource says that `$filter` takes, and the one on advanced queries that it takes how.
/// <https://learn.microsoft.com/en-us/graph/aad-advanced-queries#organizational-contact-properties>
const FILTERED: &Filtered = &[
    (DISPLAY_NAME, By::Text),
    ("givenName", By::Text),
    ("surname", By::Text),
    ("mail", By::Text),
    ("mailNickname", By::Text),
    ("companyName", By::IndexedText),
    ("department", By::Text),
    ("jobTitle", By::Text),
    ("proxyAddresses", By::Texts),
    ("onPremisesSyncEnabled", By::Truth),
];

/// Those that a contact is related to, of which there may be several.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Relationship {
    /// Users and contacts whose manager it is.
    DirectReports,
    /// Groups and administrative units that it is a member of.
    MemberOf,
    /// The same, also through others.
    TransitiveMemberOf,
}

impl Relationship {
    /// Graph's name of it.
    pub fn name(self) -> &'static str {
        match self {
            Relationship::DirectReports => "directReports",
            Relationship::MemberOf => "memberOf",
            Relationship::TransitiveMemberOf => "transitiveMemberOf",
        }
    }
}

/// The id of a contact that is new, has changed or is gone, and the contact where it is there.
pub type Changed = (String, Option<Map<String, Value>>);

impl<N: Network> Connector<'_, N> {
    /// Searches the contacts of the tenant; of `search` the attributes do not count.
    pub fn list_org_contacts(&self, search: &Search, each: Each<'_>) -> Result<Found> {
        search.check("orgContact", |name| {
            name == "_id" || ORG_CONTACT.iter().any(|a| a.name == name && a.is_returned_by_default())
        })?;
        match by_id(search) {
            Some(id) => the_one(search, self.get_org_contact(id), each),
            None => self.search_directory(search, None, each),
        }
    }

    /// Searches the directory for contacts with the attributes of these names; `None` for the rows as they are.
    pub(super) fn search_directory(&self, search: &Search, names: Option<Vec<&'static str>>, each: Each<'_>) -> Result<Found> {
        let select: Vec<&'static str> =
            names.iter().flat_map(|names| std::iter::once("id").chain(names.iter().copied())).collect();
        let mut source = Objects { first: list_request(self.service(), search, select)?, names, count: None };
        // What the directory sorts need not be sorted here, so that it can be given page by page.
        let sorted = Search { sort: Vec::new(), ..search.clone() };
        let search = if order(search).is_some() { &sorted } else { search };
        let cookie = self.search_in(search, &mut source, each)?;
        Ok(Found { cookie, count: source.count.filter(|_| search.count) })
    }

    /// One contact.
    pub fn get_org_contact(&self, id: &str) -> Result<Map<String, Value>> {
        self.call(&org_contacts::get(self.service(), id, &[])?)
    }

    /// Changes a contact, and gives it as it now is: what `wanted` does not name stays, null clears. Where nothing changes, nothing
    /// is sent. One that is synchronised from the tenant's premises is changed there: this fails before anything is sent.
    pub fn update_org_contact(&self, id: &str, wanted: &Map<String, Value>) -> Result<Map<String, Value>> {
        let stored = self.get_org_contact(id)?;
        match update_request(self.service(), id, &stored, wanted)? {
            None => Ok(stored),
            Some(request) => {
                self.call(&request)?;
                self.get_org_contact(id).map_err(Error::after_write)
            }
        }
    }

    /// Deletes a contact, which must not be synchronised from the tenant's premises.
    pub fn delete_org_contact(&self, id: &str) -> Result<()> {
        let [read, delete] = delete_requests(self.service(), id)?;
        is_ours(&self.call(&read)?)?;
        self.call(&delete).map(|_| ())
    }

    /// What has changed among the contacts of the tenant since `token` was given, by id, with the contacts that are there; without
    /// a token, all contacts. One page at a time.
    pub fn org_contact_delta(&self, token: Option<&str>) -> Result<Sync<Changed>> {
        self.sync_page(&delta_request(self.service(), token)?, |row| match row {
            Row::There(row) => (row.get("id").and_then(Value::as_str).unwrap_or_default().to_owned(), Some(row)),
            Row::Gone(id) => (id, None),
        })
    }

    /// The manager of a contact, a user or a contact, where it has one.
    pub fn org_contact_manager(&self, id: &str) -> Result<Option<Map<String, Value>>> {
        match self.call(&org_contacts::related(self.service(), id, MANAGER, RELATED_PROPERTIES)?) {
            // It has none, or there is no such contact.
            Err(error) if error.kind == Kind::UnknownUid => {
                self.call(&org_contacts::get(self.service(), id, &["id"])?).map(|_| None)
            }
            manager => manager.map(Some),
        }
    }

    /// Those that a contact is related to.
    pub fn org_contact_related(&self, id: &str, relationship: Relationship) -> Result<Vec<Map<String, Value>>> {
        self.all_pages(&org_contacts::related(self.service(), id, relationship.name(), RELATED_PROPERTIES)?)
    }

    /// The ids of the groups that a contact is a member of, also through others.
    pub fn org_contact_member_groups(&self, id: &str) -> Result<Vec<String>> {
        self.groups_of(&org_contacts::key(id), false, false)
    }

    /// Which of at most 20 groups a contact is a member of, also through others.
    pub fn org_contact_check_member_groups(&self, id: &str, groups: &[String]) -> Result<Vec<String>> {
        self.groups_among(&org_contacts::key(id), groups)
    }

    /// The contacts with these ids, at most 1,000, in whatever order; those that there are not are left out.
    pub fn org_contacts_by_ids(&self, ids: &[String]) -> Result<Vec<Map<String, Value>>> {
        self.objects_of_ids(ids, &[org_contacts::TYPE], &[])
    }

    /// The objects of all pages.
    pub(super) fn all_pages(&self, first: &Request) -> Result<Vec<Map<String, Value>>> {
        let mut page = Page::read(self.service(), self.call(first)?)?;
        let mut objects = page.value;
        while let Some(link) = page.next {
            page = Page::read(self.service(), self.call(&directory_objects::next(first, link)?)?)?;
            objects.append(&mut page.value);
        }
        Ok(objects)
    }
}

/// The id of the one contact that a search is about, where its filter demands one. Whether the words are in its name is for the
/// directory to say.
pub(super) fn by_id(search: &Search) -> Option<&str> {
    search.required("_id").filter(|_| search.words.is_none())
}

/// The contact of that id, where the search finds it.
pub(super) fn the_one(search: &Search, found: Result<Map<String, Value>>, each: Each<'_>) -> Result<Found> {
    let found = match found {
        Ok(contact) => Some(contact).filter(|contact| search.filter.matches(&comparable(contact))),
        Err(error) if error.kind == Kind::UnknownUid => None,
        Err(error) => return Err(error),
    };
    let count = search.count.then_some(u64::from(found.is_some()));
    found.into_iter().skip(search.offset).try_for_each(each)?;
    Ok(Found { cookie: None, count })
}

/// The first request of [`Connector::list_org_contacts`].
pub fn search_request(service: &Service, search: &Search) -> Result<Request> {
    match by_id(search) {
        Some(id) => org_contacts::get(service, id, &[]),
        None => list_request(service, search, Vec::new()),
    }
}

/// The request of the first page that the directory is asked for.
pub(super) fn list_request(service: &Service, search: &Search, select: Vec<&'static str>) -> Result<Request> {
    if search.words.as_ref().is_some_and(|words| words.trim().is_empty()) {
        return Err(Error::attribute("search", "there is no word in it"));
    }
    let words = search.words.as_ref().map(|words| clause(DISPLAY_NAME, words));
    let filter = pushed_down(&search.filter, FILTERED);
    let order = order(search);
    let advanced = search.count || words.is_some() || order.is_some() || filter.as_ref().is_some_and(|filter| filter.advanced);
    let options = Options {
        select,
        filter: filter.map(|filter| filter.text),
        search: words,
        order_by: order.map(str::to_owned),
        top: Some(MOST_A_PAGE),
        advanced,
        ..Options::default()
    };
    directory_objects::list(service, Collection::Contacts, &options)
}

/// The order that is asked for, where it is one that the directory has.
/// <https://learn.microsoft.com/en-us/graph/aad-advanced-queries#support-for-sorting-by-properties-of-directory-objects>
fn order(search: &Search) -> Option<&'static str> {
    match search.sort.as_slice() {
        [(name, false)] if name == DISPLAY_NAME => Some("displayName"),
        [(name, true)] if name == DISPLAY_NAME => Some("displayName%20desc"),
        _ => None,
    }
}

/// The request of a page of [`Connector::org_contact_delta`].
pub fn delta_request(service: &Service, token: Option<&str>) -> Result<Request> {
    sync::resumed(org_contacts::delta(service, &[])?, token)
}

/// The requests of [`Connector::delete_org_contact`]: whose it is is read first.
pub fn delete_requests(service: &Service, id: &str) -> Result<[Request; 2]> {
    Ok([org_contacts::get(service, id, &["id", "onPremisesSyncEnabled"])?, org_contacts::delete(service, id)?])
}

/// The request by which the `stored` contact becomes what is wanted; `None` where nothing changes.
pub fn update_request(
    service: &Service,
    id: &str,
    stored: &Map<String, Value>,
    wanted: &Map<String, Value>,
) -> Result<Option<Request>> {
    let changes = changes(stored, wanted)?;
    if changes.is_empty() {
        return Ok(None);
    }
    is_ours(stored)?;
    org_contacts::update(service, id, changes).map(Some)
}

/// What an update changes of the stored contact; what is the same already is left out.
fn changes(stored: &Map<String, Value>, wanted: &Map<String, Value>) -> Result<Map<String, Value>> {
    let mut problems = Problems::default();
    let mut changes = Map::new();
    for (name, value) in wanted {
        let before = stored.get(name).unwrap_or(&Value::Null);
        let value = &if name == "phones" { placed(before, value.clone()) } else { value.clone() };
        let same = said(before) == said(value);
        match ORG_CONTACT.iter().find(|a| a.name == name) {
            _ if same => {}
            None if name == "_id" || name == "id" => problems.push(Error::attribute(name, "the address names another contact")),
            None => problems.push(Error::attribute(name, format!("Target does not support attribute {name}"))),
            Some(attribute) if attribute.flags.contains(&NotUpdateable) => {
                problems.push(Error::attribute(name, "the directory assigns it, or it is changed elsewhere; leave it out"));
            }
            Some(attribute) => match wrong(attribute.kind, value) {
                Some(wanted) => problems.push(Error::attribute(name, format!("{wanted} is wanted"))),
                None => {
                    changes.insert(name.clone(), if value.is_null() && has_several(name) { json!([]) } else { value.clone() });
                }
            },
        }
    }
    problems.result().map(|()| changes)
}

/// Phones with the language and the region that the stored ones of their type have, where they do not say them: the typed interface has
/// no place for these.
fn placed(stored: &Value, mut wanted: Value) -> Value {
    let stored = stored.as_array().map(Vec::as_slice).unwrap_or_default();
    for phone in wanted.as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut) {
        let same_type = stored.iter().find(|other| other.get("type").is_some() && other.get("type") == phone.get("type"));
        for name in ["language", "region"] {
            if let Some(value) = same_type.and_then(|other| other.get(name)).filter(|_| !phone.contains_key(name)) {
                phone.insert(name.to_owned(), value.clone());
            }
        }
    }
    wanted
}

/// What a value says: a member that is null says nothing, and neither does an empty list.
fn said(value: &Value) -> Value {
    match value {
        Value::Array(values) if values.is_empty() => Value::Null,
        Value::Array(values) => values.iter().map(said).collect(),
        Value::Object(members) => {
            let members = members.iter().filter(|(_, value)| !value.is_null());
            members.map(|(name, value)| (name.clone(), said(value))).collect::<Map<_, _>>().into()
        }
        other => other.clone(),
    }
}

/// What is wanted of a value of that type, where it is not that.
fn wrong(kind: Type, value: &Value) -> Option<&'static str> {
    let all = |test: fn(&Value) -> bool| value.as_array().is_some_and(|values| values.iter().all(test));
    match kind {
        _ if value.is_null() => None,
        Type::Text => (!value.is_string()).then_some("a string"),
        Type::Truth => (!value.is_boolean()).then_some("true or false"),
        Type::Texts => (!all(Value::is_string)).then_some("an array of strings"),
        Type::Objects => (!all(Value::is_object)).then_some("an array of objects"),
    }
}

/// Checks that a contact is the cloud's own.
pub(super) fn is_ours(stored: &Map<String, Value>) -> Result<()> {
    if !is_synchronised(stored) {
        return Ok(());
    }
    let problem = "the contact is synchronised from the tenant's premises (onPremisesSyncEnabled): change it there";
    Err(Error::new(Kind::PermissionDenied, problem))
}

/// Whether an object is synchronised from the tenant's premises.
pub fn is_synchronised(object: &Map<String, Value>) -> bool {
    object.get("onPremisesSyncEnabled") == Some(&Value::Bool(true))
}
