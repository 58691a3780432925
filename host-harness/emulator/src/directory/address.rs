//! What a path names in the directory.

use super::kind::Kind;
use super::relation::Relation;
use crate::error::{GraphError, Outcome};
use crate::route::{self, UserKey, is, is_delta};

/// An object, as a path names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Key {
    User(UserKey),
    /// `/contacts/{id}` and `/groups/{id}`
    Of(Kind, String),
    /// `/directoryObjects/{id}`
    Any(String),
}

/// A resource of the directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Resource {
    Collection(Kind),
    Count(Kind),
    Delta(Kind),
    /// `/directoryObjects/getByIds`, which every collection has too.
    ByIds,
    Item(Key),
    Related(Key, Relation, Form),
    Action(Key, Action),
    /// `/users/{id}/photo/$value`
    Photo(UserKey),
}

/// What is asked of a relation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Form {
    /// One of the related objects.
    pub(super) id: Option<String>,
    /// Only objects of this kind: `/memberOf/microsoft.graph.group`.
    pub(super) cast: Option<Kind>,
    pub(super) end: End,
}

/// How a path on a relation ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
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

/// What follows `/users`, `/contacts` or `/groups`, without a key behind `/users`.
pub(crate) fn collection(kind: Kind, rest: &[&str]) -> Outcome<Resource> {
    match rest {
        [] => Ok(Resource::Collection(kind)),
        [count] if is(count, "$count") => Ok(Resource::Count(kind)),
        [delta] if is_delta(delta) => Ok(Resource::Delta(kind)),
        [name] if is_by_ids(name) => Ok(Resource::ByIds),
        [id, rest @ ..] => within(Key::Of(kind, (*id).to_owned()), rest),
    }
}

/// What follows `/directoryObjects`.
pub(crate) fn any(rest: &[&str]) -> Outcome<Resource> {
    match rest {
        [name] if is_by_ids(name) => Ok(Resource::ByIds),
        [] => Err(GraphError::not_emulated("the list of all directory objects")),
        [delta] if is_delta(delta) => Err(GraphError::not_emulated("delta queries on all directory objects")),
        [id, rest @ ..] => within(Key::Any((*id).to_owned()), rest),
    }
}

/// What follows the key of an object.
pub(crate) fn within(key: Key, rest: &[&str]) -> Outcome<Resource> {
    let [name, rest @ ..] = rest else { return Ok(Resource::Item(key)) };
    if let (Key::User(user), [value]) = (&key, rest)
        && is(name, "photo")
        && is(value, "$value")
    {
        return Ok(Resource::Photo(user.clone()));
    }
    if let Some(action) = Action::named(name) {
        return match rest {
            [] => Ok(Resource::Action(key, action)),
            [other, ..] => Err(GraphError::unknown_segment(other)),
        };
    }
    // Of what is any object, the service knows no relations before it has found it; its metadata have none.
    match Relation::named(name).filter(|_| !matches!(key, Key::Any(_))) {
        Some(relation) => Ok(Resource::Related(key, relation, form(relation, rest)?)),
        None => Err(route::unknown(name)),
    }
}

/// Whether a segment behind `/users` is of the collection and no key.
pub(crate) fn is_of_collection(segment: &str) -> bool {
    is(segment, "$count") || is_delta(segment) || is_by_ids(segment)
}

fn is_by_ids(segment: &str) -> bool {
    is(without_namespace(segment), "getByIds")
}

/// What follows the name of a relation.
fn form(relation: Relation, segments: &[&str]) -> Outcome<Form> {
    let mut form = Form { id: None, cast: None, end: End::Objects };
    let mut rest = segments;
    while let [segment, others @ ..] = rest {
        rest = others;
        let last = others.is_empty();
        match *segment {
            count if is(count, "$count") && last && relation != Relation::Manager && form.id.is_none() => form.end = End::Count,
            reference if is(reference, "$ref") && last => form.end = End::References,
            cast if cast.contains('.') && form.cast.is_none() && relation != Relation::Manager => {
                form.cast = Some(Kind::named(cast).ok_or_else(|| GraphError::unknown_segment(cast))?);
            }
            id if form.id.is_none() && form.cast.is_none() && relation != Relation::Manager => form.id = Some(id.to_owned()),
            other => return Err(GraphError::unknown_segment(other)),
        }
    }
    Ok(form)
}

impl Action {
    fn named(segment: &str) -> Option<Self> {
        match without_namespace(segment).to_ascii_lowercase().as_str() {
            "checkmembergroups" => Some(Self::CheckMemberGroups),
            "checkmemberobjects" => Some(Self::CheckMemberObjects),
            "getmembergroups" => Some(Self::GetMemberGroups),
            "getmemberobjects" => Some(Self::GetMemberObjects),
            "retryserviceprovisioning" => Some(Self::RetryServiceProvisioning),
            _ => None,
        }
    }
}

fn without_namespace(segment: &str) -> &str {
    segment.strip_prefix("microsoft.graph.").unwrap_or(segment)
}
