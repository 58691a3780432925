//! The ICF object class `user`: the contacts are one attribute to read and three to write, as on the OpenICF page
//! "Contacts (MS Graph API)".

use serde_json::{Map, Value, json};

use crate::contact::{Contact, from_json};
use protocol::graph_path::is_guid;
use protocol::shorten::shorten;

use crate::error::{Error, ErrorKind, Problems, Result};
use crate::graph::address::{Container, Mailbox};
use crate::graph::request::GraphRequest;
use crate::graph::selection::Selection;
use crate::graph::service::Service;
use crate::graph::{contacts, users};
use crate::operations::connector::Connector;
use crate::operations::icf::attribute::Attribute;
use crate::operations::icf::directory_row::build_object;
use crate::operations::icf::filter::meaning::Meaning;
use crate::operations::icf::object_class::ObjectClass;
use crate::operations::icf::outcome::{Outcome, Updated};
use crate::operations::icf::user_attributes::{ADD_CONTACTS, CONTACTS, REMOVE_CONTACTS, UPDATE_CONTACTS, USER};
use crate::operations::icf::user_contacts::UserMailbox;
use crate::operations::mailbox::changes::BatchChange;
use crate::operations::mailbox::contacts::check_storable;
use crate::operations::mailbox::create::{build_create_request, check_creatable};
use crate::operations::mailbox::idempotency_key::{IdempotencyKey, compute_fingerprint};
use crate::operations::mailbox::update::build_update_request;

/// Creates the requests of [`Connector::get_user`]; of the list of contacts only the first page.
pub fn build_get_requests(service: &Service, uid: &str, attributes: &[&str]) -> Result<Vec<GraphRequest>> {
    let plan = ReadPlan::new(uid, attributes);
    let mailbox = Mailbox::from_name(uid);
    let profile = plan.profile.map(|names| build_profile_request(service, &mailbox, &names));
    let list = plan.contacts.then(|| contacts::list(service, &Container::from_mailbox(mailbox.clone()), &Selection::default()));
    profile.into_iter().chain(list).collect()
}

/// Creates the requests of [`Connector::update_user`], in order. `stored` returns a contact as stored.
pub fn build_update_requests(
    service: &Service,
    uid: &str,
    attributes: &Map<String, Value>,
    stored: impl Fn(&str, &Selection) -> Result<Contact>,
) -> Result<Vec<GraphRequest>> {
    let read = |ids: &[&str]| ids.iter().map(|id| stored(id, &Selection::default())).collect();
    let mailbox = Mailbox::from_name(uid);
    let container = Container::from_mailbox(mailbox.clone());
    let mut requests = vec![build_profile_request(service, &mailbox, &list_default_names())?];
    for task in parse_tasks(service, attributes, None, &read)? {
        match task.change {
            BatchChange::Update(id, contact) => {
                let selection = Selection::with_expansions_of(&contact);
                requests.push(contacts::get(service, &container, &id, &selection)?);
                requests.extend(build_update_request(service, &container, &id, &stored(&id, &selection)?, &contact)?);
            }
            BatchChange::Create(contact, key) => {
                requests.push(build_create_request(service, &container, &contact, key.as_ref())?)
            }
            BatchChange::Delete(id) => requests.push(contacts::delete(service, &container, &id)?),
        }
    }
    Ok(requests)
}

/// The reads for the requested attributes.
struct ReadPlan {
    /// The attributes of the user itself; `None` if the user is not read.
    profile: Option<Vec<&'static str>>,
    /// Whether the contacts are read.
    contacts: bool,
}

impl ReadPlan {
    fn new(uid: &str, attributes: &[&str]) -> ReadPlan {
        let is_requested =
            |a: &&Attribute| if attributes.is_empty() { a.is_returned_by_default() } else { attributes.contains(&a.name) };
        let names: Vec<&str> = USER.iter().filter(|a| a.is_readable()).filter(is_requested).map(|a| a.name).collect();
        let contacts = names.contains(&CONTACTS);
        let profile: Vec<&str> = names.into_iter().filter(|name| *name != CONTACTS).collect();
        // Only the contacts: that saves a request, and does not need the permission to read users.
        let contacts_only = contacts && profile.is_empty() && is_guid(uid);
        ReadPlan { profile: (!contacts_only).then_some(profile), contacts }
    }
}

