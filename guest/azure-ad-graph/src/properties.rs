//! The properties of Azure AD Graph's objects, one line each: name, type, where Microsoft Graph has it, who sets it, whether it is
//! filtered by, and since when there is one. What is read, written, selected, filtered and told in `$metadata` derives from these lines, and
//! so do the tables in `docs/azure-ad-graph-properties.md`.
//!
//! Sources: the pages "Contact" (2013-04-05) and "Azure AD Graph API reference" (1.6), and Microsoft's table of differences,
//! <https://learn.microsoft.com/en-us/graph/migrate-azure-ad-graph-property-differences>.

use crate::complex::{
    ASSIGNED_LICENSE, ASSIGNED_PLAN, Edm, PASSWORD_PROFILE, PROVISIONED_PLAN, PROVISIONING_ERROR, SIGN_IN_NAME, USER_IDENTITY,
};
use protocol::azure_ad_graph::version::Version;

/// Where Microsoft Graph has a property.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Place {
    /// The object's type, which Azure AD Graph has as a property.
    ObjectType,
    /// The property of that name.
    Property(&'static str),
    /// The first of the list of that name.
    FirstOf(&'static str),
    /// The member of that name of the first of `addresses`.
    Address(&'static str),
    /// The number of the one of `phones` of that type.
    Phone(&'static str),
    /// `photo`, with an address of its own.
    Photo,
    /// Those of `identities` by which a local account signs in; or by which another provider knows the user, where this is true.
    Identities {
        /// Of another provider.
        federated: bool,
    },
    /// Nowhere. It is null, or where it is a collection, empty.
    Nowhere,
}

/// Who sets a property.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Access {
    /// Callers.
    Written,
    /// Callers, and no one reads it.
    WriteOnly,
    /// The directory.
    ReadOnly,
}

/// Whether `$filter` may name a property.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Filtered {
    /// Microsoft Graph filters by it.
    There,
    /// Microsoft Graph filters by it in advanced queries alone.
    Advanced,
    /// Azure AD Graph filtered by it and Microsoft Graph does not: the connector does.
    Here,
    /// Not at all.
    No,
}

/// A property.
#[derive(Debug)]
pub struct Property {
    name: &'static str,
    /// The name in 2013-04-05, where it was another one.
    old_name: Option<&'static str>,
    /// The type.
    pub edm: Edm,
    /// Where Microsoft Graph has it.
    pub place: Place,
    /// Who sets it.
    pub access: Access,
    /// Whether `$filter` may name it.
    pub filtered: Filtered,
    /// The first version that has it.
    pub since: Version,
}

impl Property {
    /// Its name in that version.
    pub fn name(&self, version: Version) -> &'static str {
        if version == Version::V2013April { self.old_name.unwrap_or(self.name) } else { self.name }
    }

    /// Whether it has that name. What is spelled in the other way is understood, too.
    pub fn is_named(&self, name: &str) -> bool {
        self.name == name || self.old_name == Some(name)
    }

    /// The property of Microsoft Graph that it is read from.
    pub fn source(&self) -> Option<&'static str> {
        match self.place {
            Place::Property(name) | Place::FirstOf(name) => Some(name),
            Place::Address(_) => Some("addresses"),
            Place::Phone(_) => Some("phones"),
            Place::Identities { .. } => Some("identities"),
            Place::ObjectType | Place::Photo | Place::Nowhere => None,
        }
    }
}

use Access::{ReadOnly, WriteOnly, Written};
use Edm::{Moment, Stream, Structure, Structures, Text, Texts, Truth};
use Filtered::{Advanced, Here, No, There};
use Place::{Address, FirstOf, Identities, Nowhere, ObjectType, Phone, Photo};
use Version::{V1_5, V1_6, V2013April, V2013November};

const fn line(name: &'static str, edm: Edm, place: Place, access: Access, filtered: Filtered, since: Version) -> Property {
    Property { name, old_name: None, edm, place, access, filtered, since }
}

const fn spelled(old_name: &'static str, line: Property) -> Property {
    Property { old_name: Some(old_name), ..line }
}

