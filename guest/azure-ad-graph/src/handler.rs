//! The handler of requests: it selects the operation of a resource and a method.

use connector::graph::directory_objects::{Key, QueryOptions};
use connector::operations::connector::Connector;
use http::Method;
use protocol::azure_ad_graph::address::{EntityKey, Resource};
use protocol::azure_ad_graph::failure::Failure;
use protocol::azure_ad_graph::version::ApiVersion;

use crate::entity_type::EntityType;
use crate::failure::from_error;
use crate::graph_key::to_graph_key;
use crate::metadata;
use crate::query::Query;
use crate::request::ApiRequest;
use crate::response::ApiResponse;
use crate::writer::{Content, ContentWriter};

/// The handler of the requests of one caller.
pub struct RequestHandler<'c> {
    /// The operations.
    pub connector: &'c Connector<'c>,
    /// The writer of content.
    pub writer: ContentWriter<'c>,
    /// The names of the directory.
    pub directory: &'c [String],
}

impl RequestHandler<'_> {
    /// Returns the version of the request.
    pub(super) fn version(&self) -> ApiVersion {
        self.writer.version
    }

    /// Carries out a request that is not a batch.
    pub fn handle(&self, request: ApiRequest<'_>) -> Result<ApiResponse, Failure> {
        request.check_headers()?;
        let query = Query::parse(request.query)?;
        match &request.address.resource {
            Resource::Service => Ok(ApiResponse::ok(Content::Service)),
            Resource::Metadata => Ok(ApiResponse::ok(Content::Document(metadata::write_document(self.version())))),
            // A batch that is not in a batch does not come here.
            Resource::Batch => Err(Failure::bad_request("A batch cannot contain a batch.")),
            Resource::Objects(set) => match request.method {
                Method::POST => self.create_entity(*set, &request),
                _ if query.delta_link.is_some() => self.query_changes(*set, &query, request.headers),
                _ => self.list_entities(*set, query),
            },
            Resource::Object(key) => match request.method {
                Method::PATCH => self.update_entity(key, &query, &request),
                Method::DELETE => self.delete_entity(key),
                _ => self.get_entity(key, &query),
            },
            Resource::Photo(key) if request.method == Method::PUT => self.put_photo(key, request.body),
            Resource::Photo(key) => self.get_photo(key),
            Resource::Related(key, relation) => self.get_related(key, *relation, query),
            Resource::Links(key, relation) => match request.method {
                Method::PUT => self.link_manager(key, &request),
                Method::DELETE => self.unlink_manager(key),
                _ => self.get_links(key, *relation, query),
            },
            Resource::FunctionOf(key, function) => self.call_function(key, *function, &request),
            Resource::IsMemberOf => self.is_member_of(&request),
            Resource::ObjectsByIds => self.get_objects_by_ids(&request),
        }
    }

    /// Returns the type of an object, and its key in Microsoft Graph. An object in `directoryObjects` has to be read to know its type.
    pub(super) fn resolve_type(&self, key: &EntityKey) -> Result<(EntityType, Key), Failure> {
        let EntityKey::Of(set, id) = key else { return Ok((EntityType::User, Key::Me)) };
        let entity_type = match EntityType::from_entity_set(*set) {
            Some(entity_type) => entity_type,
            None => {
                let object =
                    self.connector.get_directory_object(&to_graph_key(key), &QueryOptions::default()).map_err(from_error)?;
                EntityType::from_object(&object)
            }
        };
        Ok((entity_type, Key::Of(entity_type.collection(), id.clone())))
    }

    /// Returns the same for a user or contact.
    ///
    /// # Errors
    ///
    /// If the object has another type. Only users and contacts can be changed, and only they have relations and functions.
    pub(super) fn resolve_served(&self, key: &EntityKey) -> Result<(EntityType, Key), Failure> {
        match self.resolve_type(key)? {
            (EntityType::Group | EntityType::DirectoryRole | EntityType::Other, _) => Err(Failure::not_served(
                "The gateway does this only for users and contacts. Use Microsoft Graph for other objects.",
            )),
            served => Ok(served),
        }
    }
}
