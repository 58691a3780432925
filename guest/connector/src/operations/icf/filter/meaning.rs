//! What the strings of an attribute mean. Strings with one meaning can be spelled differently.

use std::borrow::Cow;
use std::cmp::Ordering;

use protocol::graph_path::is_guid;

use crate::contact::{Date, Instant};

/// What the strings of an attribute mean.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::operations) enum Meaning {
    /// Text, with case.
    Text,
    /// An e-mail address or a user principal name, without case.
    Address,
    /// An id. Those of the directory are GUIDs, without case. The others have case.
    Id,
    /// A point in time.
    Time,
    /// A date. A time of day is ignored: Graph has one for birthdays.
    Day,
}

/// The attributes with e-mail addresses and user principal names.
const ADDRESSES: [&str; 9] = [
    "mailbox",
    "mail",
    "userPrincipalName",
    "emailAddresses",
    "primaryEmailAddress",
    "secondaryEmailAddress",
    "tertiaryEmailAddress",
    "proxyAddresses",
    "otherMails",
];

impl Meaning {
    /// Returns the meaning of the attribute with that name.
    pub(in crate::operations) fn of(attribute: &str) -> Meaning {
        match attribute {
            "_id" | "id" => Meaning::Id,
            "birthday" | "weddingAnniversary" => Meaning::Day,
            _ if attribute.ends_with("DateTime") => Meaning::Time,
            _ if ADDRESSES.contains(&attribute) => Meaning::Address,
            _ => Meaning::Text,
        }
    }

    /// Returns the text in the one spelling that it has among those that differ by case.
    pub(in crate::operations) fn fold(self, text: &str) -> Cow<'_, str> {
        match self {
            Meaning::Address => Cow::Owned(text.to_lowercase()),
            Meaning::Id if is_guid(text) => Cow::Owned(text.to_lowercase()),
            Meaning::Id | Meaning::Text | Meaning::Time | Meaning::Day => Cow::Borrowed(text),
        }
    }

    /// Compares two texts. The beginning of a time or date (`2026`, `2026-01`) comes before the times that begin with it.
    pub(in crate::operations) fn compare(self, one: &str, other: &str) -> Ordering {
        let instants = match self {
            Meaning::Time => Instant::parse(one).zip(Instant::parse(other)),
            Meaning::Text | Meaning::Address | Meaning::Id | Meaning::Day => None,
        };
        match (self, instants) {
            (_, Some((one, other))) => one.cmp(&other),
            (Meaning::Time | Meaning::Day, None) => self.to_sort_key(one).cmp(&self.to_sort_key(other)),
            (Meaning::Text | Meaning::Address | Meaning::Id, None) => self.fold(one).cmp(&self.fold(other)),
        }
    }

    /// Returns the text by which values are sorted: without case, and times in UTC.
    pub(in crate::operations) fn to_sort_key(self, text: &str) -> String {
        match self {
            // The fraction of a second sorts as text: `Z` would sort after digits.
            Meaning::Time => Instant::parse(text).map_or_else(|| text.to_lowercase(), |at| at.to_string().replace('Z', "")),
            Meaning::Day => Date::parse(text).map_or_else(|| text.to_lowercase(), |day| day.to_string()),
            Meaning::Text | Meaning::Address | Meaning::Id => text.to_lowercase(),
        }
    }

    /// Returns what is wrong with a text that does not have the meaning. The beginning of a time or date has it.
    pub(in crate::operations) fn find_problem(self, text: &str) -> Option<&'static str> {
        let is_beginning =
            || matches!(text.len(), 4 | 7) && Date::parse(format!("{text}-01-01").get(..10).unwrap_or_default()).is_some();
        match self {
            Meaning::Time if Instant::parse(text).is_none() && !is_beginning() => Some(Instant::EXPECTED),
            Meaning::Day if Date::parse(text).is_none() && !is_beginning() => Some(Date::EXPECTED),
            _ => None,
        }
    }
}
