//! The table of properties of Azure AD Graph's objects: one line a property.
//!
//! A line has the name, the type, the source in Microsoft Graph, the access, the support of filters, and the first version.
//! Reading, writing, `$select`, `$filter`, `$metadata` and `docs/azure-ad-graph-properties.md` derive from these lines.
//!
//! Sources: the pages "Contact" (2013-04-05) and "Azure AD Graph API reference" (1.6), and Microsoft's table of differences,
//! <https://learn.microsoft.com/en-us/graph/migrate-azure-ad-graph-property-differences>.

use protocol::azure_ad_graph::version::ApiVersion;

use crate::edm::{
    ASSIGNED_LICENSE, ASSIGNED_PLAN, EdmType, PASSWORD_PROFILE, PROVISIONED_PLAN, PROVISIONING_ERROR, SIGN_IN_NAME, USER_IDENTITY,
};

/// The source of a property in Microsoft Graph.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum GraphSource {
    /// The type of the object, which Azure AD Graph has as a property.
    ObjectType,
    /// The property with that name.
    Property(&'static str),
    /// The first item of the collection with that name.
    FirstOf(&'static str),
    /// The member with that name of the first of `addresses`.
    Address(&'static str),
    /// The number of the item of `phones` with that type.
    Phone(&'static str),
    /// `photo`, which has its own address.
    Photo,
    /// The items of `identities`: those of local accounts, or those of other identity providers.
    Identities {
        /// Whether they are those of other identity providers.
        federated: bool,
    },
    /// None. The property is null, or an empty collection.
    Absent,
}

/// Who may read and write a property.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Access {
    /// Callers read and write it.
    Writable,
    /// Callers write it, and nobody reads it.
    WriteOnly,
    /// Callers read it.
    ReadOnly,
}

/// Who evaluates a `$filter` on a property.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum FilterSupport {
    /// Microsoft Graph.
    Server,
    /// Microsoft Graph, only in an advanced query.
    AdvancedQuery,
    /// The connector: Azure AD Graph filtered by it, and Microsoft Graph does not.
    Client,
    /// Nobody: the filter is refused.
    None,
}

/// A property of Azure AD Graph's objects.
#[derive(Debug)]
pub struct EntityProperty {
    name: &'static str,
    /// The name in 2013-04-05, if it was another one.
    old_name: Option<&'static str>,
    /// The type.
    pub edm_type: EdmType,
    /// The source in Microsoft Graph.
    pub source: GraphSource,
    /// Who may read and write it.
    pub access: Access,
    /// Who evaluates a `$filter` on it.
    pub filter_support: FilterSupport,
    /// The first version that has it.
    pub since: ApiVersion,
}

impl EntityProperty {
    /// Returns the name in a version.
    pub fn name(&self, version: ApiVersion) -> &'static str {
        if version == ApiVersion::V2013_04 { self.old_name.unwrap_or(self.name) } else { self.name }
    }

    /// Checks whether the property has that name in any version.
    pub fn is_named(&self, name: &str) -> bool {
        self.name == name || self.old_name == Some(name)
    }

    /// Returns the property of Microsoft Graph that it is read from.
    pub fn graph_property(&self) -> Option<&'static str> {
        match self.source {
            GraphSource::Property(name) | GraphSource::FirstOf(name) => Some(name),
            GraphSource::Address(_) => Some("addresses"),
            GraphSource::Phone(_) => Some("phones"),
            GraphSource::Identities { .. } => Some("identities"),
            GraphSource::ObjectType | GraphSource::Photo | GraphSource::Absent => None,
        }
    }
}

use Access::{ReadOnly, Writable, WriteOnly};
use ApiVersion::{V1_5, V1_6, V2013_04, V2013_11};
use EdmType::{Boolean, Complex, ComplexCollection, DateTime, Stream, String, Strings};
use FilterSupport::{AdvancedQuery, Client, Server};
use GraphSource::{Absent, Address, FirstOf, Identities, ObjectType, Phone, Photo};

// `None` is taken by `Option`.
const NONE: FilterSupport = FilterSupport::None;

const fn row(
    name: &'static str,
    edm_type: EdmType,
    source: GraphSource,
    access: Access,
    filter_support: FilterSupport,
    since: ApiVersion,
) -> EntityProperty {
    EntityProperty { name, old_name: None, edm_type, source, access, filter_support, since }
}

