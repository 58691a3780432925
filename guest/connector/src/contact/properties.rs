//! The table: each property of a contact once. Reading, writing, comparing, validation and limits interpret it.

use serde_json::{Map, Value};

use super::kinds::{AddressKind, PhoneKind, WebsiteKind};
use super::parts::{EmailAddress, ExtendedProperty, Flag, Lens, at};
use super::{Contact, Date, Field, Version};

/// A property of a contact in one or both versions of Graph.
pub struct Property {
    /// Graph's name for it, which is also its name in ICF and OpenIDM.
    pub name: &'static str,
    /// What it means.
    pub about: &'static str,
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
    /// Open extensions, which a new contact can be created with and which are written on their own afterwards.
    Extensions(Lens<Contact, Field<Vec<Map<String, Value>>>>),
    /// What is known of a photo; the photo itself is no property.
    Photo(Lens<Contact, Field<Map<String, Value>>>),
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
    property("id", "the contact's id, assigned by the service; opaque and case-sensitive", Text(at!(id))).read_only(),
    property("changeKey", "the version of the contact, which changes with every change of it", Text(at!(change_key))).read_only(),
    property("createdDateTime", "when the contact was created, RFC 3339 in UTC", Text(at!(created_date_time))).read_only(),
    property("lastModifiedDateTime", "when the contact was last changed, RFC 3339 in UTC", Text(at!(last_modified_date_time)))
        .read_only(),
    property("parentFolderId", "the id of the folder that holds the contact", Text(at!(parent_folder_id))).read_only(),
    property(
        "displayName",
        "the name shown for the contact; made up by the service where none is given",
        Text(at!(display_name)),
    ),
    property("givenName", "given name", Text(at!(given_name))),
    property("middleName", "middle name", Text(at!(middle_name))),
    property("surname", "surname", Text(at!(surname))),
    property("title", "title, as Dr. or Ms.", Text(at!(title))),
    property("generation", "generation, as Jr. or III", Text(at!(generation))),
    property("initials", "initials", Text(at!(initials))),
    property("nickName", "nickname", Text(at!(nick_name))),
    property("fileAs", "the name the contact is filed under", Text(at!(file_as))),
    property("companyName", "company", Text(at!(company_name))),
    property("department", "department", Text(at!(department))),
    property("jobTitle", "job title", Text(at!(job_title))),
    property("profession", "profession", Text(at!(profession))),
    property("officeLocation", "where the office is", Text(at!(office_location))),
    property("manager", "the name of the contact's manager: text, not a link", Text(at!(manager))),
    property("assistantName", "the name of the contact's assistant", Text(at!(assistant_name))),
    property("emailAddresses", "e-mail addresses, each with the name shown for it", Emails(at!(email_addresses))).limit(3),
    property("primaryEmailAddress", "the first e-mail slot; global cloud only", Email(at!(primary_email_address))),
    property("secondaryEmailAddress", "the second e-mail slot; global cloud only", Email(at!(secondary_email_address))),
    property("tertiaryEmailAddress", "the third e-mail slot; global cloud only", Email(at!(tertiary_email_address))),
    property("imAddresses", "instant-messaging addresses", Texts(at!(im_addresses))).limit(3),
    property("businessPhones", "business telephone numbers", PhonesOf(PhoneKind::Business)).only(V1).limit(2),
    property("homePhones", "home telephone numbers", PhonesOf(PhoneKind::Home)).only(V1).limit(2),
    property("mobilePhone", "the mobile telephone number", PhoneOf(PhoneKind::Mobile)).only(V1),
    property("phones", "telephone numbers of every kind", Phones).only(Beta),
    property("businessAddress", "business address", AddressOf(AddressKind::Business)).only(V1),
    property("homeAddress", "home address", AddressOf(AddressKind::Home)).only(V1),
    property("otherAddress", "another address", AddressOf(AddressKind::Other)).only(V1),
    property("postalAddresses", "postal addresses of every kind", Addresses).only(Beta),
    // That v1.0's home page is beta's website of kind work is this connector's choice: Microsoft documents none.
    property("businessHomePage", "the company's website", WebsiteOf(WebsiteKind::Work)).only(V1),
    property("websites", "websites of every kind", Websites).only(Beta),
    property("birthday", "birthday, YYYY-MM-DD", DateTime(at!(birthday))),
    property("weddingAnniversary", "wedding anniversary, YYYY-MM-DD", Date(at!(wedding_anniversary))).only(Beta),
    property("spouseName", "the name of the spouse or partner", Text(at!(spouse_name))),
    property("children", "the names of the children", Texts(at!(children))),
    property("gender", "gender, free text", Text(at!(gender))).only(Beta),
    property("yomiGivenName", "phonetic Japanese given name", Text(at!(yomi_given_name))),
    property("yomiSurname", "phonetic Japanese surname", Text(at!(yomi_surname))),
    property("yomiCompanyName", "phonetic Japanese company name", Text(at!(yomi_company_name))),
    property("personalNotes", "notes about the contact", Text(at!(personal_notes))),
    property("categories", "categories that the mailbox's owner has put the contact in", Texts(at!(categories))),
    property("flag", "follow-up flag", Flag(at!(flag))).only(Beta),
    property("isFavorite", "whether the contact is a favourite", Bool(at!(is_favorite))).only(Beta),
    property(
        "singleValueExtendedProperties",
        "MAPI properties with one value; read those whose ids are asked for",
        SingleValueExtended(at!(single_value_extended_properties)),
    ),
    property(
        "multiValueExtendedProperties",
        "MAPI properties with several values; read those whose ids are asked for",
        MultiValueExtended(at!(multi_value_extended_properties)),
    ),
    property("extensions", "open extensions; read where they are asked for", Extensions(at!(extensions))),
    property("photo", "width and height of the contact's photo", Photo(at!(photo))).read_only(),
];

