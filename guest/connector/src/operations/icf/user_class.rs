//! The ICF object class `user`: its contacts as one attribute to read and three to write, as on the OpenICF page
//! "Contacts (MS Graph API)".

use serde_json::{Map, Value, json};

use crate::contact::{Contact, Version, from_json, to_json};
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
use crate::operations::icf::object_class::ObjectClass;
use crate::operations::icf::outcome::{Outcome, Updated};
use crate::operations::icf::user_attributes::{ADD_CONTACTS, CONTACTS, REMOVE_CONTACTS, UPDATE_CONTACTS, USER};
use crate::operations::mailbox::changes::ContactChange;
use crate::operations::mailbox::contacts::check_storable;
use crate::operations::mailbox::create::{build_create_request, check_creatable};
use crate::operations::mailbox::update::build_update_request;

/// The requests by which [`Connector::get_user`] reads a user; of a list of contacts the first page.
pub fn build_get_requests(service: &Service, uid: &str, attributes: &[&str]) -> Result<Vec<GraphRequest>> {
    let reading = Reading::of(uid, attributes);
    let mailbox = Mailbox::from_name(uid);
    let profile = reading.profile.map(|names| build_profile_request(service, &mailbox, &names));
    let list =
        reading.contacts.then(|| contacts::list(service, &Container::from_mailbox(mailbox.clone()), &Selection::default()));
    profile.into_iter().chain(list).collect()
}

/// The requests by which [`Connector::update_user`] updates a user, in their order. `stored` gives a contact as it is stored.
pub fn build_update_requests(
    service: &Service,
    uid: &str,
    attributes: &Map<String, Value>,
    stored: impl Fn(&str, &Selection) -> Result<Contact>,
) -> Result<Vec<GraphRequest>> {
    let mailbox = Mailbox::from_name(uid);
    let container = Container::from_mailbox(mailbox.clone());
    let mut requests = vec![build_profile_request(service, &mailbox, &list_default_names())?];
    for task in tasks(service, attributes, None)? {
        match task.change {
            ContactChange::Update(id, contact) => {
                let reading = Selection::with_expansions_of(&contact);
                requests.push(contacts::get(service, &container, &id, &reading)?);
                requests.extend(build_update_request(service, &container, &id, &stored(&id, &reading)?, &contact)?);
            }
            ContactChange::Create(contact, key) => {
                requests.push(build_create_request(service, &container, &contact, key.as_deref())?)
            }
            ContactChange::Delete(id) => requests.push(contacts::delete(service, &container, &id)?),
        }
    }
    Ok(requests)
}

/// What has to be read to answer with the attributes that are asked for.
struct Reading {
    /// The user's own attributes; `None` where the user need not be read.
    profile: Option<Vec<&'static str>>,
    /// Whether the contacts are to be read.
    contacts: bool,
}

impl Reading {
    fn of(uid: &str, attributes: &[&str]) -> Reading {
        let asked =
            |a: &&Attribute| if attributes.is_empty() { a.is_returned_by_default() } else { attributes.contains(&a.name) };
        let names: Vec<&str> = USER.iter().filter(|a| a.is_readable()).filter(asked).map(|a| a.name).collect();
        let contacts = names.contains(&CONTACTS);
        let profile: Vec<&str> = names.into_iter().filter(|name| *name != CONTACTS).collect();
        // The contacts alone are to be had without the permission to read users, and with one request less.
        let alone = contacts && profile.is_empty() && is_guid(uid);
        Reading { profile: (!alone).then_some(profile), contacts }
    }
}

pub(in crate::operations) fn list_default_names() -> Vec<&'static str> {
    USER.iter().filter(|a| a.is_readable() && a.is_returned_by_default()).map(|a| a.name).collect()
}

fn build_profile_request(service: &Service, mailbox: &Mailbox, names: &[&str]) -> Result<GraphRequest> {
    let select: Vec<&str> = std::iter::once("id").chain(names.iter().copied()).collect();
    users::get(service, mailbox, &select)
}

