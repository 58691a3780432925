//! The properties of a contact, one line each. Validation, `$select`, `$orderby`, `$filter` and responses derive from them.
//!
//! Names, types and versions are from Microsoft's CSDL (microsoftgraph/msgraph-metadata, `schemas/v1.0-Prod.csdl` and the beta
//! type mappings) and <https://learn.microsoft.com/graph/api/resources/contact>. The order is that of Graph's own responses.

use crate::odata::edm::{Complex, Declared, Edm, PHONE, Version, member};
use crate::odata::json_body::is_same_name;

use crate::odata::edm::Declared::{Both, OnlyBeta, OnlyV1, UnlessReduced};

/// A property of a contact.
#[derive(Debug)]
pub(crate) struct ContactProperty {
    pub(crate) name: &'static str,
    pub(crate) edm: Edm,
    pub(crate) declared: Declared,
    /// Set by the service: a request body may only repeat the stored value.
    pub(crate) managed: bool,
    /// The number of slots in the mailbox. Graph refuses more values with 400 (microsoft-graph-docs#15276 for e-mail addresses
    /// and business phones, the crate `io-msgraph` for the others).
    pub(crate) limit: Option<usize>,
}

const fn row(name: &'static str, edm: Edm, declared: Declared, managed: bool, limit: Option<usize>) -> ContactProperty {
    ContactProperty { name, edm, declared, managed, limit }
}

const STRINGS: Edm = Edm::Collection(&Edm::String);
const EMAILS: Edm = Edm::Collection(&Edm::Complex(&TYPED_EMAIL_ADDRESS));
const PHONES: Edm = Edm::Collection(&Edm::Complex(&PHONE));
const ADDRESSES: Edm = Edm::Collection(&Edm::Complex(&PHYSICAL_ADDRESS));
const WEBSITES: Edm = Edm::Collection(&Edm::Complex(&WEBSITE));
const ADDRESS: Edm = Edm::Complex(&PHYSICAL_ADDRESS);
const EMAIL: Edm = Edm::Complex(&EMAIL_ADDRESS);
const DATE_TIME: Edm = Edm::Complex(&DATE_TIME_TIME_ZONE);

static PHYSICAL_ADDRESS: Complex = Complex {
    name: "physicalAddress",
    sparse: true,
    members: &[
        member("type", Edm::Enum(&["unknown", "home", "business", "other"]), OnlyBeta),
        member("postOfficeBox", Edm::String, OnlyBeta),
        member("street", Edm::String, Both),
        member("city", Edm::String, Both),
        member("state", Edm::String, Both),
        member("countryOrRegion", Edm::String, Both),
        member("postalCode", Edm::String, Both),
    ],
};

static EMAIL_ADDRESS: Complex = Complex {
    name: "emailAddress",
    sparse: false,
    members: &[member("name", Edm::String, Both), member("address", Edm::String, Both)],
};

/// `emailAddress` in v1.0, `typedEmailAddress` in beta.
static TYPED_EMAIL_ADDRESS: Complex = Complex {
    name: "emailAddress",
    sparse: false,
    members: &[
        member("type", Edm::Enum(&["unknown", "work", "personal", "main", "other"]), OnlyBeta),
        member("otherLabel", Edm::String, OnlyBeta),
        member("name", Edm::String, Both),
        member("address", Edm::String, Both),
    ],
};

static WEBSITE: Complex = Complex {
    name: "website",
    sparse: false,
    members: &[
        member("type", Edm::Enum(&["other", "home", "work", "blog", "profile"]), Both),
        member("address", Edm::String, Both),
        member("displayName", Edm::String, Both),
    ],
};

static DATE_TIME_TIME_ZONE: Complex = Complex {
    name: "dateTimeTimeZone",
    sparse: false,
    members: &[member("dateTime", Edm::String, Both), member("timeZone", Edm::String, Both)],
};

static FOLLOWUP_FLAG: Complex = Complex {
    name: "followupFlag",
    sparse: true,
    members: &[
        member("flagStatus", Edm::Enum(&["notFlagged", "complete", "flagged"]), Both),
        member("startDateTime", DATE_TIME, Both),
        member("dueDateTime", DATE_TIME, Both),
        member("completedDateTime", DATE_TIME, Both),
    ],
};

