//! What an update has to send: the difference between what a caller wants and what is stored.

use serde_json::Map;

use super::parts::{ByKind, ComplexType, FieldRef};
use super::properties::{self, Accessor};
use super::{AddressKind, Contact, EmailAddress, EmailKind, Field, PhoneKind, Version, WebsiteKind};
use crate::error::{Error, Problems, Result};

/// What has to be written to `stored` to make it what `wanted` says; nothing is said in it where it is that already.
///
/// * Values that are stored already are left out.
/// * A structured value is whole: a partial address is completed from the stored one, because Graph replaces addresses whole.
/// * `displayName` is there whenever anything is, because the service makes up a new one otherwise
///   (<https://learn.microsoft.com/en-us/graph/api/contact-update?view=graph-rest-1.0>).
///
/// Fails where `wanted` gives another value to a property that the service assigns.
pub fn diff(stored: &Contact, wanted: &Contact, version: Version) -> Result<Contact> {
    let mut change = Contact::default();
    let mut problems = Problems::default();
    for property in properties::list_in_version(version) {
        let differs = property.accessor.change(stored, wanted, &mut change);
        if differs && property.read_only {
            problems.push(Error::attribute(property.name, "the service assigns it, and holds another value; leave it out"));
        } else if differs && matches!(property.accessor, Accessor::Extensions(_)) {
            problems.push(Error::attribute(property.name, "of a contact that there is already they are written on their own"));
        }
    }
    problems.result()?;
    if change != Contact::default() && change.display_name.is_unset() && stored.display_name.value().is_some() {
        change.display_name = stored.display_name.clone();
    }
    Ok(change)
}

impl Accessor {
    /// Puts into `change` what `wanted` says differently from `stored` at this place. Gives whether it does.
    fn change(&self, stored: &Contact, wanted: &Contact, change: &mut Contact) -> bool {
        match self {
            Accessor::String(field) => plain(field, stored, wanted, change, String::is_empty),
            Accessor::Strings(field) => plain(field, stored, wanted, change, Vec::is_empty),
            Accessor::DateTimeOffset(field) | Accessor::Date(field) => plain(field, stored, wanted, change, |_| false),
            Accessor::Boolean(field) => plain(field, stored, wanted, change, |_| false),
            Accessor::Flag(field) => plain(field, stored, wanted, change, |_| false),
            Accessor::Extensions(field) => plain(field, stored, wanted, change, Vec::is_empty),
            Accessor::Photo(field) => plain(field, stored, wanted, change, Map::is_empty),
            Accessor::SingleValueExtended(field) => plain(field, stored, wanted, change, Vec::is_empty),
            Accessor::MultiValueExtended(field) => plain(field, stored, wanted, change, Vec::is_empty),
            Accessor::EmailAddresses(field) => compare(field, stored, wanted, change, Vec::is_empty, |a, b| same_emails(a, b)),
            Accessor::EmailAddress(field) => {
                let said = (field.get)(wanted);
                let whole = whole(said.value(), (field.get)(stored).value());
                let differs = !said.is_unset() && whole.is_some();
                if differs {
                    *(field.get_mut)(change) = whole.into();
                }
                differs
            }
            Accessor::PhonesOfKind(kind) | Accessor::PhoneOfKind(kind) => {
                one_kind(*kind, &stored.phones, &wanted.phones, &mut change.phones)
            }
            Accessor::WebsiteOfKind(kind) => {
                let address =
                    |list: &ByKind<WebsiteKind, super::Website>| list.of(*kind).find_map(|site| site.address.value()).cloned();
                let differs = wanted.websites.is_specified(*kind) && address(&stored.websites) != address(&wanted.websites);
                if differs {
                    change.websites.replace(*kind, wanted.websites.of(*kind).cloned());
                }
                differs
            }
            Accessor::AddressOfKind(kind) => {
                let whole = whole(wanted.postal_addresses.of(*kind).next(), stored.postal_addresses.of(*kind).next());
                let differs = wanted.postal_addresses.is_specified(*kind) && whole.is_some();
                if differs {
                    change.postal_addresses.replace(*kind, whole);
                }
                differs
            }
            Accessor::Phones => every_kind(
                PhoneKind::ALL,
                &stored.phones,
                &wanted.phones,
                &mut change.phones,
                |_, number| number.clone(),
                |a, b| a == b,
            ),
            Accessor::PostalAddresses => every_kind(
                AddressKind::ALL,
                &stored.postal_addresses,
                &wanted.postal_addresses,
                &mut change.postal_addresses,
                completed,
                ComplexType::has_same_values,
            ),
            Accessor::Websites => every_kind(
                WebsiteKind::ALL,
                &stored.websites,
                &wanted.websites,
                &mut change.websites,
                completed,
                ComplexType::has_same_values,
            ),
        }
    }
}

