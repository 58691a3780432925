//! Lists whose entries have a kind.

/// A list whose entries have a kind: the whole list, or the parts that properties of their own show.
///
/// Beta has one property for all kinds (`phones`). v1.0 has properties dedicated to some kinds (`businessPhones`), and callers
/// use both: the rest is what no dedicated property holds (see [`projection`](super::projection)). Parts leave what they do not
/// specify as it is.
#[derive(Clone, Debug, PartialEq)]
pub enum ByKind<K, T> {
    /// Every entry, in the order of the service.
    Whole(Vec<(K, T)>),
    /// The parts of a list.
    Parts {
        /// The specified dedicated properties: the kind of each, and its entries.
        dedicated: Vec<(K, Vec<T>)>,
        /// The entries outside of the dedicated properties; `None` if they are not specified.
        rest: Option<Vec<(K, T)>>,
    },
}

impl<K, T> Default for ByKind<K, T> {
    /// Returns a list that specifies nothing.
    fn default() -> Self {
        ByKind::Parts { dedicated: Vec::new(), rest: None }
    }
}

impl<K: Copy + PartialEq, T> ByKind<K, T> {
    /// Specifies the entries of the property dedicated to `kind`.
    pub fn set_dedicated(&mut self, kind: K, values: Vec<T>) {
        match self {
            ByKind::Parts { dedicated, .. } => {
                dedicated.retain(|(known, _)| *known != kind);
                dedicated.push((kind, values));
            }
            ByKind::Whole(entries) => {
                entries.retain(|(known, _)| *known != kind);
                entries.extend(values.into_iter().map(|value| (kind, value)));
            }
        }
    }

    /// Specifies the entries outside of the dedicated properties.
    pub fn set_rest(&mut self, entries: Vec<(K, T)>) {
        match self {
            ByKind::Parts { rest, .. } => *rest = Some(entries),
            ByKind::Whole(whole) => *whole = entries,
        }
    }

    /// Checks whether the list specifies nothing.
    pub fn is_unset(&self) -> bool {
        matches!(self, ByKind::Parts { dedicated, rest: None } if dedicated.is_empty())
    }

    /// Checks whether the list specifies the entries of `kind`, which may be none.
    pub fn is_specified(&self, kind: K) -> bool {
        match self {
            ByKind::Whole(_) => true,
            ByKind::Parts { dedicated, .. } => {
                dedicated.iter().any(|(known, _)| *known == kind) || self.of(kind).next().is_some()
            }
        }
    }

    /// Returns the entries: those of the dedicated properties first.
    pub fn iter(&self) -> impl Iterator<Item = (K, &T)> {
        let (dedicated, list) = match self {
            ByKind::Whole(entries) => (None, entries.as_slice()),
            ByKind::Parts { dedicated, rest } => (Some(dedicated), rest.as_deref().unwrap_or_default()),
        };
        let dedicated = dedicated.into_iter().flatten();
        let dedicated = dedicated.flat_map(|(kind, values)| values.iter().map(move |value| (*kind, value)));
        dedicated.chain(list.iter().map(|(kind, value)| (*kind, value)))
    }

    /// Returns the entries of `kind`, in their order.
    pub fn of(&self, kind: K) -> impl Iterator<Item = &T> {
        self.iter().filter(move |(known, _)| *known == kind).map(|(_, value)| value)
    }

    /// Returns the entries themselves.
    pub fn into_entries(self) -> Vec<(K, T)> {
        match self {
            ByKind::Whole(entries) => entries,
            ByKind::Parts { dedicated, rest } => {
                let dedicated =
                    dedicated.into_iter().flat_map(|(kind, values)| values.into_iter().map(move |value| (kind, value)));
                dedicated.chain(rest.into_iter().flatten()).collect()
            }
        }
    }
}