/// Returns the names of the attributes that are returned by default.
pub(in crate::operations) fn list_default_names() -> Vec<&'static str> {
    USER.iter().filter(|a| a.is_readable() && a.is_returned_by_default()).map(|a| a.name).collect()
}

fn build_profile_request(service: &Service, mailbox: &Mailbox, names: &[&str]) -> Result<GraphRequest> {
    let select: Vec<&str> = std::iter::once("id").chain(names.iter().copied()).collect();
    users::get(service, mailbox, &select)
}

/// The checked change for a value of a write-only attribute.
struct Task {
    attribute: &'static str,
    position: usize,
    change: BatchChange,
}

impl Connector<'_> {
    /// Returns a user with `_id` and the named attributes. No names stand for those returned by default. Unknown and unreadable
    /// names are ignored, as in OpenIDM.
    pub fn get_user(&self, uid: &str, attributes: &[&str]) -> Result<Map<String, Value>> {
        let (mut user, mailbox) = self.get_user_without_contacts(uid, attributes)?;
        if let Some(mailbox) = mailbox {
            user.insert(CONTACTS.to_owned(), self.get_user_contacts(&mailbox)?);
        }
        Ok(user)
    }

    /// Returns a user without the contacts, and the mailbox if they are requested.
    pub fn get_user_without_contacts(&self, uid: &str, attributes: &[&str]) -> Result<(Map<String, Value>, Option<UserMailbox>)> {
        let plan = ReadPlan::new(uid, attributes);
        let mailbox = Mailbox::from_name(uid);
        let user = match &plan.profile {
            Some(names) => self.get_profile(&mailbox, names)?,
            // The name is an id, which has no case.
            None => Map::from_iter([("_id".to_owned(), json!(uid.to_lowercase()))]),
        };
        Ok((user, plan.contacts.then(|| UserMailbox::new(mailbox, plan.profile.is_some()))))
    }

    /// Writes the write-only attributes of a user. Each value has a separate outcome. An error of one does not stop the others.
    ///
    /// With a caller's `key`, which has to be a new one for each new update, the same update sent again does not add a contact
    /// twice.
    ///
    /// # Errors
    ///
    /// If a value is invalid or the user is unknown. Then nothing is written.
    pub fn update_user(
        &self,
        uid: &str,
        revision: Option<&str>,
        attributes: &Map<String, Value>,
        key: Option<&str>,
    ) -> Result<Updated> {
        let mailbox = Mailbox::from_name(uid);
        let container = Container::from_mailbox(mailbox.clone());
        let tasks = parse_tasks(self.service(), attributes, key, &|ids| self.read_contacts(&container, ids))?;
        let user = self.get_profile(&mailbox, &list_default_names())?;
        ObjectClass::User.check_no_revision(revision)?;
        check_own_attributes(uid, &user, attributes, !tasks.is_empty())?;
        if let Some(key) = key {
            self.check_idempotency_key(&container, &IdempotencyKey::in_request(key, &compute_fingerprint(attributes), ""))?;
        }
        let (places, changes): (Vec<(&'static str, usize)>, Vec<BatchChange>) =
            tasks.into_iter().map(|task| ((task.attribute, task.position), task.change)).unzip();
        let results = self.change_contacts(&container, &changes);
        let tasks = places.into_iter().zip(changes).map(|((attribute, position), change)| Task { attribute, position, change });
        Ok(Updated { object: user, outcomes: tasks.zip(results).map(|(task, result)| task.into_outcome(result)).collect() })
    }

    /// Returns contacts by their ids.
    fn read_contacts(&self, container: &Container, ids: &[&str]) -> Vec<Result<Contact>> {
        let requests = ids.iter().map(|id| contacts::get(self.service(), container, id, &Selection::default())).collect();
        let rows = self.send_built(requests).into_iter();
        rows.map(|row| self.parse_stored(&row?)).collect()
    }

    /// Returns the user's `_id`, and the attributes of these names that have a value.
    fn get_profile(&self, mailbox: &Mailbox, names: &[&str]) -> Result<Map<String, Value>> {
        build_object(self.send(&build_profile_request(self.service(), mailbox, names)?)?, names)
    }
}

impl Task {
    fn into_outcome(self, result: Result<Option<Contact>>) -> Outcome {
        let (id, result) = match self.change {
            BatchChange::Update(id, _) => (Some(id), result),
            BatchChange::Create(..) => (result.as_ref().ok().and_then(|created| created.as_ref()?.id.value().cloned()), result),
            BatchChange::Delete(id) => (Some(id), result.or_else(ignore_not_found)),
        };
        Outcome { attribute: self.attribute, position: self.position, id, error: result.err() }
    }
}

/// The maximum number of values in an update: fifty batches, which is more than most deadlines allow.
const MAX_VALUES: usize = 1000;

/// Parses the values of the write-only attributes, in the order in which they are carried out. A caller's `key` yields a separate
/// key for each new contact.
///
/// `read` returns contacts by their ids. It is called only for updates with a value that callers cannot set, which they may have
/// been shown.
fn parse_tasks(
    service: &Service,
    attributes: &Map<String, Value>,
    key: Option<&str>,
    read: &dyn Fn(&[&str]) -> Vec<Result<Contact>>,
) -> Result<Vec<Task>> {
    let mut problems = Problems::default();
    for name in attributes.keys() {
        // The nearest name is looked for only as long as the message names it.
        if problems.is_full() {
            break;
        }
        problems.extend(find_refusal(name));
    }
    let written = [UPDATE_CONTACTS, ADD_CONTACTS, REMOVE_CONTACTS];
    let count: usize = written.iter().map(|attribute| list_values(attributes.get(*attribute)).len()).sum();
    if count > MAX_VALUES {
        let problem = format!("expected at most {MAX_VALUES} contacts in an update, found {count}: send several updates");
        return Err(Error::new(ErrorKind::InvalidAttributeValue, problem));
    }
    let key = key.map(|key| (key, compute_fingerprint(attributes)));
    let mut tasks = Vec::new();
    let mut refused: Vec<(usize, &Value, Error)> = Vec::new();
    for attribute in written {
        for (position, value) in list_values(attributes.get(attribute)).iter().enumerate() {
            if problems.is_full() {
                break;
            }
            let path = format!("{attribute}[{position}]");
            let key = key.as_ref().map(|(key, fingerprint)| IdempotencyKey::in_request(key, fingerprint, &path));
            match parse_change(service, attribute, value, &path, key) {
                Ok(change) => tasks.push(Task { attribute, position, change }),
                Err(error) if attribute == UPDATE_CONTACTS && find_id(value).is_some() => {
                    refused.push((position, value, error));
                }
                Err(error) => problems.push(error),
            }
        }
    }
    if problems.is_empty() && !refused.is_empty() {
        let ids: Vec<&str> = refused.iter().filter_map(|(_, value, _)| find_id(value)).collect();
        let stored = read(&ids);
        for ((position, value, error), stored) in refused.into_iter().zip(stored) {
            let path = format!("{UPDATE_CONTACTS}[{position}].");
            let parsed = stored.map_err(|_| error).and_then(|stored| parse_changes_of(service, value, &stored, &path));
            match parsed {
                Ok(change) => {
                    // In its place among the updates, which are carried out first.
                    let is_later = |task: &Task| task.attribute != UPDATE_CONTACTS || task.position > position;
                    let at = tasks.iter().position(is_later).unwrap_or(tasks.len());
                    tasks.insert(at, Task { attribute: UPDATE_CONTACTS, position, change });
                }
                Err(error) => problems.push(error),
            }
        }
    } else {
        problems.extend(refused.into_iter().map(|(_, _, error)| error));
    }
    problems.into_result().map(|()| tasks)
}

/// Returns the id of the contact that a value of an update names.
fn find_id(value: &Value) -> Option<&str> {
    value.get("id")?.as_str().filter(|id| !id.is_empty())
}

/// Parses an update of the stored contact.
fn parse_changes_of(service: &Service, value: &Value, stored: &Contact, prefix: &str) -> Result<BatchChange> {
    let (Some(object), Some(id)) = (value.as_object(), find_id(value)) else {
        return Err(Error::invalid_attribute(prefix.trim_end_matches('.'), "expected an object, a contact"));
    };
    let contact = from_json::parse_update(object, stored, service.version, prefix)?;
    check_storable(service, &contact, prefix)?;
    Ok(BatchChange::Update(id.to_owned(), Box::new(contact)))
}

fn parse_change(
    service: &Service,
    attribute: &str,
    value: &Value,
    path: &str,
    key: Option<IdempotencyKey>,
) -> Result<BatchChange> {
    let version = service.version;
    if attribute == REMOVE_CONTACTS {
        return match value.as_str() {
            Some(id) if !id.is_empty() => Ok(BatchChange::Delete(id.to_owned())),
            _ => Err(Error::invalid_attribute(path, "expected a string, the id of a contact")),
        };
    }
    let object = value.as_object().ok_or_else(|| Error::invalid_attribute(path, "expected an object, a contact"))?;
    let prefix = format!("{path}.");
    let contact = from_json::parse_input(object, version, &prefix)?;
    if attribute == ADD_CONTACTS {
        check_creatable(service, &contact, &prefix)?;
        return Ok(BatchChange::Create(Box::new(contact), key));
    }
    check_storable(service, &contact, &prefix)?;
    match contact.id.value() {
        Some(id) if !id.is_empty() => Ok(BatchChange::Update(id.clone(), Box::new(contact))),
        _ => Err(Error::invalid_attribute(format!("{path}.id"), "expected the id of the contact to update, found none")),
    }
}

/// Returns the values of an attribute. A single value stands for an array with one element, as on the OpenICF page.
fn list_values(attribute: Option<&Value>) -> &[Value] {
    match attribute {
        None | Some(Value::Null) => &[],
        Some(Value::Array(values)) => values,
        Some(value) => std::slice::from_ref(value),
    }
}

/// Returns the reason why an update cannot have an attribute with that name.
fn find_refusal(name: &str) -> Option<Error> {
    if matches!(name, "_id" | "_rev") {
        return None;
    }
    match USER.iter().find(|attribute| attribute.name == name) {
        Some(_) if name == CONTACTS => {
            let problem = format!("it is read-only: write {ADD_CONTACTS}, {UPDATE_CONTACTS} and {REMOVE_CONTACTS}");
            Some(Error::invalid_attribute(name, problem))
        }
        Some(_) => None,
        None => {
            let nearest = USER.iter().filter(|_| name.len() <= 64).map(|a| (strsim::osa_distance(name, a.name), a.name)).min();
            let hint = nearest.filter(|(distance, _)| *distance <= 3).map(|(_, known)| format!("; did you mean {known}?"));
            Some(Error::invalid_attribute(
                name,
                format!("Target does not support attribute {}{}", shorten(name), hint.unwrap_or_default()),
            ))
        }
    }
}

/// Checks the other attributes of an update: a caller can send back a whole object. If the update has contacts to write, what the
/// directory has changed since is ignored, as in OpenIDM. Otherwise the caller means to change the user.
fn check_own_attributes(
    uid: &str,
    user: &Map<String, Value>,
    attributes: &Map<String, Value>,
    writes_contacts: bool,
) -> Result<()> {
    let mut problems = Problems::default();
    // Ids and names of users have no case.
    let is_same_text = |one: &Value, other: &Value| one.as_str().map(str::to_lowercase) == other.as_str().map(str::to_lowercase);
    let is_same_id = |id: &Value| is_same_text(id, &json!(uid)) || user.get("_id").is_some_and(|own| is_same_text(id, own));
    if let Some(id) = attributes.get("_id").filter(|id| !is_same_id(id)) {
        problems
            .push(Error::invalid_attribute("_id", format!("it is {id}, and the address identifies another user: leave it out")));
    }
    for attribute in USER.iter().filter(|a| a.is_readable() && a.is_returned_by_default() && !writes_contacts) {
        let stored = user.get(attribute.name).unwrap_or(&Value::Null);
        let is_address = Meaning::of(attribute.name) == Meaning::Address;
        let is_same = |value: &Value| value == stored || (is_address && value.is_string() && is_same_text(value, stored));
        if attributes.get(attribute.name).is_some_and(|value| !is_same(value)) {
            problems.push(Error::invalid_attribute(
                attribute.name,
                "this connector writes only the contacts of a user: leave it out",
            ));
        }
    }
    problems.into_result()
}

/// Turns the error that a contact does not exist into the success of its deletion.
fn ignore_not_found(error: Error) -> Result<Option<Contact>> {
    if error.is_item_not_found() { Ok(None) } else { Err(error) }
}
