//! What an update sends: the difference between what a caller wants and what is stored.

use serde_json::Map;

use super::accessor::Accessor;
use super::by_kind::ByKind;
use super::canonical::Contact;
use super::complex_type::ComplexType;
use super::field::Field;
use super::field_ref::FieldRef;
use super::kinds::{AddressKind, EmailKind, PhoneKind, WebsiteKind};
use super::parts::{EmailAddress, Website};
use super::properties;
use super::version::Version;
use crate::error::{Error, Problems, Result};

/// Returns the contact that an update has to send so that `stored` becomes `wanted`; an empty one if it is that already.
///
/// * Values that are stored already are left out.
/// * A structured value is whole: a partial address is completed from the stored one, because Graph replaces addresses whole.
/// * `displayName` is included whenever anything else is, because the service otherwise generates a new one
///   (<https://learn.microsoft.com/en-us/graph/api/contact-update?view=graph-rest-1.0>).
///
/// Fails if `wanted` changes a property that the service assigns.
pub fn diff(stored: &Contact, wanted: &Contact, version: Version) -> Result<Contact> {
    let mut change = Contact::default();
    let mut problems = Problems::default();
    for property in properties::list_in_version(version) {
        let differs = property.accessor.diff(stored, wanted, &mut change);
        if differs && property.read_only {
            problems
                .push(Error::invalid_attribute(property.name, "the service assigns it and stores another value; leave it out"));
        } else if differs && matches!(property.accessor, Accessor::Extensions(_)) {
            problems.push(Error::invalid_attribute(property.name, "an update cannot write extensions; write each on its own"));
        }
    }
    problems.into_result()?;
    if change != Contact::default() && change.display_name.is_unset() && stored.display_name.value().is_some() {
        change.display_name = stored.display_name.clone();
    }
    Ok(change)
}

