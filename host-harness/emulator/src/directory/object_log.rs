//! The log of changes in the directory, from which delta queries respond.

use std::collections::HashMap;

use crate::directory::object_kind::ObjectKind;

/// The reason for the removal of an object in a delta query
/// (<https://learn.microsoft.com/graph/delta-query-overview#resource-representation-in-the-delta-query-response>).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Removal {
    /// `changed`: "the item was deleted and can be restored".
    Changed,
    /// `deleted`: "the item was deleted and can't be restored".
    Deleted,
}

impl Removal {
    pub(crate) fn reason(self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::Deleted => "deleted",
        }
    }
}

/// The log. It only grows, so a position in it stands for the state at that time.
#[derive(Debug, Default)]
pub(crate) struct ObjectLog(Vec<Entry>);

#[derive(Debug)]
struct Entry {
    kind: ObjectKind,
    id: String,
    /// The properties that were set or cleared, or the removal.
    outcome: Result<Vec<String>, Removal>,
}

/// The changes of an object between two positions.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct ObjectChange {
    pub(crate) id: String,
    pub(crate) removal: Option<Removal>,
    /// Whether the object did not exist before.
    pub(crate) new: bool,
    /// The names of the changed properties, each once.
    pub(crate) properties: Vec<String>,
}

impl ObjectLog {
    pub(crate) fn record_upsert(&mut self, kind: ObjectKind, id: &str, properties: Vec<String>) {
        self.0.push(Entry { kind, id: id.to_owned(), outcome: Ok(properties) });
    }

    pub(crate) fn record_removal(&mut self, kind: ObjectKind, id: &str, removal: Removal) {
        self.0.push(Entry { kind, id: id.to_owned(), outcome: Err(removal) });
    }

    /// Returns the position after the last entry.
    pub(crate) fn end(&self) -> usize {
        self.0.len()
    }

    /// Returns the objects of a kind that changed after `since` and not after `until`, each once, in the order of their last
    /// change. Leaves out objects that were both added and removed in between.
    pub(crate) fn list_changes(&self, kind: ObjectKind, since: usize, until: usize) -> Vec<ObjectChange> {
        let mut existed: HashMap<&str, bool> = HashMap::new();
        let mut last: HashMap<&str, (usize, ObjectChange)> = HashMap::new();
        for (index, entry) in self.0.iter().take(until).enumerate().filter(|(_, entry)| entry.kind == kind) {
            if index < since {
                existed.insert(&entry.id, entry.outcome.is_ok());
                continue;
            }
            let new = !existed.get(entry.id.as_str()).copied().unwrap_or(false);
            let fresh = || (index, ObjectChange { id: entry.id.clone(), removal: None, new, properties: Vec::new() });
            let (last_index, change) = last.entry(&entry.id).or_insert_with(fresh);
            *last_index = index;
            match &entry.outcome {
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
        let mut changes: Vec<(usize, ObjectChange)> =
            last.into_values().filter(|(_, change)| change.removal.is_none() || !change.new).collect();
        changes.sort_by_key(|(index, _)| *index);
        changes.into_iter().map(|(_, change)| change).collect()
    }
}
