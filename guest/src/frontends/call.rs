//! Operations by name, with JSON arguments, checked: what `wit/json.wit` lists.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::bounded_json;
use crate::contact::{Contact, Version, read};
use crate::error::{Error, Kind, Problems, Result};
use crate::graph::address::{Container, Mailbox};
use crate::graph::selection::Selection;
use crate::graph::{Request, contacts, users};
use crate::operations::Connector;
use crate::operations::changes::Change;
use crate::operations::contact_class::Uid;
use crate::operations::create::create_request;
use crate::operations::filter::Filter;
use crate::operations::network::Network;
use crate::operations::search::{Search, sort_keys};
use crate::operations::update::update_request;
use crate::operations::{sync, user};

/// The object classes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Class {
    /// `user`
    User,
    /// `contact`
    Contact,
}

impl Class {
    /// The class of that name, where there is one.
    pub fn named(name: &str) -> Option<Class> {
        match name {
            "user" => Some(Class::User),
            "contact" => Some(Class::Contact),
            _ => None,
        }
    }

    /// The class of that name.
    pub fn read(name: &str) -> Result<Class> {
        Class::named(name)
            .ok_or_else(|| Error::new(Kind::Unsupported, format!("there is no object class {name}; there are user and contact")))
    }
}

/// An operation with its arguments.
pub enum Call {
    /// `contacts.list`
    List(Container, Selection),
    /// `contacts.get`
    Get(Container, String, Selection),
    /// `contacts.create`, with the caller's key.
    Create(Container, Box<Contact>, Option<String>),
    /// `contacts.update`
    Update(Container, String, Box<Contact>),
    /// `contacts.delete`
    Delete(Container, String),
    /// `contacts.batch`
    Batch(Container, Vec<Change>),
    /// `schema`
    Schema,
    /// `test`
    Test,
    /// `get`: of an object, the attributes of these names.
    GetObject(Class, String, Vec<String>),
    /// `search`
    Search(Class, Search),
    /// `sync`: since a token.
    Sync(Class, Container, Option<String>),
    /// `latestSyncToken`
    LatestSyncToken(Class, Container),
    /// `reconcile`: with the revisions that are known, by uid.
    Reconcile(Class, Container, BTreeMap<String, String>),
    /// `create`: an object, with the caller's key.
    CreateObject(Class, Map<String, Value>, Option<String>),
    /// `update`: of an object, with its revision and the caller's key.
    UpdateObject(Class, String, Option<String>, Map<String, Value>, Option<String>),
    /// `delete`: an object, with its revision.
    DeleteObject(Class, String, Option<String>),
}

