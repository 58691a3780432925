//! The ICF object class `distributionList`: a personal distribution list with its members, in the mailbox that its uid names.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::contact::distribution_list::{MEMBERS, PROPERTIES, WantedList};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::address::{Container, Mailbox, build_distribution_list_path};
use crate::graph::distribution_lists::{self, MemberForm};
use crate::graph::request::GraphRequest;
use crate::graph::service::Service;
use crate::operations::connector::Connector;
use crate::operations::icf::contact_search::find_searched_mailbox;
use crate::operations::icf::container::{FOLDERS, MAILBOX, take_container};
use crate::operations::icf::patch::{self, PatchOperation};
use crate::operations::icf::search::{ObjectSink, Search};
use crate::operations::icf::sync::{SyncDelta, index_by_id};
use crate::operations::icf::uid::Uid;
use crate::operations::mailbox::distribution_lists::check_support;

impl Connector<'_> {
    /// Returns a distribution list with `_id` and `_rev`.
    pub fn get_distribution_list_object(&self, uid: &Uid) -> Result<Map<String, Value>> {
        let list = self.get_distribution_list(&uid.container.mailbox, &uid.id)?;
        Ok(build_object(&uid.container.mailbox, list))
    }

    /// Creates a distribution list in `mailbox`. Two lists can have one name, so nothing says whether the same creation was sent before.
    pub(in crate::operations) fn create_distribution_list_object(
        &self,
        attributes: &Map<String, Value>,
        key: Option<&str>,
    ) -> Result<Map<String, Value>> {
        if key.is_some() {
            let problem = "a distribution list has no key: look for its name before you create it again";
            return Err(Error::new(ErrorKind::Unsupported, problem));
        }
        let (mailbox, wanted) = parse_new_list(attributes)?;
        check_support(self.service())?;
        let mailbox = self.identify_mailbox(&mailbox)?;
        let created = self.create_distribution_list(&mailbox, &wanted)?;
        Ok(build_object(&mailbox, created))
    }

    /// Updates a distribution list to the attributes. Returns it as stored. Members are replaced as a whole.
    pub(in crate::operations) fn update_distribution_list_object(
        &self,
        uid: &Uid,
        revision: Option<&str>,
        attributes: &Map<String, Value>,
    ) -> Result<Map<String, Value>> {
        let mailbox = &uid.container.mailbox;
        let attributes = &self.identify_attributes(uid, attributes)?;
        let wanted = WantedList::parse(attributes, &self.get_distribution_list_object(uid)?)?;
        let updated = self.update_distribution_list(mailbox, &uid.id, revision, &wanted)?;
        Ok(build_object(mailbox, updated))
    }

    /// Updates a distribution list with patch operations.
    pub(in crate::operations) fn patch_distribution_list_object(
        &self,
        uid: &Uid,
        revision: Option<&str>,
        operations: &[PatchOperation],
    ) -> Result<Map<String, Value>> {
        let now = self.get_distribution_list_object(uid)?;
        let attributes = patch::apply(operations, &now, |name| name == MEMBERS)?;
        // The list can change between the read and the write. The operations apply to the list that was read.
        let read = now.get("_rev").and_then(Value::as_str);
        self.update_distribution_list_object(uid, revision.or(read), &attributes)
    }

    /// Deletes a distribution list. Returns it as it was.
    pub(in crate::operations) fn delete_distribution_list_object(
        &self,
        uid: &Uid,
        revision: Option<&str>,
    ) -> Result<Map<String, Value>> {
        let mailbox = &uid.container.mailbox;
        Ok(build_object(mailbox, self.delete_distribution_list(mailbox, &uid.id, revision)?))
    }

    /// Searches the distribution lists of the mailbox that the filter names.
    pub(in crate::operations) fn search_distribution_lists(
        &self,
        search: &Search,
        sink: ObjectSink<'_>,
    ) -> Result<Option<String>> {
        let is_known = |name: &str| matches!(name, "_id" | "_rev" | MAILBOX) || PROPERTIES.contains(&name);
        search.check_attributes("distributionList", is_known, |_| false)?;
        check_support(self.service())?;
        let search = &self.identify_search(search)?;
        let (collection, objects) = match search.find_required_value("_id") {
            Some(id) => match Uid::decode(id).and_then(|uid| self.get_distribution_list_object(&uid)) {
                Err(error) if error.kind == ErrorKind::UnknownUid => (id.to_owned(), Vec::new()),
                found => (id.to_owned(), vec![found?]),
            },
            None => {
                let mailbox = find_searched_mailbox(search)?;
                (build_distribution_list_path(&mailbox, None)?, self.list_objects(&mailbox)?)
            }
        };
        self.search_in_memory(search, &collection, objects, sink)
    }

    /// Returns the changes in a mailbox compared to the known revisions: lists with another revision, and removed ones.
    pub(in crate::operations) fn reconcile_distribution_lists(
        &self,
        container: &Container,
        known: &BTreeMap<String, String>,
    ) -> Result<Vec<SyncDelta>> {
        check_support(self.service())?;
        let container = &self.identify_container(container)?;
        let mut removed = index_by_id(known);
        let mut changes = Vec::new();
        for object in self.list_objects(&container.mailbox)? {
            let text = |name: &str| object.get(name).and_then(Value::as_str).unwrap_or_default();
            if removed.remove(text("id")).is_none_or(|(_, revision)| revision != text("_rev")) {
                changes.push(SyncDelta::CreateOrUpdate(object));
            }
        }
        changes.extend(removed.into_values().map(|(uid, _)| SyncDelta::Delete(uid.to_owned())));
        Ok(changes)
    }

    fn list_objects(&self, mailbox: &Mailbox) -> Result<Vec<Map<String, Value>>> {
        Ok(self.list_distribution_lists(mailbox)?.into_iter().map(|list| build_object(mailbox, list)).collect())
    }
}

