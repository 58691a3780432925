//! What keeps a version of Graph from storing a contact. Checked before anything is sent, and never dropped in silence.

use super::parts::{ByKind, ComplexType};
use super::properties::{self, Accessor, Own, PROPERTIES, Property};
use super::to_json::is_empty;
use super::{Contact, Date, EmailKind, Version};
use crate::error::{Error, Problems, Result};

/// What is wrong with a value: its path, and the problem.
type Problem = (String, String);

/// Checks that `version` of Graph has a place for every value of the contact, and stores as many as there are.
///
/// `path` stands before the names in errors: `__addContacts__[1].`
pub fn check_storable(contact: &Contact, version: Version, path: &str) -> Result<()> {
    let mut problems: Vec<Problem> = Vec::new();
    for property in PROPERTIES {
        if property.is_in(version) {
            problems.extend(too_many(property, contact));
        } else if is_alone(&property.accessor)
            && property.accessor.write(contact, Date::to_string).is_some_and(|value| !is_empty(&value))
        {
            problems.push(no_place(property.name.to_owned()));
        }
    }
    if version == Version::V1 {
        problems.extend(beyond_v1(contact));
    }
    fail(problems, path)
}

/// Checks that the contact gives no value to a property that the service assigns: there is nothing it could mean to a new
/// contact.
pub fn check_creatable(contact: &Contact, version: Version, path: &str) -> Result<()> {
    let assigned =
        properties::list_in_version(version).filter(|p| p.read_only && p.accessor.write(contact, Date::to_string).is_some());
    fail(assigned.map(|p| (p.name.to_owned(), "the service assigns it; leave it out".to_owned())).collect(), path)
}

fn fail(problems: Vec<Problem>, path: &str) -> Result<()> {
    problems.into_iter().map(|(name, problem)| Error::attribute(format!("{path}{name}"), problem)).collect::<Problems>().result()
}

/// Whether no other version has the same values in another place, as it is with lists by kind.
fn is_alone(place: &Accessor) -> bool {
    let by_kind = properties::own_phones(place).is_some()
        || properties::own_address(place).is_some()
        || properties::own_website(place).is_some()
        || matches!(place, Accessor::Phones | Accessor::PostalAddresses | Accessor::Websites);
    !by_kind
}

fn too_many(property: &Property, contact: &Contact) -> Option<Problem> {
    let limit = property.limit?;
    let count = property.accessor.write(contact, Date::to_string)?.as_array().map_or(0, Vec::len);
    let problem = || format!("it has {count} values, and Microsoft Graph stores at most {limit}");
    (count > limit).then(|| (property.name.to_owned(), problem()))
}

fn no_place(path: String) -> Problem {
    (path, "Microsoft Graph v1.0 has no place for it; beta has (GRAPH_API_VERSION)".to_owned())
}

/// The entries of lists, and their parts, that v1.0 has no property for.
fn beyond_v1(contact: &Contact) -> Vec<Problem> {
    let phones = beyond("phones", &contact.phones, properties::own_phones);
    let addresses = beyond("postalAddresses", &contact.postal_addresses, properties::own_address);
    let websites = beyond("websites", &contact.websites, properties::own_website);
    let address_parts = contact
        .postal_addresses
        .entries()
        .iter()
        .flat_map(|(kind, address)| parts_beyond_v1(format!("{}Address", kind.name()), address));
    let website_parts = contact.websites.entries().iter().flat_map(|(_, site)| parts_beyond_v1("websites".to_owned(), site));
    let emails = contact.email_addresses.value().into_iter().flatten().enumerate().flat_map(|(position, email)| {
        let path = format!("emailAddresses[{position}]");
        let kind = email.kind.value().filter(|kind| **kind != EmailKind::Unknown).map(|_| no_place(format!("{path}.type")));
        parts_beyond_v1(path, email).chain(kind)
    });
    phones.into_iter().chain(addresses).chain(websites).chain(address_parts).chain(website_parts).chain(emails).collect()
}

/// The entries beyond what has a property of its own, which are v1.0's properties.
fn beyond<K: Copy + PartialEq + std::fmt::Debug + 'static, T>(name: &str, list: &ByKind<K, T>, own: Own<K>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (position, (kind, _)) in list.entries().iter().enumerate() {
        let before = list.entries().iter().take(position).filter(|(k, _)| k == kind).count();
        if before >= properties::room(own, kind) {
            problems.push(no_place(format!("{name}[{position}] ({kind:?})")));
        }
    }
    problems
}

fn parts_beyond_v1<T: ComplexType>(path: String, complex: &T) -> impl Iterator<Item = Problem> {
    T::PARTS
        .iter()
        .filter(|part| !part.is_in(Version::V1) && (part.field.get)(complex).value().is_some())
        .map(move |part| no_place(format!("{path}.{}", part.name)))
}
