//! The structured values of a contact.

use serde_json::{Map, Value};

use super::Version;
use super::field::Field;
use super::kinds::{EmailKind, FlagStatus};

/// The way to a field of a structure, to read it and to write it.
pub struct FieldRef<S, T> {
    /// The field.
    pub get: fn(&S) -> &T,
    /// The field, to be changed.
    pub get_mut: fn(&mut S) -> &mut T,
}

/// The lens of the field of that name.
macro_rules! field_ref {
    ($field:ident) => {
        $crate::contact::parts::FieldRef { get: |it| &it.$field, get_mut: |it| &mut it.$field }
    };
}
pub(super) use field_ref;

/// A structure of text fields: Graph's complex types `physicalAddress`, `emailAddress` and `website`, and `contactFolder`.
pub trait ComplexType: Clone + Default + PartialEq + 'static {
    /// The fields, one line each.
    const PARTS: &'static [Part<Self>];
    /// What Graph returned in it and this connector does not know.
    fn unknown(&self) -> &Map<String, Value>;
    /// The same, to be changed.
    fn unknown_mut(&mut self) -> &mut Map<String, Value>;

    /// This, completed with what `stored` has where nothing is said here: Graph replaces a complex value whole.
    /// <https://learn.microsoft.com/en-us/graph/api/contact-update?view=graph-rest-1.0>
    fn completed_from(mut self, stored: &Self) -> Self {
        for part in Self::PARTS {
            let said = std::mem::take((part.field.get_mut)(&mut self));
            *(part.field.get_mut)(&mut self) = said.or((part.field.get)(stored));
        }
        for (name, value) in stored.unknown() {
            self.unknown_mut().entry(name).or_insert_with(|| value.clone());
        }
        self
    }

    /// Whether both hold the same values; it makes no difference whether a missing one is unset or null.
    fn has_same_values(&self, other: &Self) -> bool {
        Self::PARTS.iter().all(|part| (part.field.get)(self).value() == (part.field.get)(other).value())
            && self.unknown() == other.unknown()
    }

    /// Whether it holds no value at all.
    fn is_empty(&self) -> bool {
        self.has_same_values(&Self::default())
    }
}

/// A text field of a complex type.
pub struct Part<S: 'static> {
    /// Its name.
    pub name: &'static str,
    /// Its place.
    pub field: FieldRef<S, Field<String>>,
    /// The one version that has it, where not both have.
    pub only_in: Option<Version>,
}

impl<S> Part<S> {
    /// Whether that version has the field.
    pub fn is_in(&self, version: Version) -> bool {
        self.only_in.is_none_or(|only| only == version)
    }
}

macro_rules! complex {
    ($type:ident { $($name:literal $field:ident $($only:ident)?),+ $(,)? }) => {
        impl ComplexType for $type {
            const PARTS: &'static [Part<Self>] =
                &[$(Part { name: $name, field: field_ref!($field), only_in: complex!(@only $($only)?) }),+];
            fn unknown(&self) -> &Map<String, Value> {
                &self.unknown
            }
            fn unknown_mut(&mut self) -> &mut Map<String, Value> {
                &mut self.unknown
            }
        }
    };
    (@only) => { None };
    (@only beta) => { Some(Version::Beta) };
}

complex!(Address {
    "street" street, "city" city, "state" state, "postalCode" postal_code, "countryOrRegion" country_or_region,
    "postOfficeBox" post_office_box beta,
});
complex!(EmailAddress { "name" name, "address" address, "otherLabel" other_label beta });
complex!(Folder {
    "id" id, "displayName" display_name, "parentFolderId" parent_folder_id, "wellKnownName" well_known_name beta,
});
complex!(Website { "address" address, "displayName" display_name beta });

/// A postal address (`physicalAddress`). Its kind is its place in [`ByKind`].
#[derive(Clone, Debug, Default, PartialEq)]
#[allow(missing_docs, reason = "wit/types.wit describes every property for its readers")]
pub struct Address {
    pub street: Field<String>,
    pub city: Field<String>,
    pub state: Field<String>,
    pub postal_code: Field<String>,
    pub country_or_region: Field<String>,
    pub post_office_box: Field<String>,
    pub unknown: Map<String, Value>,
}

