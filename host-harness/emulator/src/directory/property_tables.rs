//! The properties of users, organizational contacts and groups, one line each. Responses, `$select`, `$filter`, `$orderby` and
//! the check of request bodies derive from them.
//!
//! Names and types are from Microsoft's CSDL (microsoftgraph/msgraph-metadata, `schemas/v1.0-Prod.csdl`). Operators are from the
//! pages of the types (<https://learn.microsoft.com/graph/api/resources/user>, `orgcontact`, `group`) and from the tables in
//! <https://learn.microsoft.com/graph/aad-advanced-queries>. A user has the properties of the Azure AD Graph API 1.6 under their
//! names in Microsoft Graph. That beta has the same default properties as v1.0 is unverified.

use crate::directory::property::{
    ADDRESS, ADDRESS_NOT_NULL, ALWAYS_NULL, EQUAL, EQUAL_NULL, FILTERABLE, INDEXED, INDEXED_EQUAL, INDEXED_NOT_NULL, NONE,
    NOT_NULL, NULL, ORDERED, ORDERED_INDEXED, ORDERED_NULL, ObjectProperty, selected, shown, structured,
};
use crate::odata::edm::{Complex, Edm, Member, PHONE};

use crate::directory::property::Access::{Managed, Secret, Written};
use crate::odata::edm::Declared::Both;

const STRING: Edm = Edm::String;
const BOOLEAN: Edm = Edm::Boolean;
const DATE_TIME: Edm = Edm::DateTimeOffset;
const STRINGS: Edm = Edm::Collection(&Edm::String);
const OBJECTS: Edm = Edm::Collection(&Edm::Complex(&OPAQUE));
const PHONES: Edm = Edm::Collection(&Edm::Complex(&PHONE));
const ADDRESSES: Edm = Edm::Collection(&Edm::Complex(&PHYSICAL_OFFICE_ADDRESS));
const IDENTITIES: Edm = Edm::Collection(&Edm::Complex(&OBJECT_IDENTITY));

/// A value that the emulator passes on unchecked.
static OPAQUE: Complex = Complex { name: "value", sparse: false, members: &[] };

const fn string(name: &'static str) -> Member {
    Member { name, edm: Edm::String, declared: Both }
}

const fn boolean(name: &'static str) -> Member {
    Member { name, edm: Edm::Boolean, declared: Both }
}

static PHYSICAL_OFFICE_ADDRESS: Complex = Complex {
    name: "physicalOfficeAddress",
    sparse: false,
    members: &[
        string("city"),
        string("countryOrRegion"),
        string("officeLocation"),
        string("postalCode"),
        string("state"),
        string("street"),
    ],
};

static OBJECT_IDENTITY: Complex = Complex {
    name: "objectIdentity",
    sparse: false,
    members: &[string("signInType"), string("issuer"), string("issuerAssignedId")],
};

static PASSWORD_PROFILE: Complex = Complex {
    name: "passwordProfile",
    sparse: false,
    members: &[string("password"), boolean("forceChangePasswordNextSignIn"), boolean("forceChangePasswordNextSignInWithMfa")],
};

/// The default properties have the order of the response on the page "Get user".
#[rustfmt::skip]
pub(crate) static USER: &[ObjectProperty] = &[
    shown("businessPhones",                     STRINGS,   Written, NOT_NULL),
    shown("displayName",                        STRING,    Written, FILTERABLE),
    shown("givenName",                          STRING,    Written, FILTERABLE),
    shown("jobTitle",                           STRING,    Written, FILTERABLE),
    shown("mail",                               STRING,    Written, ADDRESS),
    shown("mobilePhone",                        STRING,    Written, INDEXED),
    shown("officeLocation",                     STRING,    Written, INDEXED),
    shown("preferredLanguage",                  STRING,    Written, INDEXED),
    shown("surname",                            STRING,    Written, FILTERABLE),
    shown("userPrincipalName",                  STRING,    Written, ADDRESS_NOT_NULL),
    shown("id",                                 STRING,    Managed, EQUAL),
    selected("accountEnabled",                  BOOLEAN,   Written, EQUAL),
    selected("ageGroup",                        STRING,    Written, EQUAL),
    selected("assignedLicenses",                OBJECTS,   Managed, NONE),
    selected("assignedPlans",                   OBJECTS,   Managed, NONE),
    selected("city",                            STRING,    Written, FILTERABLE),
    selected("companyName",                     STRING,    Written, INDEXED),
    selected("consentProvidedForMinor",         STRING,    Written, EQUAL),
    selected("country",                         STRING,    Written, FILTERABLE),
    selected("createdDateTime",                 DATE_TIME, Managed, ORDERED_INDEXED),
    selected("creationType",                    STRING,    Managed, EQUAL),
    selected("deletedDateTime",                 DATE_TIME, Managed, NONE),
    selected("department",                      STRING,    Written, FILTERABLE),
    selected("employeeId",                      STRING,    Written, ORDERED_NULL),
    selected("employeeType",                    STRING,    Written, ORDERED_INDEXED),
    selected("externalUserState",               STRING,    Managed, EQUAL),
    selected("externalUserStateChangeDateTime", DATE_TIME, Managed, ORDERED),
    selected("faxNumber",                       STRING,    Written, INDEXED),
    selected("identities",                      IDENTITIES,Written, NONE),
    selected("imAddresses",                     STRINGS,   Managed, NOT_NULL),
    selected("legalAgeGroupClassification",     STRING,    Managed, NONE),
    selected("mailNickname",                    STRING,    Written, FILTERABLE),
    selected("onPremisesDistinguishedName",     STRING,    Managed, NONE),
    selected("onPremisesDomainName",            STRING,    Managed, NONE),
    selected("onPremisesImmutableId",           STRING,    Written, ORDERED),
    selected("onPremisesLastSyncDateTime",      DATE_TIME, Managed, ORDERED),
    structured("onPremisesProvisioningErrors",  OBJECTS,   false, &["category", "propertyCausingError"]),
    selected("onPremisesSamAccountName",        STRING,    Managed, INDEXED_NOT_NULL),
    selected("onPremisesSecurityIdentifier",    STRING,    Managed, NULL),
    selected("onPremisesSyncEnabled",           BOOLEAN,   Managed, EQUAL_NULL),
    selected("onPremisesUserPrincipalName",     STRING,    Managed, NOT_NULL),
    selected("otherMails",                      STRINGS,   Written, ADDRESS_NOT_NULL),
    selected("passwordPolicies",                STRING,    Written, NULL),
    selected("passwordProfile",                 Edm::Complex(&PASSWORD_PROFILE), Secret, NONE),
    selected("postalCode",                      STRING,    Written, INDEXED),
    selected("provisionedPlans",                OBJECTS,   Managed, NONE),
    selected("proxyAddresses",                  STRINGS,   Managed, ADDRESS_NOT_NULL),
    structured("serviceProvisioningErrors",     OBJECTS,   false, &["isResolved", "serviceInstance"]),
    selected("showInAddressList",               BOOLEAN,   Written, INDEXED_EQUAL),
    selected("signInSessionsValidFromDateTime", DATE_TIME, Managed, NONE),
    selected("state",                           STRING,    Written, FILTERABLE),
    selected("streetAddress",                   STRING,    Written, INDEXED),
    selected("usageLocation",                   STRING,    Written, FILTERABLE),
    selected("userType",                        STRING,    Written, EQUAL_NULL),
];

