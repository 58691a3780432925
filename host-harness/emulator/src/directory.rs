//! The directory: users, organizational contacts and groups, who reports to whom, and who is a member of what.
//!
//! `tables` has the properties of each `kind`, from which everything else derives; `address` reads paths; `list`, `item`, `related`,
//! `action` and `delta` answer them; `condition`, `search`, `expand` and `select` are the query options; `write` checks bodies; `photo` has users' pictures;
//! `change` remembers what happened, for delta queries.

mod action;
mod address;
mod change;
mod condition;
mod condition_reader;
mod cost;
mod delta;
mod expand;
mod item;
mod kind;
mod list;
mod object;
mod photo;
mod property;
mod reference;
mod related;
mod relation;
mod search;
mod select;
mod tables;
mod write;

use serde_json::{Map, Value};
use uuid::Uuid;

use super::answer::Answer;
use super::error::{GraphError, Outcome};
use super::route::UserKey;
use super::schema::Version;
use super::service::Call;
use super::store::Store;

pub(super) use address::{Key, Resource, any, collection, is_of_collection, within};
pub use change::Removal;
pub(super) use kind::Kind;
pub(super) use object::Object;

use change::Changes;
use relation::Relation;

/// All objects, in the order in which they came.
#[derive(Debug, Default)]
pub(super) struct Directory {
    objects: Vec<Object>,
    changes: Changes,
    /// Whether organizational contacts are written in v1.0 too: see `Emulator::writable_org_contacts`.
    pub(super) writable_contacts: bool,
}

impl Directory {
    /// Adds an object; one with the same id is replaced.
    pub(super) fn add(&mut self, object: Object) {
        self.objects.retain(|other| !other.has_id(&object.id));
        let changed = object.values.keys().cloned().collect();
        self.changes.put(object.kind, &object.id, changed);
        self.objects.push(object);
    }

    /// Adds an object with the properties of a JSON object, of which `id` may be one, and gives its id.
    ///
    /// Fails as Graph would on properties that the kind does not have, or not of that type.
    pub(super) fn add_values(&mut self, kind: Kind, values: &Map<String, Value>, version: Version) -> Outcome<String> {
        let id = values.get("id").and_then(Value::as_str).map_or_else(|| Uuid::new_v4().to_string(), str::to_owned);
        let mut object = Object::new(kind, id.clone(), Map::new());
        write::seeded(kind, values, version)?.apply(&mut object);
        self.add(object);
        Ok(id)
    }

    pub(super) fn users(&self) -> impl Iterator<Item = &Object> {
        self.objects.iter().filter(|object| object.kind == Kind::User)
    }

    pub(super) fn user_mut(&mut self, key: Option<&str>) -> Option<&mut Object> {
        let mut users = self.objects.iter_mut().filter(|object| object.kind == Kind::User);
        users.find(|user| key.is_none_or(|key| user.is_user(key)))
    }

    pub(super) fn user(&self, key: Option<&str>) -> Option<&Object> {
        self.users().find(|user| key.is_none_or(|key| user.is_user(key)))
    }

    fn of_kind(&self, kind: Kind) -> Vec<&Object> {
        self.objects.iter().filter(|object| object.kind == kind).collect()
    }

    /// The object with that id.
    pub(super) fn find(&self, id: &str) -> Outcome<&Object> {
        self.objects.iter().find(|object| object.has_id(id)).ok_or_else(|| GraphError::unknown_resource(id))
    }

    fn find_mut(&mut self, id: &str) -> Outcome<&mut Object> {
        self.objects.iter_mut().find(|object| object.has_id(id)).ok_or_else(|| GraphError::unknown_resource(id))
    }

    /// What an object is related to, in the order of the directory; members in the order in which they were added.
    fn related(&self, object: &Object, relation: Relation) -> Vec<&Object> {
        match relation {
            Relation::Manager => object.manager.iter().filter_map(|id| self.find(id).ok()).collect(),
            Relation::DirectReports => self.reports(object),
            Relation::TransitiveReports => self.closure(object, Self::reports),
            Relation::MemberOf => self.groups(object),
            Relation::TransitiveMemberOf => self.closure(object, Self::groups),
            Relation::Members => self.members(object),
            Relation::TransitiveMembers => self.closure(object, Self::members),
        }
    }

