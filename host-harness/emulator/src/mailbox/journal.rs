//! The log of changes in a mailbox, from which delta queries respond.

use std::collections::HashMap;

/// A change of an item in one container.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ItemEvent {
    /// Created or changed there.
    Upserted,
    /// Moved there from another container.
    MovedIn,
    /// Deleted, or moved to another container.
    Removed,
}

#[derive(Debug)]
struct Entry {
    container: String,
    item: String,
    event: ItemEvent,
}

/// The log of one kind of item: contacts by folder, or folders by parent. It only grows, so a position in it stands for the
/// state at that time.
#[derive(Debug, Default)]
pub(crate) struct Journal(Vec<Entry>);

/// The change of an item between two positions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ItemChange {
    pub(crate) item: String,
    pub(crate) removed: bool,
}

/// The entries of an item around a position.
#[derive(Debug, Default)]
struct Known {
    /// Whether the item existed at the position.
    before: bool,
    /// The position and event of its last entry since then.
    last: Option<(usize, ItemEvent)>,
}

impl Journal {
    pub(crate) fn add(&mut self, container: &str, item: &str, event: ItemEvent) {
        self.0.push(Entry { container: container.to_owned(), item: item.to_owned(), event });
    }

    /// Returns the position after the last entry.
    pub(crate) fn end(&self) -> usize {
        self.0.len()
    }

    /// Returns the items of a container (None: of all) that changed after `since` and not after `until`, each once, in the order
    /// of their last change. Leaves out items that were both added and removed in between.
    ///
    /// With `immutable`, the client asks for immutable ids. Then an item that was moved away and back in between counts as
    /// removed, and does not come again before it changes: microsoft-graph-docs#21752. With ordinary ids the move would have
    /// changed its id.
    pub(crate) fn list_changes(&self, container: Option<&str>, since: usize, until: usize, immutable: bool) -> Vec<ItemChange> {
        let mut known: HashMap<&str, Known> = HashMap::new();
        let inside = self.0.iter().take(until).enumerate();
        for (position, entry) in inside.filter(|(_, entry)| container.is_none_or(|container| container == entry.container)) {
            let item = known.entry(&entry.item).or_default();
            if position < since {
                item.before = entry.event != ItemEvent::Removed;
            } else {
                item.last = Some((position, entry.event));
            }
        }
        let mut changes: Vec<(usize, ItemChange)> = known
            .into_iter()
            .filter_map(|(item, Known { before, last })| {
                let (position, event) = last?;
                let removed = event == ItemEvent::Removed || (event == ItemEvent::MovedIn && before && immutable);
                (!removed || before).then(|| (position, ItemChange { item: item.to_owned(), removed }))
            })
            .collect();
        changes.sort_by_key(|(position, _)| *position);
        changes.into_iter().map(|(_, change)| change).collect()
    }
}