impl Call {
    /// Reads the arguments, the text of a JSON object, of the operation of that name.
    pub fn read(operation: &str, arguments: &str, version: Version) -> Result<Call> {
        let arguments = match bounded_json::read(arguments.as_bytes()) {
            Ok(Value::Object(members)) => Arguments { operation, members },
            Ok(_) => return Err(Error::new(Kind::InvalidAttributeValue, "the arguments are JSON, but not an object")),
            Err(error) => return Err(Error::new(Kind::InvalidAttributeValue, format!("the arguments are not JSON: {error}"))),
        };
        let class = || Class::read(arguments.text("objectClass")?);
        let revision = || Ok::<_, Error>(arguments.optional_text("revision")?.map(str::to_owned));
        let key = || Ok::<_, Error>(arguments.optional_text("idempotencyKey")?.map(str::to_owned));
        let contact = || read::input(arguments.object("contact")?, version, "contact.").map(Box::new);
        match operation {
            "contacts.list" => {
                arguments.only(&["mailbox", "folders", "select"])?;
                Ok(Call::List(arguments.container()?, arguments.selection(version)?))
            }
            "contacts.get" => {
                let known = ["mailbox", "folders", "id", "select", "extensions"];
                arguments.only(&[&known[..], &["singleValueExtendedProperties", "multiValueExtendedProperties"]].concat())?;
                let selection = Selection {
                    single_value_extended_properties: arguments.owned_texts("singleValueExtendedProperties")?,
                    multi_value_extended_properties: arguments.owned_texts("multiValueExtendedProperties")?,
                    extensions: arguments.truth("extensions")?,
                    ..arguments.selection(version)?
                };
                Ok(Call::Get(arguments.container()?, arguments.text("id")?.to_owned(), selection))
            }
            "contacts.create" => {
                arguments.only(&["mailbox", "folders", "contact", "idempotencyKey"])?;
                Ok(Call::Create(arguments.container()?, contact()?, key()?))
            }
            "contacts.update" => {
                arguments.only(&["mailbox", "folders", "id", "contact"])?;
                Ok(Call::Update(arguments.container()?, arguments.text("id")?.to_owned(), contact()?))
            }
            "contacts.delete" => {
                arguments.only(&["mailbox", "folders", "id"])?;
                Ok(Call::Delete(arguments.container()?, arguments.text("id")?.to_owned()))
            }
            "contacts.batch" => {
                arguments.only(&["mailbox", "folders", "changes"])?;
                let changes = arguments.get("changes").and_then(Value::as_array);
                let changes = changes.ok_or_else(|| arguments.wrong("changes", "an array is wanted"))?;
                let read = |(place, change)| change_of(change, version, &format!("changes[{place}]"));
                Ok(Call::Batch(arguments.container()?, changes.iter().enumerate().map(read).collect::<Result<_>>()?))
            }
            "schema" => arguments.only(&[]).map(|()| Call::Schema),
            "test" => arguments.only(&[]).map(|()| Call::Test),
            "get" => {
                arguments.only(&["objectClass", "uid", "attributesToGet"])?;
                Ok(Call::GetObject(class()?, arguments.text("uid")?.to_owned(), arguments.owned_texts("attributesToGet")?))
            }
            "search" => {
                arguments.only(&["objectClass", "filter", "pageSize", "cookie", "offset", "sortKeys"])?;
                let sort = arguments.texts("sortKeys")?.join(",");
                let search = Search {
                    filter: Filter::parse(arguments.text("filter")?)?,
                    page_size: arguments.number("pageSize")?,
                    cookie: arguments.optional_text("cookie")?.map(str::to_owned),
                    offset: arguments.number("offset")?.unwrap_or(0),
                    sort: sort_keys(&sort),
                };
                Ok(Call::Search(class()?, search))
            }
            "sync" => {
                arguments.only(&["objectClass", "mailbox", "folders", "token"])?;
                let token = arguments.optional_text("token")?.map(str::to_owned);
                Ok(Call::Sync(class()?, arguments.container()?, token))
            }
            "latestSyncToken" => {
                arguments.only(&["objectClass", "mailbox", "folders"])?;
                Ok(Call::LatestSyncToken(class()?, arguments.container()?))
            }
            "reconcile" => {
                arguments.only(&["objectClass", "mailbox", "folders", "known"])?;
                let known = serde_json::from_value(Value::Object(arguments.object("known")?.clone()));
                let known = known.map_err(|_| arguments.wrong("known", "revisions by uid are wanted, strings"))?;
                Ok(Call::Reconcile(class()?, arguments.container()?, known))
            }
            "create" => {
                arguments.only(&["objectClass", "attributes", "idempotencyKey"])?;
                Ok(Call::CreateObject(class()?, arguments.object("attributes")?.clone(), key()?))
            }
            "update" => {
                arguments.only(&["objectClass", "uid", "revision", "attributes", "idempotencyKey"])?;
                let (uid, attributes) = (arguments.text("uid")?.to_owned(), arguments.object("attributes")?.clone());
                Ok(Call::UpdateObject(class()?, uid, revision()?, attributes, key()?))
            }
            "delete" => {
                arguments.only(&["objectClass", "uid", "revision"])?;
                Ok(Call::DeleteObject(class()?, arguments.text("uid")?.to_owned(), revision()?))
            }
            _ => Err(Error::new(Kind::Unsupported, format!("there is no operation {operation}; wit/json.wit lists them"))),
        }
    }

