//! Users and contacts: list, get, create, update, delete.

use http::StatusCode;

use super::address::{Key, Set};
use super::call::{Answer, Call, Request, is_synchronised};
use super::entity::{Entity, Expanded, Kind, Shown, sources};
use super::failure::Failure;
use super::filter::{self, Filter, Translated};
use super::format::Content;
use super::input::{Input, Purpose};
use super::paging::{self, Position};
use super::properties::{CONTACT, GROUP, Property, USER};
use super::query::Query;
use crate::graph::directory_objects::{Key as GraphKey, Options};
use crate::graph::photo;
use crate::operations::directory_objects::Object;
use crate::operations::network::Network;
use crate::operations::org_contact_class::NEVER_CREATED;

/// Objects a page where nothing is said.
/// <https://learn.microsoft.com/en-us/previous-versions/azure/ad/graph/howto/azure-ad-graph-api-supported-queries-filters-and-paging-options>
const PAGE: u32 = 100;
/// Users a page at most where their plans are shown: one can have a hundred of them.
const PAGE_WITH_PLANS: u32 = 200;
/// Objects that come along with another at most, as in both services.
const MOST_EXPANDED: usize = 20;

/// What is asked of objects.
pub(super) struct Reading {
    /// The properties, where they are named.
    selected: Option<Vec<&'static Property>>,
    /// The relation whose objects come along.
    expand: Option<&'static str>,
}

impl Reading {
    /// Reads `$select` and `$expand`.
    pub(super) fn of<N: Network>(call: &Call<'_, N>, kind: Kind, query: &Query) -> Result<Reading, Failure> {
        let relations = ["manager", "directReports", "memberOf"];
        let expand = match query.expand.as_deref().map(str::trim) {
            None | Some("") => None,
            Some(name) if name.contains(',') => {
                return Err(Failure::unsupported_query(format!(
                    "$expand takes one relation at a time, as Microsoft Graph does; there are several: {}.",
                    crate::error::shortened(name)
                )));
            }
            Some(name) => Some(relations.into_iter().find(|known| *known == name).ok_or_else(|| {
                let name = crate::error::shortened(name);
                Failure::unsupported_query(format!("$expand does not take '{name}': there are {}.", relations.join(", ")))
            })?),
        };
        let mut selected = Vec::new();
        for name in query.select.iter().flat_map(|names| names.split(',')).map(str::trim).filter(|name| !name.is_empty()) {
            match kind.property(name, call.version()) {
                Some(property) => selected.push(property),
                None if expand == Some(name) => {}
                None => {
                    let name = crate::error::shortened(name);
                    let version = call.version().name();
                    let problem = format!("$select names '{name}', which {} does not have in version {version}.", kind.name());
                    return Err(Failure::bad_request(problem).with("PropertyName", name));
                }
            }
        }
        Ok(Reading { selected: query.select.is_some().then_some(selected), expand })
    }

    /// The properties that are read.
    fn properties<N: Network>(&self, call: &Call<'_, N>, kind: Kind) -> Vec<&'static Property> {
        match &self.selected {
            Some(selected) => selected.clone(),
            None => kind.properties(call.version()).collect(),
        }
    }

    /// The options of Microsoft Graph that read this, and what a filter of the connector's own needs.
    fn options<N: Network>(&self, call: &Call<'_, N>, kind: Kind, filter: Option<&Filter>) -> Options {
        let needed = filter.map(Filter::properties).unwrap_or_default();
        Options {
            select: sources(self.properties(call, kind).into_iter().chain(needed)),
            expand: self.expand.map(|relation| (relation, of_any_type())),
            ..Options::default()
        }
    }

    /// An object as it is shown.
    fn shown<N: Network>(&self, call: &Call<'_, N>, kind: Kind, object: &Object) -> Entity {
        let shown = Shown { version: call.version(), selected: self.selected.as_deref(), sparse: false };
        let mut entity = shown.entity(kind, object);
        if let Some(relation) = self.expand {
            entity.expanded.push((relation, expanded(call, object, relation)));
        }
        entity
    }
}

fn expanded<N: Network>(call: &Call<'_, N>, object: &Object, relation: &str) -> Expanded {
    let whole = Shown::whole(call.version());
    let others = object.get(relation);
    if relation == "manager" {
        return Expanded::One(others.and_then(|other| other.as_object()).map(|other| Box::new(whole.typed(other))));
    }
    let others = others.and_then(|others| others.as_array()).into_iter().flatten().filter_map(|other| other.as_object());
    Expanded::All(others.take(MOST_EXPANDED).map(|other| whole.typed(other)).collect())
}

/// What is read of objects that may be of any type.
pub(super) fn of_any_type() -> Vec<&'static str> {
    sources(USER.iter().chain(CONTACT).chain(GROUP))
}