/// The property of that name of Microsoft Graph's.
const fn at(name: &'static str) -> Place {
    Place::Property(name)
}

/// `User`. The page on it prints the properties of 1.6 in this order.
#[rustfmt::skip]
pub static USER: &[Property] = &[
    line("objectType",                     Text,   ObjectType,                               ReadOnly,  No,       V2013April),
    line("objectId",                       Text,   at("id"),                                 ReadOnly,  There,    V2013April),
    line("deletionTimestamp",              Moment, at("deletedDateTime"),                    ReadOnly,  No,       V1_5),
    line("accountEnabled",                 Truth,  at("accountEnabled"),                     Written,   There,    V2013April),
    line("ageGroup",                       Text,   at("ageGroup"),                           Written,   No,       V1_6),
    line("assignedLicenses",               Structures(&ASSIGNED_LICENSE), at("assignedLicenses"), ReadOnly, No,   V2013April),
    line("assignedPlans",                  Structures(&ASSIGNED_PLAN), at("assignedPlans"),  ReadOnly,  No,       V2013April),
    line("city",                           Text,   at("city"),                               Written,   There,    V2013April),
    line("companyName",                    Text,   at("companyName"),                        Written,   Advanced, V1_6),
    line("consentProvidedForMinor",        Text,   at("consentProvidedForMinor"),            Written,   No,       V1_6),
    line("country",                        Text,   at("country"),                            Written,   There,    V2013April),
    line("createdDateTime",                Moment, at("createdDateTime"),                    ReadOnly,  Advanced, V1_6),
    line("creationType",                   Text,   at("creationType"),                       ReadOnly,  There,    V1_6),
    line("department",                     Text,   at("department"),                         Written,   There,    V2013April),
    line("dirSyncEnabled",                 Truth,  at("onPremisesSyncEnabled"),              ReadOnly,  There,    V2013April),
    line("displayName",                    Text,   at("displayName"),                        Written,   There,    V2013April),
    line("employeeId",                     Text,   at("employeeId"),                         Written,   There,    V1_6),
    line("facsimileTelephoneNumber",       Text,   at("faxNumber"),                          Written,   No,       V2013April),
    line("givenName",                      Text,   at("givenName"),                          Written,   There,    V2013April),
    line("immutableId",                    Text,   at("onPremisesImmutableId"),              Written,   There,    V2013November),
    line("isCompromised",                  Truth,  Nowhere,                                  ReadOnly,  No,       V1_6),
    line("jobTitle",                       Text,   at("jobTitle"),                           Written,   There,    V2013April),
    line("lastDirSyncTime",                Moment, at("onPremisesLastSyncDateTime"),         ReadOnly,  There,    V2013April),
    line("legalAgeGroupClassification",    Text,   at("legalAgeGroupClassification"),        ReadOnly,  No,       V1_6),
    line("mail",                           Text,   at("mail"),                               Written,   There,    V2013April),
    line("mailNickname",                   Text,   at("mailNickname"),                       Written,   There,    V2013April),
    line("mobile",                         Text,   at("mobilePhone"),                        Written,   No,       V2013April),
    line("onPremisesDistinguishedName",    Text,   at("onPremisesDistinguishedName"),        ReadOnly,  No,       V1_6),
    line("onPremisesSecurityIdentifier",   Text,   at("onPremisesSecurityIdentifier"),       ReadOnly,  No,       V1_5),
    line("otherMails",                     Texts,  at("otherMails"),                         Written,   There,    V2013April),
    line("passwordPolicies",               Text,   at("passwordPolicies"),                   Written,   No,       V2013April),
    line("passwordProfile",                Structure(&PASSWORD_PROFILE), at("passwordProfile"), WriteOnly, No,    V2013April),
    line("physicalDeliveryOfficeName",     Text,   at("officeLocation"),                     Written,   No,       V2013April),
    line("postalCode",                     Text,   at("postalCode"),                         Written,   Advanced, V2013April),
    line("preferredLanguage",              Text,   at("preferredLanguage"),                  Written,   No,       V2013April),
    line("provisionedPlans",               Structures(&PROVISIONED_PLAN), at("provisionedPlans"), ReadOnly, No,   V2013April),
    line("provisioningErrors",             Structures(&PROVISIONING_ERROR), Nowhere,         ReadOnly,  No,       V2013April),
    line("proxyAddresses",                 Texts,  at("proxyAddresses"),                     ReadOnly,  There,    V2013April),
    line("refreshTokensValidFromDateTime", Moment, at("signInSessionsValidFromDateTime"),    ReadOnly,  No,       V1_6),
    line("showInAddressList",              Truth,  at("showInAddressList"),                  Written,   No,       V1_6),
    line("signInNames",                    Structures(&SIGN_IN_NAME), Identities { federated: false }, ReadOnly, There, V1_6),
    line("sipProxyAddress",                Text,   FirstOf("imAddresses"),                   ReadOnly,  No,       V1_5),
    line("state",                          Text,   at("state"),                              Written,   There,    V2013April),
    line("streetAddress",                  Text,   at("streetAddress"),                      Written,   Advanced, V2013April),
    line("surname",                        Text,   at("surname"),                            Written,   There,    V2013April),
    line("telephoneNumber",                Text,   FirstOf("businessPhones"),                Written,   No,       V2013April),
    line("thumbnailPhoto",                 Stream, Photo,                                    Written,   No,       V2013April),
    line("usageLocation",                  Text,   at("usageLocation"),                      Written,   There,    V2013April),
    line("userIdentities",                 Structures(&USER_IDENTITY), Identities { federated: true }, ReadOnly, No, V1_6),
    line("userPrincipalName",              Text,   at("userPrincipalName"),                  Written,   There,    V2013April),
    line("userState",                      Text,   at("externalUserState"),                  ReadOnly,  No,       V1_6),
    line("userStateChangedOn",             Moment, at("externalUserStateChangeDateTime"),    ReadOnly,  No,       V1_6),
    line("userType",                       Text,   at("userType"),                           Written,   There,    V2013November),
];

