//! What an update sends: the difference between what a caller wants and what is stored.

use serde_json::Map;

use super::accessor::Accessor;
use super::by_kind::ByKind;
use super::canonical::Contact;
use super::complex_type::ComplexType;
use super::entry::{Entry, shape_of};
use super::field::Field;
use super::field_ref::FieldRef;
use super::field_types;
use super::flag;
use super::json_values::parse_stored_entries;
use super::kinds::{EmailKind, Kind, WebsiteKind};
use super::notes;
use super::parts::{EmailAddress, Website};
use super::projection::Parts;
use super::properties::{self, Property};
use super::to_json::{write_entries, write_entry};
use super::version::Version;
use crate::error::{Error, Problems, Result};

/// Returns the contact that an update has to send so that `stored` becomes `wanted`; an empty one if it is that already.
///
/// * Values that are stored already are left out.
/// * A structured value is whole: a partial address is completed from the stored one, because Graph replaces addresses whole.
/// * A list is sent whole, with the entries that `wanted` does not specify as they are stored.
/// * `displayName` is included whenever anything else is, because the service otherwise generates a new one
///   (<https://learn.microsoft.com/en-us/graph/api/contact-update?view=graph-rest-1.0>).
/// * Values that the service assigns are left out: a caller may send back what it read before somebody else's change.
///
/// # Errors
///
/// If `wanted` changes only properties that the service assigns, or one that an update cannot write.
pub fn diff(stored: &Contact, wanted: &Contact, version: Version) -> Result<Contact> {
    let mut change = Contact::default();
    let mut problems = Problems::default();
    let (mut assigned, mut has_writable) = (Problems::default(), false);
    for property in properties::list_in_version(version) {
        if property.read_only {
            if property.accessor.diff(stored, wanted, &mut Contact::default()) {
                let problem = "the service assigns it and stores another value; leave it out";
                assigned.push(Error::invalid_attribute(property.name, problem));
            }
            continue;
        }
        has_writable |= property.accessor.is_specified(wanted);
        if property.accessor.diff(stored, wanted, &mut change) {
            problems.extend(find_refusal(property, stored, wanted));
        }
    }
    if !has_writable {
        problems.extend(assigned.into_result().err());
    }
    problems.into_result()?;
    if notes::is_cut_copy(&wanted.personal_notes, &stored.personal_notes) {
        change.personal_notes = Field::Unset;
    }
    if change != Contact::default() && change.display_name.is_unset() && stored.display_name.value().is_some() {
        change.display_name = stored.display_name.clone();
    }
    Ok(change)
}

/// Returns the reason why an update cannot make this change of a property.
fn find_refusal(property: &Property, stored: &Contact, wanted: &Contact) -> Option<Error> {
    let is_cleared = |is_empty: bool| {
        let problem = "Microsoft Graph cannot remove MAPI properties from a contact: give each of them another value";
        is_empty.then(|| Error::invalid_attribute(property.name, problem))
    };
    match &property.accessor {
        Accessor::Extensions(_) => {
            Some(Error::invalid_attribute(property.name, "an update cannot write extensions; write each on its own"))
        }
        Accessor::SingleValueExtended(field) => is_cleared((field.get)(wanted).value().is_none_or(Vec::is_empty)),
        Accessor::MultiValueExtended(field) => is_cleared((field.get)(wanted).value().is_none_or(Vec::is_empty)),
        // Part of the value would be kept, and cannot be.
        Accessor::Flag(_)
        | Accessor::EmailAddress(_)
        | Accessor::AddressOfKind(..)
        | Accessor::Phones(_)
        | Accessor::PostalAddresses(_)
        | Accessor::Websites(_)
            if stored.unknown.contains_key(property.name) =>
        {
            let problem = "Microsoft Graph returns a value that this connector cannot read, and an update would lose part of it";
            Some(Error::invalid_attribute(property.name, problem))
        }
        _ => None,
    }
}

