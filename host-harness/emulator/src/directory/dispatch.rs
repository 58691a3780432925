//! From a resource of the directory to the function that handles it.

use crate::directory::action;
use crate::directory::cost;
use crate::directory::delta;
use crate::directory::list;
use crate::directory::objects;
use crate::directory::photo;
use crate::directory::related;
use crate::directory::resource::Resource;
use crate::directory::sync_behavior;
use crate::odata::edm::Version;
use crate::odata::error::Outcome;
use crate::odata::request::GraphRequest;
use crate::odata::response::GraphResponse;
use crate::store::Store;

/// Handles a request to the directory, and adds its cost to the response.
pub(crate) fn handle(store: &mut Store, request: &GraphRequest, version: Version, resource: &Resource) -> Outcome<GraphResponse> {
    let units = cost::count_resource_units(resource, &request.method, &request.query).to_string();
    match dispatch(store, request, version, resource) {
        Ok(response) => Ok(response.with_header(cost::HEADER, &units)),
        Err(error) => Err(error.with_header(cost::HEADER, units)),
    }
}

fn dispatch(store: &mut Store, request: &GraphRequest, version: Version, resource: &Resource) -> Outcome<GraphResponse> {
    match resource {
        Resource::Collection(kind) => objects::handle_collection(store, request, version, *kind),
        Resource::Count(kind) => list::count_objects(request, Some(*kind), &store.directory.list_kind(*kind)),
        Resource::Delta(kind) => delta::handle(store, request, version, *kind),
        Resource::ByIds => action::get_by_ids(store, request, version),
        Resource::Item(key) => objects::handle_object(store, request, version, key),
        Resource::Related(key, relation, query) => related::handle(store, request, version, key, *relation, query),
        Resource::Action(key, action) => action::handle(store, request, version, key, *action),
        Resource::Photo(key) => photo::handle(store, request, key),
        Resource::SyncBehavior(key) => sync_behavior::handle(store, request, version, key),
    }
}