/// `Contact`. The page on it has the properties of 2013-04-05 with who sets each and which of them are filtered by.
#[rustfmt::skip]
pub static CONTACT: &[Property] = &[
    line("objectType",                 Text,   ObjectType,                       ReadOnly, No,    V2013April),
    line("objectId",                   Text,   at("id"),                         ReadOnly, There, V2013April),
    line("deletionTimestamp",          Moment, at("deletedDateTime"),            ReadOnly, No,    V1_5),
    line("city",                       Text,   Address("city"),                  Written,  Here,  V2013April),
    line("companyName",                Text,   at("companyName"),                Written,  Advanced, V1_6),
    line("country",                    Text,   Address("countryOrRegion"),       Written,  Here,  V2013April),
    line("department",                 Text,   at("department"),                 Written,  There, V2013April),
    line("dirSyncEnabled",             Truth,  at("onPremisesSyncEnabled"),      ReadOnly, There, V2013April),
    line("displayName",                Text,   at("displayName"),                Written,  There, V2013April),
    line("facsimileTelephoneNumber",   Text,   Phone("businessFax"),             Written,  No,    V2013April),
    line("givenName",                  Text,   at("givenName"),                  Written,  There, V2013April),
    line("jobTitle",                   Text,   at("jobTitle"),                   Written,  There, V2013April),
    line("lastDirSyncTime",            Moment, at("onPremisesLastSyncDateTime"), ReadOnly, There, V2013April),
    spelled("Mail",
    line("mail",                       Text,   at("mail"),                       Written,  There, V2013April)),
    spelled("mailNickName",
    line("mailNickname",               Text,   at("mailNickname"),               Written,  No,    V2013April)),
    line("mobile",                     Text,   Phone("mobile"),                  Written,  No,    V2013April),
    line("physicalDeliveryOfficeName", Text,   Address("officeLocation"),        Written,  No,    V2013April),
    line("postalCode",                 Text,   Address("postalCode"),            Written,  No,    V2013April),
    line("provisioningErrors",         Structures(&PROVISIONING_ERROR), Nowhere, ReadOnly, No,    V2013April),
    line("proxyAddresses",             Texts,  at("proxyAddresses"),             ReadOnly, There, V2013April),
    line("sipProxyAddress",            Text,   Nowhere,                          ReadOnly, No,    V1_5),
    line("state",                      Text,   Address("state"),                 Written,  Here,  V2013April),
    line("streetAddress",              Text,   Address("street"),                Written,  No,    V2013April),
    line("surname",                    Text,   at("surname"),                    Written,  There, V2013April),
    line("telephoneNumber",            Text,   Phone("business"),                Written,  No,    V2013April),
    line("thumbnailPhoto",             Stream, Nowhere,                          ReadOnly, No,    V2013April),
];