    /// What one comes to from an object by any number of steps, nearest first, without the object itself.
    fn closure<'a>(&'a self, object: &Object, step: impl Fn(&'a Self, &Object) -> Vec<&'a Object>) -> Vec<&'a Object> {
        let mut found = step(self, object);
        let mut place = 0;
        while let Some(next) = found.get(place).copied() {
            place += 1;
            let fresh = step(self, next)
                .into_iter()
                .filter(|other| other.id != object.id && !found.iter().any(|seen| seen.id == other.id));
            found.extend(fresh.collect::<Vec<_>>());
        }
        found.retain(|other| other.id != object.id);
        found
    }

    fn reports(&self, manager: &Object) -> Vec<&Object> {
        let reports = |other: &&Object| other.manager.as_ref().is_some_and(|id| manager.has_id(id));
        self.objects.iter().filter(reports).collect()
    }

    fn groups(&self, member: &Object) -> Vec<&Object> {
        self.objects.iter().filter(|group| group.members.iter().any(|id| member.has_id(id))).collect()
    }

    fn members(&self, group: &Object) -> Vec<&Object> {
        group.members.iter().filter_map(|id| self.find(id).ok()).collect()
    }

    /// Changes properties of an object, and remembers which.
    pub(super) fn change(&mut self, id: &str, values: &Map<String, Value>, version: Version) -> Outcome<()> {
        let kind = self.find(id)?.kind;
        let changes = write::seeded(kind, values, version)?;
        self.apply(id, changes)
    }

    fn apply(&mut self, id: &str, changes: write::Values) -> Outcome<()> {
        let object = self.find_mut(id)?;
        let (kind, id) = (object.kind, object.id.clone());
        let changed = changes.apply(object);
        self.changes.put(kind, &id, changed);
        Ok(())
    }

    /// Removes an object; nothing refers to it any longer.
    pub(super) fn remove(&mut self, id: &str, removal: Removal) -> Outcome<()> {
        let object = self.find(id)?;
        let (kind, id) = (object.kind, object.id.clone());
        self.objects.retain(|object| !object.has_id(&id));
        for object in &mut self.objects {
            object.members.retain(|member| !member.eq_ignore_ascii_case(&id));
            if object.manager.as_ref().is_some_and(|manager| manager.eq_ignore_ascii_case(&id)) {
                object.manager = None;
            }
        }
        self.changes.gone(kind, &id, removal);
        Ok(())
    }

    /// Makes an object a member of a group.
    pub(super) fn add_member(&mut self, group: &str, member: &str) -> Outcome<()> {
        let member = self.find(member)?.id.clone();
        let group = self.find_mut(group)?;
        if group.kind != Kind::Group {
            return Err(GraphError::unknown_resource(&group.id));
        }
        if group.members.contains(&member) {
            return Err(GraphError::reference_exists("members"));
        }
        group.members.push(member);
        Ok(())
    }

    /// Says whom a user or a contact reports to; None for nobody.
    pub(super) fn set_manager(&mut self, of: &str, manager: Option<&str>) -> Outcome<()> {
        let manager = match manager {
            Some(id) => {
                let manager = self.find(id)?;
                if manager.kind == Kind::Group || manager.has_id(of) {
                    // Users and contacts manage users and contacts (the page of each type); how anything else is told is unverified.
                    return Err(GraphError::directory_bad_request("Unsupported resource type for the property 'manager'."));
                }
                Some(manager.id.clone())
            }
            None => None,
        };
        self.find_mut(of)?.manager = manager;
        Ok(())
    }
}

/// Answers a request on the directory.
pub(super) fn answer(store: &mut Store, call: &Call, version: Version, resource: &Resource) -> Outcome<Answer> {
    let units = cost::units(resource, &call.method, &call.query).to_string();
    match respond(store, call, version, resource) {
        Ok(answer) => Ok(answer.header(cost::HEADER, &units)),
        Err(error) => Err(error.with_header(cost::HEADER, units)),
    }
}

fn respond(store: &mut Store, call: &Call, version: Version, resource: &Resource) -> Outcome<Answer> {
    match resource {
        Resource::Collection(kind) => item::collection(store, call, version, *kind),
        Resource::Count(kind) => list::count(call, Some(*kind), &store.directory.of_kind(*kind)),
        Resource::Delta(kind) => delta::answer(store, call, version, *kind),
        Resource::ByIds => action::by_ids(store, call, version),
        Resource::Item(key) => item::one(store, call, version, key),
        Resource::Related(key, relation, form) => related::answer(store, call, version, key, *relation, form),
        Resource::Action(key, action) => action::answer(store, call, version, key, *action),
        Resource::Photo(key) => photo::answer(store, call, key),
    }
}

impl Store {
    /// The object that a path names.
    fn object(&self, key: &Key) -> Outcome<&Object> {
        match key {
            Key::User(key) => self.user(key),
            Key::Of(kind, id) => {
                self.directory.find(id).ok().filter(|object| object.kind == *kind).ok_or_else(|| GraphError::unknown_resource(id))
            }
            Key::Any(id) => self.directory.find(id),
        }
    }
}

impl From<UserKey> for Key {
    fn from(key: UserKey) -> Self {
        Self::User(key)
    }
}
