//! Operations on personal distribution lists, as JSON objects.

use serde_json::{Map, Value};

use crate::contact::Version;
use crate::contact::distribution_list::{self, MEMBERS, WantedList};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::address::Mailbox;
use crate::graph::cloud;
use crate::graph::distribution_lists::{self, MemberForm};
use crate::graph::request::GraphRequest;
use crate::graph::service::Service;
use crate::operations::connector::Connector;
use crate::operations::send::evidence::Evidence;

/// A distribution list, as [`distribution_list::parse_response`] returns it.
pub type DistributionList = Map<String, Value>;

/// Checks whether the service has distribution lists: beta of the global cloud does.
pub fn has_distribution_lists(service: &Service) -> bool {
    service.cloud.has_distribution_lists && service.version == Version::Beta
}

/// Checks that the service has distribution lists.
///
/// # Errors
///
/// `unsupported` if it does not.
pub fn check_support(service: &Service) -> Result<()> {
    let instead = "only the global cloud has them";
    cloud::require(service.cloud, service.cloud.has_distribution_lists, "distribution lists", instead)?;
    if service.version == Version::Beta {
        return Ok(());
    }
    let problem = "Microsoft Graph v1.0 has no distribution lists: set GRAPH_API_VERSION=beta";
    Err(Error::new(ErrorKind::Unsupported, problem))
}

impl Connector<'_> {
    /// Returns the distribution lists of a mailbox, with their members.
    pub fn list_distribution_lists(&self, mailbox: &Mailbox) -> Result<Vec<DistributionList>> {
        check_support(self.service)?;
        let mut rows = self.list_all_pages(&distribution_lists::list(self.service, mailbox, MemberForm::Property)?)?;
        if !rows.is_empty() && !rows.iter().any(|row| row.contains_key(MEMBERS)) {
            rows = self.list_all_pages(&distribution_lists::list(self.service, mailbox, MemberForm::Relationship)?)?;
        }
        Ok(rows.into_iter().map(distribution_list::parse_response).collect())
    }

    /// Returns a distribution list, with its members.
    pub fn get_distribution_list(&self, mailbox: &Mailbox, id: &str) -> Result<DistributionList> {
        check_support(self.service)?;
        let read = |form| {
            let request = distribution_lists::get(self.service, mailbox, id, form)?;
            self.send(&request).map_err(|error| add_list_id(id, error))
        };
        let mut list = read(MemberForm::Property)?;
        if !list.contains_key(MEMBERS) {
            list = read(MemberForm::Relationship)?;
        }
        Ok(distribution_list::parse_response(list))
    }

    /// Creates a distribution list, and adds its members with a second request. Returns it as stored.
    ///
    /// A creation with a lost response is not retried: the error says that the list may exist.
    pub fn create_distribution_list(&self, mailbox: &Mailbox, wanted: &WantedList) -> Result<DistributionList> {
        let created = distribution_list::parse_response(self.send(&build_create_list_request(self.service, mailbox, wanted)?)?);
        let id = created.get("id").and_then(Value::as_str).unwrap_or_default();
        match wanted.members.as_deref().unwrap_or_default() {
            [] => self.get_distribution_list(mailbox, id),
            members => self.add_distribution_list_members(mailbox, id, members),
        }
        .map_err(Error::mark_after_write)
    }

    /// Changes a distribution list that has that revision, or any. Returns it as stored. If nothing changes, nothing is written.
    pub fn update_distribution_list(
        &self,
        mailbox: &Mailbox,
        id: &str,
        revision: Option<&str>,
        wanted: &WantedList,
    ) -> Result<DistributionList> {
        let stored = self.get_distribution_list(mailbox, id)?;
        check_revision(&stored, revision)?;
        let changes = wanted.to_changes(&stored);
        if changes.is_empty() {
            return Ok(stored);
        }
        let request = distribution_lists::update(self.service, mailbox, id, revision, changes)?;
        let written = match self.send(&request) {
            Ok(_) => self.get_distribution_list(mailbox, id).map_err(Error::mark_after_write),
            Err(error) => Err(add_list_id(id, error)),
        };
        self.settle(written, |_| {
            let now = self.get_distribution_list(mailbox, id)?;
            Ok(if wanted.to_changes(&now).is_empty() { Evidence::Done(now) } else { Evidence::NotDone })
        })
    }

    /// Deletes a distribution list that has that revision, or any. Returns it as it was.
    pub fn delete_distribution_list(&self, mailbox: &Mailbox, id: &str, revision: Option<&str>) -> Result<DistributionList> {
        let stored = self.get_distribution_list(mailbox, id)?;
        check_revision(&stored, revision)?;
        let request = distribution_lists::delete(self.service, mailbox, id, revision)?;
        let read = distribution_lists::get(self.service, mailbox, id, MemberForm::Property)?;
        self.delete_existing(&request, &read).map_err(|error| add_list_id(id, error))?;
        Ok(stored)
    }

    /// Adds members to a distribution list. Returns it as stored.
    pub fn add_distribution_list_members(&self, mailbox: &Mailbox, id: &str, members: &[Value]) -> Result<DistributionList> {
        check_support(self.service)?;
        let request = distribution_lists::add_members(self.service, mailbox, id, members)?;
        self.change_members(mailbox, id, &request, |list| distribution_list::has_all_members(list, members))
    }

    /// Removes members from a distribution list, by their keys. Returns it as stored.
    pub fn delete_distribution_list_members(&self, mailbox: &Mailbox, id: &str, members: &[Value]) -> Result<DistributionList> {
        check_support(self.service)?;
        let request = distribution_lists::delete_members(self.service, mailbox, id, members)?;
        self.change_members(mailbox, id, &request, |list| !distribution_list::has_any_member(list, members))
    }

    /// Sends a change of members. If its response is lost, the list says whether it took effect. `is_done` checks that.
    fn change_members(
        &self,
        mailbox: &Mailbox,
        id: &str,
        request: &GraphRequest,
        is_done: impl Fn(&DistributionList) -> bool,
    ) -> Result<DistributionList> {
        let changed = match self.send(request) {
            // The pages disagree on whether the response has the list.
            Ok(_) => self.get_distribution_list(mailbox, id).map_err(Error::mark_after_write),
            Err(error) => Err(add_list_id(id, error)),
        };
        self.settle(changed, |_| {
            let now = self.get_distribution_list(mailbox, id)?;
            Ok(if is_done(&now) { Evidence::Done(now) } else { Evidence::NotDone })
        })
    }
}

/// Creates the request that creates a list without members. They are added when the service has assigned an id.
pub fn build_create_list_request(service: &Service, mailbox: &Mailbox, wanted: &WantedList) -> Result<GraphRequest> {
    check_support(service)?;
    distribution_lists::create(service, mailbox, distribution_list::require_name(wanted.display_name.as_deref())?)
}

/// Checks that the stored list has the revision that the caller read.
fn check_revision(stored: &DistributionList, revision: Option<&str>) -> Result<()> {
    let current = stored.get("changeKey").and_then(Value::as_str);
    match revision {
        Some(given) if Some(given) != current => {
            let problem =
                format!("the distribution list has the revision {}, not {given}: read it again", current.unwrap_or("?"));
            Err(Error::new(ErrorKind::PreconditionFailed, problem))
        }
        _ => Ok(()),
    }
}

/// Adds the id of the list to an error that says that it does not exist.
fn add_list_id(id: &str, error: Error) -> Error {
    if error.is_unknown_item() {
        return Error { message: format!("no distribution list {id} exists in the mailbox: {}", error.message), ..error };
    }
    error
}
