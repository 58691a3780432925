//! Collections and objects of Azure AD Graph as those of Microsoft Graph.

use connector::graph::directory_objects::{Collection, Key as GraphKey};
use protocol::azure_ad_graph::address::{Key, Set};

/// Returns the collection of Microsoft Graph.
pub(crate) fn collection(set: Set) -> Collection {
    match set {
        Set::Users => Collection::Users,
        Set::Contacts => Collection::Contacts,
        Set::DirectoryObjects => Collection::DirectoryObjects,
    }
}

/// Returns the object in Microsoft Graph.
pub(crate) fn graph_key(key: &Key) -> GraphKey {
    match key {
        Key::Me => GraphKey::Me,
        Key::Of(set, id) => GraphKey::Of(collection(*set), id.clone()),
    }
}
