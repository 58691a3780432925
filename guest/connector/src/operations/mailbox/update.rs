//! The update of contacts.

use std::collections::HashSet;

use serde_json::{Map, Value};

use crate::contact::{Contact, Field, diff, from_json, to_json};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::address::Container;
use crate::graph::contacts;
use crate::graph::request::GraphRequest;
use crate::graph::selection::Selection;
use crate::graph::service::Service;
use crate::operations::connector::Connector;
use crate::operations::mailbox::contacts::{add_contact_id, check_storable};
use crate::operations::send::evidence::{Evidence, build_conflict_error, conclude};
use crate::operations::send::results::{build_not_started_error, take_single};

impl Connector<'_> {
    /// Parses the changes that a caller describes of a contact. `path` precedes the names in errors.
    ///
    /// A value that the caller was shown and sends back is accepted, also if callers cannot set it. Only then is the contact read.
    pub fn parse_changes(&self, container: &Container, id: &str, object: &Map<String, Value>, path: &str) -> Result<Contact> {
        let version = self.service.version;
        from_json::parse_input(object, version, path).or_else(|refused| {
            let stored = self.get_contact(container, id, &Selection::default()).map_err(|_| refused)?;
            from_json::parse_update(object, &stored, version, path)
        })
    }

    /// Updates a contact to `wanted`. Returns it as stored. If nothing changes, nothing is written.
    pub fn update_contact(&self, container: &Container, id: &str, wanted: &Contact) -> Result<Contact> {
        take_single(self.update_contacts(container, &[(id, wanted)]))
    }

    /// Updates contacts. Returns the result of each at its position: the contact as stored. Several changes of one contact are
    /// made in order.
    pub fn update_contacts(&self, container: &Container, changes: &[(&str, &Contact)]) -> Vec<Result<Contact>> {
        let mut results: Vec<Result<Contact>> = changes.iter().map(|_| Err(build_not_started_error())).collect();
        let mut remaining: Vec<usize> = (0..changes.len()).collect();
        while !remaining.is_empty() {
            // The first change of each contact. A later change of the same contact depends on its result.
            let mut ids = HashSet::new();
            let (round, later): (Vec<usize>, Vec<usize>) =
                remaining.into_iter().partition(|position| changes.get(*position).is_some_and(|(id, _)| ids.insert(*id)));
            for (position, result) in round.iter().zip(self.update_round(container, &round, changes)) {
                if let Some(slot) = results.get_mut(*position) {
                    *slot = result;
                }
            }
            remaining = later;
        }
        results
    }

    /// Makes the changes at those positions, each of another contact.
    fn update_round(&self, container: &Container, positions: &[usize], changes: &[(&str, &Contact)]) -> Vec<Result<Contact>> {
        let round: Vec<(&str, &Contact)> = positions.iter().filter_map(|position| changes.get(*position).copied()).collect();
        let reads: Vec<Result<GraphRequest>> = round
            .iter()
            .map(|(id, wanted)| {
                check_storable(self.service, wanted, "")?;
                contacts::get(self.service, container, id, &Selection::with_expansions_of(wanted))
            })
            .collect();
        let stored = self.send_built(reads);
        let planned: Vec<Result<(Contact, Option<GraphRequest>)>> = round
            .iter()
            .zip(stored)
            .map(|((id, wanted), stored)| {
                let stored = self.parse_stored(&stored?)?;
                let request = build_update_request(self.service, container, id, &stored, wanted)?;
                Ok((stored, request))
            })
            .collect();
        let updates = round.iter().zip(&planned).filter_map(|((id, wanted), planned)| {
            let (stored, request) = planned.as_ref().ok()?;
            Some(PlannedUpdate { id, stored, wanted, request: request.clone()? })
        });
        let mut written = self.write_updates(container, updates.collect()).into_iter();
        round
            .iter()
            .zip(planned)
            .map(|((id, _), planned)| match planned {
                Ok((stored, None)) => Ok(stored),
                Ok(_) => written.next().unwrap_or_else(|| Err(build_not_started_error())),
                Err(error) => Err(add_contact_id(id, error)),
            })
            .collect()
    }

    /// Makes planned updates. Returns the result of each at its position: the contact as stored.
    ///
    /// If a response is a failure, or has no contact, the stored contact decides what became of the update.
    pub(in crate::operations) fn write_updates(
        &self,
        container: &Container,
        updates: Vec<PlannedUpdate<'_>>,
    ) -> Vec<Result<Contact>> {
        let requests: Vec<GraphRequest> = updates.iter().map(|update| update.request.clone()).collect();
        let written: Vec<Result<Map<String, Value>>> = self.send_all(&requests);
        let is_open = |result: &Result<Map<String, Value>>| match result {
            // Graph responds with the contact, or with nothing: 204.
            Ok(object) => object.is_empty(),
            Err(error) => error.may_have_taken_effect,
        };
        let open = updates.iter().zip(&written).filter(|(_, result)| is_open(result));
        let looks = open
            .map(|(update, _)| contacts::get(self.service, container, update.id, &Selection::with_expansions_of(update.wanted)));
        let mut looks = self.send_built(looks.collect()).into_iter();
        updates
            .iter()
            .zip(written)
            .map(|(update, result)| {
                let look = is_open(&result).then(|| {
                    let object = looks.next().unwrap_or_else(|| Err(build_not_started_error()))?;
                    self.parse_stored(&object)
                });
                let result = match (result, look) {
                    (Ok(_), Some(look)) => look.map_err(Error::mark_after_write),
                    (Ok(object), None) => self.parse_stored(&object).map_err(Error::mark_after_write),
                    (Err(error), None) => Err(error),
                    (Err(error), Some(look)) => self.conclude_update(container, update, error, look),
                };
                result.map_err(|error| add_contact_id(update.id, error))
            })
            .collect()
    }

    /// Returns the result of an update that failed with `error`. `look`: the contact after it.
    fn conclude_update(
        &self,
        container: &Container,
        update: &PlannedUpdate<'_>,
        error: Error,
        look: Result<Contact>,
    ) -> Result<Contact> {
        let is_same_revision = |now: &Contact| now.change_key == update.stored.change_key && now == update.stored;
        let is_mismatch = error.kind == ErrorKind::PreconditionFailed;
        let evidence = match look {
            Ok(now) => match build_update_request(self.service, container, update.id, &now, update.wanted)? {
                None => Ok(Evidence::Done(now)),
                Some(_) if is_same_revision(&now) && is_mismatch => Ok(Evidence::Refused(build_conflict_error(error.clone()))),
                Some(_) if is_same_revision(&now) => Ok(Evidence::NotDone),
                // Everything is still to be written: another change came before this one.
                Some(missing) if is_mismatch && missing.body() == update.request.body() => Ok(Evidence::NotDone),
                Some(_) => Ok(Evidence::Unknown),
            },
            // A contact that does not exist was not updated.
            Err(missing) if missing.kind == ErrorKind::UnknownUid => Ok(Evidence::NotDone),
            Err(failed) => Err(failed),
        };
        conclude(error, evidence)
    }
}

