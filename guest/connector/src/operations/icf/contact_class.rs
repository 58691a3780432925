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
        let container = self.identify_container(&container)?;
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
        let attributes = &self.identify_attributes(uid, attributes)?;
        let (given, extras) = self.take_given(uid, attributes)?;
        let version = self.service().version;
        let parsed = from_json::parse_input(&given, version, "");
        let expansions = parsed.as_ref().map(Selection::with_expansions_of).unwrap_or_default();
        let selection = Selection { extensions: !extras.is_empty(), ..expansions };
        let (stored, wanted) = match parsed {
            Ok(wanted) => (self.get_contact(&uid.container, &uid.id, &selection)?, wanted),
            // The caller may have been shown what it cannot set.
            Err(refused) => {
                let stored = self.get_contact(&uid.container, &uid.id, &selection).map_err(|_| refused)?;
                let wanted = from_json::parse_update(&given, &stored, version, "")?;
                (stored, wanted)
            }
        };
        check_revision(&stored, revision)?;
        self.write_changes(uid, revision, &stored, &wanted, &extras)
    }

    /// Writes the changes of a contact, if it still has the revision. Returns it as stored.
    fn write_changes(
        &self,
        uid: &Uid,
        revision: Option<&str>,
        stored: &Contact,
        wanted: &Contact,
        extras: &Extras,
    ) -> Result<Map<String, Value>> {
        let now = match build_update_request(self.service(), &uid.container, &uid.id, stored, wanted)? {
            Some(request) => {
                let request = revision.iter().fold(request, |request, revision| request.with_revision(revision));
                let update = PlannedUpdate { id: &uid.id, stored, wanted, request };
                Some(take_single(self.write_updates(&uid.container, vec![update]))?)
            }
            None => None,
        };
        if !extras.is_empty() {
            self.write_extras(uid, stored, extras)?;
            // The extras change the revision of the contact.
            return self.get_contact_object(uid, &[EXTENSIONS]);
        }
        Ok(self.build_contact_object(&uid.container, now.as_ref().unwrap_or(stored)))
    }

    /// Parses the attributes of an update of the contact with that uid, of which nothing is known.
    pub fn parse_wanted_contact(&self, uid: &Uid, attributes: &Map<String, Value>) -> Result<(Contact, Extras)> {
        let (given, extras) = self.take_given(uid, attributes)?;
        Ok((from_json::parse_input(&given, self.service().version, "")?, extras))
    }

    /// Separates the attributes of an update: without those that identify the contact, and the extras.
    fn take_given(&self, uid: &Uid, attributes: &Map<String, Value>) -> Result<(Map<String, Value>, Extras)> {
        let mut attributes = attributes.clone();
        let mut problems = Problems::default();
        for (name, value) in self.build_identity(uid) {
            let is_list = |given: &Value| name == FOLDERS && (given.is_array() || given.is_null());
            let same = |given: &Value| *given == value || (is_list(given) && get_last(given) == get_last(&value));
            if attributes.remove(&name).is_some_and(|given| !same(&given)) {
                problems.push(Error::invalid_attribute(name, "it identifies another contact than the address: leave it out"));
            }
        }
        attributes.remove("_rev");
        let (extras, error) = split_result(Extras::take(&mut attributes));
        problems.extend(error);
        // One error names every problem, also those that the attributes have by themselves.
        if let Err(error) = problems.into_result() {
            let others = from_json::parse_input(&attributes, self.service().version, "").err();
            [error].into_iter().chain(others).collect::<Problems>().into_result()?;
        }
        Ok((attributes, extras))
    }

    /// Updates a contact with patch operations. They apply to what a read returns: the attributes that callers see.
    pub fn patch_contact_object(
        &self,
        uid: &Uid,
        revision: Option<&str>,
        operations: &[PatchOperation],
    ) -> Result<Map<String, Value>> {
        let mut attempt = 1;
        loop {
            match self.patch_contact_once(uid, revision, operations) {
                // Without a revision from the caller, they apply to any.
                Err(error)
                    if error.kind == ErrorKind::PreconditionFailed
                        && revision.is_none()
                        && !error.may_have_taken_effect
                        && attempt <= MAX_CONFLICTS =>
                {
                    attempt += 1;
                }
                patched => return patched,
            }
        }
    }

    fn patch_contact_once(&self, uid: &Uid, revision: Option<&str>, operations: &[PatchOperation]) -> Result<Map<String, Value>> {
        let version = self.service().version;
        let patched: Vec<&str> = operations.iter().map(PatchOperation::attribute).collect();
        let selection = Selection { extensions: patched.contains(&EXTENSIONS), ..Selection::default() };
        let stored = self.get_contact(&uid.container, &uid.id, &selection)?;
        check_revision(&stored, revision)?;
        let mut now = self.build_contact_object(&uid.container, &stored);
        self.add_photo(uid, &patched, &mut now)?;
        let mut changed = patch::apply(operations, &now, |name| properties::is_multi_valued(name, version))?;
        patch::check_assigned(&now, &changed, is_assigned)?;
        for (name, value) in &mut changed {
            clear_missing_parts(now.get(name), value);
        }
        specify_dedicated(&now, &mut changed);
        let (given, extras) = self.take_given(uid, &changed)?;
        let wanted = from_json::parse_update(&given, &stored, version, "")?;
        // The contact can change between the read and the write. The operations apply to the contact that was read.
        let read = stored.change_key.value().map(String::as_str);
        self.write_changes(uid, revision.or(read), &stored, &wanted, &extras)
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

/// Checks whether the service assigns an attribute of that name.
fn is_assigned(name: &str) -> bool {
    name == "_rev" || properties::PROPERTIES.iter().any(|property| property.read_only && property.name == name)
}

/// Adds nulls for the parts that a structure loses. An update of attributes keeps parts that it does not name. A patch replaces the
/// structure.
fn clear_missing_parts(now: Option<&Value>, value: &mut Value) {
    if let (Some(Value::Object(now)), Value::Object(value)) = (now, value) {
        for name in now.keys() {
            value.entry(name).or_insert(Value::Null);
        }
    }
}

/// Adds the properties dedicated to a kind to a changed list: the patch applies to the list as it is shown beside them.
fn specify_dedicated(now: &Map<String, Value>, changed: &mut Map<String, Value>) {
    for property in properties::PROPERTIES {
        if property.list().is_some_and(|list| changed.contains_key(list)) {
            changed.entry(property.name).or_insert_with(|| now.get(property.name).cloned().unwrap_or_default());
        }
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