/// `Group`, as members see theirs. Groups themselves are not served.
#[rustfmt::skip]
pub static GROUP: &[Property] = &[
    line("objectType",                   Text,   ObjectType,                         ReadOnly, No, V2013April),
    line("objectId",                     Text,   at("id"),                           ReadOnly, No, V2013April),
    line("deletionTimestamp",            Moment, at("deletedDateTime"),              ReadOnly, No, V1_5),
    line("description",                  Text,   at("description"),                  ReadOnly, No, V2013April),
    line("dirSyncEnabled",               Truth,  at("onPremisesSyncEnabled"),        ReadOnly, No, V2013April),
    line("displayName",                  Text,   at("displayName"),                  ReadOnly, No, V2013April),
    line("lastDirSyncTime",              Moment, at("onPremisesLastSyncDateTime"),   ReadOnly, No, V2013April),
    line("mail",                         Text,   at("mail"),                         ReadOnly, No, V2013April),
    line("mailNickname",                 Text,   at("mailNickname"),                 ReadOnly, No, V2013April),
    line("mailEnabled",                  Truth,  at("mailEnabled"),                  ReadOnly, No, V2013April),
    line("onPremisesDomainName",         Text,   at("onPremisesDomainName"),         ReadOnly, No, V1_6),
    line("onPremisesNetBiosName",        Text,   at("onPremisesNetBiosName"),        ReadOnly, No, V1_6),
    line("onPremisesSamAccountName",     Text,   at("onPremisesSamAccountName"),     ReadOnly, No, V1_6),
    line("onPremisesSecurityIdentifier", Text,   at("onPremisesSecurityIdentifier"), ReadOnly, No, V1_5),
    line("provisioningErrors",           Structures(&PROVISIONING_ERROR), Nowhere,   ReadOnly, No, V2013April),
    line("proxyAddresses",               Texts,  at("proxyAddresses"),               ReadOnly, No, V2013April),
    line("securityEnabled",              Truth,  at("securityEnabled"),              ReadOnly, No, V2013April),
];

/// `DirectoryRole`, as members see theirs.
#[rustfmt::skip]
pub static ROLE: &[Property] = &[
    line("objectType",        Text,   ObjectType,            ReadOnly, No, V2013April),
    line("objectId",          Text,   at("id"),              ReadOnly, No, V2013April),
    line("deletionTimestamp", Moment, at("deletedDateTime"), ReadOnly, No, V1_5),
    line("description",       Text,   at("description"),     ReadOnly, No, V2013April),
    line("displayName",       Text,   at("displayName"),     ReadOnly, No, V2013April),
    line("isSystem",          Truth,  Nowhere,               ReadOnly, No, V2013April),
    line("roleDisabled",      Truth,  Nowhere,               ReadOnly, No, V2013April),
    line("roleTemplateId",    Text,   at("roleTemplateId"),  ReadOnly, No, V2013November),
];

/// What every object has, and of objects of other types is shown.
#[rustfmt::skip]
pub static OBJECT: &[Property] = &[
    line("objectType",        Text,   ObjectType,            ReadOnly, No, V2013April),
    line("objectId",          Text,   at("id"),              ReadOnly, No, V2013April),
    line("deletionTimestamp", Moment, at("deletedDateTime"), ReadOnly, No, V1_5),
    line("displayName",       Text,   at("displayName"),     ReadOnly, No, V2013April),
];