const fn with_old_name(old_name: &'static str, property: EntityProperty) -> EntityProperty {
    EntityProperty { old_name: Some(old_name), ..property }
}

/// Returns the source with that name in Microsoft Graph.
const fn from(name: &'static str) -> GraphSource {
    GraphSource::Property(name)
}

/// The properties of `User`, in the order of its page (1.6).
#[rustfmt::skip]
pub static USER: &[EntityProperty] = &[
    row("objectType",                     String,   ObjectType,                              ReadOnly,  NONE,          V2013_04),
    row("objectId",                       String,   from("id"),                              ReadOnly,  Server,        V2013_04),
    row("deletionTimestamp",              DateTime, from("deletedDateTime"),                 ReadOnly,  NONE,          V1_5),
    row("accountEnabled",                 Boolean,  from("accountEnabled"),                  Writable,  Server,        V2013_04),
    row("ageGroup",                       String,   from("ageGroup"),                        Writable,  NONE,          V1_6),
    row("assignedLicenses", ComplexCollection(&ASSIGNED_LICENSE), from("assignedLicenses"), ReadOnly, NONE, V2013_04),
    row("assignedPlans",                  ComplexCollection(&ASSIGNED_PLAN), from("assignedPlans"), ReadOnly, NONE,    V2013_04),
    row("city",                           String,   from("city"),                            Writable,  Server,        V2013_04),
    row("companyName",                    String,   from("companyName"),                     Writable,  AdvancedQuery, V1_6),
    row("consentProvidedForMinor",        String,   from("consentProvidedForMinor"),         Writable,  NONE,          V1_6),
    row("country",                        String,   from("country"),                         Writable,  Server,        V2013_04),
    row("createdDateTime",                DateTime, from("createdDateTime"),                 ReadOnly,  AdvancedQuery, V1_6),
    row("creationType",                   String,   from("creationType"),                    ReadOnly,  Server,        V1_6),
    row("department",                     String,   from("department"),                      Writable,  Server,        V2013_04),
    row("dirSyncEnabled",                 Boolean,  from("onPremisesSyncEnabled"),           ReadOnly,  Server,        V2013_04),
    row("displayName",                    String,   from("displayName"),                     Writable,  Server,        V2013_04),
    row("employeeId",                     String,   from("employeeId"),                      Writable,  Server,        V1_6),
    row("facsimileTelephoneNumber",       String,   from("faxNumber"),                       Writable,  NONE,          V2013_04),
    row("givenName",                      String,   from("givenName"),                       Writable,  Server,        V2013_04),
    row("immutableId",                    String,   from("onPremisesImmutableId"),           Writable,  Server,        V2013_11),
    row("isCompromised",                  Boolean,  Absent,                                  ReadOnly,  NONE,          V1_6),
    row("jobTitle",                       String,   from("jobTitle"),                        Writable,  Server,        V2013_04),
    row("lastDirSyncTime",                DateTime, from("onPremisesLastSyncDateTime"),      ReadOnly,  Server,        V2013_04),
    row("legalAgeGroupClassification",    String,   from("legalAgeGroupClassification"),     ReadOnly,  NONE,          V1_6),
    row("mail",                           String,   from("mail"),                            Writable,  Server,        V2013_04),
    row("mailNickname",                   String,   from("mailNickname"),                    Writable,  Server,        V2013_04),
    row("mobile",                         String,   from("mobilePhone"),                     Writable,  NONE,          V2013_04),
    row("onPremisesDistinguishedName",    String,   from("onPremisesDistinguishedName"),     ReadOnly,  NONE,          V1_6),
    row("onPremisesSecurityIdentifier",   String,   from("onPremisesSecurityIdentifier"),    ReadOnly,  NONE,          V1_5),
    row("otherMails",                     Strings,  from("otherMails"),                      Writable,  Server,        V2013_04),
    row("passwordPolicies",               String,   from("passwordPolicies"),                Writable,  NONE,          V2013_04),
    row("passwordProfile",                Complex(&PASSWORD_PROFILE), from("passwordProfile"), WriteOnly, NONE,        V2013_04),
    row("physicalDeliveryOfficeName",     String,   from("officeLocation"),                  Writable,  NONE,          V2013_04),
    row("postalCode",                     String,   from("postalCode"),                      Writable,  AdvancedQuery, V2013_04),
    row("preferredLanguage",              String,   from("preferredLanguage"),               Writable,  NONE,          V2013_04),
    row("provisionedPlans", ComplexCollection(&PROVISIONED_PLAN), from("provisionedPlans"), ReadOnly, NONE, V2013_04),
    row("provisioningErrors",             ComplexCollection(&PROVISIONING_ERROR), Absent,    ReadOnly,  NONE,          V2013_04),
    row("proxyAddresses",                 Strings,  from("proxyAddresses"),                  ReadOnly,  Server,        V2013_04),
    row("refreshTokensValidFromDateTime", DateTime, from("signInSessionsValidFromDateTime"), ReadOnly,  NONE,          V1_6),
    row("showInAddressList",              Boolean,  from("showInAddressList"),               Writable,  NONE,          V1_6),
    row("signInNames", ComplexCollection(&SIGN_IN_NAME), Identities { federated: false }, ReadOnly, Server, V1_6),
    row("sipProxyAddress",                String,   FirstOf("imAddresses"),                  ReadOnly,  NONE,          V1_5),
    row("state",                          String,   from("state"),                           Writable,  Server,        V2013_04),
    row("streetAddress",                  String,   from("streetAddress"),                   Writable,  AdvancedQuery, V2013_04),
    row("surname",                        String,   from("surname"),                         Writable,  Server,        V2013_04),
    row("telephoneNumber",                String,   FirstOf("businessPhones"),               Writable,  NONE,          V2013_04),
    row("thumbnailPhoto",                 Stream,   Photo,                                   Writable,  NONE,          V2013_04),
    row("usageLocation",                  String,   from("usageLocation"),                   Writable,  Server,        V2013_04),
    row("userIdentities", ComplexCollection(&USER_IDENTITY), Identities { federated: true }, ReadOnly, NONE, V1_6),
    row("userPrincipalName",              String,   from("userPrincipalName"),               Writable,  Server,        V2013_04),
    row("userState",                      String,   from("externalUserState"),               ReadOnly,  NONE,          V1_6),
    row("userStateChangedOn",             DateTime, from("externalUserStateChangeDateTime"), ReadOnly,  NONE,          V1_6),
    row("userType",                       String,   from("userType"),                        Writable,  Server,        V2013_11),
];

