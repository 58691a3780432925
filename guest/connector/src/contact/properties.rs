//! The table: each property of a contact once. Reading, writing, comparing, validation and limits interpret it.

use serde_json::{Map, Value};

use super::kinds::{AddressKind, PhoneKind, WebsiteKind};
use super::parts::{EmailAddress, ExtendedProperty, FieldRef, Flag, field_ref};
use super::{Contact, Date, Field, Version};

/// A property of a contact in one or both versions of Graph.
pub struct Property {
    /// Graph's name for it, which is also its name in ICF and OpenIDM.
    pub name: &'static str,
    /// What it means.
    pub description: &'static str,
    /// Where its value is in the canonical contact, and with that its type.
    pub accessor: Accessor,
    /// The one version that has it, where not both have.
    pub only_in: Option<Version>,
    /// Whether the service alone assigns it.
    pub read_only: bool,
    /// The most values that the service stores, where it has a limit.
    pub limit: Option<usize>,
}

/// A accessor in the canonical contact.
pub enum Accessor {
    /// A text.
    String(FieldRef<Contact, Field<String>>),
    /// A collection of texts.
    Strings(FieldRef<Contact, Field<Vec<String>>>),
    /// A date that Graph types as a time.
    DateTimeOffset(FieldRef<Contact, Field<Date>>),
    /// A date.
    Date(FieldRef<Contact, Field<Date>>),
    /// A truth value.
    Boolean(FieldRef<Contact, Field<bool>>),
    /// A follow-up flag.
    Flag(FieldRef<Contact, Field<Flag>>),
    /// One e-mail address.
    EmailAddress(FieldRef<Contact, Field<EmailAddress>>),
    /// A collection of e-mail addresses.
    EmailAddresses(FieldRef<Contact, Field<Vec<EmailAddress>>>),
    /// The telephone numbers of one kind.
    PhonesOfKind(PhoneKind),
    /// The only telephone number of one kind.
    PhoneOfKind(PhoneKind),
    /// All telephone numbers.
    Phones,
    /// The only postal address of one kind.
    AddressOfKind(AddressKind),
    /// All postal addresses.
    PostalAddresses,
    /// The address of the only website of one kind.
    WebsiteOfKind(WebsiteKind),
    /// All websites.
    Websites,
    /// Open extensions, which a new contact can be created with and which are written on their own afterwards.
    Extensions(FieldRef<Contact, Field<Vec<Map<String, Value>>>>),
    /// What is known of a photo; the photo itself is no property.
    Photo(FieldRef<Contact, Field<Map<String, Value>>>),
    /// MAPI properties with one value.
    SingleValueExtended(FieldRef<Contact, Field<Vec<ExtendedProperty<String>>>>),
    /// MAPI properties with several values.
    MultiValueExtended(FieldRef<Contact, Field<Vec<ExtendedProperty<Vec<String>>>>>),
}

use Version::{Beta, V1};