    /// The requests that the operation would send, in their order. Nothing is written; what is stored already is read where
    /// it decides what would be written.
    pub fn requests<N: Network>(&self, connector: &Connector<'_, N>) -> Result<Vec<Request>> {
        let service = connector.service();
        match self {
            Call::List(container, selection) => Ok(vec![contacts::list(service, container, selection)?]),
            Call::Get(container, id, selection) => Ok(vec![contacts::get(service, container, id, selection)?]),
            Call::Create(container, contact, key) => Ok(vec![create_request(service, container, contact, key.as_deref())?]),
            Call::Update(container, id, contact) => {
                let reading = Selection::expanding(contact);
                let stored = connector.get_contact(container, id, &reading)?;
                let write = update_request(service, container, id, &stored, contact)?;
                Ok(std::iter::once(contacts::get(service, container, id, &reading)?).chain(write).collect())
            }
            Call::Delete(container, id) => Ok(vec![contacts::delete(service, container, id)?]),
            Call::Batch(container, changes) => {
                let mut requests = Vec::new();
                for change in changes {
                    let call = match change.clone() {
                        Change::Create(contact, key) => Call::Create(container.clone(), contact, key),
                        Change::Update(id, contact) => Call::Update(container.clone(), id, contact),
                        Change::Delete(id) => Call::Delete(container.clone(), id),
                    };
                    requests.extend(call.requests(connector)?);
                }
                Ok(requests)
            }
            Call::Schema => Ok(Vec::new()),
            Call::Test => Ok(vec![users::probe(service)?]),
            Call::GetObject(Class::User, uid, names) => {
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                user::get_requests(service, uid, &names)
            }
            Call::UpdateObject(Class::User, uid, _, attributes, _) => {
                let container = Container::of(Mailbox::named(uid));
                let read = |id: &str, reading: &Selection| connector.get_contact(&container, id, reading);
                user::update_requests(service, uid, attributes, read)
            }
            Call::GetObject(Class::Contact, uid, _) => {
                let uid = Uid::decode(uid)?;
                Ok(vec![contacts::get(service, &uid.container, &uid.id, &Selection::default())?])
            }
            Call::CreateObject(Class::Contact, attributes, key) => {
                let (container, contact) = connector.new_contact(attributes)?;
                Ok(vec![create_request(service, &container, &contact, key.as_deref())?])
            }
            Call::UpdateObject(Class::Contact, uid, _, attributes, _) => {
                let uid = Uid::decode(uid)?;
                let contact = Box::new(connector.wanted_contact(&uid, attributes)?);
                Call::Update(uid.container, uid.id, contact).requests(connector)
            }
            Call::DeleteObject(Class::Contact, uid, _) => {
                let uid = Uid::decode(uid)?;
                let read = contacts::get(service, &uid.container, &uid.id, &Selection::default())?;
                Ok(vec![read, contacts::delete(service, &uid.container, &uid.id)?])
            }
            Call::Search(Class::Contact, search) => Ok(vec![connector.search_request(search)?]),
            Call::Sync(Class::Contact, container, token) => Ok(vec![sync::request(service, container, token.as_deref())?]),
            Call::LatestSyncToken(Class::Contact, container) => Ok(vec![sync::request(service, container, None)?]),
            Call::Reconcile(Class::Contact, container, _) => Ok(vec![contacts::list(service, container, &Selection::default())?]),
            Call::CreateObject(Class::User, ..)
            | Call::DeleteObject(Class::User, ..)
            | Call::Search(Class::User, ..)
            | Call::Sync(Class::User, ..)
            | Call::LatestSyncToken(Class::User, ..)
            | Call::Reconcile(Class::User, ..) => {
                Err(Error::new(Kind::Unsupported, "there is no such operation on users: this connector writes their contacts"))
            }
        }
    }
}