/// All come without `$select`. In Graph they are read-only; `Written` marks those that callers of Azure AD Graph 1.6 could set
/// (<https://learn.microsoft.com/previous-versions/azure/ad/graph/api/contacts-operations>).
#[rustfmt::skip]
pub(crate) static ORG_CONTACT: &[ObjectProperty] = &[
    shown("id",                                STRING,    Managed, EQUAL),
    shown("deletedDateTime",                   DATE_TIME, Managed, NONE),
    shown("companyName",                       STRING,    Written, INDEXED),
    shown("department",                        STRING,    Written, FILTERABLE),
    shown("displayName",                       STRING,    Written, FILTERABLE),
    shown("givenName",                         STRING,    Written, FILTERABLE),
    shown("jobTitle",                          STRING,    Written, FILTERABLE),
    shown("mail",                              STRING,    Written, ADDRESS),
    shown("mailNickname",                      STRING,    Written, FILTERABLE),
    shown("onPremisesLastSyncDateTime",        DATE_TIME, Managed, ORDERED),
    shown("onPremisesSyncEnabled",             BOOLEAN,   Managed, EQUAL_NULL),
    shown("proxyAddresses",                    STRINGS,   Managed, ADDRESS_NOT_NULL),
    shown("surname",                           STRING,    Written, FILTERABLE),
    shown("addresses",                         ADDRESSES, Written, NONE),
    structured("onPremisesProvisioningErrors", OBJECTS,   true, &["category", "propertyCausingError"]),
    shown("phones",                            PHONES,    Written, NONE),
    structured("serviceProvisioningErrors",    OBJECTS,   true, &["isResolved", "serviceInstance"]),
];

/// The properties that membership needs.
#[rustfmt::skip]
pub(crate) static GROUP: &[ObjectProperty] = &[
    shown("id",                                STRING,    Managed, EQUAL),
    shown("deletedDateTime",                   DATE_TIME, Managed, NONE),
    shown("classification",                    STRING,    Written, EQUAL),
    shown("createdDateTime",                   DATE_TIME, Managed, NONE),
    shown("description",                       STRING,    Written, INDEXED_EQUAL),
    shown("displayName",                       STRING,    Written, FILTERABLE),
    shown("expirationDateTime",                DATE_TIME, Managed, ORDERED_INDEXED),
    shown("groupTypes",                        STRINGS,   Written, EQUAL),
    shown("mail",                              STRING,    Managed, ADDRESS),
    shown("mailEnabled",                       BOOLEAN,   Written, EQUAL),
    shown("mailNickname",                      STRING,    Written, FILTERABLE),
    shown("membershipRule",                    STRING,    Written, NOT_NULL),
    shown("onPremisesLastSyncDateTime",        DATE_TIME, Managed, ORDERED),
    structured("onPremisesProvisioningErrors", OBJECTS,   true, &["category", "propertyCausingError"]),
    shown("onPremisesDomainName",              STRING,    Managed, NONE),
    shown("onPremisesNetBiosName",             STRING,    Managed, NONE),
    shown("onPremisesSamAccountName",          STRING,    Managed, INDEXED_NOT_NULL),
    shown("onPremisesSecurityIdentifier",      STRING,    Managed, NULL),
    shown("onPremisesSyncEnabled",             BOOLEAN,   Managed, EQUAL_NULL),
    shown("preferredLanguage",                 STRING,    Written, INDEXED),
    shown("proxyAddresses",                    STRINGS,   Managed, ADDRESS_NOT_NULL),
    shown("renewedDateTime",                   DATE_TIME, Managed, ORDERED),
    shown("securityEnabled",                   BOOLEAN,   Written, EQUAL),
    shown("visibility",                        STRING,    Written, NONE),
    selected("hasMembersWithLicenseErrors",    BOOLEAN,   Managed, ALWAYS_NULL),
];