/// Every property that this connector knows, in the order in which they are shown.
///
/// Names, types and versions: Microsoft's metadata (`microsoft.graph.contact`), and the pages
/// <https://learn.microsoft.com/en-us/graph/api/resources/contact?view=graph-rest-1.0> and `...?view=graph-rest-beta`.
/// Limits are not in Microsoft's documentation; the service answers 400 beyond them
/// (<https://github.com/microsoftgraph/microsoft-graph-docs/issues/15276>).
pub static PROPERTIES: &[Property] = &[
    property("id", "the contact's id, assigned by the service; opaque and case-sensitive", Accessor::String(field_ref!(id)))
        .read_only(),
    property(
        "changeKey",
        "the version of the contact, which changes with every change of it",
        Accessor::String(field_ref!(change_key)),
    )
    .read_only(),
    property("createdDateTime", "when the contact was created, RFC 3339 in UTC", Accessor::String(field_ref!(created_date_time)))
        .read_only(),
    property(
        "lastModifiedDateTime",
        "when the contact was last changed, RFC 3339 in UTC",
        Accessor::String(field_ref!(last_modified_date_time)),
    )
    .read_only(),
    property("parentFolderId", "the id of the folder that holds the contact", Accessor::String(field_ref!(parent_folder_id)))
        .read_only(),
    property(
        "displayName",
        "the name shown for the contact; made up by the service where none is given",
        Accessor::String(field_ref!(display_name)),
    ),
    property("givenName", "given name", Accessor::String(field_ref!(given_name))),
    property("middleName", "middle name", Accessor::String(field_ref!(middle_name))),
    property("surname", "surname", Accessor::String(field_ref!(surname))),
    property("title", "title, as Dr. or Ms.", Accessor::String(field_ref!(title))),
    property("generation", "generation, as Jr. or III", Accessor::String(field_ref!(generation))),
    property("initials", "initials", Accessor::String(field_ref!(initials))),
    property("nickName", "nickname", Accessor::String(field_ref!(nick_name))),
    property("fileAs", "the name the contact is filed under", Accessor::String(field_ref!(file_as))),
    property("companyName", "company", Accessor::String(field_ref!(company_name))),
    property("department", "department", Accessor::String(field_ref!(department))),
    property("jobTitle", "job title", Accessor::String(field_ref!(job_title))),
    property("profession", "profession", Accessor::String(field_ref!(profession))),
    property("officeLocation", "where the office is", Accessor::String(field_ref!(office_location))),
    property("manager", "the name of the contact's manager: text, not a link", Accessor::String(field_ref!(manager))),
    property("assistantName", "the name of the contact's assistant", Accessor::String(field_ref!(assistant_name))),
    property(
        "emailAddresses",
        "e-mail addresses, each with the name shown for it",
        Accessor::EmailAddresses(field_ref!(email_addresses)),
    )
    .limit(3),
    property(
        "primaryEmailAddress",
        "the first e-mail slot; global cloud only",
        Accessor::EmailAddress(field_ref!(primary_email_address)),
    ),
    property(
        "secondaryEmailAddress",
        "the second e-mail slot; global cloud only",
        Accessor::EmailAddress(field_ref!(secondary_email_address)),
    ),
    property(
        "tertiaryEmailAddress",
        "the third e-mail slot; global cloud only",
        Accessor::EmailAddress(field_ref!(tertiary_email_address)),
    ),
    property("imAddresses", "instant-messaging addresses", Accessor::Strings(field_ref!(im_addresses))).limit(3),
    property("businessPhones", "business telephone numbers", Accessor::PhonesOfKind(PhoneKind::Business)).only(V1).limit(2),
    property("homePhones", "home telephone numbers", Accessor::PhonesOfKind(PhoneKind::Home)).only(V1).limit(2),
    property("mobilePhone", "the mobile telephone number", Accessor::PhoneOfKind(PhoneKind::Mobile)).only(V1),
    property("phones", "telephone numbers of every kind", Accessor::Phones).only(Beta),
    property("businessAddress", "business address", Accessor::AddressOfKind(AddressKind::Business)).only(V1),
    property("homeAddress", "home address", Accessor::AddressOfKind(AddressKind::Home)).only(V1),
    property("otherAddress", "another address", Accessor::AddressOfKind(AddressKind::Other)).only(V1),
    property("postalAddresses", "postal addresses of every kind", Accessor::PostalAddresses).only(Beta),
    // That v1.0's home page is beta's website of kind work is this connector's choice: Microsoft documents none.
    property("businessHomePage", "the company's website", Accessor::WebsiteOfKind(WebsiteKind::Work)).only(V1),
    property("websites", "websites of every kind", Accessor::Websites).only(Beta),
    property("birthday", "birthday, YYYY-MM-DD", Accessor::DateTimeOffset(field_ref!(birthday))),
    property("weddingAnniversary", "wedding anniversary, YYYY-MM-DD", Accessor::Date(field_ref!(wedding_anniversary))).only(Beta),
    property("spouseName", "the name of the spouse or partner", Accessor::String(field_ref!(spouse_name))),
    property("children", "the names of the children", Accessor::Strings(field_ref!(children))),
    property("gender", "gender, free text", Accessor::String(field_ref!(gender))).only(Beta),
    property("yomiGivenName", "phonetic Japanese given name", Accessor::String(field_ref!(yomi_given_name))),
    property("yomiSurname", "phonetic Japanese surname", Accessor::String(field_ref!(yomi_surname))),
    property("yomiCompanyName", "phonetic Japanese company name", Accessor::String(field_ref!(yomi_company_name))),
    property("personalNotes", "notes about the contact", Accessor::String(field_ref!(personal_notes))),
    property(
        "categories",
        "categories that the mailbox's owner has put the contact in",
        Accessor::Strings(field_ref!(categories)),
    ),
    property("flag", "follow-up flag", Accessor::Flag(field_ref!(flag))).only(Beta),
    property("isFavorite", "whether the contact is a favourite", Accessor::Boolean(field_ref!(is_favorite))).only(Beta),
    property(
        "singleValueExtendedProperties",
        "MAPI properties with one value; read those whose ids are asked for",
        Accessor::SingleValueExtended(field_ref!(single_value_extended_properties)),
    ),
    property(
        "multiValueExtendedProperties",
        "MAPI properties with several values; read those whose ids are asked for",
        Accessor::MultiValueExtended(field_ref!(multi_value_extended_properties)),
    ),
    property("extensions", "open extensions; read where they are asked for", Accessor::Extensions(field_ref!(extensions))),
    property("photo", "width and height of the contact's photo", Accessor::Photo(field_ref!(photo))).read_only(),
];