/// An update whose request is built.
pub(in crate::operations) struct PlannedUpdate<'u> {
    /// The id of the contact.
    pub(in crate::operations) id: &'u str,
    /// The contact before the update.
    pub(in crate::operations) stored: &'u Contact,
    /// The contact after it.
    pub(in crate::operations) wanted: &'u Contact,
    /// The request that makes the update.
    pub(in crate::operations) request: GraphRequest,
}

/// Creates the request that updates `stored` to `wanted`. `None` if nothing changes.
pub fn build_update_request(
    service: &Service,
    container: &Container,
    id: &str,
    stored: &Contact,
    wanted: &Contact,
) -> Result<Option<GraphRequest>> {
    check_storable(service, wanted, "")?;
    // The id in the address identifies the contact. An id among the values can only repeat it.
    let wanted = match wanted.id.value() {
        None if wanted.id == Field::Null => return Err(Error::invalid_attribute("id", "it cannot be cleared: leave it out")),
        Some(other) if other != id => {
            return Err(Error::invalid_attribute("id", "expected the id of the updated contact, found another one"));
        }
        _ => Contact { id: Field::Unset, ..wanted.clone() },
    };
    let body = to_json::write_update_body(&diff::diff(stored, &wanted, service.version)?, service.version);
    if body.is_empty() { Ok(None) } else { contacts::update(service, container, id, body).map(Some) }
}
