//! Users and contacts: list, get, create, update, delete, and photos of users.

use http::StatusCode;
use protocol::azure_ad_graph::address::{EntityKey, EntitySet};
use protocol::azure_ad_graph::failure::Failure;
use protocol::shorten::shorten;

use crate::entity::EntityMapper;
use crate::entity_type::EntityType;
use crate::failure::from_error;
use crate::filter::expression::ODataFilter;
use crate::filter::parse::parse_filter;
use crate::filter::push_down::SplitFilter;
use crate::graph_key::{is_object_id, to_collection};
use crate::handler::RequestHandler;
use crate::input::{Input, Purpose};
use crate::page_size::{DEFAULT_PAGE_SIZE, limit_page_size};
use crate::paging::{PageReader, RequestedPage};
use crate::query::Query;
use crate::read_options::ReadOptions;
use crate::request::ApiRequest;
use crate::response::ApiResponse;
use crate::selection::Selection;
use crate::writer::Content;
use connector::error::ErrorKind;
use connector::graph::directory_objects::{Key, MAX_PAGE_SIZE, QueryOptions};
use connector::graph::photo;
use connector::operations::directory::objects::Object;
use connector::operations::directory::org_contact_properties::CREATE_UNSUPPORTED;
use connector::operations::send::page_progress::PageProgress;

