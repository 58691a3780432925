//! Relations: the objects that an object is related to, and links to them.

use crate::entity::EntityMapper;
use crate::entity_type::EntityType;
use crate::failure::from_error;
use crate::graph_key::{is_object_id, to_graph_key};
use crate::handler::RequestHandler;
use crate::page_size::{DEFAULT_PAGE_SIZE, limit_page_size};
use crate::paging::{PageReader, RequestedPage};
use crate::query::Query;
use crate::request::{ApiRequest, read_string};
use crate::response::ApiResponse;
use crate::selection::Selection;
use crate::writer::Content;
use connector::error::ErrorKind;
use connector::graph::directory_objects::{Key, QueryOptions};
use connector::operations::directory::objects::Object;
use connector::operations::send::page_progress::PageProgress;
use protocol::azure_ad_graph::address::{Address, EntityKey, EntitySet, Relation, Resource};
use protocol::azure_ad_graph::failure::Failure;
use protocol::shorten::shorten;

/// The query options that related objects do not support.
const REFUSED_FOR_OBJECTS: [&str; 4] = ["$filter", "$orderby", "$expand", "deltaLink"];
/// The query options that links do not support.
const REFUSED_FOR_LINKS: [&str; 5] = ["$filter", "$orderby", "$expand", "$select", "deltaLink"];

