//! Access to the value of a property in the canonical contact.

use super::canonical::Contact;
use super::field_ref::FieldRef;
use super::field_types;
use super::kinds::{AddressKind, PhoneKind, WebsiteKind};

/// The accessor of a property: where its value is in the canonical contact, and with that its type.
///
/// A variant for a whole field has the name of the field's type in [`field_types`].
pub enum Accessor {
    /// A string.
    String(FieldRef<Contact, field_types::String>),
    /// A collection of strings.
    Strings(FieldRef<Contact, field_types::Strings>),
    /// A date that Graph types as a `DateTimeOffset`.
    DateTimeOffset(FieldRef<Contact, field_types::DateTimeOffset>),
    /// A date.
    Date(FieldRef<Contact, field_types::Date>),
    /// A Boolean.
    Boolean(FieldRef<Contact, field_types::Boolean>),
    /// A follow-up flag.
    Flag(FieldRef<Contact, field_types::Flag>),
    /// One e-mail address.
    EmailAddress(FieldRef<Contact, field_types::EmailAddress>),
    /// A collection of e-mail addresses.
    EmailAddresses(FieldRef<Contact, field_types::EmailAddresses>),
    /// The telephone numbers of one kind.
    PhonesOfKind(FieldRef<Contact, field_types::Phones>, PhoneKind),
    /// The only telephone number of one kind.
    PhoneOfKind(FieldRef<Contact, field_types::Phones>, PhoneKind),
    /// Telephone numbers of every kind.
    Phones(FieldRef<Contact, field_types::Phones>),
    /// The only postal address of one kind.
    AddressOfKind(FieldRef<Contact, field_types::PostalAddresses>, AddressKind),
    /// Postal addresses of every kind.
    PostalAddresses(FieldRef<Contact, field_types::PostalAddresses>),
    /// The address of the only website of one kind.
    WebsiteOfKind(FieldRef<Contact, field_types::Websites>, WebsiteKind),
    /// Websites of every kind.
    Websites(FieldRef<Contact, field_types::Websites>),
    /// Open extensions.
    Extensions(FieldRef<Contact, field_types::Extensions>),
    /// The size of a photo.
    Photo(FieldRef<Contact, field_types::Photo>),
    /// MAPI properties with one value.
    SingleValueExtended(FieldRef<Contact, field_types::SingleValueExtended>),
    /// MAPI properties with several values.
    MultiValueExtended(FieldRef<Contact, field_types::MultiValueExtended>),
}

impl Accessor {
    /// Checks whether a contact specifies the property, with a value or null.
    pub fn is_specified(&self, contact: &Contact) -> bool {
        match self {
            Accessor::String(field) => !(field.get)(contact).is_unset(),
            Accessor::Strings(field) => !(field.get)(contact).is_unset(),
            Accessor::DateTimeOffset(field) | Accessor::Date(field) => !(field.get)(contact).is_unset(),
            Accessor::Boolean(field) => !(field.get)(contact).is_unset(),
            Accessor::Flag(field) => !(field.get)(contact).is_unset(),
            Accessor::EmailAddress(field) => !(field.get)(contact).is_unset(),
            Accessor::EmailAddresses(field) => !(field.get)(contact).is_unset(),
            Accessor::PhonesOfKind(field, kind) | Accessor::PhoneOfKind(field, kind) => (field.get)(contact).is_specified(*kind),
            Accessor::Phones(field) => !(field.get)(contact).is_unset(),
            Accessor::AddressOfKind(field, kind) => (field.get)(contact).is_specified(*kind),
            Accessor::PostalAddresses(field) => !(field.get)(contact).is_unset(),
            Accessor::WebsiteOfKind(field, kind) => (field.get)(contact).is_specified(*kind),
            Accessor::Websites(field) => !(field.get)(contact).is_unset(),
            Accessor::Extensions(field) => !(field.get)(contact).is_unset(),
            Accessor::Photo(field) => !(field.get)(contact).is_unset(),
            Accessor::SingleValueExtended(field) => !(field.get)(contact).is_unset(),
            Accessor::MultiValueExtended(field) => !(field.get)(contact).is_unset(),
        }
    }

    /// Returns the number of values of a collection; 0 for other properties.
    pub fn count(&self, contact: &Contact) -> usize {
        match self {
            Accessor::Strings(field) => (field.get)(contact).value().map_or(0, Vec::len),
            Accessor::EmailAddresses(field) => (field.get)(contact).value().map_or(0, Vec::len),
            Accessor::PhonesOfKind(field, kind) => (field.get)(contact).of(*kind).count(),
            Accessor::Phones(field) => (field.get)(contact).iter().count(),
            Accessor::PostalAddresses(field) => (field.get)(contact).iter().count(),
            Accessor::Websites(field) => (field.get)(contact).iter().count(),
            Accessor::Extensions(field) => (field.get)(contact).value().map_or(0, Vec::len),
            Accessor::SingleValueExtended(field) => (field.get)(contact).value().map_or(0, Vec::len),
            Accessor::MultiValueExtended(field) => (field.get)(contact).value().map_or(0, Vec::len),
            _ => 0,
        }
    }
}
