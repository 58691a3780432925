//! Those that an object is related to, as objects and as links.

use crate::call::{Call, Request, text};
use crate::entity::{Kind, Shown};
use crate::failure::of_operation;
use crate::graph_key::graph_key;
use crate::objects::{PAGE, at_once};
use crate::paging::{Pages, Position};
use crate::query::Query;
use crate::response::Answer;
use crate::selection::Selection;
use crate::writer::Content;
use connector::error::Kind as ErrorKind;
use connector::graph::directory_objects::{Key as GraphKey, Options};
use connector::operations::directory::directory_objects::Object;
use protocol::azure_ad_graph::address::{Address, Key, Relation, Set, Target};
use protocol::azure_ad_graph::failure::Failure;
use protocol::shorten::shorten;

/// Options that relations do not take, as objects and as links.
const NOT_OF_OBJECTS: [&str; 4] = ["$filter", "$orderby", "$expand", "deltaLink"];
const NOT_OF_LINKS: [&str; 5] = ["$filter", "$orderby", "$expand", "$select", "deltaLink"];

impl Call<'_> {
    /// The objects.
    pub(super) fn related(&self, key: &Key, relation: Relation, mut query: Query) -> Result<Answer, Failure> {
        query.lacks(&NOT_OF_OBJECTS, relation.name())?;
        if relation == Relation::Manager {
            let manager = self.manager(key)?;
            let kind = Kind::of_object(&manager);
            let id = manager.get("id").and_then(|id| id.as_str()).unwrap_or_default().to_owned();
            // Only now is it known what there is to be read of it.
            let whole = self.whole(kind, &GraphKey::Of(kind.collection(), id))?;
            let selected = Selection::read(query.select.as_deref(), &[kind], self.version(), None)?.of(kind);
            let shown = Shown { version: self.version(), selected: selected.as_deref(), sparse: false };
            return Ok(Answer::ok(Content::Entity(shown.entity(kind, &whole))));
        }
        let position = Position::of(&mut query)?;
        let selection = Selection::read(query.select.as_deref(), &Kind::NAMED, self.version(), None)?;
        let select = selection.sources(&Kind::NAMED, Vec::new());
        let give = |object: &Object| {
            let kind = Kind::of_object(object);
            let selected = selection.of(kind);
            let shown = Shown { version: self.version(), selected: selected.as_deref(), sparse: false };
            Some(self.writer.row(&shown.entity(kind, object)))
        };
        let (rows, next) = self.others(key, relation, &position, &query, select, &give)?;
        let next = next.map(|token| format!("{}/{}?$skiptoken={token}", path(key), relation.name()));
        let links = next.map(|link| ("odata.nextLink", link)).into_iter().collect();
        Ok(Answer::ok(Content::Feed { type_name: None, rows, links }))
    }

    /// The links.
    pub(super) fn links(&self, key: &Key, relation: Relation, mut query: Query) -> Result<Answer, Failure> {
        let name = relation.name();
        query.lacks(&NOT_OF_LINKS, "links")?;
        if relation == Relation::Manager {
            return Ok(Answer::ok(Content::Link(name, self.url(&self.manager(key)?))));
        }
        let position = Position::of(&mut query)?;
        let give = |object: &Object| Some(self.url(object));
        let (urls, next) = self.others(key, relation, &position, &query, vec!["id"], &give)?;
        let next = next.map(|token| format!("{}/$links/{name}?$skiptoken={token}", path(key)));
        Ok(Answer::ok(Content::Links { relation: name, urls, next }))
    }

    /// The manager, as far as it has to be known which object that is.
    fn manager(&self, key: &Key) -> Result<Object, Failure> {
        let (_, key) = self.served(key)?;
        let options = Options { select: vec!["id"], ..Options::default() };
        self.connector.related_object(&key, "manager", &options).map_err(|error| match error.kind {
            ErrorKind::UnknownUid => Failure::missing("manager"),
            _ => of_operation(error),
        })
    }

    fn url(&self, object: &Object) -> String {
        self.writer.object_url(&Shown::whole(self.version()).typed(object))
    }

    /// A page of those that an object is related to.
    fn others(
        &self,
        key: &Key,
        relation: Relation,
        position: &Position,
        query: &Query,
        select: Vec<&'static str>,
        give: &dyn Fn(&Object) -> Option<String>,
    ) -> Result<(Vec<String>, Option<String>), Failure> {
        let (_, key) = self.served(key)?;
        let top = query.top.unwrap_or(PAGE);
        let mut options = Options { select, ..Options::default() };
        options.top = Some(at_once(top, &options));
        let pages = Pages {
            fetch: &mut |token| {
                options.skip_token = token.map(str::to_owned);
                self.connector.related_page(&key, relation.name(), &options)
            },
            give,
            top: usize::try_from(top).unwrap_or_default(),
        };
        pages.page(position, query)
    }

    /// Makes the object that the body links to the manager.
    pub(super) fn link_manager(&self, key: &Key, request: &Request<'_>) -> Result<Answer, Failure> {
        let body = request.object()?;
        // Verbose JSON has another name for it.
        let name = if body.contains_key("uri") { "uri" } else { "url" };
        let manager = self.linked(name, text(&body, name)?)?;
        let (kind, key) = self.changeable(key)?;
        let manager = match manager {
            // A reference is to an id; a user may be named otherwise in a link.
            Key::Of(Set::Users, name) if !is_id(&name) => {
                let options = Options { select: vec!["id"], ..Options::default() };
                let user =
                    self.connector.directory_object(&graph_key(&Key::Of(Set::Users, name)), &options).map_err(of_operation)?;
                user.get("id").and_then(|id| id.as_str()).unwrap_or_default().to_owned()
            }
            Key::Of(_, id) => id,
            Key::Me => return Err(Failure::property(name, "a link names an object by its id")),
        };
        self.connector.set_manager(&key, Some(&manager)).map_err(|error| of_contact(kind, of_operation(error)))?;
        Ok(Answer::no_content())
    }

    /// Takes the manager away.
    pub(super) fn unlink_manager(&self, key: &Key) -> Result<Answer, Failure> {
        let (kind, key) = self.changeable(key)?;
        self.connector.set_manager(&key, None).map_err(|error| of_contact(kind, of_operation(error)))?;
        Ok(Answer::no_content())
    }

    /// The object that a link names, which has to be one of this directory.
    fn linked(&self, name: &str, url: &str) -> Result<Key, Failure> {
        let foreign = |problem: &str| Failure::property(name, format!("{problem}: {}", shorten(url)));
        let (scheme, rest) = url.split_once("://").ok_or_else(|| foreign("this is no address of an object"))?;
        let (host, path) = rest.split_once('/').ok_or_else(|| foreign("this is no address of an object"))?;
        if !self.writer.is_here(scheme, host) {
            return Err(foreign("the link leads to another service"));
        }
        let path = path.split(['?', '#']).next().unwrap_or_default();
        match Address::parse(path) {
            Ok(Address { tenant, target: Target::Object(key) }) if tenant.is_directory(self.directory) => Ok(key),
            Ok(Address { tenant, .. }) if !tenant.is_directory(self.directory) => {
                Err(foreign("the link leads to another directory"))
            }
            _ => Err(foreign("the link leads to no object that can be a manager")),
        }
    }
}

/// The path of an object, below the directory.
fn path(key: &Key) -> String {
    match key {
        Key::Me => "me".to_owned(),
        Key::Of(set, id) => connector::graph::address::object_path(set.name(), id)
            .map(|path| path.trim_start_matches('/').to_owned())
            .unwrap_or_default(),
    }
}

/// Whether this is the id of an object, and no name of a user.
pub(super) fn is_id(text: &str) -> bool {
    uuid::Uuid::parse_str(text).is_ok()
}

/// Where it is a contact's, what has to be known besides.
fn of_contact(kind: Kind, failure: Failure) -> Failure {
    if kind != Kind::Contact {
        return failure;
    }
    failure.saying("Microsoft Graph does not document that the manager of a contact can be changed")
}
