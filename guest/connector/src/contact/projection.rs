//! The view of a list with kinds that callers have: the properties dedicated to a kind, and the rest.
//!
//! ```text
//! phones in beta                                         callers see
//! business 1, mobile 2, mobile 3, pager 4       <->      businessPhones: 1   mobilePhone: 2   phones: mobile 3, pager 4
//! ```
//!
//! Each entry is in one property. So a caller who changes a property changes its entries, and none of another property.
//!
//! The entries are Graph's JSON here, with their `type`: one code for the three lists.

use serde_json::{Map, Value};

use super::json_nulls::without_nulls;

/// A dedicated property: the name of its kind, and how many entries it holds.
pub type Dedicated = (&'static str, usize);

/// What a list with kinds is like.
pub struct Shape {
    /// The properties that are dedicated to a kind.
    pub dedicated: Vec<Dedicated>,
    /// The only part that a dedicated property shows; `None` if it shows all of them.
    pub only_part: Option<&'static str>,
    /// The names of the parts.
    pub parts: Vec<&'static str>,
    /// The names of the kinds.
    pub kinds: Vec<&'static str>,
    /// The name of the kind that a record has in the place of one that the connector does not know.
    pub unknown_kind: &'static str,
}

/// The parts of a list: the kind of each dedicated property with its entries, and the entries outside of these properties.
pub struct Parts {
    /// The entries of the specified dedicated properties.
    pub dedicated: Vec<(&'static str, Vec<Value>)>,
    /// The others; `None` if they are not specified.
    pub rest: Option<Vec<Value>>,
}

impl Parts {
    fn find(&self, kind: &str) -> Option<&[Value]> {
        self.dedicated.iter().find(|(known, _)| *known == kind).map(|(_, entries)| entries.as_slice())
    }
}

fn get_kind(entry: &Value) -> &str {
    entry.get("type").and_then(Value::as_str).unwrap_or_default()
}

/// Returns the names of the members that have a value, without the kind.
fn list_values(entry: &Value) -> impl Iterator<Item = &str> {
    let members = entry.as_object().into_iter().flatten();
    members.filter(|(name, value)| *name != "type" && !value.is_null()).map(|(name, _)| name.as_str())
}

impl Shape {
    /// Checks whether the property dedicated to its kind can show an entry completely.
    fn fits(&self, entry: &Value) -> bool {
        let mut values = list_values(entry).peekable();
        values.peek().is_some() && self.only_part.is_none_or(|only| values.all(|name| name == only))
    }

    /// Returns for each entry whether the property dedicated to its kind shows it: the first ones that fit.
    fn find_dedicated(&self, entries: &[Value]) -> Vec<bool> {
        let mut free = self.dedicated.clone();
        let mut is_dedicated = |entry: &Value| {
            let place = free.iter_mut().find(|(kind, free)| *kind == get_kind(entry) && *free > 0);
            place.filter(|_| self.fits(entry)).map(|(_, free)| *free -= 1).is_some()
        };
        entries.iter().map(&mut is_dedicated).collect()
    }

    /// Returns the parts of a whole list: the entries of each dedicated property, and the rest.
    pub fn split(&self, entries: &[Value]) -> Parts {
        let mut dedicated: Vec<(&'static str, Vec<Value>)> = self.dedicated.iter().map(|(kind, _)| (*kind, Vec::new())).collect();
        let mut rest = Vec::new();
        for (entry, is_dedicated) in entries.iter().zip(self.find_dedicated(entries)) {
            let place = dedicated.iter_mut().find(|(kind, _)| is_dedicated && *kind == get_kind(entry));
            place.map_or(&mut rest, |(_, shown)| shown).push(entry.clone());
        }
        Parts { dedicated, rest: Some(rest) }
    }

    /// Returns the list that `stored` becomes when a caller replaces the parts that `wanted` specifies. The other entries stay, in
    /// their order. `None` if the list is that already.
    ///
    /// * The entries of a dedicated property come before the entries of its kind in the rest, so that the property shows them.
    /// * An address keeps the parts that the caller does not name.
    /// * An entry of the rest that a dedicated property shows already is not a second one: a caller may send the whole list.
    pub fn replace_parts(&self, stored: &[Value], wanted: Parts) -> Option<Vec<Value>> {
        let shown = self.split(stored);
        let (mut list, mut later) = (Vec::new(), Vec::new());
        for (entry, is_dedicated) in stored.iter().zip(self.find_dedicated(stored)) {
            let is_specified = wanted.find(get_kind(entry)).is_some();
            match is_dedicated {
                true if is_specified => {}
                false if wanted.rest.is_some() => {}
                false if is_specified || !later.is_empty() => later.push(entry.clone()),
                _ => list.push(entry.clone()),
            }
        }
        let is_kept = |entry: &Value| {
            let kind = get_kind(entry);
            wanted.find(kind).is_none() && shown.find(kind).is_some_and(|kept| kept.iter().any(|kept| is_same(kept, entry)))
        };
        let others: Vec<Value> = wanted.rest.iter().flatten().filter(|entry| !is_kept(entry)).cloned().collect();
        for (kind, entries) in wanted.dedicated {
            let before = shown.find(kind).unwrap_or_default();
            let whole = entries.into_iter().enumerate().map(|(position, entry)| complete(before.get(position), entry));
            list.extend(whole.filter(|entry| list_values(entry).next().is_some()));
        }
        list.extend(later);
        list.extend(others);
        let list: Vec<Value> = list.into_iter().map(without_nulls).collect();
        // The order of the entries of different properties has no meaning.
        let view = |entries: &[Value]| -> Vec<Value> {
            let Parts { dedicated, rest } = self.split(entries);
            dedicated.into_iter().flat_map(|(_, entries)| entries).chain(rest.into_iter().flatten()).map(without_nulls).collect()
        };
        (view(&list) != view(stored)).then_some(list)
    }

    /// Returns the list that `stored` becomes when a program replaces it by the entries of its record. `None` if it is that
    /// already.
    ///
    /// A record has no place for unknown members and kinds, nor for entries without a value. So an entry that the program sends
    /// back stands for the stored one, and entries that it was not shown stay, unless the program clears the list. The order of
    /// entries of different kinds has no meaning.
    pub fn replace_whole(&self, stored: &[Value], wanted: &[Value]) -> Option<Vec<Value>> {
        let known = |entry: &Value| -> Map<String, Value> {
            let kind = self.kinds.iter().find(|kind| **kind == get_kind(entry)).unwrap_or(&self.unknown_kind);
            let part = |name: &&str| Some(((*name).to_owned(), entry.get(*name).filter(|value| !value.is_null())?.clone()));
            self.parts.iter().filter_map(part).chain([("type".to_owned(), (*kind).into())]).collect()
        };
        let (shown, hidden): (Vec<&Value>, Vec<&Value>) = stored.iter().partition(|entry| known(entry).len() > 1);
        let of = |list: &[&Value], kind: &str| -> Vec<Map<String, Value>> {
            list.iter().map(|entry| known(entry)).filter(|entry| entry.get("type").is_some_and(|known| known == kind)).collect()
        };
        let given: Vec<&Value> = wanted.iter().collect();
        let clears_hidden = given.is_empty() && !hidden.is_empty();
        if !clears_hidden && self.kinds.iter().all(|kind| of(&given, kind) == of(&shown, kind)) {
            return None;
        }
        let mut unused = shown;
        let mut list = Vec::with_capacity(wanted.len());
        for entry in wanted {
            let same = unused.iter().position(|stored| known(stored) == known(entry));
            list.push(same.map_or(entry, |at| unused.remove(at)).clone());
        }
        if !list.is_empty() {
            list.extend(hidden.into_iter().cloned());
        }
        Some(list.into_iter().map(without_nulls).collect())
    }
}

/// Checks whether two entries have the same values.
fn is_same(one: &Value, other: &Value) -> bool {
    without_nulls(one.clone()) == without_nulls(other.clone())
}

/// Returns an entry with the members that it does not name taken from the one before.
fn complete(before: Option<&Value>, entry: Value) -> Value {
    let mut members = before.and_then(Value::as_object).cloned().unwrap_or_default();
    if let Value::Object(given) = entry {
        members.extend(given);
    }
    Value::Object(members)
}
