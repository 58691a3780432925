//! The types of objects that the gateway serves.

use connector::graph::directory_objects::{self, Collection};
use connector::operations::directory::directory_objects::Object;
use protocol::azure_ad_graph::address::EntitySet;
use protocol::azure_ad_graph::version::ApiVersion;

use crate::properties::{CONTACT, EntityProperty, GROUP, OBJECT, ROLE, USER};

/// A type of objects.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum EntityType {
    /// `User`
    User,
    /// `Contact`
    Contact,
    /// `Group`
    Group,
    /// `DirectoryRole`
    DirectoryRole,
    /// Any other type. Its objects have only the properties that every object has.
    Other,
}

impl EntityType {
    /// The types that have their own properties.
    pub const KNOWN: [EntityType; 4] = [EntityType::User, EntityType::Contact, EntityType::Group, EntityType::DirectoryRole];

    /// The types that differential queries follow.
    pub const WITH_CHANGES: [EntityType; 3] = [EntityType::User, EntityType::Contact, EntityType::Group];

    /// Returns the type of the objects of an entity set. `None` for `directoryObjects`, which has objects of every type.
    pub fn from_entity_set(set: EntitySet) -> Option<EntityType> {
        match set {
            EntitySet::Users => Some(EntityType::User),
            EntitySet::Contacts => Some(EntityType::Contact),
            EntitySet::DirectoryObjects => None,
        }
    }

    /// Returns the type of an object by Microsoft Graph's `@odata.type`.
    pub fn from_object(object: &Object) -> EntityType {
        match directory_objects::get_type_name(object) {
            Some("user") => EntityType::User,
            Some("orgContact") => EntityType::Contact,
            Some("group") => EntityType::Group,
            Some("directoryRole") => EntityType::DirectoryRole,
            _ => EntityType::Other,
        }
    }

    /// Returns Microsoft Graph's collection of objects of the type.
    pub fn collection(self) -> Collection {
        match self {
            EntityType::User => Collection::Users,
            EntityType::Contact => Collection::Contacts,
            EntityType::Group => Collection::Groups,
            EntityType::DirectoryRole | EntityType::Other => Collection::DirectoryObjects,
        }
    }

    /// Returns the name.
    pub fn name(self) -> &'static str {
        match self {
            EntityType::User => "User",
            EntityType::Contact => "Contact",
            EntityType::Group => "Group",
            EntityType::DirectoryRole => "DirectoryRole",
            EntityType::Other => "DirectoryObject",
        }
    }

    /// Returns the properties in a version.
    pub fn properties(self, version: ApiVersion) -> impl Iterator<Item = &'static EntityProperty> {
        let table = match self {
            EntityType::User => USER,
            EntityType::Contact => CONTACT,
            EntityType::Group => GROUP,
            EntityType::DirectoryRole => ROLE,
            EntityType::Other => OBJECT,
        };
        table.iter().filter(move |property| property.since <= version)
    }

    /// Returns the property with that name.
    pub fn find_property(self, name: &str, version: ApiVersion) -> Option<&'static EntityProperty> {
        self.properties(version).find(|property| property.is_named(name))
    }
}
