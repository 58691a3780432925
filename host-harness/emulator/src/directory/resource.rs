//! The resources of the directory, as paths name them.

use crate::directory::object_kind::ObjectKind;
use crate::directory::relation::Relation;
use crate::mailbox::path::UserKey;
use crate::odata::error::{GraphError, Outcome};
use crate::odata::not_emulated::Parent;
use crate::odata::segment::{is_delta, is_named};

/// An object, as a path names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Key {
    User(UserKey),
    /// `/contacts/{id}` and `/groups/{id}`
    Of(ObjectKind, String),
    /// `/directoryObjects/{id}`
    Any(String),
}

impl Key {
    fn get_parent(&self) -> Parent {
        match self {
            Self::User(_) | Self::Of(ObjectKind::User, _) => Parent::User,
            Self::Of(ObjectKind::Group, _) => Parent::Group,
            Self::Of(ObjectKind::OrgContact, _) => Parent::OrgContact,
            Self::Any(_) => Parent::DirectoryObject,
        }
    }
}

/// A resource of the directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Resource {
    Collection(ObjectKind),
    Count(ObjectKind),
    Delta(ObjectKind),
    /// `/directoryObjects/getByIds`, also on every collection.
    ByIds,
    Item(Key),
    Related(Key, Relation, RelationQuery),
    Action(Key, Action),
    /// `/users/{id}/photo/$value`
    Photo(UserKey),
    /// `/contacts/{id}/onPremisesSyncBehavior`
    SyncBehavior(Key),
}

/// A request for related objects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RelationQuery {
    /// The id of one related object.
    pub(crate) id: Option<String>,
    /// The kind of a cast: `/memberOf/microsoft.graph.group`.
    pub(crate) cast: Option<ObjectKind>,
    pub(crate) form: RelationForm,
}

/// What a relation's path asks for at its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RelationForm {
    Objects,
    Count,
    References,
}

/// An action on an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    CheckMemberGroups,
    CheckMemberObjects,
    GetMemberGroups,
    GetMemberObjects,
    RetryServiceProvisioning,
}

/// Parses what follows `/users`, `/contacts` or `/groups`, without a key after `/users`.
pub(crate) fn parse_collection(kind: ObjectKind, rest: &[&str]) -> Outcome<Resource> {
    match rest {
        [] => Ok(Resource::Collection(kind)),
        [count] if is_named(count, "$count") => Ok(Resource::Count(kind)),
        [delta] if is_delta(delta) => Ok(Resource::Delta(kind)),
        [name] if is_by_ids(name) => Ok(Resource::ByIds),
        [name] if Parent::Collection.lacks(name) => Err(GraphError::not_emulated(name)),
        [id, rest @ ..] => parse_object_path(Key::Of(kind, (*id).to_owned()), rest),
    }
}

/// Parses what follows `/directoryObjects`.
pub(crate) fn parse_directory_objects(rest: &[&str]) -> Outcome<Resource> {
    match rest {
        [name] if is_by_ids(name) => Ok(Resource::ByIds),
        [] => Err(GraphError::not_emulated("the list of all directory objects")),
        [delta] if is_delta(delta) => Err(GraphError::not_emulated("delta queries on all directory objects")),
        [name] if Parent::Collection.lacks(name) => Err(GraphError::not_emulated(name)),
        [id, rest @ ..] => parse_object_path(Key::Any((*id).to_owned()), rest),
    }
}

/// Parses what follows the key of an object.
pub(crate) fn parse_object_path(key: Key, rest: &[&str]) -> Outcome<Resource> {
    let [name, rest @ ..] = rest else { return Ok(Resource::Item(key)) };
    if let (Key::User(user), [value]) = (&key, rest)
        && is_named(name, "photo")
        && is_named(value, "$value")
    {
        return Ok(Resource::Photo(user.clone()));
    }
    if let Some(action) = Action::from_name(name) {
        return match rest {
            [] => Ok(Resource::Action(key, action)),
            [other, ..] => Err(GraphError::unknown_segment(other)),
        };
    }
    if is_named(name, "onPremisesSyncBehavior") && rest.is_empty() {
        return Ok(Resource::SyncBehavior(key));
    }
    // The metadata have no relations of an object without a type, and the service refuses them before it finds the object.
    match Relation::from_name(name).filter(|_| !matches!(key, Key::Any(_))) {
        Some(relation) => Ok(Resource::Related(key, relation, parse_relation_query(relation, rest)?)),
        None => Err(key.get_parent().refuse(name)),
    }
}

/// Returns whether a segment after `/users` belongs to the collection and is not a key.
pub(crate) fn is_collection_segment(segment: &str) -> bool {
    is_named(segment, "$count") || is_delta(segment) || is_by_ids(segment) || Parent::Collection.lacks(segment)
}

fn is_by_ids(segment: &str) -> bool {
    is_named(strip_namespace(segment), "getByIds")
}

/// Parses what follows the name of a relation.
fn parse_relation_query(relation: Relation, segments: &[&str]) -> Outcome<RelationQuery> {
    let mut query = RelationQuery { id: None, cast: None, form: RelationForm::Objects };
    let mut rest = segments;
    while let [segment, others @ ..] = rest {
        rest = others;
        let last = others.is_empty();
        match *segment {
            count if is_named(count, "$count") && last && relation != Relation::Manager && query.id.is_none() => {
                query.form = RelationForm::Count
            }
            reference if is_named(reference, "$ref") && last => query.form = RelationForm::References,
            cast if cast.contains('.') && query.cast.is_none() && relation != Relation::Manager => {
                query.cast = Some(ObjectKind::from_name(cast).ok_or_else(|| GraphError::unknown_segment(cast))?);
            }
            id if query.id.is_none() && query.cast.is_none() && relation != Relation::Manager => query.id = Some(id.to_owned()),
            other => return Err(GraphError::unknown_segment(other)),
        }
    }
    Ok(query)
}

impl Action {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::CheckMemberGroups => "checkMemberGroups",
            Self::CheckMemberObjects => "checkMemberObjects",
            Self::GetMemberGroups => "getMemberGroups",
            Self::GetMemberObjects => "getMemberObjects",
            Self::RetryServiceProvisioning => "retryServiceProvisioning",
        }
    }

    fn from_name(segment: &str) -> Option<Self> {
        match strip_namespace(segment).to_ascii_lowercase().as_str() {
            "checkmembergroups" => Some(Self::CheckMemberGroups),
            "checkmemberobjects" => Some(Self::CheckMemberObjects),
            "getmembergroups" => Some(Self::GetMemberGroups),
            "getmemberobjects" => Some(Self::GetMemberObjects),
            "retryserviceprovisioning" => Some(Self::RetryServiceProvisioning),
            _ => None,
        }
    }
}

fn strip_namespace(segment: &str) -> &str {
    segment.strip_prefix("microsoft.graph.").unwrap_or(segment)
}

impl From<UserKey> for Key {
    fn from(key: UserKey) -> Self {
        Self::User(key)
    }
}
