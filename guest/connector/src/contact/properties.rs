//! The properties of a contact, generated from the table. Parsing, writing, comparing and validation all read them.

use super::accessor::Accessor;
use super::field_ref::field_ref;
use super::kinds::{AddressKind, PhoneKind, WebsiteKind};
use super::version::Version::{self, Beta, V1};
use crate::contact_properties;

/// A property of a contact in one or both versions of Graph.
pub struct Property {
    /// Graph's name, which is also the name in ICF and OpenIDM.
    pub name: &'static str,
    /// What it means.
    pub description: &'static str,
    /// The accessor of its value in the canonical contact.
    pub accessor: Accessor,
    /// The only version that has it; `None` if both have it.
    pub only_in: Option<Version>,
    /// Whether only the service assigns it.
    pub read_only: bool,
    /// The most values that the service stores; `None` if it has no limit.
    pub limit: Option<usize>,
}

/// Declares [`PROPERTIES`] from the rows of the table.
macro_rules! declare_properties {
    ($($field:ident: $type:ident $(, clear($case:ident))? {
        $($name:literal $(as $variant:ident($kind:expr))?: $description:literal $(, $modifier:ident($($argument:expr)?))*;)+
    })*) => {
        /// Every property that this connector knows, in the order in which callers see them.
        pub static PROPERTIES: &[Property] = &[$($(
            property($name, $description, declare_properties!(@accessor $field $type $($variant $kind)?))
                $(.$modifier($($argument)?))*,
        )+)*];
    };
    (@accessor $field:ident $type:ident) => { Accessor::$type(field_ref!($field)) };
    (@accessor $field:ident $type:ident $variant:ident $kind:expr) => { Accessor::$variant(field_ref!($field), $kind) };
}

contact_properties!(declare_properties);

const fn property(name: &'static str, description: &'static str, accessor: Accessor) -> Property {
    Property { name, description, accessor, only_in: None, read_only: false, limit: None }
}

impl Property {
    const fn read_only(mut self) -> Self {
        self.read_only = true;
        self
    }

    const fn only_in(mut self, version: Version) -> Self {
        self.only_in = Some(version);
        self
    }

    const fn limit(mut self, values: usize) -> Self {
        self.limit = Some(values);
        self
    }

    /// Returns ICF's flags of the attribute.
    pub fn flags(&self) -> Vec<&'static str> {
        let mut flags = Vec::new();
        if self.read_only {
            flags.extend(["NOT_CREATABLE", "NOT_UPDATEABLE"]);
        }
        if self.is_on_request() {
            flags.push("NOT_RETURNED_BY_DEFAULT");
        }
        flags
    }

    /// Returns the name of the list with kinds that has the values of a property dedicated to a kind.
    pub fn list(&self) -> Option<&'static str> {
        match self.accessor {
            Accessor::PhonesOfKind(..) | Accessor::PhoneOfKind(..) => Some("phones"),
            Accessor::AddressOfKind(..) => Some("postalAddresses"),
            Accessor::WebsiteOfKind(..) => Some("websites"),
            _ => None,
        }
    }

    /// Checks whether Graph returns the property only on request.
    fn is_on_request(&self) -> bool {
        matches!(
            self.accessor,
            Accessor::Extensions(_) | Accessor::SingleValueExtended(_) | Accessor::MultiValueExtended(_) | Accessor::Photo(_)
        )
    }

    /// Checks whether a version of Graph has the property.
    pub fn is_in(&self, version: Version) -> bool {
        self.only_in.is_none_or(|only| only == version)
    }
}

/// Returns the properties that a version of Graph has.
pub fn list_in_version(version: Version) -> impl Iterator<Item = &'static Property> {
    PROPERTIES.iter().filter(move |property| property.is_in(version))
}

/// Returns the properties that callers use with a version of Graph.
///
/// The names are v1.0's, as on the OpenICF page. With beta, callers use beta's names as well: `businessPhones` then has the
/// business numbers, and `phones` those that have no property of their own.
pub fn list_for_callers(version: Version) -> impl Iterator<Item = &'static Property> {
    PROPERTIES.iter().filter(move |property| property.is_in(version) || version == Version::Beta)
}

/// Returns the kind that a v1.0 property is dedicated to, and how many entries it holds; `None` for other properties.
pub type DedicatedKind<K> = fn(&Accessor) -> Option<(K, usize)>;

/// Returns the kind of telephone number that a property is dedicated to.
pub fn dedicated_phone_kind(accessor: &Accessor) -> Option<(PhoneKind, usize)> {
    match accessor {
        Accessor::PhonesOfKind(_, kind) => Some((*kind, usize::MAX)),
        Accessor::PhoneOfKind(_, kind) => Some((*kind, 1)),
        _ => None,
    }
}

/// Returns the kind of postal address that a property is dedicated to.
pub fn dedicated_address_kind(accessor: &Accessor) -> Option<(AddressKind, usize)> {
    match accessor {
        Accessor::AddressOfKind(_, kind) => Some((*kind, 1)),
        _ => None,
    }
}

/// Returns the kind of website that a property is dedicated to.
pub fn dedicated_website_kind(accessor: &Accessor) -> Option<(WebsiteKind, usize)> {
    match accessor {
        Accessor::WebsiteOfKind(_, kind) => Some((*kind, 1)),
        _ => None,
    }
}

/// Checks whether Graph returns the property of that name only on request.
pub fn is_on_request(name: &str) -> bool {
    PROPERTIES.iter().any(|property| property.name == name && property.is_on_request())
}

/// Checks whether an attribute of a contact is a collection.
pub fn is_multi_valued(name: &str, version: Version) -> bool {
    let property = list_for_callers(version).find(|property| property.name == name);
    property.is_some_and(|property| {
        !matches!(
            property.accessor,
            Accessor::String(_)
                | Accessor::DateTimeOffset(_)
                | Accessor::Date(_)
                | Accessor::Boolean(_)
                | Accessor::Flag(_)
                | Accessor::EmailAddress(_)
                | Accessor::PhoneOfKind(..)
                | Accessor::AddressOfKind(..)
                | Accessor::WebsiteOfKind(..)
                | Accessor::Photo(_)
        )
    })
}