impl RequestHandler<'_> {
    /// Returns a page of an entity set.
    pub(super) fn list_entities(&self, set: EntitySet, mut query: Query) -> Result<ApiResponse, Failure> {
        let page = RequestedPage::from_query(&mut query)?;
        let Some(entity_type) = EntityType::from_entity_set(set) else {
            return Err(Failure::unsupported_query(
                "directoryObjects can be listed only in differential queries (deltaLink=): use users or contacts.",
            ));
        };
        let read_options = ReadOptions::parse(entity_type, self.version(), &query)?;
        let filter = match &query.filter {
            Some(text) => ODataFilter::resolve(parse_filter(text)?, entity_type, self.version(), self.directory)?.push_down(),
            None => SplitFilter::default(),
        };
        let top = query.top.unwrap_or(DEFAULT_PAGE_SIZE);
        let mut options = read_options.to_graph_options(filter.client.as_ref().map(ODataFilter::properties).unwrap_or_default());
        options.top = Some(if filter.client.is_some() { MAX_PAGE_SIZE } else { limit_page_size(top, &options) });
        options.order_by = parse_order_by(entity_type, &query)?;
        options.filter = filter.server;
        // Microsoft Graph sorts contacts only in advanced queries.
        options.advanced = filter.is_advanced_query || entity_type == EntityType::Contact && options.order_by.is_some();
        let matches = |object: &Object| filter.client.as_ref().is_none_or(|filter| filter.matches(object));
        let (rows, next) = PageReader {
            fetch: &mut |token| {
                options.skip_token = token.map(str::to_owned);
                self.connector.list_directory_page(to_collection(set), &options)
            },
            write: &|object| matches(object).then(|| self.writer.write_row(&read_options.to_entity(object))),
            top: usize::try_from(top).unwrap_or_default(),
            progress: PageProgress::default(),
        }
        .read(&page, &query)?;
        let namespace = self.version().namespace();
        let next = next.map(|token| format!("directoryObjects/$/{namespace}.{}?$skiptoken={token}", entity_type.name()));
        let links = next.map(|link| ("odata.nextLink", link)).into_iter().collect();
        Ok(ApiResponse::ok(Content::Feed { type_name: Some(entity_type.name()), rows, links }))
    }

    /// Returns an object.
    pub(super) fn get_entity(&self, key: &EntityKey, query: &Query) -> Result<ApiResponse, Failure> {
        query.refuse_options(&["$filter", "$orderby", "$top", "$skiptoken", "deltaLink"], "a single object")?;
        let (entity_type, key) = self.resolve_type(key)?;
        let read_options = ReadOptions::parse(entity_type, self.version(), query)?;
        let options = read_options.to_graph_options(Vec::new());
        // The table does not say what to select of other types.
        let options = if entity_type == EntityType::Other { QueryOptions::default() } else { options };
        let object = self.connector.get_directory_object(&key, &options).map_err(from_error)?;
        Ok(ApiResponse::ok(Content::Entity(read_options.to_entity(&object))))
    }

    /// Reads an object with all its properties.
    pub(super) fn read_all_properties(&self, entity_type: EntityType, key: &Key) -> Result<Object, Failure> {
        let select = Selection::all(self.version()).to_graph_select(&[entity_type], Vec::new());
        self.connector.get_directory_object(key, &QueryOptions { select, ..QueryOptions::default() }).map_err(from_error)
    }

    /// Creates a user.
    pub(super) fn create_entity(&self, set: EntitySet, request: &ApiRequest<'_>) -> Result<ApiResponse, Failure> {
        match set {
            EntitySet::Users => {}
            EntitySet::Contacts => {
                return Err(Failure::bad_request(format!("Contacts cannot be created: {CREATE_UNSUPPORTED}.")));
            }
            EntitySet::DirectoryObjects => {
                return Err(Failure::bad_request("directoryObjects does not create objects: POST to users."));
            }
        }
        let input = Input::parse(EntityType::User, request.parse_object()?, self.version(), Purpose::Create)?;
        let names = input.names(self.version());
        let sent = input.into_graph_body(&Object::new())?;
        let created = self.connector.create_user(sent.clone()).map_err(|error| from_error(error).with_legacy_names(&names))?;
        let id = created.get("id").and_then(|id| id.as_str()).unwrap_or_default().to_owned();
        // Microsoft Graph returns only a few properties. The user exists even if this reading fails.
        let user = match self.read_all_properties(EntityType::User, &Key::Of(to_collection(EntitySet::Users), id)) {
            Ok(user) => user,
            Err(_) => sent.into_iter().chain(created).collect(),
        };
        let entity = EntityMapper::with_all_properties(self.version()).to_entity(EntityType::User, &user);
        let location = self.writer.object_url(&entity);
        if request.prefers("return-no-content") {
            let id = format!("{}/directoryObjects/{}", self.writer.base, entity.id);
            let headers = vec![("preference-applied", "return-no-content".to_owned()), ("dataserviceid", id)];
            return Ok(ApiResponse { location: Some(location), headers, ..ApiResponse::no_content() });
        }
        Ok(ApiResponse { status: StatusCode::CREATED, location: Some(location), ..ApiResponse::ok(Content::Entity(entity)) })
    }

    /// Changes properties of an object.
    pub(super) fn update_entity(&self, key: &EntityKey, query: &Query, request: &ApiRequest<'_>) -> Result<ApiResponse, Failure> {
        query.refuse_options(&["$filter", "$orderby", "$top", "$select", "$expand", "deltaLink"], "an update")?;
        let (entity_type, key) = self.resolve_served(key)?;
        let input = Input::parse(entity_type, request.parse_object()?, self.version(), Purpose::Update)?;
        if input.is_empty() {
            return Err(Failure::bad_request("The body names no property to change: add at least one."));
        }
        let stored = match entity_type {
            EntityType::Contact => self.read_all_properties(entity_type, &key)?,
            _ => Object::new(),
        };
        self.check_changeable(entity_type, &key, &stored)?;
        let names = input.names(self.version());
        let body = input.into_graph_body(&stored)?;
        let new_name = body.get("userPrincipalName").and_then(|name| name.as_str()).map(str::to_owned);
        self.connector.update_directory_object(&key, body).map_err(|error| from_error(error).with_legacy_names(&names))?;
        if request.prefers("return-content") {
            let key = match (key, new_name) {
                (Key::Of(collection, id), Some(name)) if !is_object_id(&id) => Key::Of(collection, name),
                (key, _) => key,
            };
            // The change is made even if this reading fails.
            if let Ok(changed) = self.read_all_properties(entity_type, &key) {
                let entity = EntityMapper::with_all_properties(self.version()).to_entity(entity_type, &changed);
                let headers = vec![("preference-applied", "return-content".to_owned())];
                return Ok(ApiResponse { headers, ..ApiResponse::ok(Content::Entity(entity)) });
            }
        }
        Ok(ApiResponse::no_content())
    }

    /// Deletes an object.
    pub(super) fn delete_entity(&self, key: &EntityKey) -> Result<ApiResponse, Failure> {
        let (_, key) = self.resolve_changeable(key)?;
        self.connector.delete_directory_object(&key).map_err(from_error)?;
        Ok(ApiResponse::no_content())
    }

    /// Returns the type and the key of a user or contact that can be changed.
    pub(super) fn resolve_changeable(&self, key: &EntityKey) -> Result<(EntityType, Key), Failure> {
        let (entity_type, key) = self.resolve_served(key)?;
        if entity_type == EntityType::Contact {
            let options = QueryOptions { select: vec!["id", "onPremisesSyncEnabled"], ..QueryOptions::default() };
            let stored = self.connector.get_directory_object(&key, &options).map_err(from_error)?;
            self.check_changeable(entity_type, &key, &stored)?;
        }
        Ok((entity_type, key))
    }

    /// "You cannot update or delete contacts for which the dirSyncEnabled property is true." Since then, the source of authority of such a
    /// contact can be moved to the cloud.
    fn check_changeable(&self, entity_type: EntityType, key: &Key, stored: &Object) -> Result<(), Failure> {
        let (EntityType::Contact, Key::Of(_, id)) = (entity_type, key) else { return Ok(()) };
        self.connector.check_org_contact_authority(id, stored).map_err(|error| match error.kind {
            ErrorKind::PermissionDenied => {
                let message = error.message.replace("onPremisesSyncEnabled", "dirSyncEnabled");
                Failure::new(StatusCode::FORBIDDEN, "Authorization_RequestDenied", message)
            }
            _ => from_error(error),
        })
    }

    /// Returns the photo of a user.
    pub(super) fn get_photo(&self, key: &EntityKey) -> Result<ApiResponse, Failure> {
        let picture = self.connector.get_user_photo(&self.resolve_with_photo(key)?).map_err(|error| match error.kind {
            ErrorKind::UnknownUid => Failure::missing_resource("thumbnailPhoto"),
            _ => from_error(error),
        })?;
        Ok(ApiResponse::ok(Content::Bytes(picture.media_type, picture.content)))
    }

    /// Replaces the photo of a user.
    pub(super) fn put_photo(&self, key: &EntityKey, jpeg: Vec<u8>) -> Result<ApiResponse, Failure> {
        photo::check(&jpeg).map_err(|error| Failure::invalid_property("thumbnailPhoto", error.message))?;
        self.connector.set_user_photo(&self.resolve_with_photo(key)?, jpeg).map_err(from_error)?;
        Ok(ApiResponse::no_content())
    }

    /// Returns the key of an object that can have a photo.
    fn resolve_with_photo(&self, key: &EntityKey) -> Result<Key, Failure> {
        match self.resolve_served(key)? {
            (EntityType::User, key) => Ok(key),
            _ => Err(Failure::not_found(
                "The property 'thumbnailPhoto' does not exist: Microsoft Graph has no photos of contacts.",
            )),
        }
    }
}

/// Parses `$orderby`. Returns Microsoft Graph's.
fn parse_order_by(entity_type: EntityType, query: &Query) -> Result<Option<String>, Failure> {
    let Some(text) = &query.order_by else { return Ok(None) };
    if query.filter.is_some() {
        return Err(Failure::unsupported_query("$orderby and $filter cannot be used together."));
    }
    let (name, direction) = match text.split_whitespace().collect::<Vec<_>>().as_slice() {
        [name] | [name, "asc"] => (*name, ""),
        [name, "desc"] => (*name, "%20desc"),
        _ => ("", ""),
    };
    let known = match entity_type {
        EntityType::User => &["displayName", "userPrincipalName"][..],
        _ => &["displayName"],
    };
    match known.iter().find(|known| **known == name) {
        Some(name) => Ok(Some(format!("{name}{direction}"))),
        None => {
            let message = format!("$orderby: expected {}, found '{}'.", known.join(" or "), shorten(text));
            Err(Failure::unsupported_query(message))
        }
    }
}
