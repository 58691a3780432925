//! The three states of a property in a partial update.

/// A property of a partial contact: unset, null, or a value.
///
/// Graph's PATCH tells them apart: an absent property keeps its value, a null one loses it.
/// <https://learn.microsoft.com/en-us/graph/api/contact-update?view=graph-rest-1.0>
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Field<T> {
    /// The contact does not specify the property.
    #[default]
    Unset,
    /// The property has no value, or is to lose it.
    Null,
    /// The property has this value, or is to get it.
    Set(T),
}

impl<T> Field<T> {
    /// Returns the value, if there is one.
    pub fn value(&self) -> Option<&T> {
        match self {
            Field::Set(value) => Some(value),
            Field::Unset | Field::Null => None,
        }
    }

    /// Checks whether the field is unset.
    pub fn is_unset(&self) -> bool {
        matches!(self, Field::Unset)
    }

    /// Returns this field, or `stored` if this one is unset.
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
    /// Returns an unset field for `None`.
    fn from(value: Option<T>) -> Self {
        value.map_or(Field::Unset, Field::Set)
    }
}
