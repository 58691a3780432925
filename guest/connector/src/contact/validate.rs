//! Checks of what a version of Graph can store, before anything is sent. Nothing is dropped silently.

use super::accessor::Accessor;
use super::by_kind::ByKind;
use super::canonical::Contact;
use super::complex_type::ComplexType;
use super::date::Date;
use super::entry::Entry;
use super::field::Field;
use super::json_values::MAX_VALUES;
use super::kinds::{EmailKind, Kind};
use super::parts::EmailAddress;
use super::properties::{self, PROPERTIES, Property};
use super::to_json::is_empty;
use super::version::Version;
use crate::error::{Error, Problems, Result};

/// The path of a value, and what is wrong with it.
type Problem = (String, String);

/// Checks that `version` of Graph has a property for every value of the contact, and can store that many.
///
/// `path` precedes the names in errors: `__addContacts__[1].`
pub fn check_storable(contact: &Contact, version: Version, path: &str) -> Result<()> {
    let mut problems: Vec<Problem> = Vec::new();
    for property in PROPERTIES {
        if property.is_in(version) {
            problems.extend(find_excess(property, contact));
        } else if !shares_values(&property.accessor)
            && property.accessor.write(contact, Date::to_string).is_some_and(|value| !is_empty(&value))
        {
            problems.push(not_in_v1(property.name.to_owned()));
        }
    }
    problems.extend(find_types_of_slots(contact));
    if version == Version::V1 {
        problems.extend(find_beyond_v1(contact));
    }
    into_result(problems, path)
}

/// Checks that the contact sets no property that the service assigns: a new contact cannot have one of the caller's.
pub fn check_creatable(contact: &Contact, version: Version, path: &str) -> Result<()> {
    let assigned = properties::list_in_version(version)
        .filter(|property| property.read_only && property.accessor.write(contact, Date::to_string).is_some());
    into_result(assigned.map(|p| (p.name.to_owned(), "the service assigns it; leave it out".to_owned())).collect(), path)
}

fn into_result(problems: Vec<Problem>, path: &str) -> Result<()> {
    problems
        .into_iter()
        .map(|(name, problem)| Error::invalid_attribute(format!("{path}{name}"), problem))
        .collect::<Problems>()
        .into_result()
}

/// Checks whether the other version shows the same values in other properties, as it does for lists with kinds.
fn shares_values(accessor: &Accessor) -> bool {
    properties::dedicated_phone_kind(accessor).is_some()
        || properties::dedicated_address_kind(accessor).is_some()
        || properties::dedicated_website_kind(accessor).is_some()
        || matches!(accessor, Accessor::Phones(_) | Accessor::PostalAddresses(_) | Accessor::Websites(_))
}

fn find_excess(property: &Property, contact: &Contact) -> Option<Problem> {
    let count = property.accessor.count(contact);
    if count > MAX_VALUES {
        return Some((property.name.to_owned(), format!("expected at most {MAX_VALUES} values, found {count}")));
    }
    let limit = property.limit?;
    let problem = || format!("Microsoft Graph stores at most {limit} values, found {count}");
    (count > limit).then(|| (property.name.to_owned(), problem()))
}

fn not_in_v1(path: String) -> Problem {
    (path, "Microsoft Graph v1.0 cannot store it; beta can: change the API version".to_owned())
}

/// Returns the entries of lists, and their parts, that v1.0 has no property for.
fn find_beyond_v1(contact: &Contact) -> Vec<Problem> {
    let phones = find_undedicated("phones", &contact.phones);
    let addresses = find_undedicated("postalAddresses", &contact.postal_addresses);
    let websites = find_undedicated("websites", &contact.websites);
    let address_parts =
        contact.postal_addresses.iter().flat_map(|(kind, address)| find_beta_parts(format!("{}Address", kind.name()), address));
    let website_parts = contact.websites.iter().flat_map(|(_, site)| find_beta_parts("websites".to_owned(), site));
    let emails = contact.email_addresses.value().into_iter().flatten().enumerate().flat_map(|(position, email)| {
        let path = format!("emailAddresses[{position}]");
        let kind = email.kind.value().filter(|kind| **kind != EmailKind::Unknown).map(|_| not_in_v1(format!("{path}.type")));
        find_beta_parts(path, email).chain(kind)
    });
    phones.into_iter().chain(addresses).chain(websites).chain(address_parts).chain(website_parts).chain(emails).collect()
}

/// Returns the types and labels of the e-mail slots. Graph types them as `emailAddress` in both versions.
fn find_types_of_slots(contact: &Contact) -> Vec<Problem> {
    let slots = [
        ("primaryEmailAddress", &contact.primary_email_address),
        ("secondaryEmailAddress", &contact.secondary_email_address),
        ("tertiaryEmailAddress", &contact.tertiary_email_address),
    ];
    let find = |(name, slot): (&str, &Field<EmailAddress>)| {
        let kind = slot.value().and_then(|email| email.kind.value()).is_some_and(|kind| *kind != EmailKind::Unknown);
        let label = slot.value().is_some_and(|email| email.other_label.value().is_some());
        let problem = |part: &str| {
            (format!("{name}.{part}"), "Microsoft Graph cannot store it; emailAddresses of beta can: use it there".to_owned())
        };
        kind.then(|| problem("type")).into_iter().chain(label.then(|| problem("otherLabel")))
    };
    slots.into_iter().flat_map(find).collect()
}

/// Returns the entries that do not fit into the property dedicated to their kind.
fn find_undedicated<T: Entry>(name: &str, list: &ByKind<T::Kind, T>) -> Vec<Problem> {
    let mut free: Vec<(T::Kind, usize)> = PROPERTIES.iter().filter_map(|property| T::DEDICATED(&property.accessor)).collect();
    let mut problems = Vec::new();
    for (position, (kind, _)) in list.iter().enumerate() {
        match free.iter_mut().find(|(dedicated, free)| *dedicated == kind && *free > 0) {
            Some((_, free)) => *free -= 1,
            None => problems.push(not_in_v1(format!("{name}[{position}] ({kind:?})"))),
        }
    }
    problems
}

fn find_beta_parts<T: ComplexType>(path: String, complex: &T) -> impl Iterator<Item = Problem> {
    T::PARTS
        .iter()
        .filter(|part| !part.is_in(Version::V1) && (part.field.get)(complex).value().is_some())
        .map(move |part| not_in_v1(format!("{path}.{}", part.name)))
}
