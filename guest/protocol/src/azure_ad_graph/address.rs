//! Paths of the Azure AD Graph API: a directory, and a resource in it.
//!
//! The page "Azure AD Graph API reference" describes them under "Endpoint addressing". The service itself also writes
//! `directoryObjects/$/{type}` and `directoryObjects/{id}/{type}`, for example in links to next pages.

use http::Method;

pub use super::path_segment::PathError;
use super::path_segment::{Segment, split_path};
use super::version::ApiVersion;
use crate::operation::Operation;

/// A directory, as a path refers to it.
#[derive(Clone, Debug, PartialEq)]
pub enum DirectoryRef {
    /// `myorganization` or `me`: the caller's directory.
    OfCaller,
    /// The directory with that id or domain.
    Named(String),
}

impl DirectoryRef {
    /// Checks whether it refers to the directory with these names: its id and its domains.
    pub fn is_one_of(&self, names: &[String]) -> bool {
        match self {
            DirectoryRef::OfCaller => true,
            DirectoryRef::Named(name) => names.iter().any(|known| known.eq_ignore_ascii_case(name)),
        }
    }
}

/// Checks whether a name can stand for a directory in a path. A directory has its id and its domains as names.
pub fn is_directory_name(name: &str) -> bool {
    let reserved = ["me", "myorganization", "openidm"];
    !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte))
        && !reserved.iter().any(|word| name.eq_ignore_ascii_case(word))
}

/// The address of a resource, as a path names it.
#[derive(Clone, Debug, PartialEq)]
pub struct Address {
    /// The directory.
    pub directory: DirectoryRef,
    /// The resource in the directory.
    pub resource: Resource,
}

/// A resource of a directory.
#[derive(Clone, Debug, PartialEq)]
pub enum Resource {
    /// The directory itself: `/{tenant}`.
    Service,
    /// `/$metadata`
    Metadata,
    /// `/$batch`
    Batch,
    /// An entity set: `/users`.
    Objects(EntitySet),
    /// An object: `/users/{id}`.
    Object(EntityKey),
    /// The photo of an object: `/users/{id}/thumbnailPhoto`.
    Photo(EntityKey),
    /// The objects that an object is related to: `/users/{id}/manager`.
    Related(EntityKey, Relation),
    /// Links to the objects that an object is related to: `/users/{id}/$links/manager`.
    Links(EntityKey, Relation),
    /// A function of an object: `/users/{id}/getMemberGroups`.
    FunctionOf(EntityKey, Function),
    /// `/isMemberOf`
    IsMemberOf,
    /// `/getObjectsByObjectIds`
    ObjectsByIds,
}

/// An entity set of the API.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum EntitySet {
    /// `users`
    Users,
    /// `contacts`
    Contacts,
    /// `directoryObjects`
    DirectoryObjects,
}

/// An object, as a path refers to it.
#[derive(Clone, Debug, PartialEq)]
pub enum EntityKey {
    /// The signed-in user.
    Me,
    /// The object with that id in an entity set.
    Of(EntitySet, String),
}

/// A relation between objects.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Relation {
    /// The user or contact that the object reports to.
    Manager,
    /// The users and contacts that report to the object.
    DirectReports,
    /// The groups and directory roles that the object is a member of.
    MemberOf,
}

/// A function of an object.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Function {
    /// `checkMemberGroups`
    CheckMemberGroups,
    /// `getMemberGroups`
    GetMemberGroups,
    /// `getMemberObjects`
    GetMemberObjects,
}

impl EntitySet {
    /// Every entity set.
    pub const ALL: [EntitySet; 3] = [EntitySet::Contacts, EntitySet::DirectoryObjects, EntitySet::Users];

    fn from_name(name: &str) -> Option<EntitySet> {
        Self::ALL.into_iter().find(|set| is(name, set.name()))
    }

    /// Returns the name, which is the same in Microsoft Graph.
    pub fn name(self) -> &'static str {
        match self {
            EntitySet::Users => "users",
            EntitySet::Contacts => "contacts",
            EntitySet::DirectoryObjects => "directoryObjects",
        }
    }

    /// Returns the entity set of a type such as `Microsoft.DirectoryServices.User`.
    pub fn from_type_name(name: &str) -> Option<EntitySet> {
        match strip_namespace(name)? {
            "User" => Some(EntitySet::Users),
            "Contact" => Some(EntitySet::Contacts),
            "DirectoryObject" => Some(EntitySet::DirectoryObjects),
            _ => None,
        }
    }
}

