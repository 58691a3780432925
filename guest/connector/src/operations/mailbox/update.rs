//! The update of contacts.

use std::collections::HashSet;

use crate::contact::{Contact, Field, diff, from_json, to_json};
use crate::error::{Error, Result};
use crate::graph::address::Container;
use crate::graph::contacts;
use crate::graph::request::GraphRequest;
use crate::graph::selection::Selection;
use crate::graph::service::Service;
use crate::operations::connector::Connector;
use crate::operations::mailbox::contacts::{add_contact_id, check_storable};
use crate::operations::send::results::{build_not_started_error, take_single};

impl Connector<'_> {
    /// Updates a contact to `wanted`. Returns it as stored. If nothing changes, nothing is written.
    pub fn update_contact(&self, container: &Container, id: &str, wanted: &Contact) -> Result<Contact> {
        take_single(self.update_contacts(container, &[(id, wanted)]))
    }

    /// Updates contacts. Returns the result of each at its position: the contact as stored. Several changes of one contact are made in
    /// order.
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
        let writes: Vec<Result<(Contact, Option<GraphRequest>)>> = round
            .iter()
            .zip(stored)
            .map(|((id, wanted), stored)| {
                let stored = from_json::parse_response(&stored?, self.service.version);
                let request = build_update_request(self.service, container, id, &stored, wanted)?;
                Ok((stored, request))
            })
            .collect();
        let requests: Vec<GraphRequest> = writes.iter().flatten().filter_map(|(_, request)| request.clone()).collect();
        let mut written = self.send_all(&requests).into_iter();
        round
            .iter()
            .zip(writes)
            .map(|((id, _), write)| {
                let result = write.and_then(|(stored, request)| match request {
                    None => Ok(stored),
                    Some(_) => {
                        let result = written.next().unwrap_or_else(|| Err(build_not_started_error()));
                        result.map(|object| from_json::parse_response(&object, self.service.version))
                    }
                });
                result.map_err(|error| add_contact_id(id, error))
            })
            .collect()
    }
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