/// What a value of the three attributes asks for, checked.
struct Task {
    attribute: &'static str,
    position: usize,
    change: ContactChange,
}

impl Connector<'_> {
    /// A user, with `_id` and the named attributes; where none is named, with those that are returned by default. Names that
    /// a user does not have, or does not give out, are left out, as OpenIDM does.
    pub fn get_user(&self, uid: &str, attributes: &[&str]) -> Result<Map<String, Value>> {
        let (mut user, container) = self.get_user_without_contacts(uid, attributes)?;
        if let Some(container) = container {
            let mut contacts = Vec::new();
            self.list_contacts(&container, &Selection::default(), |contact| {
                contacts.push(write_contact_value(&contact, self.service().version));
                Ok(())
            })?;
            user.insert(CONTACTS.to_owned(), contacts.into());
        }
        Ok(user)
    }

    /// The same without the contacts. Where they are asked for, gives also where they are.
    pub fn get_user_without_contacts(&self, uid: &str, attributes: &[&str]) -> Result<(Map<String, Value>, Option<Container>)> {
        let reading = Reading::of(uid, attributes);
        let mailbox = Mailbox::from_name(uid);
        let user = match &reading.profile {
            Some(names) => self.profile(&mailbox, names)?,
            None => Map::from_iter([("_id".to_owned(), json!(uid))]),
        };
        Ok((user, reading.contacts.then(|| Container::from_mailbox(mailbox))))
    }

    /// Writes the three attributes of a user.
    ///
    /// Fails before anything is written where a value is wrong or the user is unknown. After that, each value has an outcome
    /// of its own, and one that fails does not stop the others.
    ///
    /// With a `key` of the caller's, which has to be a new one for each new update, the same update sent again adds no contact
    /// that it added before.
    pub fn update_user(
        &self,
        uid: &str,
        revision: Option<&str>,
        attributes: &Map<String, Value>,
        key: Option<&str>,
    ) -> Result<Updated> {
        let tasks = tasks(self.service(), attributes, key)?;
        let mailbox = Mailbox::from_name(uid);
        let user = self.profile(&mailbox, &list_default_names())?;
        ObjectClass::User.check_no_revision(revision)?;
        unchanged(uid, &user, attributes)?;
        let container = Container::from_mailbox(mailbox);
        let changes: Vec<ContactChange> = tasks.iter().map(|task| task.change.clone()).collect();
        let results = self.change_contacts(&container, &changes);
        Ok(Updated {
            object: user,
            outcomes: tasks.into_iter().zip(results).map(|(task, result)| task.outcome(result)).collect(),
        })
    }

    /// The user's `_id`, and the attributes of that name which have a value.
    fn profile(&self, mailbox: &Mailbox, names: &[&str]) -> Result<Map<String, Value>> {
        build_object(self.send(&build_profile_request(self.service(), mailbox, names)?)?, names)
    }
}

/// A contact among the [`CONTACTS`] of a user.
pub fn write_contact_value(contact: &Contact, version: Version) -> Value {
    Value::Object(to_json::write_for_caller(contact, version))
}

impl Task {
    fn outcome(self, result: Result<Option<Contact>>) -> Outcome {
        let (id, result) = match self.change {
            ContactChange::Update(id, _) => (Some(id), result),
            ContactChange::Create(..) => (result.as_ref().ok().and_then(|created| created.as_ref()?.id.value().cloned()), result),
            ContactChange::Delete(id) => (Some(id), result.or_else(ignore_not_found)),
        };
        Outcome { attribute: self.attribute, position: self.position, id, error: result.err() }
    }
}

/// The most values that an update may have: fifty batches, which is more than most deadlines allow.
const VALUES: usize = 1000;

