//! Lists whose entries have a kind.

/// A list whose entries have a kind, and the kinds that it specifies.
///
/// v1.0 has a property for some kinds (`businessPhones`), beta has one for all of them (`phones`). A contact read from
/// `businessPhones` specifies only the business numbers, and leaves the others as they are. One read from `phones` specifies
/// every kind.
#[derive(Clone, Debug, PartialEq)]
pub struct ByKind<K, T> {
    kinds: Vec<K>,
    entries: Vec<(K, T)>,
}

impl<K, T> Default for ByKind<K, T> {
    fn default() -> Self {
        ByKind { kinds: Vec::new(), entries: Vec::new() }
    }
}

impl<K: Copy + PartialEq + 'static, T> ByKind<K, T> {
    /// Creates a list that specifies every kind in `all`.
    pub fn from_entries(all: &[K], entries: Vec<(K, T)>) -> Self {
        ByKind { kinds: all.to_vec(), entries }
    }

    /// Replaces the entries of `kind` with `values`.
    pub fn replace(&mut self, kind: K, values: impl IntoIterator<Item = T>) {
        self.entries.retain(|(k, _)| *k != kind);
        self.append(kind, values);
    }

    /// Appends `values` to the entries of `kind`.
    pub fn append(&mut self, kind: K, values: impl IntoIterator<Item = T>) {
        self.entries.extend(values.into_iter().map(|value| (kind, value)));
        if !self.is_specified(kind) {
            self.kinds.push(kind);
        }
    }

    /// Checks whether the list specifies the entries of `kind`, which may be none.
    pub fn is_specified(&self, kind: K) -> bool {
        self.kinds.contains(&kind)
    }

    /// Checks whether the list specifies no kind.
    pub fn is_unset(&self) -> bool {
        self.kinds.is_empty()
    }

    /// Returns the specified kinds.
    pub fn kinds(&self) -> &[K] {
        &self.kinds
    }

    /// Returns the entries, in their order.
    pub fn entries(&self) -> &[(K, T)] {
        &self.entries
    }

    /// Returns the entries themselves.
    pub fn into_entries(self) -> Vec<(K, T)> {
        self.entries
    }

    /// Returns the entries of `kind`, in their order.
    pub fn of(&self, kind: K) -> impl Iterator<Item = &T> {
        self.entries.iter().filter(move |(k, _)| *k == kind).map(|(_, value)| value)
    }
}
