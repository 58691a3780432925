//! What a path of the Azure AD Graph API names: a tenant, and something in it.
//!
//! "Endpoint addressing" on the page "Azure AD Graph API reference"; `directoryObjects/$/{type}` and `directoryObjects/{id}/{type}` are the
//! forms that the service itself gives out, as in links to next pages.

use http::Method;
use percent_encoding::percent_decode_str;

use super::version::Version;
use crate::operation::Operation;

/// Whose directory.
#[derive(Clone, Debug, PartialEq)]
pub enum Tenant {
    /// `myorganization` or `me`: that of who calls.
    OfCaller,
    /// The one of that id or domain.
    Named(String),
}

impl Tenant {
    /// Checks whether it is the directory with these names: its id and its domains.
    pub fn is_directory(&self, names: &[String]) -> bool {
        match self {
            Tenant::OfCaller => true,
            Tenant::Named(name) => names.iter().any(|known| known.eq_ignore_ascii_case(name)),
        }
    }
}

/// Checks whether a path can name a directory so: by its id, or one of its domains.
pub fn is_directory_name(name: &str) -> bool {
    let taken = ["me", "myorganization", "openidm"];
    !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte))
        && !taken.iter().any(|word| name.eq_ignore_ascii_case(word))
}

/// A path.
#[derive(Clone, Debug, PartialEq)]
pub struct Address {
    /// Whose directory.
    pub tenant: Tenant,
    /// What in it.
    pub target: Target,
}

/// Something in a directory.
#[derive(Clone, Debug, PartialEq)]
pub enum Target {
    /// The directory itself: `/{tenant}`.
    Service,
    /// `/$metadata`
    Metadata,
    /// `/$batch`
    Batch,
    /// A collection: `/users`.
    Objects(Set),
    /// An object: `/users/{id}`.
    Object(Key),
    /// The photo of an object: `/users/{id}/thumbnailPhoto`.
    Photo(Key),
    /// Those that an object is related to, as objects: `/users/{id}/manager`.
    Related(Key, Relation),
    /// The same as links: `/users/{id}/$links/manager`.
    Links(Key, Relation),
    /// A function about an object: `/users/{id}/getMemberGroups`.
    FunctionOf(Key, Function),
    /// `/isMemberOf`
    IsMemberOf,
    /// `/getObjectsByObjectIds`
    ObjectsByIds,
}

/// A collection of the API.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Set {
    /// `users`
    Users,
    /// `contacts`
    Contacts,
    /// `directoryObjects`
    DirectoryObjects,
}

/// An object.
#[derive(Clone, Debug, PartialEq)]
pub enum Key {
    /// The signed-in user.
    Me,
    /// The object of that id in a collection.
    Of(Set, String),
}

/// A relation between objects.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Relation {
    /// To the one that someone reports to.
    Manager,
    /// To those that report to someone.
    DirectReports,
    /// To the groups that someone is a member of.
    MemberOf,
}

/// A function about an object.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Function {
    /// `checkMemberGroups`
    CheckMemberGroups,
    /// `getMemberGroups`
    GetMemberGroups,
    /// `getMemberObjects`
    GetMemberObjects,
}

/// Why a path names nothing here.
#[derive(Clone, Debug, PartialEq)]
pub enum Strange {
    /// It is not UTF-8.
    NotText,
    /// There is no such segment.
    Unknown(String),
    /// There is, and Microsoft Graph or this connector does not have it.
    NotServed(String),
    /// `members` of an object that is no group.
    NoMembers,
}

impl Set {
    /// Every collection.
    pub const ALL: [Set; 3] = [Set::Contacts, Set::DirectoryObjects, Set::Users];

    fn named(name: &str) -> Option<Set> {
        Self::ALL.into_iter().find(|set| is(name, set.name()))
    }

    /// Returns its name, the same in Microsoft Graph.
    pub fn name(self) -> &'static str {
        match self {
            Set::Users => "users",
            Set::Contacts => "contacts",
            Set::DirectoryObjects => "directoryObjects",
        }
    }

    /// The collection of a type, as `Microsoft.DirectoryServices.User`.
    pub fn of_type(name: &str) -> Option<Set> {
        match bare(name)? {
            "User" => Some(Set::Users),
            "Contact" => Some(Set::Contacts),
            "DirectoryObject" => Some(Set::DirectoryObjects),
            _ => None,
        }
    }
}

