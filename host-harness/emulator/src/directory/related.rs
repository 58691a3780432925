//! The objects that one object is related to: `/manager`, `/directReports`, `/memberOf`, `/members` and their transitive forms, as
//! objects, as references and as a count.

use http::Method;

use super::address::{End, Form, Key};
use super::kind::Kind;
use super::object::Object;
use super::relation::Relation;
use super::{item, list, reference};
use crate::answer::Answer;
use crate::error::{GraphError, Outcome};
use crate::schema::Version;
use crate::service::Call;
use crate::store::Store;

/// Answers a request for a relation of an object.
pub(super) fn answer(
    store: &mut Store,
    call: &Call,
    version: Version,
    key: &Key,
    relation: Relation,
    form: &Form,
) -> Outcome<Answer> {
    let object = store.object(key)?;
    if !relation.belongs_to(object.kind, version) {
        return Err(GraphError::unknown_segment(relation.name()));
    }
    if form.end == End::References && call.method != Method::GET {
        let (id, kind) = (object.id.clone(), object.kind);
        return change(store, call, version, &id, kind, relation, form);
    }
    if call.method != Method::GET {
        // microsoft-graph-docs-contrib#5532, on members without $ref; that the others say so is unverified.
        return Err(GraphError::bad_request("Write requests are only supported on contained entities"));
    }
    let mut rows: Vec<&Object> = store.directory.related(object, relation);
    rows.retain(|other| form.cast.is_none_or(|kind| other.kind == kind));
    if let Some(id) = &form.id {
        rows.retain(|other| other.has_id(id));
    }
    let alone = relation == Relation::Manager || form.id.is_some();
    match (form.end, rows.as_slice()) {
        (End::Count, rows) => list::count(call, form.cast, rows),
        // aspnet-snippets-sample#6: nobody as manager is not found. That an object which is not in the relation is told by its id is
        // unverified.
        (_, []) if alone => Err(GraphError::unknown_resource(form.id.as_deref().unwrap_or(relation.name()))),
        (End::References, [other, ..]) if alone => Ok(reference::one(call, version, other)),
        (End::Objects, [other, ..]) if alone => item::get(&store.directory, call, version, other, true),
        // Microsoft's metadata have references of members and of a user's manager only; the others are unverified.
        (End::References, rows) => Ok(reference::all(call, version, rows)),
        (End::Objects, rows) => match form.cast {
            // A cast is for advanced queries, by the table of <https://learn.microsoft.com/graph/aad-advanced-queries>; how one without
            // their parameters is refused is not documented, and it is not refused here.
            Some(kind) => list::of_kind(&store.directory, call, version, kind, rows.to_vec()),
            None => list::mixed(call, version, rows),
        },
    }
}

/// `PUT` and `DELETE` on `/manager/$ref`, `POST` on `/members/$ref`, `DELETE` on `/members/{id}/$ref`.
fn change(
    store: &mut Store,
    call: &Call,
    version: Version,
    id: &str,
    kind: Kind,
    relation: Relation,
    form: &Form,
) -> Outcome<Answer> {
    let directory = &mut store.directory;
    match (relation, &call.method, &form.id) {
        (Relation::Manager, &Method::PUT | &Method::DELETE, _) => {
            if kind == Kind::OrgContact {
                // Microsoft's metadata have no reference there, in either version: that it goes the way of `PATCH` is unverified.
                item::check_writable(directory, version, directory.find(id)?, "Update")?;
            }
            let manager = if call.method == Method::PUT { Some(reference::read(directory, call)?) } else { None };
            directory.set_manager(id, manager.as_deref())?;
        }
        (Relation::Members, &Method::POST, None) => {
            let member = reference::read(directory, call)?;
            directory.add_member(id, &member)?;
        }
        (Relation::Members, &Method::DELETE, Some(member)) => {
            let group = directory.find_mut(id)?;
            let before = group.members.len();
            group.members.retain(|other| !other.eq_ignore_ascii_case(member));
            if group.members.len() == before {
                return Err(GraphError::unknown_resource(member));
            }
        }
        _ => return Err(GraphError::directory_method_not_allowed()),
    }
    Ok(Answer::no_content())
}
