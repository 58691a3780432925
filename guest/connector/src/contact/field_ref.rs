//! References to fields, for tables.

/// A field of the structure `S`, to be read and written through a table.
pub struct FieldRef<S, T> {
    /// Returns the field.
    pub get: fn(&S) -> &T,
    /// Returns the field for writing.
    pub get_mut: fn(&mut S) -> &mut T,
}

/// Creates the [`FieldRef`] to the field of that name.
macro_rules! field_ref {
    ($field:ident) => {
        $crate::contact::field_ref::FieldRef { get: |it| &it.$field, get_mut: |it| &mut it.$field }
    };
}
pub(super) use field_ref;
