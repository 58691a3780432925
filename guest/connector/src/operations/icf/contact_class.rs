//! The ICF object class `contact`: a personal contact, in the mailbox and folder that its uid names.

use serde_json::{Map, Value, json};

use crate::contact::{Contact, from_json, properties, to_json};
use crate::error::{Error, ErrorKind, Problems, Result};
use crate::graph::address::Container;
use crate::graph::selection::Selection;
use crate::operations::connector::Connector;
use crate::operations::icf::contact_extras::{EXTENSIONS, Extras, PHOTO_CONTENT};
use crate::operations::icf::container::{FOLDERS, MAILBOX, take_container};
use crate::operations::icf::patch::{self, PatchOperation};
use crate::operations::icf::uid::Uid;
use crate::operations::mailbox::update::{PlannedUpdate, build_update_request};
use crate::operations::send::results::take_single;

/// The maximum number of other changes between the read and the write of a patch, after each of which it is applied again.
const MAX_CONFLICTS: usize = 10;

impl Connector<'_> {
    /// Returns a contact with `_id` and `_rev`, and with those of `names` that are returned only on request.
    pub fn get_contact_object(&self, uid: &Uid, names: &[&str]) -> Result<Map<String, Value>> {
        let selection = Selection { extensions: names.contains(&EXTENSIONS), ..Selection::default() };
        let contact = self.get_contact(&uid.container, &uid.id, &selection)?;
        let mut object = self.build_contact_object(&uid.container, &contact);
        self.add_photo(uid, names, &mut object)?;
        Ok(object)
    }

    /// Creates a contact, exactly once. Returns it as stored.
    pub fn create_contact_object(&self, attributes: &Map<String, Value>, key: Option<&str>) -> Result<Map<String, Value>> {
        let (container, contact) = self.parse_new_contact(attributes)?;
        let created = self.create_contact(&container, &contact, key)?;
        Ok(self.build_contact_object(&container, &created))
    }

    /// Parses the attributes of a new object: its container, and the contact.
    pub fn parse_new_contact(&self, attributes: &Map<String, Value>) -> Result<(Container, Contact)> {
        let mut attributes = attributes.clone();
        attributes.retain(|name, value| !matches!(name.as_str(), "_id" | "_rev") || !value.is_null());
        if attributes.contains_key("_id") {
            return Err(Error::invalid_attribute("_id", "the service assigns the id of a new contact: leave it out"));
        }
        if attributes.contains_key(PHOTO_CONTENT) {
            return Err(Error::invalid_attribute(PHOTO_CONTENT, "a new contact cannot have a photo: add it with an update"));
        }
        let container = take_container(&mut attributes)?;
        Ok((container, from_json::parse_input(&attributes, self.service().version, "")?))
    }

    /// Updates a contact to the attributes, if it has the `revision` that the caller read. `None` stands for any revision.
    /// Returns the contact as stored.
    pub fn update_contact_object(
        &self,
        uid: &Uid,
        revision: Option<&str>,
        attributes: &Map<String, Value>,
    ) -> Result<Map<String, Value>> {
        let (wanted, extras) = self.parse_wanted_contact(uid, attributes)?;
        let selection = Selection { extensions: !extras.is_empty(), ..Selection::with_expansions_of(&wanted) };
        let stored = self.get_contact(&uid.container, &uid.id, &selection)?;
        check_revision(&stored, revision)?;
        let now = match build_update_request(self.service(), &uid.container, &uid.id, &stored, &wanted)? {
            Some(request) => {
                let request = revision.iter().fold(request, |request, revision| request.with_revision(revision));
                let update = PlannedUpdate { id: &uid.id, stored: &stored, wanted: &wanted, request };
                take_single(self.write_updates(&uid.container, vec![update]))?
            }
            None => stored.clone(),
        };
        if extras.is_empty() {
            return Ok(self.build_contact_object(&uid.container, &now));
        }
        self.write_extras(uid, &stored, &extras)?;
        // The extras change the revision of the contact.
        self.get_contact_object(uid, &[EXTENSIONS])
    }

    /// Parses the attributes of an update of the contact with that uid.
    pub fn parse_wanted_contact(&self, uid: &Uid, attributes: &Map<String, Value>) -> Result<(Contact, Extras)> {
        let mut attributes = attributes.clone();
        let mut problems = Problems::default();
        for (name, value) in self.build_identity(uid) {
            let same = |given: &Value| *given == value || (name == FOLDERS && get_last(given) == get_last(&value));
            if attributes.remove(&name).is_some_and(|given| !same(&given)) {
                problems.push(Error::invalid_attribute(name, "it identifies another contact than the address: leave it out"));
            }
        }
        attributes.remove("_rev");
        let extras = Extras::take(&mut attributes);
        let wanted = from_json::parse_input(&attributes, self.service().version, "");
        let (wanted, error) = split_result(wanted);
        problems.extend(error);
        let (extras, error) = split_result(extras);
        problems.extend(error);
        problems.into_result().map(|()| (wanted, extras))
    }

    /// Updates a contact with patch operations.
    pub fn patch_contact_object(
        &self,
        uid: &Uid,
        revision: Option<&str>,
        operations: &[PatchOperation],
    ) -> Result<Map<String, Value>> {
        let patched: Vec<&str> = operations.iter().map(PatchOperation::attribute).collect();
        let mut attempt = 1;
        loop {
            let now = self.get_contact_object(uid, &patched)?;
            let version = self.service().version;
            let attributes = patch::apply(operations, &now, |name| properties::is_multi_valued(name, version))?;
            // The contact can change between the read and the write. The operations apply to the contact that was read.
            let read = now.get("_rev").and_then(Value::as_str);
            match self.update_contact_object(uid, revision.or(read), &attributes) {
                // Without a revision from the caller, they apply to any.
                Err(error)
                    if error.kind == ErrorKind::PreconditionFailed
                        && revision.is_none()
                        && !error.may_have_taken_effect
                        && attempt <= MAX_CONFLICTS =>
                {
                    attempt += 1;
                }
                updated => return updated,
            }
        }
    }

    /// Deletes a contact, if it has that `revision`. Returns it as it was.
    pub fn delete_contact_object(&self, uid: &Uid, revision: Option<&str>) -> Result<Map<String, Value>> {
        let stored = self.get_contact(&uid.container, &uid.id, &Selection::default())?;
        check_revision(&stored, revision)?;
        self.delete_stored_contact(&uid.container, &uid.id, revision)?;
        Ok(self.build_contact_object(&uid.container, &stored))
    }

    /// Returns the attributes that identify a contact.
    fn build_identity(&self, uid: &Uid) -> Map<String, Value> {
        let mut identity =
            Map::from_iter([("_id".to_owned(), json!(uid.encode())), (MAILBOX.to_owned(), json!(uid.container.mailbox.name()))]);
        identity.insert(FOLDERS.to_owned(), json!(uid.container.folders));
        identity
    }

    /// Returns a contact as an object of the class.
    pub(in crate::operations) fn build_contact_object(&self, container: &Container, contact: &Contact) -> Map<String, Value> {
        let id = contact.id.value().cloned().unwrap_or_default();
        let mut object = self.build_identity(&Uid { container: container.clone(), id });
        if let Some(revision) = contact.change_key.value() {
            object.insert("_rev".to_owned(), json!(revision));
        }
        object.extend(to_json::write_for_caller(contact, self.service().version));
        object
    }
}

/// Splits a result into a value, which is the default for an error, and the error.
fn split_result<T: Default>(result: Result<T>) -> (T, Option<Error>) {
    match result {
        Ok(value) => (value, None),
        Err(error) => (T::default(), Some(error)),
    }
}

/// Returns the last folder, which is the one that holds the contact.
fn get_last(folders: &Value) -> Option<&Value> {
    folders.as_array()?.last()
}

/// Checks that the stored contact has the revision that the caller read. The write has the same condition (`If-Match`), so that a
/// change between this check and the write is detected where the service heeds one: it is described for the deletion of a
/// contact, and not for an update. So the connector compares first.
fn check_revision(stored: &Contact, revision: Option<&str>) -> Result<()> {
    let current = stored.change_key.value().map(String::as_str);
    match revision {
        Some(given) if Some(given) != current => {
            let problem = format!("the contact has the revision {}, not {given}: read it again", current.unwrap_or("?"));
            Err(Error::new(ErrorKind::PreconditionFailed, problem))
        }
        _ => Ok(()),
    }
}
