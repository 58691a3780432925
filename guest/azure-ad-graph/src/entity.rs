//! Objects in Azure AD Graph's words, made of Microsoft Graph's.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use crate::complex::Edm;
use crate::properties::{CONTACT, GROUP, OBJECT, Place, Property, ROLE, USER};
use connector::graph::directory_objects::{self, Collection};
use connector::operations::directory::directory_objects::Object;
use protocol::azure_ad_graph::address::Set;
use protocol::azure_ad_graph::version::Version;

/// A type of objects.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// `User`
    User,
    /// `Contact`
    Contact,
    /// `Group`
    Group,
    /// `DirectoryRole`
    Role,
    /// Any other, of which only what all have in common is shown.
    Other,
}

impl Kind {
    /// The types that have properties of their own here.
    pub const NAMED: [Kind; 4] = [Kind::User, Kind::Contact, Kind::Group, Kind::Role];

    /// Those of them that differential queries follow.
    pub const FOLLOWED: [Kind; 3] = [Kind::User, Kind::Contact, Kind::Group];

    /// The type of the objects of a collection; `None` of the collection of all.
    pub fn of(set: Set) -> Option<Kind> {
        match set {
            Set::Users => Some(Kind::User),
            Set::Contacts => Some(Kind::Contact),
            Set::DirectoryObjects => None,
        }
    }

    /// The collection of Microsoft Graph that its objects are in.
    pub fn collection(self) -> Collection {
        match self {
            Kind::User => Collection::Users,
            Kind::Contact => Collection::Contacts,
            Kind::Group => Collection::Groups,
            Kind::Role | Kind::Other => Collection::DirectoryObjects,
        }
    }

    /// The type of an object, by Microsoft Graph's `@odata.type`.
    pub fn of_object(object: &Object) -> Kind {
        match directory_objects::type_name(object) {
            Some("user") => Kind::User,
            Some("orgContact") => Kind::Contact,
            Some("group") => Kind::Group,
            Some("directoryRole") => Kind::Role,
            _ => Kind::Other,
        }
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Kind::User => "User",
            Kind::Contact => "Contact",
            Kind::Group => "Group",
            Kind::Role => "DirectoryRole",
            Kind::Other => "DirectoryObject",
        }
    }

    /// Its properties in that version.
    pub fn properties(self, version: Version) -> impl Iterator<Item = &'static Property> {
        let table = match self {
            Kind::User => USER,
            Kind::Contact => CONTACT,
            Kind::Group => GROUP,
            Kind::Role => ROLE,
            Kind::Other => OBJECT,
        };
        table.iter().filter(move |property| property.since <= version)
    }

    /// The property of that name.
    pub fn property(self, name: &str, version: Version) -> Option<&'static Property> {
        self.properties(version).find(|property| property.is_named(name))
    }
}

/// The properties of Microsoft Graph that all of these are read from, each once, and `id` always.
pub fn sources(properties: impl IntoIterator<Item = &'static Property>) -> Vec<&'static str> {
    let mut names = vec!["id"];
    for source in properties.into_iter().filter_map(Property::source) {
        if !names.contains(&source) {
            names.push(source);
        }
    }
    // It is never answered.
    names.retain(|name| *name != "passwordProfile");
    names
}

/// An object in Azure AD Graph's words.
#[derive(Clone, Debug, PartialEq)]
pub struct Entity {
    /// The name of its type, without the namespace.
    pub type_name: String,
    /// Its id.
    pub id: String,
    /// Its properties: name and value.
    pub properties: Vec<(String, Value)>,
    /// The objects that were asked for along with it, by relation.
    pub expanded: Vec<(&'static str, Expanded)>,
}

/// Objects that come along with another.
#[derive(Clone, Debug, PartialEq)]
pub enum Expanded {
    /// The one, where there is one.
    One(Option<Box<Entity>>),
    /// All of them.
    All(Vec<Entity>),
}

/// How objects are shown.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'s> {
    /// In the words of that version.
    pub version: Version,
    /// These properties alone, where any are named.
    pub selected: Option<&'s [&'static Property]>,
    /// Whether what Microsoft Graph did not answer is left out; otherwise it is null.
    pub sparse: bool,
}