/// One of several changes: `{"create": contact}`, `{"update": contact with id}` or `{"delete": id}`.
fn change_of(change: &Value, version: Version, path: &str) -> Result<Change> {
    let wrong = |problem: &str| Error::attribute(path, problem);
    let members = change.as_object().ok_or_else(|| wrong("an object is wanted"))?;
    let key = match members.get("idempotencyKey") {
        None | Some(Value::Null) => None,
        Some(key) => Some(key.as_str().ok_or_else(|| wrong("idempotencyKey has to be a string"))?.to_owned()),
    };
    let contact = |value: &Value, name: &str| {
        let object = value.as_object().ok_or_else(|| wrong(&format!("{name} has to be a contact, an object")))?;
        read::input(object, version, &format!("{path}.{name}.")).map(Box::new)
    };
    let mut known: Vec<(&str, &Value)> =
        members.iter().map(|(name, value)| (name.as_str(), value)).filter(|(name, _)| *name != "idempotencyKey").collect();
    match (known.pop(), known.is_empty()) {
        (Some(("create", value)), true) => Ok(Change::Create(contact(value, "create")?, key)),
        (Some(("update", value)), true) => {
            let contact = contact(value, "update")?;
            let id = contact.id.value().filter(|id| !id.is_empty()).cloned();
            Ok(Change::Update(id.ok_or_else(|| wrong("update lacks the id of the contact"))?, contact))
        }
        (Some(("delete", Value::String(id))), true) => Ok(Change::Delete(id.clone())),
        _ => Err(wrong("one of create, update and delete is wanted")),
    }
}

/// The arguments of an operation.
struct Arguments<'a> {
    operation: &'a str,
    members: Map<String, Value>,
}

impl Arguments<'_> {
    fn wrong(&self, name: &str, problem: &str) -> Error {
        Error::attribute(name, format!("{problem} (argument of {})", self.operation))
    }

    /// Checks that there are no others than those of these names.
    fn only(&self, names: &[&str]) -> Result<()> {
        let others = self.members.keys().filter(|name| !names.contains(&name.as_str()));
        others.map(|name| self.wrong(name, "there is no such argument")).collect::<Problems>().result()
    }

    fn get(&self, name: &str) -> Option<&Value> {
        self.members.get(name).filter(|value| !value.is_null())
    }

    fn optional_text(&self, name: &str) -> Result<Option<&str>> {
        self.get(name).map(|value| value.as_str().ok_or_else(|| self.wrong(name, "a string is wanted"))).transpose()
    }

    fn text(&self, name: &str) -> Result<&str> {
        self.optional_text(name)?.ok_or_else(|| self.wrong(name, "it is missing"))
    }

    fn texts(&self, name: &str) -> Result<Vec<&str>> {
        let wrong = || self.wrong(name, "an array of strings is wanted");
        match self.get(name) {
            None => Ok(Vec::new()),
            Some(value) => value.as_array().ok_or_else(wrong)?.iter().map(|item| item.as_str().ok_or_else(wrong)).collect(),
        }
    }

    fn owned_texts(&self, name: &str) -> Result<Vec<String>> {
        Ok(self.texts(name)?.into_iter().map(str::to_owned).collect())
    }

    fn number(&self, name: &str) -> Result<Option<usize>> {
        let number = |value: &Value| value.as_u64().and_then(|number| usize::try_from(number).ok());
        self.get(name).map(|value| number(value).ok_or_else(|| self.wrong(name, "a whole number is wanted"))).transpose()
    }

    fn truth(&self, name: &str) -> Result<bool> {
        self.get(name).map_or(Ok(false), |value| value.as_bool().ok_or_else(|| self.wrong(name, "true or false is wanted")))
    }

    /// The properties that `select` names.
    fn selection(&self, version: Version) -> Result<Selection> {
        let named = self.texts("select")?.into_iter().map(|name| (name.to_owned(), Value::Null)).collect();
        Ok(Selection::of(&read::input(&named, version, "select.")?, version))
    }

    fn object(&self, name: &str) -> Result<&Map<String, Value>> {
        self.get(name).and_then(Value::as_object).ok_or_else(|| self.wrong(name, "an object is wanted"))
    }

    fn container(&self) -> Result<Container> {
        Ok(Container { mailbox: Mailbox::named(self.text("mailbox")?), folders: self.owned_texts("folders")? })
    }
}