impl RequestHandler<'_> {
    /// Returns the related objects.
    pub(super) fn get_related(&self, key: &EntityKey, relation: Relation, mut query: Query) -> Result<ApiResponse, Failure> {
        query.refuse_options(&REFUSED_FOR_OBJECTS, relation.name())?;
        if relation == Relation::Manager {
            let manager = self.read_manager(key)?;
            let entity_type = EntityType::from_object(&manager);
            let id = manager.get("id").and_then(|id| id.as_str()).unwrap_or_default().to_owned();
            // The properties to select depend on the type, which is known only now.
            let manager = self.read_all_properties(entity_type, &Key::Of(entity_type.collection(), id))?;
            let selection = Selection::parse(query.select.as_deref(), &[entity_type], self.version(), None)?;
            let selected = selection.properties(entity_type);
            let mapper = EntityMapper { version: self.version(), selected: selected.as_deref(), omits_missing: false };
            return Ok(ApiResponse::ok(Content::Entity(mapper.to_entity(entity_type, &manager))));
        }
        let page = RequestedPage::from_query(&mut query)?;
        let selection = Selection::parse(query.select.as_deref(), &EntityType::KNOWN, self.version(), None)?;
        let select = selection.to_graph_select(&EntityType::KNOWN, Vec::new());
        let write = |object: &Object| {
            let entity_type = EntityType::from_object(object);
            let selected = selection.properties(entity_type);
            let mapper = EntityMapper { version: self.version(), selected: selected.as_deref(), omits_missing: false };
            Some(self.writer.write_row(&mapper.to_entity(entity_type, object)))
        };
        let (rows, next) = self.read_related_page(key, relation, &page, &query, select, &write)?;
        let next = next.map(|token| format!("{}/{}?$skiptoken={token}", write_path(key), relation.name()));
        let links = next.map(|link| ("odata.nextLink", link)).into_iter().collect();
        Ok(ApiResponse::ok(Content::Feed { type_name: None, rows, links }))
    }

    /// Returns links to the related objects.
    pub(super) fn get_links(&self, key: &EntityKey, relation: Relation, mut query: Query) -> Result<ApiResponse, Failure> {
        let name = relation.name();
        query.refuse_options(&REFUSED_FOR_LINKS, "links")?;
        if relation == Relation::Manager {
            return Ok(ApiResponse::ok(Content::Link(name, self.object_url(&self.read_manager(key)?))));
        }
        let page = RequestedPage::from_query(&mut query)?;
        let write = |object: &Object| Some(self.object_url(object));
        let (urls, next) = self.read_related_page(key, relation, &page, &query, vec!["id"], &write)?;
        let next = next.map(|token| format!("{}/$links/{name}?$skiptoken={token}", write_path(key)));
        Ok(ApiResponse::ok(Content::Links { relation: name, urls, next }))
    }

    /// Reads the id and the type of the manager.
    fn read_manager(&self, key: &EntityKey) -> Result<Object, Failure> {
        let (_, key) = self.resolve_served(key)?;
        let options = QueryOptions { select: vec!["id"], ..QueryOptions::default() };
        self.connector.get_related_object(&key, "manager", &options).map_err(|error| match error.kind {
            ErrorKind::UnknownUid => Failure::missing_resource("manager"),
            _ => from_error(error),
        })
    }

    /// Returns the address of an object.
    fn object_url(&self, object: &Object) -> String {
        self.writer.object_url(&EntityMapper::with_all_properties(self.version()).to_entity_by_type(object))
    }

    /// Reads a page of the related objects.
    fn read_related_page(
        &self,
        key: &EntityKey,
        relation: Relation,
        page: &RequestedPage,
        query: &Query,
        select: Vec<&'static str>,
        write: &dyn Fn(&Object) -> Option<String>,
    ) -> Result<(Vec<String>, Option<String>), Failure> {
        let (_, key) = self.resolve_served(key)?;
        let top = query.top.unwrap_or(DEFAULT_PAGE_SIZE);
        let mut options = QueryOptions { select, ..QueryOptions::default() };
        options.top = Some(limit_page_size(top, &options));
        let reader = PageReader {
            fetch: &mut |token| {
                options.skip_token = token.map(str::to_owned);
                self.connector.list_related_page(&key, relation.name(), &options)
            },
            write,
            top: usize::try_from(top).unwrap_or_default(),
            progress: PageProgress::default(),
        };
        reader.read(page, query)
    }

    /// Sets the manager to the object that the body links.
    pub(super) fn link_manager(&self, key: &EntityKey, request: &ApiRequest<'_>) -> Result<ApiResponse, Failure> {
        let body = request.parse_object()?;
        // Verbose JSON has `uri`, the other formats have `url`.
        let name = if body.contains_key("uri") { "uri" } else { "url" };
        let manager = self.parse_link(name, read_string(&body, name)?)?;
        let (entity_type, key) = self.resolve_changeable(key)?;
        let manager = match manager {
            // Microsoft Graph takes only an id here. A link may name a user by its user principal name.
            EntityKey::Of(EntitySet::Users, name) if !is_object_id(&name) => {
                let options = QueryOptions { select: vec!["id"], ..QueryOptions::default() };
                let user = EntityKey::Of(EntitySet::Users, name);
                let user = self.connector.get_directory_object(&to_graph_key(&user), &options).map_err(from_error)?;
                user.get("id").and_then(|id| id.as_str()).unwrap_or_default().to_owned()
            }
            EntityKey::Of(_, id) => id,
            EntityKey::Me => return Err(Failure::invalid_property(name, "expected a link with an object's id, found me")),
        };
        self.set_manager(entity_type, &key, Some(&manager))
    }

    /// Clears the manager.
    pub(super) fn unlink_manager(&self, key: &EntityKey) -> Result<ApiResponse, Failure> {
        let (entity_type, key) = self.resolve_changeable(key)?;
        self.set_manager(entity_type, &key, None)
    }

    /// Sets or clears the manager.
    fn set_manager(&self, entity_type: EntityType, key: &Key, manager: Option<&str>) -> Result<ApiResponse, Failure> {
        match self.connector.set_manager(key, manager).map_err(from_error) {
            Ok(()) => Ok(ApiResponse::no_content()),
            Err(failure) if entity_type == EntityType::Contact => {
                Err(failure.with_prefix("Microsoft Graph does not document that the manager of a contact can be changed"))
            }
            Err(failure) => Err(failure),
        }
    }

    /// Parses a link to an object, which must be in the same directory.
    fn parse_link(&self, name: &str, url: &str) -> Result<EntityKey, Failure> {
        let invalid = |problem: &str| Failure::invalid_property(name, format!("{problem}: {}", shorten(url)));
        let not_an_address = || invalid("expected the address of an object");
        let (scheme, rest) = url.split_once("://").ok_or_else(not_an_address)?;
        let (host, path) = rest.split_once('/').ok_or_else(not_an_address)?;
        if !self.writer.is_own_address(scheme, host) {
            return Err(invalid("the link leads to another service"));
        }
        let path = path.split(['?', '#']).next().unwrap_or_default();
        match Address::parse(path) {
            Ok(Address { directory, resource: Resource::Object(key) }) if directory.is_one_of(self.directory) => Ok(key),
            Ok(Address { directory, .. }) if !directory.is_one_of(self.directory) => {
                Err(invalid("the link leads to another directory"))
            }
            _ => Err(invalid("the link does not lead to an object that can be a manager")),
        }
    }
}

/// Returns the path of an object in the directory.
fn write_path(key: &EntityKey) -> String {
    match key {
        EntityKey::Me => "me".to_owned(),
        EntityKey::Of(set, id) => connector::graph::address::build_object_path(set.name(), id)
            .map(|path| path.trim_start_matches('/').to_owned())
            .unwrap_or_default(),
    }
}
