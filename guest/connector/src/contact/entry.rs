//! The entries of lists with kinds: telephone numbers, postal addresses and websites.

use super::accessor::Accessor;
use super::complex_type::ComplexType;
use super::kinds::{AddressKind, Kind, PhoneKind, WebsiteKind};
use super::parts::{Address, Phone, Website};
use super::projection::Shape;
use super::properties::{self, DedicatedKind};

/// An entry of a list with kinds.
pub trait Entry: ComplexType {
    /// The type of its kind.
    type Kind: Kind;
    /// The properties that are dedicated to a kind.
    const DEDICATED: DedicatedKind<Self::Kind>;
    /// The only part that a dedicated property shows; `None` if it shows all of them.
    const ONLY_PART: Option<&'static str>;
    /// The part that a caller's entry has to have.
    const REQUIRED: Option<&'static str>;
}

impl Entry for Phone {
    type Kind = PhoneKind;
    const DEDICATED: DedicatedKind<PhoneKind> = properties::dedicated_phone_kind;
    const ONLY_PART: Option<&'static str> = Some("number");
    const REQUIRED: Option<&'static str> = Some("number");
}

impl Entry for Address {
    type Kind = AddressKind;
    const DEDICATED: DedicatedKind<AddressKind> = properties::dedicated_address_kind;
    const ONLY_PART: Option<&'static str> = None;
    const REQUIRED: Option<&'static str> = None;
}

impl Entry for Website {
    type Kind = WebsiteKind;
    const DEDICATED: DedicatedKind<WebsiteKind> = properties::dedicated_website_kind;
    const ONLY_PART: Option<&'static str> = Some("address");
    const REQUIRED: Option<&'static str> = None;
}

/// Returns the shape of the list.
pub fn shape_of<T: Entry>() -> Shape {
    let dedicated = |accessor: &Accessor| T::DEDICATED(accessor).map(|(kind, capacity)| (kind.name(), capacity));
    Shape {
        dedicated: properties::PROPERTIES.iter().filter_map(|property| dedicated(&property.accessor)).collect(),
        only_part: T::ONLY_PART,
        parts: T::PARTS.iter().map(|part| part.name).collect(),
        kinds: T::Kind::ALL.iter().map(|kind| kind.name()).collect(),
        unknown_kind: T::Kind::UNKNOWN.name(),
    }
}
