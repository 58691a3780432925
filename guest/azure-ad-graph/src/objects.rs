//! Users and contacts: list, get, create, update, delete.

use crate::failure::of_operation;
use http::StatusCode;
use protocol::shorten::shorten;

use crate::call::{Call, Request};
use crate::entity::{Entity, Expanded, Kind, Shown};
use crate::filter::{self, Filter, Translated};
use crate::graph_key::collection;
use crate::input::{Input, Purpose};
use crate::paging::{Pages, Position};
use crate::query::Query;
use crate::relations::is_id;
use crate::response::Answer;
use crate::selection::Selection;
use crate::writer::Content;
use connector::error::Kind as ErrorKind;
use connector::graph::directory_objects::{Key as GraphKey, MOST_A_PAGE, Options};
use connector::graph::photo;
use connector::operations::directory::directory_objects::Object;
use connector::operations::directory::org_contact_properties::NEVER_CREATED;
use connector::operations::directory::org_contacts::is_synchronised;
use protocol::azure_ad_graph::address::{Key, Relation, Set};
use protocol::azure_ad_graph::failure::Failure;

/// Objects a page where nothing is said.
/// <https://learn.microsoft.com/en-us/previous-versions/azure/ad/graph/howto/azure-ad-graph-api-supported-queries-filters-and-paging-options>
pub(super) const PAGE: u32 = 100;
/// Objects that are asked of Microsoft Graph at once where users come with their plans, of which one can have a hundred.
const AT_ONCE_WITH_PLANS: u32 = 100;
/// The same where each comes with another user, and with twenty.
const AT_ONCE_WITH_ANOTHER: u32 = 50;
const AT_ONCE_WITH_OTHERS: u32 = 10;
/// Objects that come along with another at most, as in both services.
const MOST_EXPANDED: usize = 20;

/// What is asked of objects.
pub(super) struct Reading {
    selection: Selection,
    /// The relation whose objects come along.
    expand: Option<Relation>,
}

impl Reading {
    /// Reads `$select` and `$expand`.
    pub(super) fn of(call: &Call<'_>, kind: Kind, query: &Query) -> Result<Reading, Failure> {
        let names = || Relation::ALL.map(Relation::name).join(", ");
        let expand = match query.expand.as_deref().map(str::trim) {
            None | Some("") => None,
            Some(name) if name.contains(',') => {
                return Err(Failure::unsupported_query(format!(
                    "$expand takes one relation at a time, as Microsoft Graph does; there are several: {}.",
                    shorten(name)
                )));
            }
            Some(name) => Some(Relation::ALL.into_iter().find(|known| known.name() == name).ok_or_else(|| {
                let name = shorten(name);
                Failure::unsupported_query(format!("$expand does not take '{name}': there are {}.", names()))
            })?),
        };
        let selection = Selection::read(query.select.as_deref(), &[kind], call.version(), expand.map(Relation::name))?;
        Ok(Reading { selection, expand })
    }

    /// The options of Microsoft Graph that read this, and what a filter of the connector's own needs.
    fn options(&self, call: &Call<'_>, kind: Kind, filter: Option<&Filter>) -> Options {
        let needed = filter.map(Filter::properties).unwrap_or_default();
        let related = Selection::all(call.version()).sources(&Kind::NAMED, Vec::new());
        Options {
            select: self.selection.sources(&[kind], needed),
            expand: self.expand.map(|relation| (relation.name(), related)),
            ..Options::default()
        }
    }

    /// An object as it is shown.
    fn shown(&self, call: &Call<'_>, kind: Kind, object: &Object) -> Entity {
        let selected = self.selection.of(kind);
        let shown = Shown { version: call.version(), selected: selected.as_deref(), sparse: false };
        let mut entity = shown.entity(kind, object);
        if let Some(relation) = self.expand {
            entity.expanded.push((relation.name(), expanded(call, object, relation)));
        }
        entity
    }
}

fn expanded(call: &Call<'_>, object: &Object, relation: Relation) -> Expanded {
    let whole = Shown::whole(call.version());
    let others = object.get(relation.name());
    if relation == Relation::Manager {
        return Expanded::One(others.and_then(|other| other.as_object()).map(|other| Box::new(whole.typed(other))));
    }
    let others = others.and_then(|others| others.as_array()).into_iter().flatten().filter_map(|other| other.as_object());
    Expanded::All(others.take(MOST_EXPANDED).map(|other| whole.typed(other)).collect())
}

/// Objects that are asked of Microsoft Graph at once, so that its answer is not too large.
pub(super) fn at_once(top: u32, options: &Options) -> u32 {
    top.min(match options.expand.as_ref().map(|(relation, _)| *relation) {
        Some("manager") => AT_ONCE_WITH_ANOTHER,
        Some("directReports") => AT_ONCE_WITH_OTHERS,
        _ if options.select.contains(&"assignedPlans") => AT_ONCE_WITH_PLANS,
        _ => top,
    })
}