/// The properties of `Contact`. Its page (2013-04-05) says which are writable and which `$filter` takes.
#[rustfmt::skip]
pub static CONTACT: &[EntityProperty] = &[
    row("objectType",                 String,   ObjectType,                         ReadOnly, NONE,          V2013_04),
    row("objectId",                   String,   from("id"),                         ReadOnly, Server,        V2013_04),
    row("deletionTimestamp",          DateTime, from("deletedDateTime"),            ReadOnly, NONE,          V1_5),
    row("city",                       String,   Address("city"),                    Writable, Client,        V2013_04),
    row("companyName",                String,   from("companyName"),                Writable, AdvancedQuery, V1_6),
    row("country",                    String,   Address("countryOrRegion"),         Writable, Client,        V2013_04),
    row("department",                 String,   from("department"),                 Writable, Server,        V2013_04),
    row("dirSyncEnabled",             Boolean,  from("onPremisesSyncEnabled"),      ReadOnly, Server,        V2013_04),
    row("displayName",                String,   from("displayName"),                Writable, Server,        V2013_04),
    row("facsimileTelephoneNumber",   String,   Phone("businessFax"),               Writable, NONE,          V2013_04),
    row("givenName",                  String,   from("givenName"),                  Writable, Server,        V2013_04),
    row("jobTitle",                   String,   from("jobTitle"),                   Writable, Server,        V2013_04),
    row("lastDirSyncTime",            DateTime, from("onPremisesLastSyncDateTime"), ReadOnly, Server,        V2013_04),
    with_old_name("Mail",
    row("mail",                       String,   from("mail"),                       Writable, Server,        V2013_04)),
    with_old_name("mailNickName",
    row("mailNickname",               String,   from("mailNickname"),               Writable, NONE,          V2013_04)),
    row("mobile",                     String,   Phone("mobile"),                    Writable, NONE,          V2013_04),
    row("physicalDeliveryOfficeName", String,   Address("officeLocation"),          Writable, NONE,          V2013_04),
    row("postalCode",                 String,   Address("postalCode"),              Writable, NONE,          V2013_04),
    row("provisioningErrors",         ComplexCollection(&PROVISIONING_ERROR), Absent, ReadOnly, NONE,        V2013_04),
    row("proxyAddresses",             Strings,  from("proxyAddresses"),             ReadOnly, Server,        V2013_04),
    row("sipProxyAddress",            String,   Absent,                             ReadOnly, NONE,          V1_5),
    row("state",                      String,   Address("state"),                   Writable, Client,        V2013_04),
    row("streetAddress",              String,   Address("street"),                  Writable, NONE,          V2013_04),
    row("surname",                    String,   from("surname"),                    Writable, Server,        V2013_04),
    row("telephoneNumber",            String,   Phone("business"),                  Writable, NONE,          V2013_04),
    row("thumbnailPhoto",             Stream,   Absent,                             ReadOnly, NONE,          V2013_04),
];