impl Accessor {
    /// Puts this property into `change` if `wanted` differs from `stored` in it. Returns whether it does.
    fn diff(&self, stored: &Contact, wanted: &Contact, change: &mut Contact) -> bool {
        match self {
            Accessor::String(field) => diff_plain(field, stored, wanted, change, String::is_empty),
            Accessor::Strings(field) => diff_plain(field, stored, wanted, change, Vec::is_empty),
            Accessor::DateTimeOffset(field) | Accessor::Date(field) => diff_plain(field, stored, wanted, change, |_| false),
            Accessor::Boolean(field) => diff_plain(field, stored, wanted, change, |_| false),
            Accessor::Flag(field) => diff_plain(field, stored, wanted, change, |_| false),
            Accessor::Extensions(field) => diff_plain(field, stored, wanted, change, Vec::is_empty),
            Accessor::Photo(field) => diff_plain(field, stored, wanted, change, Map::is_empty),
            Accessor::SingleValueExtended(field) => diff_plain(field, stored, wanted, change, Vec::is_empty),
            Accessor::MultiValueExtended(field) => diff_plain(field, stored, wanted, change, Vec::is_empty),
            Accessor::EmailAddresses(field) => {
                diff_field(field, stored, wanted, change, Vec::is_empty, |a, b| are_same_emails(a, b))
            }
            Accessor::EmailAddress(field) => {
                let wanted = (field.get)(wanted);
                let whole = complete_structure(wanted.value(), (field.get)(stored).value());
                let differs = !wanted.is_unset() && whole.is_some();
                if differs {
                    *(field.get_mut)(change) = whole.into();
                }
                differs
            }
            Accessor::PhonesOfKind(field, kind) | Accessor::PhoneOfKind(field, kind) => {
                let (stored, wanted) = ((field.get)(stored), (field.get)(wanted));
                let differs = wanted.is_specified(*kind) && !stored.of(*kind).eq(wanted.of(*kind));
                if differs {
                    (field.get_mut)(change).replace(*kind, wanted.of(*kind).cloned());
                }
                differs
            }
            Accessor::WebsiteOfKind(field, kind) => {
                let (stored, wanted) = ((field.get)(stored), (field.get)(wanted));
                let address =
                    |list: &ByKind<WebsiteKind, Website>| list.of(*kind).find_map(|site: &Website| site.address.value()).cloned();
                let differs = wanted.is_specified(*kind) && address(stored) != address(wanted);
                if differs {
                    (field.get_mut)(change).replace(*kind, wanted.of(*kind).cloned());
                }
                differs
            }
            Accessor::AddressOfKind(field, kind) => {
                let (stored, wanted) = ((field.get)(stored), (field.get)(wanted));
                let whole = complete_structure(wanted.of(*kind).next(), stored.of(*kind).next());
                let differs = wanted.is_specified(*kind) && whole.is_some();
                if differs {
                    (field.get_mut)(change).replace(*kind, whole);
                }
                differs
            }
            Accessor::Phones(field) => {
                diff_list(field, PhoneKind::ALL, stored, wanted, change, |_, number| number.clone(), |a, b| a == b)
            }
            Accessor::PostalAddresses(field) => {
                diff_list(field, AddressKind::ALL, stored, wanted, change, complete_entry, ComplexType::has_same_values)
            }
            Accessor::Websites(field) => {
                diff_list(field, WebsiteKind::ALL, stored, wanted, change, complete_entry, ComplexType::has_same_values)
            }
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
    let kind = |email: &EmailAddress| email.kind.value().copied().unwrap_or(EmailKind::Unknown);
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.has_same_values(b) && kind(a) == kind(b))
}

/// Returns the whole structure to send so that `stored` becomes `wanted`; `None` if it is that already.
///
/// A part that loses its value is null in it. The structure itself is never null: Outlook returns 500 for that
/// (reported by users of io-msgraph; not in Microsoft's documentation).
fn complete_structure<T: ComplexType>(wanted: Option<&T>, stored: Option<&T>) -> Option<T> {
    let nothing = T::default();
    let stored = stored.unwrap_or(&nothing);
    let mut whole = match wanted {
        Some(wanted) => wanted.clone().completed_from(stored),
        None => T::default(),
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

/// Returns an entry of a list that is sent whole: completed from the stored entry, and without nulls.
fn complete_entry<T: ComplexType>(stored: Option<&T>, wanted: &T) -> T {
    let mut completed = stored.map_or_else(|| wanted.clone(), |stored| wanted.clone().completed_from(stored));
    for part in T::PARTS {
        if (part.field.get)(&completed).value().is_none() {
            *(part.field.get_mut)(&mut completed) = Field::Unset;
        }
    }
    completed
}

/// Compares a list that Graph replaces whole. The stored entries of the kinds that `wanted` does not specify stay in it. The
/// order of entries of different kinds has no meaning.
fn diff_list<K: Copy + PartialEq + 'static, T: Clone>(
    field: &FieldRef<Contact, ByKind<K, T>>,
    all: &[K],
    stored: &Contact,
    wanted: &Contact,
    change: &mut Contact,
    complete: impl Fn(Option<&T>, &T) -> T,
    is_same: impl Fn(&T, &T) -> bool,
) -> bool {
    let (stored, wanted) = ((field.get)(stored), (field.get)(wanted));
    if wanted.is_unset() {
        return false;
    }
    let mut entries: Vec<(K, T)> = stored.entries().iter().filter(|(kind, _)| !wanted.is_specified(*kind)).cloned().collect();
    for (position, (kind, entry)) in wanted.entries().iter().enumerate() {
        let nth = wanted.entries().iter().take(position).filter(|(k, _)| k == kind).count();
        entries.push((*kind, complete(stored.of(*kind).nth(nth), entry)));
    }
    let unchanged = all.iter().all(|kind| {
        let now: Vec<&T> = entries.iter().filter(|(k, _)| k == kind).map(|(_, entry)| entry).collect();
        let before: Vec<&T> = stored.of(*kind).collect();
        now.len() == before.len() && now.iter().zip(before).all(|(a, b)| is_same(a, b))
    });
    if !unchanged {
        *(field.get_mut)(change) = ByKind::from_entries(all, entries);
    }
    !unchanged
}