/// The properties of `microsoft.graph.contact`: name, type, versions, server-managed, slot limit.
#[rustfmt::skip]
pub(crate) static CONTACT: &[ContactProperty] = &[
    row("id",                     Edm::String,                  Both,     true,  None),
    row("createdDateTime",        Edm::DateTimeOffset,          Both,     true,  None),
    row("lastModifiedDateTime",   Edm::DateTimeOffset,          Both,     true,  None),
    row("changeKey",              Edm::String,                  Both,     true,  None),
    row("categories",             STRINGS,                      Both,     false, None),
    row("parentFolderId",         Edm::String,                  Both,     true,  None),
    row("birthday",               Edm::DateTimeOffset,          Both,     false, None),
    row("fileAs",                 Edm::String,                  Both,     false, None),
    row("displayName",            Edm::String,                  Both,     false, None),
    row("givenName",              Edm::String,                  Both,     false, None),
    row("initials",               Edm::String,                  Both,     false, None),
    row("middleName",             Edm::String,                  Both,     false, None),
    row("nickName",               Edm::String,                  Both,     false, None),
    row("surname",                Edm::String,                  Both,     false, None),
    row("title",                  Edm::String,                  Both,     false, None),
    row("yomiGivenName",          Edm::String,                  Both,     false, None),
    row("yomiSurname",            Edm::String,                  Both,     false, None),
    row("yomiCompanyName",        Edm::String,                  Both,     false, None),
    row("generation",             Edm::String,                  Both,     false, None),
    row("imAddresses",            STRINGS,                      Both,     false, Some(3)),
    row("jobTitle",               Edm::String,                  Both,     false, None),
    row("companyName",            Edm::String,                  Both,     false, None),
    row("department",             Edm::String,                  Both,     false, None),
    row("officeLocation",         Edm::String,                  Both,     false, None),
    row("profession",             Edm::String,                  Both,     false, None),
    row("businessHomePage",       Edm::String,                  OnlyV1,   false, None),
    row("assistantName",          Edm::String,                  Both,     false, None),
    row("manager",                Edm::String,                  Both,     false, None),
    row("homePhones",             STRINGS,                      OnlyV1,   false, Some(2)),
    row("mobilePhone",            Edm::String,                  OnlyV1,   false, None),
    row("businessPhones",         STRINGS,                      OnlyV1,   false, Some(2)),
    row("spouseName",             Edm::String,                  Both,     false, None),
    row("personalNotes",          Edm::String,                  Both,     false, None),
    row("children",               STRINGS,                      Both,     false, None),
    row("emailAddresses",         EMAILS,                       Both,     false, Some(3)),
    row("primaryEmailAddress",    EMAIL,                        UnlessReduced, false, None),
    row("secondaryEmailAddress",  EMAIL,                        UnlessReduced, false, None),
    row("tertiaryEmailAddress",   EMAIL,                        UnlessReduced, false, None),
    row("homeAddress",            ADDRESS,                      OnlyV1,   false, None),
    row("businessAddress",        ADDRESS,                      OnlyV1,   false, None),
    row("otherAddress",           ADDRESS,                      OnlyV1,   false, None),
    row("phones",                 PHONES,                       OnlyBeta, false, None),
    row("postalAddresses",        ADDRESSES,                    OnlyBeta, false, None),
    row("websites",               WEBSITES,                     OnlyBeta, false, None),
    row("flag",                   Edm::Complex(&FOLLOWUP_FLAG), OnlyBeta, false, None),
    row("gender",                 Edm::String,                  OnlyBeta, false, None),
    row("isFavorite",             Edm::Boolean,                 OnlyBeta, false, None),
    row("weddingAnniversary",     Edm::Date,                    OnlyBeta, false, None),
];

/// Returns the property of that name, if that version declares it. Names in query options are case-sensitive, as in OData.
pub(crate) fn find_property(name: &str, version: Version) -> Option<&'static ContactProperty> {
    CONTACT.iter().find(|property| property.name == name && property.declared.is_in(version))
}

/// Returns the property with that name in a body (see [`is_same_name`]).
pub(crate) fn find_body_property(name: &str, version: Version) -> Option<&'static ContactProperty> {
    CONTACT.iter().find(|property| is_same_name(property.name, name) && property.declared.is_in(version))
}
