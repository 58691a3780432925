//! An object of the directory: what it has, and how it reads.

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
    /// By property, the id left out; what is null or secret is not there.
    pub(crate) values: Map<String, Value>,
    /// The id of the user or contact that this one reports to.
    pub(crate) manager: Option<String>,
    /// The ids of a group's members, in the order in which they came.
    pub(crate) members: Vec<String>,
    /// A user's, if Exchange Online has one.
    pub(crate) mailbox: Option<Mailbox>,
    /// A user's picture.
    pub(crate) photo: Option<Photo>,
}

impl Object {
    pub(crate) fn new(kind: ObjectKind, id: String, values: Map<String, Value>) -> Self {
        Self { kind, id, values, manager: None, members: Vec::new(), mailbox: None, photo: None }
    }

    pub(crate) fn has_id(&self, id: &str) -> bool {
        self.id.eq_ignore_ascii_case(id)
    }

    /// Whether a segment behind `/users` names this user: by id or userPrincipalName.
    pub(crate) fn is_user(&self, key: &str) -> bool {
        self.kind == ObjectKind::User
            && (self.has_id(key) || self.get_string("userPrincipalName").is_some_and(|name| is_same(name, key)))
    }

    fn get_string(&self, name: &str) -> Option<&str> {
        self.values.get(name).and_then(Value::as_str)
    }

    pub(crate) fn is_synced(&self) -> bool {
        self.values.get("onPremisesSyncEnabled") == Some(&Value::Bool(true))
    }

    /// The value of a property: null, or an empty list, if there is none.
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

    /// The object as JSON: the default properties, or those selected that its type has.
    pub(crate) fn render(&self, select: Option<&[String]>) -> Map<String, Value> {
        let names: Vec<&str> = match select {
            Some(names) => names.iter().map(String::as_str).filter(|name| self.kind.find_property(name).is_some()).collect(),
            None => self.kind.properties().iter().filter(|property| property.default).map(|property| property.name).collect(),
        };
        names.into_iter().map(|name| (name.to_owned(), self.get(name))).collect()
    }

    /// The same in a list of objects of several types, where each says its own.
    pub(crate) fn render_typed(&self, select: Option<&[String]>) -> Map<String, Value> {
        let mut body = Map::from_iter([("@odata.type".to_owned(), json!(format!("#microsoft.graph.{}", self.kind.type_name())))]);
        body.extend(self.render(select));
        body
    }
}
