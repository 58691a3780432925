//! Related objects: `/manager`, `/directReports`, `/memberOf`, `/members` and their transitive forms, as objects, as references
//! and as a count.

use http::Method;

use crate::directory::list;
use crate::directory::object::Object;
use crate::directory::object_kind::ObjectKind;
use crate::directory::objects;
use crate::directory::references;
use crate::directory::relation::Relation;
use crate::directory::resource::{Key, RelationForm, RelationQuery};
use crate::odata::edm::Version;
use crate::odata::error::{GraphError, Outcome};
use crate::odata::request::GraphRequest;
use crate::odata::response::GraphResponse;
use crate::store::Store;

/// Handles a request for a relation of an object.
pub(crate) fn handle(
    store: &mut Store,
    request: &GraphRequest,
    version: Version,
    key: &Key,
    relation: Relation,
    query: &RelationQuery,
) -> Outcome<GraphResponse> {
    let object = store.find_object(key)?;
    if !relation.belongs_to(object.kind, version) {
        return Err(GraphError::unknown_segment(relation.name()));
    }
    if query.form == RelationForm::References && request.method != Method::GET {
        let (id, kind) = (object.id.clone(), object.kind);
        return change_relation(store, request, version, &id, kind, relation, query);
    }
    if request.method != Method::GET {
        // microsoft-graph-docs-contrib#5532, on members without $ref. That the other relations respond the same is unverified.
        return Err(GraphError::bad_request("Write requests are only supported on contained entities"));
    }
    let mut rows: Vec<&Object> = store.directory.list_related(object, relation);
    rows.retain(|other| query.cast.is_none_or(|kind| other.kind == kind));
    if let Some(id) = &query.id {
        rows.retain(|other| other.has_id(id));
    }
    let is_single = relation == Relation::Manager || query.id.is_some();
    match (query.form, rows.as_slice()) {
        (RelationForm::Count, rows) => list::count_objects(request, query.cast, rows),
        // aspnet-snippets-sample#6: without a manager the response is 404. That an object outside of the relation is named by
        // its id is unverified.
        (_, []) if is_single => Err(GraphError::unknown_resource(query.id.as_deref().unwrap_or(relation.name()))),
        (RelationForm::References, [other, ..]) if is_single => Ok(references::render_reference(request, version, other)),
        (RelationForm::Objects, [other, ..]) if is_single => objects::get_object(&store.directory, request, version, other, true),
        // Microsoft's metadata have references only for members and for a user's manager. The others are unverified.
        (RelationForm::References, rows) => Ok(references::render_references(request, version, rows)),
        (RelationForm::Objects, rows) => match query.cast {
            // By the table of <https://learn.microsoft.com/graph/aad-advanced-queries>, a cast needs an advanced query. The
            // refusal without its parameters is not documented, and the emulator accepts the request.
            Some(kind) => list::list_of_kind(&store.directory, request, version, kind, rows.to_vec()),
            None => list::list_mixed(request, version, rows),
        },
    }
}

/// `PUT` and `DELETE` on `/manager/$ref`, `POST` on `/members/$ref`, `DELETE` on `/members/{id}/$ref`.
fn change_relation(
    store: &mut Store,
    request: &GraphRequest,
    version: Version,
    id: &str,
    kind: ObjectKind,
    relation: Relation,
    query: &RelationQuery,
) -> Outcome<GraphResponse> {
    let directory = &mut store.directory;
    match (relation, &request.method, &query.id) {
        (Relation::Manager, &Method::PUT | &Method::DELETE, _) => {
            if kind == ObjectKind::OrgContact {
                // Microsoft's metadata have no such reference in either version. That it behaves as `PATCH` is unverified.
                objects::check_writable(directory, version, directory.find(id)?, "Update")?;
            }
            let manager =
                if request.method == Method::PUT { Some(references::parse_reference(directory, request)?) } else { None };
            directory.set_manager(id, manager.as_deref())?;
        }
        (Relation::Members, &Method::POST, None) => {
            let member = references::parse_reference(directory, request)?;
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
    Ok(GraphResponse::no_content())
}