impl Accessor {
    /// Puts this property into `change` if `wanted` differs from `stored` in it. Returns whether it does.
    fn diff(&self, stored: &Contact, wanted: &Contact, change: &mut Contact) -> bool {
        match self {
            Accessor::String(field) => diff_plain(field, stored, wanted, change, String::is_empty),
            Accessor::Strings(field) => diff_plain(field, stored, wanted, change, Vec::is_empty),
            Accessor::DateTimeOffset(field) | Accessor::Date(field) => diff_plain(field, stored, wanted, change, |_| false),
            Accessor::Boolean(field) => diff_plain(field, stored, wanted, change, |_| false),
            Accessor::Flag(field) => {
                let whole = match (field.get)(wanted) {
                    Field::Unset => None,
                    wanted => flag::complete(wanted.value(), (field.get)(stored).value()),
                };
                let differs = whole.is_some();
                *(field.get_mut)(change) = whole.into();
                differs
            }
            Accessor::Extensions(field) => diff_plain(field, stored, wanted, change, Vec::is_empty),
            Accessor::Photo(field) => diff_plain(field, stored, wanted, change, Map::is_empty),
            // Contacts are read with the MAPI properties that a caller names. An empty list names none, and so differs from any.
            Accessor::SingleValueExtended(field) => diff_plain(field, stored, wanted, change, |_| false),
            Accessor::MultiValueExtended(field) => diff_plain(field, stored, wanted, change, |_| false),
            Accessor::EmailAddresses(field) => {
                let differs = diff_field(field, stored, wanted, change, Vec::is_empty, |a, b| are_same_emails(a, b));
                if let Field::Set(list) = (field.get_mut)(change) {
                    keep_stored_emails(list, (field.get)(stored).value().map(Vec::as_slice).unwrap_or_default());
                }
                differs
            }
            Accessor::EmailAddress(field) => {
                let (wanted, stored) = ((field.get)(wanted), (field.get)(stored).value());
                let whole = complete_structure(wanted.value(), stored);
                let differs = !wanted.is_unset() && whole.is_some();
                if differs {
                    let kind = stored.map(|stored| stored.kind.clone()).unwrap_or_default();
                    *(field.get_mut)(change) =
                        whole.map(|whole| EmailAddress { kind: whole.kind.clone().or(&kind), ..whole }).into();
                }
                differs
            }
            Accessor::PhonesOfKind(field, kind) | Accessor::PhoneOfKind(field, kind) => {
                let (stored, wanted) = ((field.get)(stored), (field.get)(wanted));
                let numbers = |list: &field_types::Phones| list.of(*kind).map(|phone| phone.number.clone()).collect::<Vec<_>>();
                let differs = wanted.is_specified(*kind) && numbers(stored) != numbers(wanted);
                if differs {
                    (field.get_mut)(change).set_dedicated(*kind, wanted.of(*kind).cloned().collect());
                }
                differs
            }
            Accessor::WebsiteOfKind(field, kind) => {
                let (stored, wanted) = ((field.get)(stored), (field.get)(wanted));
                let address =
                    |list: &ByKind<WebsiteKind, Website>| list.of(*kind).find_map(|site: &Website| site.address.value()).cloned();
                let differs = wanted.is_specified(*kind) && address(stored) != address(wanted);
                if differs {
                    (field.get_mut)(change).set_dedicated(*kind, wanted.of(*kind).cloned().collect());
                }
                differs
            }
            Accessor::AddressOfKind(field, kind) => {
                let (stored, wanted) = ((field.get)(stored), (field.get)(wanted));
                let whole = complete_structure(wanted.of(*kind).next(), stored.of(*kind).next());
                let differs = wanted.is_specified(*kind) && whole.is_some();
                if differs {
                    (field.get_mut)(change).set_dedicated(*kind, whole.into_iter().collect());
                }
                differs
            }
            Accessor::Phones(field) => diff_list(field, stored, wanted, change),
            Accessor::PostalAddresses(field) => diff_list(field, stored, wanted, change),
            Accessor::Websites(field) => diff_list(field, stored, wanted, change),
        }
    }
}

