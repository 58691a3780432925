//! Entity sets and objects of Azure AD Graph as Microsoft Graph's.

use connector::graph::directory_objects::{Collection, Key};
use protocol::azure_ad_graph::address::{EntityKey, EntitySet};

/// Returns the collection of an entity set.
pub(crate) fn to_collection(set: EntitySet) -> Collection {
    match set {
        EntitySet::Users => Collection::Users,
        EntitySet::Contacts => Collection::Contacts,
        EntitySet::DirectoryObjects => Collection::DirectoryObjects,
    }
}

/// Returns the key of an object.
pub(crate) fn to_graph_key(key: &EntityKey) -> Key {
    match key {
        EntityKey::Me => Key::Me,
        EntityKey::Of(set, id) => Key::Of(to_collection(*set), id.clone()),
    }
}

/// Checks whether a text is an object's id. A user can also be named by its user principal name.
pub(crate) fn is_object_id(text: &str) -> bool {
    uuid::Uuid::try_parse(text).is_ok()
}