/// A field whose value is sent as it is. It makes no difference whether a missing value is unset, null or blank.
fn plain<T: Clone + PartialEq>(
    field: &FieldRef<Contact, Field<T>>,
    stored: &Contact,
    wanted: &Contact,
    change: &mut Contact,
    blank: fn(&T) -> bool,
) -> bool {
    compare(field, stored, wanted, change, blank, |a, b| a == b)
}

fn compare<T: Clone>(
    field: &FieldRef<Contact, Field<T>>,
    stored: &Contact,
    wanted: &Contact,
    change: &mut Contact,
    blank: impl Fn(&T) -> bool,
    same: impl Fn(&T, &T) -> bool,
) -> bool {
    let said = (field.get)(wanted);
    if said.is_unset() {
        return false;
    }
    let has = |field: &Field<T>| field.value().filter(|value| !blank(value)).cloned();
    let same = match (has((field.get)(stored)), has(said)) {
        (None, None) => true,
        (Some(a), Some(b)) => same(&a, &b),
        _ => false,
    };
    if !same {
        *(field.get_mut)(change) = said.clone();
    }
    !same
}

fn same_emails(a: &[EmailAddress], b: &[EmailAddress]) -> bool {
    let kind = |email: &EmailAddress| email.kind.value().copied().unwrap_or(EmailKind::Unknown);
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.has_same_values(b) && kind(a) == kind(b))
}

/// The structure to send so that `stored` becomes `wanted`, whole; `None` where it is that already.
///
/// A part that is to lose its value is null in it. The structure itself is never null: Outlook answers 500 to that
/// (reported by users of io-msgraph; not in Microsoft's documentation).
fn whole<T: ComplexType>(wanted: Option<&T>, stored: Option<&T>) -> Option<T> {
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
        let lost = (part.field.get)(&whole).value().is_none() && (part.field.get)(stored).value().is_some();
        if (part.field.get)(&whole).value().is_none() {
            *(part.field.get_mut)(&mut whole) = if lost { Field::Null } else { Field::Unset };
        }
    }
    Some(whole)
}

/// An entry of a list that is sent whole: completed from the stored entry, and without nulls.
fn completed<T: ComplexType>(stored: Option<&T>, wanted: &T) -> T {
    let mut completed = stored.map_or_else(|| wanted.clone(), |stored| wanted.clone().completed_from(stored));
    for part in T::PARTS {
        if (part.field.get)(&completed).value().is_none() {
            *(part.field.get_mut)(&mut completed) = Field::Unset;
        }
    }
    completed
}

fn one_kind<K: Copy + PartialEq + 'static, T: Clone + PartialEq>(
    kind: K,
    stored: &ByKind<K, T>,
    wanted: &ByKind<K, T>,
    change: &mut ByKind<K, T>,
) -> bool {
    let differs = wanted.is_specified(kind) && !stored.of(kind).eq(wanted.of(kind));
    if differs {
        change.replace(kind, wanted.of(kind).cloned());
    }
    differs
}

/// A list that Graph replaces whole: the stored entries of the kinds that `wanted` does not speak of stay in it. The order of
/// entries of different kinds means nothing.
fn every_kind<K: Copy + PartialEq + 'static, T: Clone>(
    all: &[K],
    stored: &ByKind<K, T>,
    wanted: &ByKind<K, T>,
    change: &mut ByKind<K, T>,
    complete: impl Fn(Option<&T>, &T) -> T,
    same: impl Fn(&T, &T) -> bool,
) -> bool {
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
        now.len() == before.len() && now.iter().zip(before).all(|(a, b)| same(a, b))
    });
    if !unchanged {
        *change = ByKind::from_entries(all, entries);
    }
    !unchanged
}