/// Compares a field whose value is sent unchanged. Unset, null and blank values are equal.
fn diff_plain<T: Clone + PartialEq>(
    field: &FieldRef<Contact, Field<T>>,
    stored: &Contact,
    wanted: &Contact,
    change: &mut Contact,
    is_blank: fn(&T) -> bool,
) -> bool {
    diff_field(field, stored, wanted, change, is_blank, |a, b| a == b)
}

fn diff_field<T: Clone>(
    field: &FieldRef<Contact, Field<T>>,
    stored: &Contact,
    wanted: &Contact,
    change: &mut Contact,
    is_blank: impl Fn(&T) -> bool,
    is_same: impl Fn(&T, &T) -> bool,
) -> bool {
    let wanted = (field.get)(wanted);
    if wanted.is_unset() {
        return false;
    }
    let stored = (field.get)(stored).value().filter(|value| !is_blank(value));
    let same = match (stored, wanted.value().filter(|value| !is_blank(value))) {
        (None, None) => true,
        (Some(a), Some(b)) => is_same(a, b),
        _ => false,
    };
    if !same {
        *(field.get_mut)(change) = wanted.clone();
    }
    !same
}

fn are_same_emails(a: &[EmailAddress], b: &[EmailAddress]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| is_same_email(a, b))
}

fn is_same_email(a: &EmailAddress, b: &EmailAddress) -> bool {
    let kind = |email: &EmailAddress| email.kind.value().copied().unwrap_or(EmailKind::Unknown);
    a.has_same_values(b) && kind(a) == kind(b)
}

/// Puts the stored entries in the place of those that are equal as far as they are specified: a record has no place for unknown
/// members.
fn keep_stored_emails(list: &mut [EmailAddress], stored: &[EmailAddress]) {
    for email in list {
        let same = stored.iter().find(|stored| is_same_email(email, stored));
        *email = same.unwrap_or(email).clone().without_nulls();
    }
}

/// Returns the whole structure to send so that `stored` becomes `wanted`; `None` if it is that already.
///
/// A part that loses its value is null in it. The structure itself is never null: Outlook returns 500 for that
/// (reported by users of io-msgraph; not in Microsoft's documentation).
fn complete_structure<T: ComplexType>(wanted: Option<&T>, stored: Option<&T>) -> Option<T> {
    let mut nothing = T::default();
    nothing.unknown_mut().clear();
    let stored = stored.unwrap_or(&nothing);
    let mut whole = match wanted {
        Some(wanted) => wanted.clone().completed_from(stored),
        None => nothing.clone(),
    };
    if whole.has_same_values(stored) {
        return None;
    }
    for part in T::PARTS {
        if (part.field.get)(&whole).value().is_none() {
            let is_lost = (part.field.get)(stored).value().is_some();
            *(part.field.get_mut)(&mut whole) = if is_lost { Field::Null } else { Field::Unset };
        }
    }
    Some(whole)
}

/// Compares a list that Graph replaces whole.
fn diff_list<T: Entry>(
    field: &FieldRef<Contact, ByKind<T::Kind, T>>,
    stored: &Contact,
    wanted: &Contact,
    change: &mut Contact,
) -> bool {
    let (stored, wanted, shape) = (write_entries((field.get)(stored)), (field.get)(wanted), shape_of::<T>());
    let list = match wanted {
        ByKind::Parts { .. } if wanted.is_unset() => None,
        ByKind::Whole(_) => shape.replace_whole(&stored, &write_entries(wanted)),
        ByKind::Parts { dedicated, rest } => {
            let write = |kind: T::Kind, entries: &[T]| entries.iter().map(|entry| write_entry(kind, entry)).collect();
            let dedicated = dedicated.iter().map(|(kind, entries)| (kind.name(), write(*kind, entries))).collect();
            let rest = rest.as_ref().map(|rest| rest.iter().map(|(kind, entry)| write_entry(*kind, entry)).collect());
            shape.replace_parts(&stored, Parts { dedicated, rest })
        }
    };
    let differs = list.is_some();
    if let Some(list) = list {
        *(field.get_mut)(change) = ByKind::Whole(parse_stored_entries(&list));
    }
    differs
}
