//! The objects of the directory and their relations.

use serde_json::{Map, Value};
use uuid::Uuid;

use crate::directory::object::Object;
use crate::directory::object_body::{self, ObjectValues};
use crate::directory::object_kind::ObjectKind;
use crate::directory::object_log::{ObjectLog, Removal};
use crate::directory::relation::Relation;
use crate::odata::edm::Version;
use crate::odata::error::{GraphError, Outcome};

/// All objects, in the order of their addition.
#[derive(Debug, Default)]
pub(crate) struct Directory {
    pub(crate) objects: Vec<Object>,
    pub(crate) changes: ObjectLog,
    /// Whether v1.0 writes organizational contacts: see
    /// [`Emulator::set_org_contacts_writable`](crate::Emulator::set_org_contacts_writable).
    pub(crate) writable_contacts: bool,
}

impl Directory {
    /// Adds an object. Replaces one with the same id.
    pub(crate) fn add(&mut self, object: Object) {
        self.objects.retain(|other| !other.has_id(&object.id));
        let changed = object.values.keys().cloned().collect();
        self.changes.record_upsert(object.kind, &object.id, changed);
        self.objects.push(object);
    }

    /// Adds an object with the properties of a JSON object, which may include `id`, and returns its id.
    ///
    /// Fails as Graph would on an unknown property and on a value of the wrong type.
    pub(crate) fn add_values(&mut self, kind: ObjectKind, values: &Map<String, Value>, version: Version) -> Outcome<String> {
        let id = values.get("id").and_then(Value::as_str).map_or_else(|| Uuid::new_v4().to_string(), str::to_owned);
        let mut object = Object::new(kind, id.clone(), Map::new());
        object_body::parse_seed(kind, values, version)?.apply(&mut object);
        self.add(object);
        Ok(id)
    }

    pub(crate) fn users(&self) -> impl Iterator<Item = &Object> {
        self.objects.iter().filter(|object| object.kind == ObjectKind::User)
    }

    pub(crate) fn find_user_mut(&mut self, key: Option<&str>) -> Option<&mut Object> {
        let mut users = self.objects.iter_mut().filter(|object| object.kind == ObjectKind::User);
        users.find(|user| key.is_none_or(|key| user.is_user(key)))
    }

    pub(crate) fn find_user(&self, key: Option<&str>) -> Option<&Object> {
        self.users().find(|user| key.is_none_or(|key| user.is_user(key)))
    }

    pub(crate) fn list_kind(&self, kind: ObjectKind) -> Vec<&Object> {
        self.objects.iter().filter(|object| object.kind == kind).collect()
    }

    /// Returns the object with that id.
    pub(crate) fn find(&self, id: &str) -> Outcome<&Object> {
        self.objects.iter().find(|object| object.has_id(id)).ok_or_else(|| GraphError::unknown_resource(id))
    }

    pub(crate) fn find_mut(&mut self, id: &str) -> Outcome<&mut Object> {
        self.objects.iter_mut().find(|object| object.has_id(id)).ok_or_else(|| GraphError::unknown_resource(id))
    }

    /// Returns the related objects in the order of the directory; members in the order of their addition.
    pub(crate) fn list_related(&self, object: &Object, relation: Relation) -> Vec<&Object> {
        match relation {
            Relation::Manager => object.manager.iter().filter_map(|id| self.find(id).ok()).collect(),
            Relation::DirectReports => self.list_reports(object),
            Relation::TransitiveReports => self.collect_transitive(object, Self::list_reports),
            Relation::MemberOf => self.list_groups(object),
            Relation::TransitiveMemberOf => self.collect_transitive(object, Self::list_groups),
            Relation::Members => self.list_members(object),
            Relation::TransitiveMembers => self.collect_transitive(object, Self::list_members),
        }
    }

    /// Returns the objects that any number of steps from an object reach, nearest first, without the object itself.
    fn collect_transitive<'a>(&'a self, object: &Object, step: impl Fn(&'a Self, &Object) -> Vec<&'a Object>) -> Vec<&'a Object> {
        let mut found = step(self, object);
        let mut index = 0;
        while let Some(next) = found.get(index).copied() {
            index += 1;
            let new = step(self, next)
                .into_iter()
                .filter(|other| other.id != object.id && !found.iter().any(|seen| seen.id == other.id));
            found.extend(new.collect::<Vec<_>>());
        }
        found.retain(|other| other.id != object.id);
        found
    }

    fn list_reports(&self, manager: &Object) -> Vec<&Object> {
        let reports = |other: &&Object| other.manager.as_ref().is_some_and(|id| manager.has_id(id));
        self.objects.iter().filter(reports).collect()
    }

    fn list_groups(&self, member: &Object) -> Vec<&Object> {
        self.objects.iter().filter(|group| group.members.iter().any(|id| member.has_id(id))).collect()
    }

    fn list_members(&self, group: &Object) -> Vec<&Object> {
        group.members.iter().filter_map(|id| self.find(id).ok()).collect()
    }

    /// Changes properties of an object, and logs which.
    pub(crate) fn change(&mut self, id: &str, values: &Map<String, Value>, version: Version) -> Outcome<()> {
        let kind = self.find(id)?.kind;
        let changes = object_body::parse_seed(kind, values, version)?;
        self.apply(id, changes)
    }

    pub(crate) fn apply(&mut self, id: &str, changes: ObjectValues) -> Outcome<()> {
        let object = self.find_mut(id)?;
        let (kind, id) = (object.kind, object.id.clone());
        let changed = changes.apply(object);
        self.changes.record_upsert(kind, &id, changed);
        Ok(())
    }

    /// Removes an object, and all references to it.
    pub(crate) fn remove(&mut self, id: &str, removal: Removal) -> Outcome<()> {
        let object = self.find(id)?;
        let (kind, id) = (object.kind, object.id.clone());
        self.objects.retain(|object| !object.has_id(&id));
        for object in &mut self.objects {
            object.members.retain(|member| !member.eq_ignore_ascii_case(&id));
            if object.manager.as_ref().is_some_and(|manager| manager.eq_ignore_ascii_case(&id)) {
                object.manager = None;
            }
        }
        self.changes.record_removal(kind, &id, removal);
        Ok(())
    }

    /// Adds an object to the members of a group.
    pub(crate) fn add_member(&mut self, group: &str, member: &str) -> Outcome<()> {
        let member = self.find(member)?.id.clone();
        let group = self.find_mut(group)?;
        if group.kind != ObjectKind::Group {
            return Err(GraphError::unknown_resource(&group.id));
        }
        if group.members.contains(&member) {
            return Err(GraphError::reference_exists("members"));
        }
        group.members.push(member);
        Ok(())
    }

    /// Sets the manager of a user or a contact; None clears it.
    pub(crate) fn set_manager(&mut self, of: &str, manager: Option<&str>) -> Outcome<()> {
        let manager = match manager {
            Some(id) => {
                let manager = self.find(id)?;
                if manager.kind == ObjectKind::Group || manager.has_id(of) {
                    // Users and contacts manage users and contacts (the page of each type). The refusal of other kinds is
                    // unverified.
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