/// The values of the three attributes, checked, in the order in which they are to run. With a `key` of the caller's, each
/// addition has one of its own made of it.
fn tasks(service: &Service, attributes: &Map<String, Value>, key: Option<&str>) -> Result<Vec<Task>> {
    let mut problems: Problems = attributes.keys().filter_map(|name| refused(name)).collect();
    let written = [UPDATE_CONTACTS, ADD_CONTACTS, REMOVE_CONTACTS];
    let count: usize = written.iter().map(|attribute| values(attributes.get(*attribute)).len()).sum();
    if count > VALUES {
        let problem = format!("there are {count} contacts in one update; send at most {VALUES}");
        return Err(Error::new(ErrorKind::InvalidAttributeValue, problem));
    }
    let mut tasks = Vec::new();
    for attribute in written {
        for (position, value) in values(attributes.get(attribute)).iter().enumerate() {
            let path = format!("{attribute}[{position}]");
            let key = key.map(|key| format!("{key} {path}"));
            match change(service, attribute, value, &path, key) {
                Ok(change) => tasks.push(Task { attribute, position, change }),
                Err(error) => problems.push(error),
            }
        }
    }
    problems.into_result().map(|()| tasks)
}

fn change(service: &Service, attribute: &str, value: &Value, path: &str, key: Option<String>) -> Result<ContactChange> {
    let version = service.version;
    if attribute == REMOVE_CONTACTS {
        return match value.as_str() {
            Some(id) if !id.is_empty() => Ok(ContactChange::Delete(id.to_owned())),
            _ => Err(Error::invalid_attribute(path, "the id of a contact is wanted, a string")),
        };
    }
    let object = value.as_object().ok_or_else(|| Error::invalid_attribute(path, "a contact is wanted, an object"))?;
    let within = format!("{path}.");
    let contact = from_json::parse_input(object, version, &within)?;
    if attribute == ADD_CONTACTS {
        check_creatable(service, &contact, &within)?;
        return Ok(ContactChange::Create(Box::new(contact), key));
    }
    check_storable(service, &contact, &within)?;
    match contact.id.value() {
        Some(id) if !id.is_empty() => Ok(ContactChange::Update(id.clone(), Box::new(contact))),
        _ => Err(Error::invalid_attribute(format!("{path}.id"), "the id of the contact to update is missing")),
    }
}

/// The values of an attribute. A bare value where an array is declared is one element, as the OpenICF page has it.
fn values(attribute: Option<&Value>) -> &[Value] {
    match attribute {
        None | Some(Value::Null) => &[],
        Some(Value::Array(values)) => values,
        Some(value) => std::slice::from_ref(value),
    }
}

/// Why a user cannot be updated with an attribute of that name, whatever its value.
fn refused(name: &str) -> Option<Error> {
    if matches!(name, "_id" | "_rev") {
        return None;
    }
    match USER.iter().find(|attribute| attribute.name == name) {
        Some(_) if name == CONTACTS => {
            let problem = format!("it is read only: write {ADD_CONTACTS}, {UPDATE_CONTACTS} and {REMOVE_CONTACTS}");
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

/// Checks that what else an update carries, as one does that sends back a whole object, is what the user has.
fn unchanged(uid: &str, user: &Map<String, Value>, attributes: &Map<String, Value>) -> Result<()> {
    let mut problems = Problems::default();
    if let Some(id) = attributes.get("_id").filter(|id| id.as_str() != Some(uid) && Some(*id) != user.get("_id")) {
        problems.push(Error::invalid_attribute("_id", format!("it is {id}, and the address names another user")));
    }
    for attribute in USER.iter().filter(|a| a.is_readable() && a.is_returned_by_default()) {
        let stored = user.get(attribute.name).unwrap_or(&Value::Null);
        if attributes.get(attribute.name).is_some_and(|value| value != stored) {
            problems.push(Error::invalid_attribute(
                attribute.name,
                "this connector writes a user's contacts, and nothing else of a user",
            ));
        }
    }
    problems.into_result()
}

/// A contact that is gone already is removed.
fn ignore_not_found(error: Error) -> Result<Option<Contact>> {
    if error.is_item_not_found() { Ok(None) } else { Err(error) }
}

/// Whether `text` is a GUID, which is what the id of a user looks like; a user principal name does not.
fn is_guid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, b)| if matches!(at, 8 | 13 | 18 | 23) { b == b'-' } else { b.is_ascii_hexdigit() })
}