/// Parses the attributes of a new object: its mailbox, and the list.
pub fn parse_new_list(attributes: &Map<String, Value>) -> Result<(Mailbox, WantedList)> {
    let mut attributes = attributes.clone();
    if attributes.remove(FOLDERS).is_some_and(|folders| !folders.is_null()) {
        return Err(Error::invalid_attribute(FOLDERS, "a distribution list is in no folder: leave it out"));
    }
    let container = take_container(&mut attributes)?;
    Ok((container.mailbox, WantedList::parse(&attributes, &Map::new())?))
}

/// Returns the error that there is no sync.
pub fn build_sync_error() -> Error {
    let problem = "Microsoft Graph has no delta queries of distribution lists: use reconcile, or query them";
    Error::new(ErrorKind::Unsupported, problem)
}

/// Creates the first request of a search.
pub fn build_search_request(service: &Service, search: &Search) -> Result<GraphRequest> {
    match search.find_required_value("_id") {
        Some(id) => build_read_request(service, &Uid::decode(id)?),
        None => build_list_request(service, &find_searched_mailbox(search)?),
    }
}

/// Creates the request that lists the distribution lists of a mailbox.
pub fn build_list_request(service: &Service, mailbox: &Mailbox) -> Result<GraphRequest> {
    check_support(service)?;
    distribution_lists::list(service, mailbox, MemberForm::Property)
}

/// Creates the request that reads a distribution list.
pub fn build_read_request(service: &Service, uid: &Uid) -> Result<GraphRequest> {
    check_support(service)?;
    distribution_lists::get(service, &uid.container.mailbox, &uid.id, MemberForm::Property)
}

/// Returns a distribution list as an object of the class.
fn build_object(mailbox: &Mailbox, list: Map<String, Value>) -> Map<String, Value> {
    let text = |name: &str| list.get(name).and_then(Value::as_str).map(str::to_owned);
    let uid = Uid { container: Container::from_mailbox(mailbox.clone()), id: text("id").unwrap_or_default() };
    let mut object = Map::from_iter([("_id".to_owned(), json!(uid.encode())), (MAILBOX.to_owned(), json!(mailbox.name()))]);
    object.extend(text("changeKey").map(|revision| ("_rev".to_owned(), json!(revision))));
    object.extend(list);
    object
}