/// An e-mail address (`emailAddress` in v1.0, `typedEmailAddress` in beta).
#[derive(Clone, Debug, Default, PartialEq)]
#[allow(missing_docs, reason = "wit/types.wit describes every property for its readers")]
pub struct EmailAddress {
    pub kind: Field<EmailKind>,
    pub name: Field<String>,
    pub address: Field<String>,
    pub other_label: Field<String>,
    pub unknown: Map<String, Value>,
}

/// A website (`website`). Its kind is its place in [`ByKind`].
#[derive(Clone, Debug, Default, PartialEq)]
#[allow(missing_docs, reason = "wit/types.wit describes every property for its readers")]
pub struct Website {
    pub address: Field<String>,
    pub display_name: Field<String>,
    pub unknown: Map<String, Value>,
}

/// A contact folder (`contactFolder`).
/// <https://learn.microsoft.com/en-us/graph/api/resources/contactfolder>
#[derive(Clone, Debug, Default, PartialEq)]
#[allow(missing_docs, reason = "wit/types.wit describes every property for its readers")]
pub struct Folder {
    pub id: Field<String>,
    pub display_name: Field<String>,
    pub parent_folder_id: Field<String>,
    pub well_known_name: Field<String>,
    pub unknown: Map<String, Value>,
}

/// A follow-up flag (`followupFlag`, beta).
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "wit/types.wit describes every property for its readers")]
pub struct Flag {
    pub status: FlagStatus,
    pub start: Option<DateTimeTimeZone>,
    pub due: Option<DateTimeTimeZone>,
    pub completed: Option<DateTimeTimeZone>,
}

/// A time on a clock somewhere (`dateTimeTimeZone`).
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "wit/types.wit describes every property for its readers")]
pub struct DateTimeTimeZone {
    pub date_time: String,
    pub time_zone: Option<String>,
}

/// A MAPI property: `singleValueLegacyExtendedProperty` or `multiValueLegacyExtendedProperty`.
#[derive(Clone, Debug, PartialEq)]
pub struct ExtendedProperty<V> {
    /// `{type} {guid} Name {name}` or `{type} {proptag}`.
    pub id: String,
    /// The value or values, as text.
    pub value: V,
}

/// A list whose entries have a kind, and the kinds that it speaks of.
///
/// v1.0 has a property for some kinds (`businessPhones`), beta one for all of them (`phones`). A contact that comes from
/// `businessPhones` alone says nothing of home phones; one that comes from `phones` says everything.
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
    /// The whole list: it speaks of every kind in `all`.
    pub fn from_entries(all: &[K], entries: Vec<(K, T)>) -> Self {
        ByKind { kinds: all.to_vec(), entries }
    }

    /// Says that `values` are the entries of `kind`, in their order, and that there are no others of that kind.
    pub fn replace(&mut self, kind: K, values: impl IntoIterator<Item = T>) {
        self.entries.retain(|(k, _)| *k != kind);
        self.entries.extend(values.into_iter().map(|value| (kind, value)));
        if !self.is_specified(kind) {
            self.kinds.push(kind);
        }
    }

    /// Says of `kind` what `values` are, besides what is said of it already.
    pub fn append(&mut self, kind: K, values: impl IntoIterator<Item = T>) {
        self.entries.extend(values.into_iter().map(|value| (kind, value)));
        if !self.is_specified(kind) {
            self.kinds.push(kind);
        }
    }

    /// Whether anything is said of `kind`; there may be no entry of it all the same.
    pub fn is_specified(&self, kind: K) -> bool {
        self.kinds.contains(&kind)
    }

    /// Whether nothing is said of any kind.
    pub fn is_unset(&self) -> bool {
        self.kinds.is_empty()
    }

    /// The kinds that something is said of.
    pub fn kinds(&self) -> &[K] {
        &self.kinds
    }

    /// The entries, in their order.
    pub fn entries(&self) -> &[(K, T)] {
        &self.entries
    }

    /// The entries themselves.
    pub fn into_entries(self) -> Vec<(K, T)> {
        self.entries
    }

    /// The entries of `kind`, in their order.
    pub fn of(&self, kind: K) -> impl Iterator<Item = &T> {
        self.entries.iter().filter(move |(k, _)| *k == kind).map(|(_, value)| value)
    }
}
