//! The three states of a property in a partial update.

/// A property's value in a partial contact: nothing said, no value, or a value.
///
/// Graph's PATCH makes the difference: an absent property keeps its value, a null one loses it.
/// <https://learn.microsoft.com/en-us/graph/api/contact-update?view=graph-rest-1.0>
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Field<T> {
    /// Nothing is said of the property.
    #[default]
    Unset,
    /// The property has no value, or is to lose it.
    Null,
    /// The property has, or is to get, this value.
    Set(T),
}

impl<T> Field<T> {
    /// The value, where there is one.
    pub fn value(&self) -> Option<&T> {
        match self {
            Field::Set(value) => Some(value),
            Field::Unset | Field::Null => None,
        }
    }

    /// Whether nothing is said.
    pub fn is_unset(&self) -> bool {
        matches!(self, Field::Unset)
    }

    /// This, or `stored` where nothing is said here.
    pub fn or(self, stored: &Field<T>) -> Field<T>
    where
        T: Clone,
    {
        if self.is_unset() { stored.clone() } else { self }
    }
}

impl<T> From<T> for Field<T> {
    fn from(value: T) -> Self {
        Field::Set(value)
    }
}

impl<T> From<Option<T>> for Field<T> {
    /// `None` says nothing: it is `Unset`.
    fn from(value: Option<T>) -> Self {
        value.map_or(Field::Unset, Field::Set)
    }
}