impl Relation {
    /// Every relation.
    pub const ALL: [Relation; 3] = [Relation::Manager, Relation::DirectReports, Relation::MemberOf];

    fn named(name: &str) -> Option<Relation> {
        Self::ALL.into_iter().find(|relation| is(name, relation.name()))
    }

    /// Its name, the same in Microsoft Graph.
    pub fn name(self) -> &'static str {
        match self {
            Relation::Manager => "manager",
            Relation::DirectReports => "directReports",
            Relation::MemberOf => "memberOf",
        }
    }
}

impl Function {
    fn named(name: &str) -> Option<Function> {
        let all = [Function::CheckMemberGroups, Function::GetMemberGroups, Function::GetMemberObjects];
        all.into_iter().find(|function| is(name, function.name()))
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Function::CheckMemberGroups => "checkMemberGroups",
            Function::GetMemberGroups => "getMemberGroups",
            Function::GetMemberObjects => "getMemberObjects",
        }
    }
}

/// What Azure AD Graph had and this does not.
const NOT_SERVED: &[&str] = &[
    "administrativeUnits",
    "applications",
    "appRoleAssignedTo",
    "appRoleAssignments",
    "assignLicense",
    "changePassword",
    "checkAccess",
    "contracts",
    "createdObjects",
    "createdOnBehalfOf",
    "deletedApplications",
    "deletedDirectoryObjects",
    "devices",
    "directoryRoles",
    "directoryRoleTemplates",
    "domains",
    "getAvailableExtensionProperties",
    "groups",
    "invalidateAllRefreshTokens",
    "invitedBy",
    "licenseDetails",
    "oauth2PermissionGrants",
    "ownedDevices",
    "ownedObjects",
    "owners",
    "policies",
    "registeredDevices",
    "restore",
    "scopedAdministratorOf",
    "scopedRoleMemberOf",
    "serviceEndpoints",
    "servicePrincipals",
    "settings",
    "subscribedSkus",
    "tenantDetails",
    "verify",
];

impl Address {
    /// Parses a path, which is encoded as on the wire. Names of what is there are taken in any case.
    pub fn parse(path: &str) -> Result<Address, Strange> {
        let decoded: Vec<String> = path
            .split('/')
            .filter(|segment| !segment.is_empty())
            .map(|segment| percent_decode_str(segment).decode_utf8().map(|text| text.into_owned()))
            .collect::<Result<_, _>>()
            .map_err(|_| Strange::NotText)?;
        let segments: Vec<&str> = decoded.iter().map(String::as_str).collect();
        match segments.as_slice() {
            [] => Err(Strange::Unknown(String::new())),
            [me, rest @ ..] if is(me, "me") => Ok(Address { tenant: Tenant::OfCaller, target: within(Key::Me, rest)? }),
            [tenant, rest @ ..] => {
                let of_caller = is(tenant, "myorganization");
                let tenant = if of_caller { Tenant::OfCaller } else { Tenant::Named((*tenant).to_owned()) };
                Ok(Address { tenant, target: target(rest)? })
            }
        }
    }