const fn property(name: &'static str, about: &'static str, place: Place) -> Property {
    Property { name, about, place, only: None, read_only: false, limit: None }
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

    /// ICF's flags of the attribute.
    pub fn flags(&self) -> Vec<&'static str> {
        let asked_for = matches!(self.place, Extensions(_) | SingleValueExtended(_) | MultiValueExtended(_) | Photo(_));
        let mut flags = Vec::new();
        if self.read_only {
            flags.extend(["NOT_CREATABLE", "NOT_UPDATEABLE"]);
        }
        if asked_for {
            flags.push("NOT_RETURNED_BY_DEFAULT");
        }
        flags
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

/// The properties that a caller knows, where that version of Graph is spoken.
///
/// The names are v1.0's, as on the OpenICF page, with beta's besides where beta is spoken: there `businessPhones` has the
/// business numbers, and `phones` those that have no property of their own.
pub fn for_callers(version: Version) -> impl Iterator<Item = &'static Property> {
    PROPERTIES.iter().filter(move |property| property.is_in(version) || version == Version::Beta)
}

/// The kind that a place is of alone, and how many entries of it the place takes; `None` for other places.
pub type Own<K> = fn(&Place) -> Option<(K, usize)>;

/// Places of telephone numbers of one kind.
pub fn own_phones(place: &Place) -> Option<(PhoneKind, usize)> {
    match place {
        PhonesOf(kind) => Some((*kind, usize::MAX)),
        PhoneOf(kind) => Some((*kind, 1)),
        _ => None,
    }
}

/// Places of postal addresses of one kind.
pub fn own_address(place: &Place) -> Option<(AddressKind, usize)> {
    match place {
        AddressOf(kind) => Some((*kind, 1)),
        _ => None,
    }
}

/// Places of websites of one kind.
pub fn own_website(place: &Place) -> Option<(WebsiteKind, usize)> {
    match place {
        WebsiteOf(kind) => Some((*kind, 1)),
        _ => None,
    }
}

/// How many entries of `kind` have room in a property of their own.
pub fn room<K: PartialEq>(own: Own<K>, kind: &K) -> usize {
    PROPERTIES.iter().filter_map(|p| own(&p.place)).find(|(k, _)| k == kind).map_or(0, |(_, room)| room)
}

/// Whether an attribute of a contact has several values.
pub fn has_several(name: &str, version: Version) -> bool {
    let property = for_callers(version).find(|property| property.name == name);
    property.is_some_and(|property| {
        !matches!(
            property.place,
            Place::Text(_)
                | Place::DateTime(_)
                | Place::Date(_)
                | Place::Bool(_)
                | Place::Flag(_)
                | Place::Email(_)
                | Place::PhoneOf(_)
                | Place::AddressOf(_)
                | Place::WebsiteOf(_)
                | Place::Photo(_)
        )
    })
}