impl Relation {
    /// Every relation.
    pub const ALL: [Relation; 3] = [Relation::Manager, Relation::DirectReports, Relation::MemberOf];

    fn from_name(name: &str) -> Option<Relation> {
        Self::ALL.into_iter().find(|relation| is(name, relation.name()))
    }

    /// Returns the name, which is the same in Microsoft Graph.
    pub fn name(self) -> &'static str {
        match self {
            Relation::Manager => "manager",
            Relation::DirectReports => "directReports",
            Relation::MemberOf => "memberOf",
        }
    }
}

impl Function {
    fn from_name(name: &str) -> Option<Function> {
        let all = [Function::CheckMemberGroups, Function::GetMemberGroups, Function::GetMemberObjects];
        all.into_iter().find(|function| is(name, function.name()))
    }

    /// Returns the name.
    pub fn name(self) -> &'static str {
        match self {
            Function::CheckMemberGroups => "checkMemberGroups",
            Function::GetMemberGroups => "getMemberGroups",
            Function::GetMemberObjects => "getMemberObjects",
        }
    }
}

/// Segments that Azure AD Graph had and the connector does not serve.
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
    /// Parses a path, which is percent-encoded as on the wire. The names of resources are compared without case. A key is a segment,
    /// or stands in parentheses: `users/ID`, `users('ID')`.
    ///
    /// # Errors
    ///
    /// If the path does not name a resource.
    pub fn parse(path: &str) -> Result<Address, PathError> {
        let segments = split_path(path)?;
        match segments.as_slice() {
            [] => Err(PathError::Unknown(String::new())),
            [Segment::Text(me), rest @ ..] if is(me, "me") => {
                Ok(Address { directory: DirectoryRef::OfCaller, resource: parse_within_object(EntityKey::Me, rest)? })
            }
            [name, rest @ ..] => {
                let name = name.text();
                let is_callers = is(name, "myorganization");
                let directory = if is_callers { DirectoryRef::OfCaller } else { DirectoryRef::Named(name.to_owned()) };
                Ok(Address { directory, resource: parse_resource(rest)? })
            }
        }
    }

    /// Returns the operations that a request with that method can be. A batch can be all that its items may be.
    /// `None` if the resource does not have the method.
    pub fn operations(&self, method: &Method) -> Option<&'static [Operation]> {
        const BATCH: &[Operation] = &[Operation::Read, Operation::Query, Operation::Create, Operation::Patch, Operation::Delete];
        Some(match (&self.resource, method.as_str()) {
            (Resource::Service | Resource::Metadata, "GET") => &[Operation::Read],
            (Resource::Batch, "POST") => BATCH,
            (Resource::Objects(_), "POST") => &[Operation::Create],
            (Resource::Objects(_), "GET") => &[Operation::Query],
            (Resource::Object(_) | Resource::Photo(_) | Resource::Related(..) | Resource::Links(..), "GET") => &[Operation::Read],
            (Resource::Object(_), "PATCH") | (Resource::Photo(_), "PUT") => &[Operation::Patch],
            (Resource::Object(_), "DELETE") => &[Operation::Delete],
            (Resource::Links(_, Relation::Manager), "PUT" | "DELETE") => &[Operation::Patch],
            (Resource::FunctionOf(..) | Resource::IsMemberOf | Resource::ObjectsByIds, "POST") => &[Operation::Read],
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

    /// Returns the entity set and the id of the object that the resource belongs to.
    pub fn object(&self) -> Option<(String, Option<String>)> {
        match &self.resource {
            Resource::Objects(set) => Some((set.name().to_owned(), None)),
            Resource::Object(key)
            | Resource::Photo(key)
            | Resource::Related(key, _)
            | Resource::Links(key, _)
            | Resource::FunctionOf(key, _) => match key {
                EntityKey::Me => Some(("me".to_owned(), None)),
                EntityKey::Of(set, id) => Some((set.name().to_owned(), Some(id.clone()))),
            },
            Resource::Service | Resource::Metadata | Resource::Batch | Resource::IsMemberOf | Resource::ObjectsByIds => None,
        }
    }
}

/// Parses the segments that follow the directory.
fn parse_resource(rest: &[Segment]) -> Result<Resource, PathError> {
    let [Segment::Text(name), rest @ ..] = rest else {
        return rest.first().map_or(Ok(Resource::Service), |key| Err(PathError::Unknown(key.text().to_owned())));
    };
    let alone = match name.as_str() {
        name if is(name, "$metadata") => Some(Resource::Metadata),
        name if is(name, "$batch") => Some(Resource::Batch),
        name if is(name, "isMemberOf") => Some(Resource::IsMemberOf),
        name if is(name, "getObjectsByObjectIds") => Some(Resource::ObjectsByIds),
        _ => None,
    };
    match (alone, rest) {
        (Some(resource), []) => Ok(resource),
        _ if is(name, "me") => parse_within_object(EntityKey::Me, rest),
        _ => parse_within_set(EntitySet::from_name(name).ok_or_else(|| unknown_segment(name))?, rest),
    }
}

/// Parses the segments that follow an entity set. `$/TYPE` and `TYPE` are the objects of that type in it.
fn parse_within_set(set: EntitySet, rest: &[Segment]) -> Result<Resource, PathError> {
    let to_set = |name: &str| EntitySet::from_type_name(name).ok_or_else(|| unknown_type(name));
    let (set, rest) = match rest {
        [Segment::Text(all), Segment::Text(cast), rest @ ..] if all == "$" => (to_set(cast)?, rest),
        [Segment::Text(cast), rest @ ..] if strip_namespace(cast).is_some() => (to_set(cast)?, rest),
        rest => (set, rest),
    };
    match rest {
        [] => Ok(Resource::Objects(set)),
        [id, Segment::Text(cast), rest @ ..] if cast.contains('.') => {
            parse_within_object(EntityKey::Of(to_set(cast)?, id.text().to_owned()), rest)
        }
        [id, rest @ ..] => parse_within_object(EntityKey::Of(set, id.text().to_owned()), rest),
    }
}

/// Parses the segments that follow an object.
fn parse_within_object(key: EntityKey, rest: &[Segment]) -> Result<Resource, PathError> {
    let relation = |name: &str| match Relation::from_name(name) {
        Some(relation) => Ok(relation),
        None if is(name, "members") => Err(PathError::NoMembers),
        None => Err(unknown_segment(name)),
    };
    match rest {
        [] => Ok(Resource::Object(key)),
        [Segment::Text(name)] if is(name, "thumbnailPhoto") => Ok(Resource::Photo(key)),
        [Segment::Text(links), Segment::Text(name)] if is(links, "$links") => {
            relation(name).map(|relation| Resource::Links(key, relation))
        }
        [Segment::Text(name)] => match Function::from_name(name) {
            Some(function) => Ok(Resource::FunctionOf(key, function)),
            None => relation(name).map(|relation| Resource::Related(key, relation)),
        },
        [Segment::Text(name), ..] if is(name, "members") => Err(PathError::NoMembers),
        [Segment::Text(links), Segment::Text(name), ..] if is(links, "$links") && is(name, "members") => {
            Err(PathError::NoMembers)
        }
        [.., last] => Err(unknown_segment(last.text())),
    }
}

/// Returns the error for the name of a type that the connector does not serve.
fn unknown_type(name: &str) -> PathError {
    if strip_namespace(name).is_some() { PathError::NotServed(name.to_owned()) } else { PathError::Unknown(name.to_owned()) }
}

/// Returns the name of a type without its namespace. `None` if the namespace is not one of the API's.
fn strip_namespace(name: &str) -> Option<&str> {
    let (namespace, name) = name.rsplit_once('.')?;
    ApiVersion::ALL.iter().any(|version| version.namespace() == namespace).then_some(name)
}

/// Returns the error for a segment that the connector does not have.
fn unknown_segment(name: &str) -> PathError {
    let known = NOT_SERVED.iter().any(|known| is(name, known));
    if known { PathError::NotServed(name.to_owned()) } else { PathError::Unknown(name.to_owned()) }
}

fn is(segment: &str, name: &str) -> bool {
    segment.eq_ignore_ascii_case(name)
}