impl<N: Network> Call<'_, N> {
    /// A page of a collection.
    pub(super) fn list(&self, set: Set, mut query: Query) -> Result<Answer, Failure> {
        let position = Position::of(&mut query)?;
        let Some(kind) = Kind::of(set) else {
            return Err(Failure::unsupported_query(
                "directoryObjects can be listed in differential queries alone (deltaLink=): name users or contacts.",
            ));
        };
        let reading = Reading::of(self, kind, &query)?;
        let filter = match &query.filter {
            Some(text) => Filter::of(filter::parse(text)?, kind, self.version())?.translate(),
            None => Translated::default(),
        };
        let top = query.top.unwrap_or(PAGE);
        let mut options = reading.options(self, kind, filter.here.as_ref());
        let has_plans = options.select.contains(&"assignedPlans");
        options.top = Some(if has_plans { top.min(PAGE_WITH_PLANS) } else { top });
        options.order_by = self.order(kind, &query)?;
        options.filter = filter.graph;
        // Contacts are sorted in advanced queries alone.
        options.advanced = filter.advanced || kind == Kind::Contact && options.order_by.is_some();
        let (page, next) =
            paging::page(&position, &query, |link| self.connector.directory_page(set.collection(), &options, link))?;
        let wanted = page.value.iter().filter(|object| filter.here.as_ref().is_none_or(|filter| filter.holds(object)));
        let entities = wanted.map(|object| reading.shown(self, kind, object)).collect();
        let namespace = self.version().namespace();
        let next = next.map(|token| format!("directoryObjects/$/{namespace}.{}?$skiptoken={token}", kind.name()));
        let links = next.map(|link| ("odata.nextLink", link)).into_iter().collect();
        Ok(Answer::ok(Content::Feed { type_name: Some(kind.name()), entities, links }))
    }

    /// `$orderby`, for Microsoft Graph.
    fn order(&self, kind: Kind, query: &Query) -> Result<Option<String>, Failure> {
        let Some(text) = &query.order_by else { return Ok(None) };
        if query.filter.is_some() {
            return Err(Failure::unsupported_query("$orderby and $filter cannot be used together."));
        }
        let (name, direction) = match text.split_whitespace().collect::<Vec<_>>().as_slice() {
            [name] => (*name, ""),
            [name, "asc"] => (*name, ""),
            [name, "desc"] => (*name, "%20desc"),
            _ => ("", ""),
        };
        let known = match kind {
            Kind::User => &["displayName", "userPrincipalName"][..],
            _ => &["displayName"],
        };
        match known.iter().find(|known| **known == name) {
            Some(name) => Ok(Some(format!("{name}{direction}"))),
            None => {
                let text = crate::error::shortened(text);
                Err(Failure::unsupported_query(format!("$orderby does not take '{text}': there is {}.", known.join(" or "))))
            }
        }
    }

    /// One object.
    pub(super) fn get(&self, key: &Key, query: &Query) -> Result<Answer, Failure> {
        query.lacks(&["$filter", "$orderby", "$top", "$skiptoken", "deltaLink"], "a single object")?;
        let (kind, key) = self.typed(key)?;
        let reading = Reading::of(self, kind, query)?;
        let options = reading.options(self, kind, None);
        // Of types that have no table here, what comes is what there is.
        let options = if kind == Kind::Other { Options::default() } else { options };
        let object = self.connector.directory_object(&key, &options)?;
        Ok(Answer::ok(Content::Entity(reading.shown(self, kind, &object))))
    }

    /// A whole object, as it now is.
    pub(super) fn whole(&self, kind: Kind, key: &GraphKey) -> Result<Object, Failure> {
        let select = sources(kind.properties(self.version()));
        Ok(self.connector.directory_object(key, &Options { select, ..Options::default() })?)
    }

    /// Creates a user.
    pub(super) fn create(&self, set: Set, request: &Request<'_>) -> Result<Answer, Failure> {
        match set {
            Set::Users => {}
            Set::Contacts => return Err(Failure::bad_request(format!("Contacts cannot be created: {NEVER_CREATED}."))),
            Set::DirectoryObjects => {
                return Err(Failure::bad_request("Objects are created in the collection of their type: users."));
            }
        }
        let input = Input::read(Kind::User, request.object()?, self.version(), Purpose::Create)?;
        let wanted = input.body(&Object::new());
        let about = |error| Failure::from(error).about(Kind::User, self.version());
        let mut user = self.connector.create_user(wanted.clone()).map_err(about)?;
        let id = user.get("id").and_then(|id| id.as_str()).unwrap_or_default().to_owned();
        // Microsoft Graph answers with a few properties. The user is there, whatever becomes of this reading.
        match self.whole(Kind::User, &GraphKey::Of(Set::Users.collection(), id)) {
            Ok(whole) => user = whole,
            Err(_) => user = wanted.into_iter().chain(user).collect(),
        }
        let entity = Shown::whole(self.version()).entity(Kind::User, &user);
        let location = self.writer.object_url(&entity);
        if request.prefers("return-no-content") {
            let id = format!("{}/directoryObjects/{}", self.writer.base, entity.id);
            let headers = vec![("preference-applied", "return-no-content".to_owned()), ("dataserviceid", id)];
            return Ok(Answer { location: Some(location), headers, ..Answer::no_content() });
        }
        Ok(Answer { status: StatusCode::CREATED, location: Some(location), ..Answer::ok(Content::Entity(entity)) })
    }

    /// Changes properties of an object.
    pub(super) fn update(&self, key: &Key, query: &Query, request: &Request<'_>) -> Result<Answer, Failure> {
        query.lacks(&["$filter", "$orderby", "$top", "$select", "$expand", "deltaLink"], "an update")?;
        let (kind, key) = self.served(key)?;
        let input = Input::read(kind, request.object()?, self.version(), Purpose::Update)?;
        if input.is_empty() {
            return Err(Failure::bad_request("The body names no property that is to be changed."));
        }
        let stored = if kind == Kind::Contact || input.needs_stored() { self.whole(kind, &key)? } else { Object::new() };
        self.is_changeable(kind, &stored)?;
        let about = |error| Failure::from(error).about(kind, self.version());
        self.connector.update_directory_object(&key, input.body(&stored)).map_err(about)?;
        if request.prefers("return-content") {
            let entity = Shown::whole(self.version()).entity(kind, &self.whole(kind, &key)?);
            let headers = vec![("preference-applied", "return-content".to_owned())];
            return Ok(Answer { headers, ..Answer::ok(Content::Entity(entity)) });
        }
        Ok(Answer::no_content())
    }

    /// Deletes an object.
    pub(super) fn delete(&self, key: &Key) -> Result<Answer, Failure> {
        let (kind, key) = self.served(key)?;
        if kind == Kind::Contact {
            self.is_changeable(kind, &self.whole(kind, &key)?)?;
        }
        self.connector.delete_directory_object(&key)?;
        Ok(Answer::no_content())
    }

    /// "You cannot update or delete contacts for which the dirSyncEnabled property is true."
    pub(super) fn is_changeable(&self, kind: Kind, stored: &Object) -> Result<(), Failure> {
        if kind == Kind::Contact && is_synchronised(stored) {
            return Err(Failure::new(
                StatusCode::FORBIDDEN,
                "Authorization_RequestDenied",
                "The contact is synchronised from an on-premises directory (dirSyncEnabled): change it there.",
            ));
        }
        Ok(())
    }

    /// The photo of a user.
    pub(super) fn get_photo(&self, key: &Key) -> Result<Answer, Failure> {
        let picture = self.connector.user_photo(&self.with_photo(key)?)?;
        Ok(Answer::ok(Content::Bytes(picture.media_type, picture.content)))
    }

    /// Replaces the photo of a user.
    pub(super) fn put_photo(&self, key: &Key, jpeg: Vec<u8>) -> Result<Answer, Failure> {
        photo::check(&jpeg).map_err(|error| Failure::property("thumbnailPhoto", error.message))?;
        self.connector.set_user_photo(&self.with_photo(key)?, jpeg)?;
        Ok(Answer::no_content())
    }

    fn with_photo(&self, key: &Key) -> Result<GraphKey, Failure> {
        match self.served(key)? {
            (Kind::User, key) => Ok(key),
            _ => {
                Err(Failure::not_found("The property 'thumbnailPhoto' is not there: Microsoft Graph has no photos of contacts."))
            }
        }
    }
}