/// The properties of `Group`. The gateway serves groups only as what users and contacts are members of.
#[rustfmt::skip]
pub static GROUP: &[EntityProperty] = &[
    row("objectType",                   String,   ObjectType,                           ReadOnly, NONE, V2013_04),
    row("objectId",                     String,   from("id"),                           ReadOnly, NONE, V2013_04),
    row("deletionTimestamp",            DateTime, from("deletedDateTime"),              ReadOnly, NONE, V1_5),
    row("description",                  String,   from("description"),                  ReadOnly, NONE, V2013_04),
    row("dirSyncEnabled",               Boolean,  from("onPremisesSyncEnabled"),        ReadOnly, NONE, V2013_04),
    row("displayName",                  String,   from("displayName"),                  ReadOnly, NONE, V2013_04),
    row("lastDirSyncTime",              DateTime, from("onPremisesLastSyncDateTime"),   ReadOnly, NONE, V2013_04),
    row("mail",                         String,   from("mail"),                         ReadOnly, NONE, V2013_04),
    row("mailNickname",                 String,   from("mailNickname"),                 ReadOnly, NONE, V2013_04),
    row("mailEnabled",                  Boolean,  from("mailEnabled"),                  ReadOnly, NONE, V2013_04),
    row("onPremisesDomainName",         String,   from("onPremisesDomainName"),         ReadOnly, NONE, V1_6),
    row("onPremisesNetBiosName",        String,   from("onPremisesNetBiosName"),        ReadOnly, NONE, V1_6),
    row("onPremisesSamAccountName",     String,   from("onPremisesSamAccountName"),     ReadOnly, NONE, V1_6),
    row("onPremisesSecurityIdentifier", String,   from("onPremisesSecurityIdentifier"), ReadOnly, NONE, V1_5),
    row("provisioningErrors",           ComplexCollection(&PROVISIONING_ERROR), Absent, ReadOnly, NONE, V2013_04),
    row("proxyAddresses",               Strings,  from("proxyAddresses"),               ReadOnly, NONE, V2013_04),
    row("securityEnabled",              Boolean,  from("securityEnabled"),              ReadOnly, NONE, V2013_04),
];

/// The properties of `DirectoryRole`. The gateway serves roles only as what users are members of.
#[rustfmt::skip]
pub static ROLE: &[EntityProperty] = &[
    row("objectType",        String,   ObjectType,              ReadOnly, NONE, V2013_04),
    row("objectId",          String,   from("id"),              ReadOnly, NONE, V2013_04),
    row("deletionTimestamp", DateTime, from("deletedDateTime"), ReadOnly, NONE, V1_5),
    row("description",       String,   from("description"),     ReadOnly, NONE, V2013_04),
    row("displayName",       String,   from("displayName"),     ReadOnly, NONE, V2013_04),
    row("isSystem",          Boolean,  Absent,                  ReadOnly, NONE, V2013_04),
    row("roleDisabled",      Boolean,  Absent,                  ReadOnly, NONE, V2013_04),
    row("roleTemplateId",    String,   from("roleTemplateId"),  ReadOnly, NONE, V2013_11),
];

/// The properties of every object, and the only ones of objects of other types.
#[rustfmt::skip]
pub static OBJECT: &[EntityProperty] = &[
    row("objectType",        String,   ObjectType,              ReadOnly, NONE, V2013_04),
    row("objectId",          String,   from("id"),              ReadOnly, NONE, V2013_04),
    row("deletionTimestamp", DateTime, from("deletedDateTime"), ReadOnly, NONE, V1_5),
    row("displayName",       String,   from("displayName"),     ReadOnly, NONE, V2013_04),
];
