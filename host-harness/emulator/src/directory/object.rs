//! An object of the directory and its JSON.

use serde_json::{Map, Value, json};

use crate::directory::object_kind::ObjectKind;
use crate::directory::property::Access;
use crate::mailbox::items::Mailbox;
use crate::odata::edm::Edm;
use crate::odata::expression::is_same;
use crate::odata::photo::Photo;

/// A user, an organizational contact or a group.
#[derive(Debug)]
pub(crate) struct Object {
    pub(crate) kind: ObjectKind,
    pub(crate) id: String,
    /// The values by property, without the id. Null and secret values are not stored.
    pub(crate) values: Map<String, Value>,
    /// The id of the manager, a user or an organizational contact.
    pub(crate) manager: Option<String>,
    /// The ids of a group's members, in the order of their addition.
    pub(crate) members: Vec<String>,
    /// The mailbox of a user that has one.
    pub(crate) mailbox: Option<Mailbox>,
    /// The picture of a user.
    pub(crate) photo: Option<Photo>,
    /// Whether the source of authority of a synchronized object was moved to the cloud.
    pub(crate) is_cloud_managed: bool,
}

impl Object {
    pub(crate) fn new(kind: ObjectKind, id: String, values: Map<String, Value>) -> Self {
        Self { kind, id, values, manager: None, members: Vec::new(), mailbox: None, photo: None, is_cloud_managed: false }
    }

    pub(crate) fn has_id(&self, id: &str) -> bool {
        self.id.eq_ignore_ascii_case(id)
    }

    /// Returns whether a segment after `/users` names this user, by id or userPrincipalName.
    pub(crate) fn is_user(&self, key: &str) -> bool {
        self.kind == ObjectKind::User
            && (self.has_id(key) || self.get_string("userPrincipalName").is_some_and(|name| is_same(name, key)))
    }

    fn get_string(&self, name: &str) -> Option<&str> {
        self.values.get(name).and_then(Value::as_str)
    }

    /// Returns whether only the tenant's premises can change the object.
    pub(crate) fn is_synced(&self) -> bool {
        self.values.get("onPremisesSyncEnabled") == Some(&Value::Bool(true)) && !self.is_cloud_managed
    }

    /// Returns the value of a property. Without one, it is null or an empty list.
    pub(crate) fn get(&self, name: &str) -> Value {
        if name == "id" {
            return json!(self.id);
        }
        let property = self.kind.find_property(name);
        match self.values.get(name) {
            Some(value) if property.is_none_or(|property| property.access != Access::Secret) => value.clone(),
            _ => match property.map(|property| property.edm) {
                Some(Edm::Collection(_)) => json!([]),
                _ => Value::Null,
            },
        }
    }

    /// Renders the object as JSON, with the default properties or the selected ones that its type has.
    pub(crate) fn render(&self, select: Option<&[String]>) -> Map<String, Value> {
        let names: Vec<&str> = match select {
            Some(names) => names.iter().map(String::as_str).filter(|name| self.kind.find_property(name).is_some()).collect(),
            None => self.kind.properties().iter().filter(|property| property.default).map(|property| property.name).collect(),
        };
        names.into_iter().map(|name| (name.to_owned(), self.get(name))).collect()
    }

    /// Renders the object with its type, for a list of objects of several types.
    pub(crate) fn render_typed(&self, select: Option<&[String]>) -> Map<String, Value> {
        let mut body = Map::from_iter([("@odata.type".to_owned(), json!(format!("#microsoft.graph.{}", self.kind.type_name())))]);
        body.extend(self.render(select));
        body
    }
}