const fn property(name: &'static str, description: &'static str, accessor: Accessor) -> Property {
    Property { name, description, accessor, only_in: None, read_only: false, limit: None }
}

impl Property {
    const fn read_only(mut self) -> Self {
        self.read_only = true;
        self
    }

    const fn only(mut self, version: Version) -> Self {
        self.only_in = Some(version);
        self
    }

    const fn limit(mut self, values: usize) -> Self {
        self.limit = Some(values);
        self
    }

    /// ICF's flags of the attribute.
    pub fn flags(&self) -> Vec<&'static str> {
        let asked_for = matches!(
            self.accessor,
            Accessor::Extensions(_) | Accessor::SingleValueExtended(_) | Accessor::MultiValueExtended(_) | Accessor::Photo(_)
        );
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
        self.only_in.is_none_or(|only| only == version)
    }
}

/// The properties that a version of Graph has.
pub fn list_in_version(version: Version) -> impl Iterator<Item = &'static Property> {
    PROPERTIES.iter().filter(move |property| property.is_in(version))
}

/// The properties that a caller knows, where that version of Graph is spoken.
///
/// The names are v1.0's, as on the OpenICF page, with beta's besides where beta is spoken: there `businessPhones` has the
/// business numbers, and `phones` those that have no property of their own.
pub fn list_for_callers(version: Version) -> impl Iterator<Item = &'static Property> {
    PROPERTIES.iter().filter(move |property| property.is_in(version) || version == Version::Beta)
}

/// The kind that a accessor is of alone, and how many entries of it the accessor takes; `None` for other places.
pub type Own<K> = fn(&Accessor) -> Option<(K, usize)>;

/// Places of telephone numbers of one kind.
pub fn own_phones(accessor: &Accessor) -> Option<(PhoneKind, usize)> {
    match accessor {
        Accessor::PhonesOfKind(kind) => Some((*kind, usize::MAX)),
        Accessor::PhoneOfKind(kind) => Some((*kind, 1)),
        _ => None,
    }
}

/// Places of postal addresses of one kind.
pub fn own_address(accessor: &Accessor) -> Option<(AddressKind, usize)> {
    match accessor {
        Accessor::AddressOfKind(kind) => Some((*kind, 1)),
        _ => None,
    }
}

/// Places of websites of one kind.
pub fn own_website(accessor: &Accessor) -> Option<(WebsiteKind, usize)> {
    match accessor {
        Accessor::WebsiteOfKind(kind) => Some((*kind, 1)),
        _ => None,
    }
}

/// How many entries of `kind` have room in a property of their own.
pub fn room<K: PartialEq>(own: Own<K>, kind: &K) -> usize {
    PROPERTIES.iter().filter_map(|p| own(&p.accessor)).find(|(k, _)| k == kind).map_or(0, |(_, room)| room)
}

/// Whether an attribute of a contact has several values.
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
                | Accessor::PhoneOfKind(_)
                | Accessor::AddressOfKind(_)
                | Accessor::WebsiteOfKind(_)
                | Accessor::Photo(_)
        )
    })
}