    /// Returns the operations that a request with that method is here: one, or for a batch all that its items may be. `None` where
    /// the resource does not have the method.
    pub fn operations(&self, method: &Method) -> Option<&'static [Operation]> {
        const BATCH: &[Operation] = &[Operation::Read, Operation::Query, Operation::Create, Operation::Patch, Operation::Delete];
        Some(match (&self.target, method.as_str()) {
            (Target::Service | Target::Metadata, "GET") => &[Operation::Read],
            (Target::Batch, "POST") => BATCH,
            (Target::Objects(_), "POST") => &[Operation::Create],
            (Target::Objects(_), "GET") => &[Operation::Query],
            (Target::Object(_) | Target::Photo(_) | Target::Related(..) | Target::Links(..), "GET") => &[Operation::Read],
            (Target::Object(_), "PATCH") | (Target::Photo(_), "PUT") => &[Operation::Patch],
            (Target::Object(_), "DELETE") => &[Operation::Delete],
            (Target::Links(_, Relation::Manager), "PUT" | "DELETE") => &[Operation::Patch],
            (Target::FunctionOf(..) | Target::IsMemberOf | Target::ObjectsByIds, "POST") => &[Operation::Read],
            _ => return None,
        })
    }

    /// Returns the methods that the resource has.
    pub fn methods(&self) -> Vec<&'static str> {
        let all = [
            ("GET", Method::GET),
            ("POST", Method::POST),
            ("PATCH", Method::PATCH),
            ("PUT", Method::PUT),
            ("DELETE", Method::DELETE),
        ];
        all.iter().filter(|(_, method)| self.operations(method).is_some()).map(|(name, _)| *name).collect()
    }

    /// Returns the collection and the id of the object that the resource belongs to.
    pub fn object(&self) -> Option<(String, Option<String>)> {
        match &self.target {
            Target::Objects(set) => Some((set.name().to_owned(), None)),
            Target::Object(key)
            | Target::Photo(key)
            | Target::Related(key, _)
            | Target::Links(key, _)
            | Target::FunctionOf(key, _) => match key {
                Key::Me => Some(("me".to_owned(), None)),
                Key::Of(set, id) => Some((set.name().to_owned(), Some(id.clone()))),
            },
            Target::Service | Target::Metadata | Target::Batch | Target::IsMemberOf | Target::ObjectsByIds => None,
        }
    }
}

/// What follows the tenant.
fn target(rest: &[&str]) -> Result<Target, Strange> {
    match rest {
        [] => Ok(Target::Service),
        [name] if is(name, "$metadata") => Ok(Target::Metadata),
        [name] if is(name, "$batch") => Ok(Target::Batch),
        [me, rest @ ..] if is(me, "me") => within(Key::Me, rest),
        [name] if is(name, "isMemberOf") => Ok(Target::IsMemberOf),
        [name] if is(name, "getObjectsByObjectIds") => Ok(Target::ObjectsByIds),
        [name, rest @ ..] => {
            let set = Set::named(name).ok_or_else(|| strange(name))?;
            match rest {
                [] => Ok(Target::Objects(set)),
                ["$", name] => Set::of_type(name).map(Target::Objects).ok_or_else(|| of_type(name)),
                [id, cast, rest @ ..] if cast.contains('.') => {
                    let set = Set::of_type(cast).ok_or_else(|| of_type(cast))?;
                    within(Key::Of(set, (*id).to_owned()), rest)
                }
                [id, rest @ ..] => within(Key::Of(set, (*id).to_owned()), rest),
            }
        }
    }
}

/// What follows an object.
fn within(key: Key, rest: &[&str]) -> Result<Target, Strange> {
    let relation = |name: &str| match Relation::named(name) {
        Some(relation) => Ok(relation),
        None if is(name, "members") => Err(Strange::NoMembers),
        None => Err(strange(name)),
    };
    match rest {
        [] => Ok(Target::Object(key)),
        [name] if is(name, "thumbnailPhoto") => Ok(Target::Photo(key)),
        [links, name] if is(links, "$links") => relation(name).map(|relation| Target::Links(key, relation)),
        [name] => match Function::named(name) {
            Some(function) => Ok(Target::FunctionOf(key, function)),
            None => relation(name).map(|relation| Target::Related(key, relation)),
        },
        [name, ..] if is(name, "members") => Err(Strange::NoMembers),
        [links, name, ..] if is(links, "$links") && is(name, "members") => Err(Strange::NoMembers),
        [.., name] => Err(strange(name)),
    }
}

/// Of a type that is not served.
fn of_type(name: &str) -> Strange {
    if bare(name).is_some() { Strange::NotServed(name.to_owned()) } else { Strange::Unknown(name.to_owned()) }
}

/// The name of a type without the namespace, where it is one of the API's.
fn bare(name: &str) -> Option<&str> {
    let (namespace, name) = name.rsplit_once('.')?;
    Version::ALL.iter().any(|version| version.namespace() == namespace).then_some(name)
}

fn strange(name: &str) -> Strange {
    let known = NOT_SERVED.iter().any(|known| is(name, known));
    if known { Strange::NotServed(name.to_owned()) } else { Strange::Unknown(name.to_owned()) }
}

fn is(segment: &str, name: &str) -> bool {
    segment.eq_ignore_ascii_case(name)
}