impl Shown<'_> {
    /// Whole objects.
    pub fn whole(version: Version) -> Shown<'static> {
        Shown { version, selected: None, sparse: false }
    }

    /// An object of that type.
    pub fn entity(&self, kind: Kind, object: &Object) -> Entity {
        let type_name = type_name(kind, object);
        let is_selected =
            |property: &&Property| self.selected.is_none_or(|selected| selected.iter().any(|one| std::ptr::eq(*one, *property)));
        let is_answered = |property: &&Property| {
            !self.sparse
                || property.place == Place::ObjectType
                || property.source().is_some_and(|source| object.contains_key(source))
        };
        let properties = kind
            .properties(self.version)
            .filter(|property| !matches!(property.edm, Edm::Stream) || property.place == Place::Photo && !self.sparse)
            .filter(is_selected)
            .filter(is_answered)
            .map(|property| {
                let value = match property.place {
                    Place::ObjectType => json!(object_type(&type_name)),
                    _ => value(property, object),
                };
                (property.name(self.version).to_owned(), value)
            })
            .collect();
        let id = object.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
        Entity { type_name, id, properties, expanded: Vec::new() }
    }

    /// An object of the type that it says itself.
    pub fn typed(&self, object: &Object) -> Entity {
        self.entity(Kind::of_object(object), object)
    }
}

/// Of what has no table here, the name in Microsoft Graph, with a capital.
fn type_name(kind: Kind, object: &Object) -> String {
    match (kind, directory_objects::type_name(object)) {
        (Kind::Other, Some(name)) => {
            let mut letters = name.chars();
            letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
        }
        (kind, _) => kind.name().to_owned(),
    }
}

fn object_type(type_name: &str) -> &str {
    // The one whose type and `objectType` differ.
    if type_name == "DirectoryRole" { "Role" } else { type_name }
}

/// The value that an object has for a property.
pub fn value(property: &Property, object: &Object) -> Value {
    let of = |name: &str| object.get(name).unwrap_or(&Value::Null);
    let items = |name: &str| of(name).as_array().map(Vec::as_slice).unwrap_or_default();
    let found = match property.place {
        Place::ObjectType | Place::Photo | Place::Nowhere => Value::Null,
        Place::Property("passwordProfile") => Value::Null,
        Place::Property(name) => of(name).clone(),
        Place::FirstOf(name) => items(name).first().cloned().unwrap_or_default(),
        Place::Address(member) => items("addresses").first().and_then(|address| address.get(member)).cloned().unwrap_or_default(),
        Place::Phone(kind) => {
            let phone = items("phones").iter().find(|phone| phone.get("type").and_then(Value::as_str) == Some(kind));
            phone.and_then(|phone| phone.get("number")).cloned().unwrap_or_default()
        }
        Place::Identities { federated } => {
            let kind = |identity: &&Value| identity.get("signInType").and_then(Value::as_str).unwrap_or_default().to_owned();
            let wanted = |identity: &&Value| match kind(identity).as_str() {
                "federated" => federated,
                // The name that every user signs in with is no local account's.
                "userPrincipalName" => false,
                _ => !federated,
            };
            let shown = |identity: &Value| {
                let mut identity = identity.clone();
                // Azure AD Graph has it in base64.
                if federated && let Some(Value::String(id)) = identity.get_mut("issuerAssignedId") {
                    *id = STANDARD.encode(id.as_bytes());
                }
                identity
            };
            Value::Array(items("identities").iter().filter(wanted).map(shown).collect())
        }
    };
    match (property.edm, found) {
        (Edm::Structure(complex), Value::Object(found)) => complex.shown(&Value::Object(found)),
        (Edm::Structures(complex), Value::Array(found)) => found.iter().map(|item| complex.shown(item)).collect(),
        (Edm::Structures(_) | Edm::Texts, Value::Null) => json!([]),
        (_, found) => found,
    }
}

/// A deleted object, in a list of changes. `for_good` where it cannot be restored.
pub fn deleted(kind: Kind, id: &str, version: Version, for_good: bool) -> Entity {
    let object = Map::from_iter([("id".to_owned(), json!(id))]);
    let mut entity = Shown { version, selected: None, sparse: true }.entity(kind, &object);
    entity.properties.push(("aad.isDeleted".to_owned(), json!(true)));
    if !for_good {
        entity.properties.push(("aad.isSoftDeleted".to_owned(), json!(true)));
    }
    entity
}
