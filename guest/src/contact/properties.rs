//! The table: each property of a contact once. Reading, writing, comparing, validation and limits interpret it.

use super::kinds::{AddressKind, PhoneKind, WebsiteKind};
use super::parts::{EmailAddress, ExtendedProperty, Flag, Lens, at};
use super::{Contact, Date, Field, Version};

/// A property of a contact in one or both versions of Graph.
pub struct Property {
    /// Graph's name for it, which is also its name in ICF and OpenIDM.
    pub name: &'static str,
    /// Where its value is in the canonical contact, and with that its type.
    pub place: Place,
    /// The one version that has it, where not both have.
    pub only: Option<Version>,
    /// Whether the service alone assigns it.
    pub read_only: bool,
    /// The most values that the service stores, where it has a limit.
    pub limit: Option<usize>,
}

/// A place in the canonical contact.
pub enum Place {
    /// A text.
    Text(Lens<Contact, Field<String>>),
    /// A collection of texts.
    Texts(Lens<Contact, Field<Vec<String>>>),
    /// A date that Graph types as a time.
    DateTime(Lens<Contact, Field<Date>>),
    /// A date.
    Date(Lens<Contact, Field<Date>>),
    /// A truth value.
    Bool(Lens<Contact, Field<bool>>),
    /// A follow-up flag.
    Flag(Lens<Contact, Field<Flag>>),
    /// One e-mail address.
    Email(Lens<Contact, Field<EmailAddress>>),
    /// A collection of e-mail addresses.
    Emails(Lens<Contact, Field<Vec<EmailAddress>>>),
    /// The telephone numbers of one kind.
    PhonesOf(PhoneKind),
    /// The only telephone number of one kind.
    PhoneOf(PhoneKind),
    /// All telephone numbers.
    Phones,
    /// The only postal address of one kind.
    AddressOf(AddressKind),
    /// All postal addresses.
    Addresses,
    /// The address of the only website of one kind.
    WebsiteOf(WebsiteKind),
    /// All websites.
    Websites,
    /// MAPI properties with one value.
    SingleValueExtended(Lens<Contact, Field<Vec<ExtendedProperty<String>>>>),
    /// MAPI properties with several values.
    MultiValueExtended(Lens<Contact, Field<Vec<ExtendedProperty<Vec<String>>>>>),
}

use Place::*;
use Version::{Beta, V1};

/// Every property that this connector knows, in the order in which they are shown.
///
/// Names, types and versions: Microsoft's metadata (`microsoft.graph.contact`), and the pages
/// <https://learn.microsoft.com/en-us/graph/api/resources/contact?view=graph-rest-1.0> and `...?view=graph-rest-beta`.
/// Limits are not in Microsoft's documentation; the service answers 400 beyond them
/// (<https://github.com/microsoftgraph/microsoft-graph-docs/issues/15276>).
pub static PROPERTIES: &[Property] = &[
    property("id", Text(at!(id))).read_only(),
    property("changeKey", Text(at!(change_key))).read_only(),
    property("createdDateTime", Text(at!(created_date_time))).read_only(),
    property("lastModifiedDateTime", Text(at!(last_modified_date_time))).read_only(),
    property("parentFolderId", Text(at!(parent_folder_id))).read_only(),
    property("displayName", Text(at!(display_name))),
    property("givenName", Text(at!(given_name))),
    property("middleName", Text(at!(middle_name))),
    property("surname", Text(at!(surname))),
    property("title", Text(at!(title))),
    property("generation", Text(at!(generation))),
    property("initials", Text(at!(initials))),
    property("nickName", Text(at!(nick_name))),
    property("fileAs", Text(at!(file_as))),
    property("companyName", Text(at!(company_name))),
    property("department", Text(at!(department))),
    property("jobTitle", Text(at!(job_title))),
    property("profession", Text(at!(profession))),
    property("officeLocation", Text(at!(office_location))),
    property("manager", Text(at!(manager))),
    property("assistantName", Text(at!(assistant_name))),
    property("emailAddresses", Emails(at!(email_addresses))).limit(3),
    property("primaryEmailAddress", Email(at!(primary_email_address))),
    property("secondaryEmailAddress", Email(at!(secondary_email_address))),
    property("tertiaryEmailAddress", Email(at!(tertiary_email_address))),
    property("imAddresses", Texts(at!(im_addresses))).limit(3),
    property("businessPhones", PhonesOf(PhoneKind::Business)).only(V1).limit(2),
    property("homePhones", PhonesOf(PhoneKind::Home)).only(V1).limit(2),
    property("mobilePhone", PhoneOf(PhoneKind::Mobile)).only(V1),
    property("phones", Phones).only(Beta),
    property("businessAddress", AddressOf(AddressKind::Business)).only(V1),
    property("homeAddress", AddressOf(AddressKind::Home)).only(V1),
    property("otherAddress", AddressOf(AddressKind::Other)).only(V1),
    property("postalAddresses", Addresses).only(Beta),
    // That v1.0's home page is beta's website of kind work is this connector's choice: Microsoft documents none.
    property("businessHomePage", WebsiteOf(WebsiteKind::Work)).only(V1),
    property("websites", Websites).only(Beta),
    property("birthday", DateTime(at!(birthday))),
    property("weddingAnniversary", Date(at!(wedding_anniversary))).only(Beta),
    property("spouseName", Text(at!(spouse_name))),
    property("children", Texts(at!(children))),
    property("gender", Text(at!(gender))).only(Beta),
    property("yomiGivenName", Text(at!(yomi_given_name))),
    property("yomiSurname", Text(at!(yomi_surname))),
    property("yomiCompanyName", Text(at!(yomi_company_name))),
    property("personalNotes", Text(at!(personal_notes))),
    property("categories", Texts(at!(categories))),
    property("flag", Flag(at!(flag))).only(Beta),
    property("isFavorite", Bool(at!(is_favorite))).only(Beta),
    property("singleValueExtendedProperties", SingleValueExtended(at!(single_value_extended_properties))),
    property("multiValueExtendedProperties", MultiValueExtended(at!(multi_value_extended_properties))),
];

const fn property(name: &'static str, place: Place) -> Property {
    Property { name, place, only: None, read_only: false, limit: None }
}

impl Property {
    const fn read_only(mut self) -> Self {
        self.read_only = true;
        self
    }

    const fn only(mut self, version: Version) -> Self {
        self.only = Some(version);
        self
    }

    const fn limit(mut self, values: usize) -> Self {
        self.limit = Some(values);
        self
    }

    /// Whether that version of Graph has the property.
    pub fn is_in(&self, version: Version) -> bool {
        self.only.is_none_or(|only| only == version)
    }
}

/// The properties that a version of Graph has.
pub fn of(version: Version) -> impl Iterator<Item = &'static Property> {
    PROPERTIES.iter().filter(move |property| property.is_in(version))
}
