//! Objects of Azure AD Graph, made of Microsoft Graph's.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use crate::edm::EdmType;
use crate::entity_type::EntityType;
use crate::properties::{EntityProperty, GraphSource};
use connector::graph::directory_objects;
use connector::operations::directory::directory_objects::Object;
use protocol::azure_ad_graph::version::ApiVersion;

/// Returns the `$select` that reads these properties from Microsoft Graph: each of its properties once, and always `id`.
pub fn build_select(properties: impl IntoIterator<Item = &'static EntityProperty>) -> Vec<&'static str> {
    let mut names = vec!["id"];
    for name in properties.into_iter().filter_map(EntityProperty::graph_property) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    // Microsoft Graph never returns it.
    names.retain(|name| *name != "passwordProfile");
    names
}

/// An object of Azure AD Graph.
#[derive(Clone, Debug, PartialEq)]
pub struct Entity {
    /// The name of the type, without the namespace.
    pub type_name: String,
    /// The id.
    pub id: String,
    /// The properties: name and value.
    pub properties: Vec<(String, Value)>,
    /// The related objects that `$expand` asks for, by relation.
    pub expanded: Vec<(&'static str, Expanded)>,
}

/// The objects of an expanded relation.
#[derive(Clone, Debug, PartialEq)]
pub enum Expanded {
    /// The only one, if it exists.
    One(Option<Box<Entity>>),
    /// Several.
    Many(Vec<Entity>),
}

/// How Microsoft Graph's objects become Azure AD Graph's.
#[derive(Clone, Copy, Debug)]
pub struct EntityMapper<'s> {
    /// The version of Azure AD Graph.
    pub version: ApiVersion,
    /// The selected properties. `None` for all.
    pub selected: Option<&'s [&'static EntityProperty]>,
    /// Whether properties that Microsoft Graph did not return are left out. Otherwise they are null.
    pub omits_missing: bool,
}

impl EntityMapper<'_> {
    /// Creates a mapper of all properties.
    pub fn with_all_properties(version: ApiVersion) -> EntityMapper<'static> {
        EntityMapper { version, selected: None, omits_missing: false }
    }

    /// Converts an object of that type.
    pub fn to_entity(&self, entity_type: EntityType, object: &Object) -> Entity {
        let type_name = get_type_name(entity_type, object);
        let is_selected = |property: &&EntityProperty| {
            self.selected.is_none_or(|selected| selected.iter().any(|one| std::ptr::eq(*one, *property)))
        };
        let is_returned = |property: &&EntityProperty| {
            !self.omits_missing
                || property.source == GraphSource::ObjectType
                || property.graph_property().is_some_and(|name| object.contains_key(name))
        };
        let properties = entity_type
            .properties(self.version)
            .filter(|property| {
                !matches!(property.edm_type, EdmType::Stream) || property.source == GraphSource::Photo && !self.omits_missing
            })
            .filter(is_selected)
            .filter(is_returned)
            .map(|property| {
                let value = match property.source {
                    GraphSource::ObjectType => json!(to_object_type(&type_name)),
                    _ => read_value(property, object),
                };
                (property.name(self.version).to_owned(), value)
            })
            .collect();
        let id = object.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
        Entity { type_name, id, properties, expanded: Vec::new() }
    }

    /// Converts an object, whose type is in its `@odata.type`.
    pub fn to_entity_by_type(&self, object: &Object) -> Entity {
        self.to_entity(EntityType::from_object(object), object)
    }
}

/// Returns the name of an object's type. A type that the table does not have takes Microsoft Graph's name with a capital letter.
fn get_type_name(entity_type: EntityType, object: &Object) -> String {
    match (entity_type, directory_objects::get_type_name(object)) {
        (EntityType::Other, Some(name)) => {
            let mut letters = name.chars();
            letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
        }
        (entity_type, _) => entity_type.name().to_owned(),
    }
}

fn to_object_type(type_name: &str) -> &str {
    // Only here do the name of the type and `objectType` differ.
    if type_name == "DirectoryRole" { "Role" } else { type_name }
}

/// Returns the value of a property of a Microsoft Graph object.
pub fn read_value(property: &EntityProperty, object: &Object) -> Value {
    let get = |name: &str| object.get(name).unwrap_or(&Value::Null);
    let get_items = |name: &str| get(name).as_array().map(Vec::as_slice).unwrap_or_default();
    let found = match property.source {
        GraphSource::ObjectType | GraphSource::Photo | GraphSource::Absent => Value::Null,
        GraphSource::Property("passwordProfile") => Value::Null,
        GraphSource::Property(name) => get(name).clone(),
        GraphSource::FirstOf(name) => get_items(name).first().cloned().unwrap_or_default(),
        GraphSource::Address(member) => {
            get_items("addresses").first().and_then(|address| address.get(member)).cloned().unwrap_or_default()
        }
        GraphSource::Phone(phone_type) => {
            let phone = get_items("phones").iter().find(|phone| phone.get("type").and_then(Value::as_str) == Some(phone_type));
            phone.and_then(|phone| phone.get("number")).cloned().unwrap_or_default()
        }
        GraphSource::Identities { federated } => {
            let is_included = |identity: &&Value| match identity.get("signInType").and_then(Value::as_str).unwrap_or_default() {
                "federated" => federated,
                // Every user signs in with this name. Names of local accounts are others.
                "userPrincipalName" => false,
                _ => !federated,
            };
            let convert = |identity: &Value| {
                let mut identity = identity.clone();
                // Azure AD Graph has it in base64.
                if federated && let Some(Value::String(id)) = identity.get_mut("issuerAssignedId") {
                    *id = STANDARD.encode(id.as_bytes());
                }
                identity
            };
            Value::Array(get_items("identities").iter().filter(is_included).map(convert).collect())
        }
    };
    match (property.edm_type, found) {
        (EdmType::Complex(complex), Value::Object(found)) => complex.to_legacy(&Value::Object(found)),
        (EdmType::ComplexCollection(complex), Value::Array(found)) => found.iter().map(|item| complex.to_legacy(item)).collect(),
        (EdmType::ComplexCollection(_) | EdmType::Strings, Value::Null) => json!([]),
        (_, found) => found,
    }
}

/// Returns the row of a deleted object in a differential query. `is_permanent`: the object cannot be restored.
pub fn build_deleted_entity(entity_type: EntityType, id: &str, version: ApiVersion, is_permanent: bool) -> Entity {
    let object = Map::from_iter([("id".to_owned(), json!(id))]);
    let mut entity = EntityMapper { version, selected: None, omits_missing: true }.to_entity(entity_type, &object);
    entity.properties.push(("aad.isDeleted".to_owned(), json!(true)));
    if !is_permanent {
        entity.properties.push(("aad.isSoftDeleted".to_owned(), json!(true)));
    }
    entity
}
