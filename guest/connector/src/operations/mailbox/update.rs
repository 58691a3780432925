//! Changing contacts.

use std::collections::HashSet;

use crate::contact::{Contact, Field, diff, from_json, to_json};
use crate::error::{Error, Result};
use crate::graph::address::Container;
use crate::graph::contacts;
use crate::graph::request::GraphRequest;
use crate::graph::selection::Selection;
use crate::graph::service::Service;
use crate::operations::connector::Connector;
use crate::operations::mailbox::contacts::{about, storable};
use crate::operations::send::results::{not_begun, only};

impl Connector<'_> {
    /// Changes a contact to what `wanted` says, and gives it as it now is. Where nothing changes, nothing is written.
    pub fn update_contact(&self, container: &Container, id: &str, wanted: &Contact) -> Result<Contact> {
        only(self.update_contacts(container, &[(id, wanted)]))
    }

    /// Changes contacts, each to what is wanted of it, and gives each as it now is, or why not. Several changes of one contact
    /// are made in their order.
    pub fn update_contacts(&self, container: &Container, changes: &[(&str, &Contact)]) -> Vec<Result<Contact>> {
        let mut results: Vec<Result<Contact>> = changes.iter().map(|_| Err(not_begun())).collect();
        let mut left: Vec<usize> = (0..changes.len()).collect();
        while !left.is_empty() {
            // The first change of each contact; the others build on what it makes.
            let mut ids = HashSet::new();
            let (round, later): (Vec<usize>, Vec<usize>) =
                left.into_iter().partition(|place| changes.get(*place).is_some_and(|(id, _)| ids.insert(*id)));
            for (place, result) in round.iter().zip(self.update_round(container, &round, changes)) {
                if let Some(slot) = results.get_mut(*place) {
                    *slot = result;
                }
            }
            left = later;
        }
        results
    }

    /// Makes the changes of those places, which are of different contacts.
    fn update_round(&self, container: &Container, places: &[usize], changes: &[(&str, &Contact)]) -> Vec<Result<Contact>> {
        let round: Vec<(&str, &Contact)> = places.iter().filter_map(|place| changes.get(*place).copied()).collect();
        let reads: Vec<Result<GraphRequest>> = round
            .iter()
            .map(|(id, wanted)| {
                storable(self.service, wanted, "")?;
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
                        let answer = written.next().unwrap_or_else(|| Err(not_begun()));
                        answer.map(|object| from_json::parse_response(&object, self.service.version))
                    }
                });
                result.map_err(|error| about(id, error))
            })
            .collect()
    }
}

/// The request that makes `stored` what `wanted` says; `None` where it is that already.
pub fn build_update_request(
    service: &Service,
    container: &Container,
    id: &str,
    stored: &Contact,
    wanted: &Contact,
) -> Result<Option<GraphRequest>> {
    storable(service, wanted, "")?;
    // The id in the address says which contact is meant; one among the values can only confirm it.
    let wanted = match wanted.id.value() {
        None if wanted.id == Field::Null => return Err(Error::invalid_attribute("id", "it cannot be cleared; leave it out")),
        Some(other) if other != id => {
            return Err(Error::invalid_attribute("id", "it is not the id of the contact that is updated"));
        }
        _ => Contact { id: Field::Unset, ..wanted.clone() },
    };
    let body = to_json::write_update_body(&diff::diff(stored, &wanted, service.version)?, service.version);
    if body.is_empty() { Ok(None) } else { contacts::update(service, container, id, body).map(Some) }
}
