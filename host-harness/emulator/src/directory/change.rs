//! What happened in the directory, in order: what delta queries are answered from.

use std::collections::HashMap;

use super::kind::Kind;

/// How an object left the directory, as a delta query tells it
/// (<https://learn.microsoft.com/graph/delta-query-overview#resource-representation-in-the-delta-query-response>).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Removal {
    /// `changed`: "the item was deleted and can be restored".
    Changed,
    /// `deleted`: "the item was deleted and can't be restored".
    Deleted,
}

impl Removal {
    pub(super) fn reason(self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::Deleted => "deleted",
        }
    }
}

/// The log. It only ever grows, so a position in it stands for the state at that time.
#[derive(Debug, Default)]
pub(super) struct Changes(Vec<Entry>);

#[derive(Debug)]
struct Entry {
    kind: Kind,
    id: String,
    /// The properties that were set or cleared; or the end of it.
    what: Result<Vec<String>, Removal>,
}

/// What became of an object between two positions.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Change {
    pub(super) id: String,
    pub(super) removal: Option<Removal>,
    /// Whether it was not there before.
    pub(super) new: bool,
    /// The names of the properties that changed, each once.
    pub(super) properties: Vec<String>,
}

impl Changes {
    pub(super) fn put(&mut self, kind: Kind, id: &str, properties: Vec<String>) {
        self.0.push(Entry { kind, id: id.to_owned(), what: Ok(properties) });
    }

    pub(super) fn gone(&mut self, kind: Kind, id: &str, removal: Removal) {
        self.0.push(Entry { kind, id: id.to_owned(), what: Err(removal) });
    }

    /// The position after the last entry.
    pub(super) fn end(&self) -> usize {
        self.0.len()
    }

    /// The objects of a kind that changed after `since` and not after `until`, each once, in the order of their last change. What
    /// came and went in between is not there.
    pub(super) fn between(&self, kind: Kind, since: usize, until: usize) -> Vec<Change> {
        let mut there: HashMap<&str, bool> = HashMap::new();
        let mut last: HashMap<&str, (usize, Change)> = HashMap::new();
        for (place, entry) in self.0.iter().take(until).enumerate().filter(|(_, entry)| entry.kind == kind) {
            if place < since {
                there.insert(&entry.id, entry.what.is_ok());
                continue;
            }
            let new = !there.get(entry.id.as_str()).copied().unwrap_or(false);
            let fresh = || (place, Change { id: entry.id.clone(), removal: None, new, properties: Vec::new() });
            let (position, change) = last.entry(&entry.id).or_insert_with(fresh);
            *position = place;
            match &entry.what {
                Ok(names) => {
                    change.removal = None;
                    change
                        .properties
                        .extend(names.iter().filter(|name| !change.properties.contains(name)).cloned().collect::<Vec<_>>());
                }
                Err(removal) => {
                    change.removal = Some(*removal);
                    change.properties.clear();
                }
            }
        }
        let mut changes: Vec<(usize, Change)> =
            last.into_values().filter(|(_, change)| change.removal.is_none() || !change.new).collect();
        changes.sort_by_key(|(place, _)| *place);
        changes.into_iter().map(|(_, change)| change).collect()
    }
}