impl Call<'_> {
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
            Some(text) => Filter::of(filter::parse(text)?, kind, self.version(), self.directory)?.translate(),
            None => Translated::default(),
        };
        let top = query.top.unwrap_or(PAGE);
        let mut options = reading.options(self, kind, filter.here.as_ref());
        let at_once = at_once(top, &options);
        options.top = Some(if filter.here.is_some() { MOST_A_PAGE } else { at_once });
        options.order_by = self.order(kind, &query)?;
        options.filter = filter.graph;
        // Contacts are sorted in advanced queries alone.
        options.advanced = filter.advanced || kind == Kind::Contact && options.order_by.is_some();
        let is_wanted = |object: &Object| filter.here.as_ref().is_none_or(|filter| filter.holds(object));
        let (rows, next) = Pages {
            fetch: &mut |token| {
                options.skip_token = token.map(str::to_owned);
                self.connector.directory_page(collection(set), &options)
            },
            give: &|object| is_wanted(object).then(|| self.writer.row(&reading.shown(self, kind, object))),
            top: usize::try_from(top).unwrap_or_default(),
        }
        .page(&position, &query)?;
        let namespace = self.version().namespace();
        let next = next.map(|token| format!("directoryObjects/$/{namespace}.{}?$skiptoken={token}", kind.name()));
        let links = next.map(|link| ("odata.nextLink", link)).into_iter().collect();
        Ok(Answer::ok(Content::Feed { type_name: Some(kind.name()), rows, links }))
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
                let text = shorten(text);
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
        let object = self.connector.directory_object(&key, &options).map_err(of_operation)?;
        Ok(Answer::ok(Content::Entity(reading.shown(self, kind, &object))))
    }

    /// A whole object, as it now is.
    pub(super) fn whole(&self, kind: Kind, key: &GraphKey) -> Result<Object, Failure> {
        let select = Selection::all(self.version()).sources(&[kind], Vec::new());
        Ok(self.connector.directory_object(key, &Options { select, ..Options::default() }).map_err(of_operation)?)
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
        let names = input.names(self.version());
        let wanted = input.body(&Object::new())?;
        let mut user = self.connector.create_user(wanted.clone()).map_err(|error| of_operation(error).about(&names))?;
        let id = user.get("id").and_then(|id| id.as_str()).unwrap_or_default().to_owned();
        // Microsoft Graph answers with a few properties. The user is there, whatever becomes of this reading.
        match self.whole(Kind::User, &GraphKey::Of(collection(Set::Users), id)) {
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
        let stored = if kind == Kind::Contact { self.whole(kind, &key)? } else { Object::new() };
        self.is_changeable(kind, &stored)?;
        let names = input.names(self.version());
        let body = input.body(&stored)?;
        let renamed = body.get("userPrincipalName").and_then(|name| name.as_str()).map(str::to_owned);
        self.connector.update_directory_object(&key, body).map_err(|error| of_operation(error).about(&names))?;
        if request.prefers("return-content") {
            let key = match (key, renamed) {
                (GraphKey::Of(collection, id), Some(name)) if !is_id(&id) => GraphKey::Of(collection, name),
                (key, _) => key,
            };
            // The change is made, whatever becomes of this reading.
            if let Ok(now) = self.whole(kind, &key) {
                let entity = Shown::whole(self.version()).entity(kind, &now);
                let headers = vec![("preference-applied", "return-content".to_owned())];
                return Ok(Answer { headers, ..Answer::ok(Content::Entity(entity)) });
            }
        }
        Ok(Answer::no_content())
    }

    /// Deletes an object.
    pub(super) fn delete(&self, key: &Key) -> Result<Answer, Failure> {
        let (_, key) = self.changeable(key)?;
        self.connector.delete_directory_object(&key).map_err(of_operation)?;
        Ok(Answer::no_content())
    }

    /// An object that may be changed.
    pub(super) fn changeable(&self, key: &Key) -> Result<(Kind, GraphKey), Failure> {
        let (kind, key) = self.served(key)?;
        if kind == Kind::Contact {
            let options = Options { select: vec!["id", "onPremisesSyncEnabled"], ..Options::default() };
            self.is_changeable(kind, &self.connector.directory_object(&key, &options).map_err(of_operation)?)?;
        }
        Ok((kind, key))
    }

    /// "You cannot update or delete contacts for which the dirSyncEnabled property is true."
    fn is_changeable(&self, kind: Kind, stored: &Object) -> Result<(), Failure> {
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
        let picture = self.connector.user_photo(&self.with_photo(key)?).map_err(|error| match error.kind {
            ErrorKind::UnknownUid => Failure::missing("thumbnailPhoto"),
            _ => of_operation(error),
        })?;
        Ok(Answer::ok(Content::Bytes(picture.media_type, picture.content)))
    }

    /// Replaces the photo of a user.
    pub(super) fn put_photo(&self, key: &Key, jpeg: Vec<u8>) -> Result<Answer, Failure> {
        photo::check(&jpeg).map_err(|error| Failure::property("thumbnailPhoto", error.message))?;
        self.connector.set_user_photo(&self.with_photo(key)?, jpeg).map_err(of_operation)?;
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
