//! Operations by name, with JSON arguments, checked: what `wit/json.wit` lists.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::invoke::arguments::Arguments;
use crate::invoke::org_contacts::OrgContactCall;
use connector::contact::{Contact, Version, from_json};
use connector::error::{Error, Kind, Result};
use connector::graph::address::{Container, Mailbox};
use connector::graph::selection::Selection;
use connector::operations::icf::filter::Filter;
use connector::operations::icf::object_class::ObjectClass;
use connector::operations::icf::search::{Search, sort_keys};
use connector::operations::mailbox::changes::Change;

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
    /// `contacts.delete`; whether permanently.
    Delete(Container, String, bool),
    /// `contacts.batch`
    Batch(Container, Vec<Change>),
    /// `contacts.delta`: since a token.
    Delta(Container, Option<String>),
    /// `contacts.getPhoto`
    GetPhoto(Container, String),
    /// `contacts.putPhoto`: the bytes of a JPEG picture.
    PutPhoto(Container, String, Vec<u8>),
    /// `contacts.putExtension`: name and properties.
    PutExtension(Container, String, String, Map<String, Value>),
    /// `contacts.deleteExtension`: by name.
    DeleteExtension(Container, String, String),
    /// `folders.list`
    ListFolders(Container),
    /// `folders.get`
    GetFolder(Mailbox, String),
    /// `folders.create`: inside a container, of that name.
    CreateFolder(Container, String),
    /// `folders.rename`
    RenameFolder(Mailbox, String, String),
    /// `folders.delete`; whether permanently.
    DeleteFolder(Mailbox, String, bool),
    /// `orgContacts.*`
    OrgContact(OrgContactCall),
    /// `schema`
    Schema,
    /// `test`
    Test,
    /// `get`: of an object, the attributes of these names.
    GetObject(ObjectClass, String, Vec<String>),
    /// `search`
    Search(ObjectClass, Search),
    /// `sync`: since a token.
    Sync(ObjectClass, Container, Option<String>),
    /// `latestSyncToken`
    LatestSyncToken(ObjectClass, Container),
    /// `reconcile`: with the revisions that are known, by uid.
    Reconcile(ObjectClass, Container, BTreeMap<String, String>),
    /// `create`: an object, with the caller's key.
    CreateObject(ObjectClass, Map<String, Value>, Option<String>),
    /// `update`: of an object, with its revision and the caller's key.
    UpdateObject(ObjectClass, String, Option<String>, Map<String, Value>, Option<String>),
    /// `delete`: an object, with its revision.
    DeleteObject(ObjectClass, String, Option<String>),
}

impl Call {
    /// Reads the arguments, the text of a JSON object, of the operation of that name.
    pub fn read(operation: &str, arguments: &str, version: Version) -> Result<Call> {
        let arguments = Arguments::read(operation, arguments)?;
        let class = || ObjectClass::read(arguments.text("objectClass")?);
        let id = || Ok::<_, Error>(arguments.text("id")?.to_owned());
        let token = || Ok::<_, Error>(arguments.optional_text("token")?.map(str::to_owned));
        let revision = || Ok::<_, Error>(arguments.optional_text("revision")?.map(str::to_owned));
        let key = || Ok::<_, Error>(arguments.optional_text("idempotencyKey")?.map(str::to_owned));
        let contact = || from_json::parse_input(arguments.object("contact")?, version, "contact.").map(Box::new);
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
                Ok(Call::Get(arguments.container()?, id()?, selection))
            }
            "contacts.create" => {
                arguments.only(&["mailbox", "folders", "contact", "idempotencyKey"])?;
                Ok(Call::Create(arguments.container()?, contact()?, key()?))
            }
            "contacts.update" => {
                arguments.only(&["mailbox", "folders", "id", "contact"])?;
                Ok(Call::Update(arguments.container()?, id()?, contact()?))
            }
            "contacts.delete" => {
                arguments.only(&["mailbox", "folders", "id", "permanently"])?;
                Ok(Call::Delete(arguments.container()?, id()?, arguments.truth("permanently")?))
            }
            "contacts.batch" => {
                arguments.only(&["mailbox", "folders", "changes"])?;
                let changes = arguments.get("changes").and_then(Value::as_array);
                let changes = changes.ok_or_else(|| arguments.wrong("changes", "an array is wanted"))?;
                let read = |(place, change)| change_of(change, version, &format!("changes[{place}]"));
                Ok(Call::Batch(arguments.container()?, changes.iter().enumerate().map(read).collect::<Result<_>>()?))
            }
            "contacts.delta" => {
                arguments.only(&["mailbox", "folders", "token"])?;
                Ok(Call::Delta(arguments.container()?, token()?))
            }
            "contacts.getPhoto" => {
                arguments.only(&["mailbox", "folders", "id"])?;
                Ok(Call::GetPhoto(arguments.container()?, id()?))
            }
            "contacts.putPhoto" => {
                arguments.only(&["mailbox", "folders", "id", "content"])?;
                Ok(Call::PutPhoto(arguments.container()?, id()?, arguments.bytes("content")?))
            }
            "contacts.putExtension" => {
                arguments.only(&["mailbox", "folders", "id", "name", "properties"])?;
                let (name, properties) = (arguments.text("name")?.to_owned(), arguments.object("properties")?.clone());
                Ok(Call::PutExtension(arguments.container()?, id()?, name, properties))
            }
            "contacts.deleteExtension" => {
                arguments.only(&["mailbox", "folders", "id", "name"])?;
                Ok(Call::DeleteExtension(arguments.container()?, id()?, arguments.text("name")?.to_owned()))
            }
            "folders.list" => {
                arguments.only(&["mailbox", "folders"])?;
                Ok(Call::ListFolders(arguments.container()?))
            }
            "folders.get" => {
                arguments.only(&["mailbox", "id"])?;
                Ok(Call::GetFolder(arguments.mailbox()?, id()?))
            }
            "folders.create" => {
                arguments.only(&["mailbox", "folders", "displayName"])?;
                Ok(Call::CreateFolder(arguments.container()?, arguments.text("displayName")?.to_owned()))
            }
            "folders.rename" => {
                arguments.only(&["mailbox", "id", "displayName"])?;
                Ok(Call::RenameFolder(arguments.mailbox()?, id()?, arguments.text("displayName")?.to_owned()))
            }
            "folders.delete" => {
                arguments.only(&["mailbox", "id", "permanently"])?;
                Ok(Call::DeleteFolder(arguments.mailbox()?, id()?, arguments.truth("permanently")?))
            }
            "schema" => arguments.only(&[]).map(|()| Call::Schema),
            "test" => arguments.only(&[]).map(|()| Call::Test),
            "get" => {
                arguments.only(&["objectClass", "uid", "attributesToGet"])?;
                Ok(Call::GetObject(class()?, arguments.text("uid")?.to_owned(), arguments.owned_texts("attributesToGet")?))
            }
            "search" => {
                arguments.only(&["objectClass", "filter", "attributesToGet", "pageSize", "cookie", "offset", "sortKeys"])?;
                let sort = arguments.texts("sortKeys")?.join(",");
                let search = Search {
                    filter: Filter::parse(arguments.text("filter")?)?,
                    attributes: arguments.owned_texts("attributesToGet")?,
                    page_size: arguments.number("pageSize")?,
                    cookie: arguments.optional_text("cookie")?.map(str::to_owned),
                    offset: arguments.number("offset")?.unwrap_or(0),
                    sort: sort_keys(&sort),
                    words: None,
                    count: false,
                };
                Ok(Call::Search(class()?, search))
            }
            "sync" => {
                arguments.only(&["objectClass", "mailbox", "folders", "token"])?;
                Ok(Call::Sync(class()?, arguments.container_of(class()?)?, token()?))
            }
            "latestSyncToken" => {
                arguments.only(&["objectClass", "mailbox", "folders"])?;
                Ok(Call::LatestSyncToken(class()?, arguments.container_of(class()?)?))
            }
            "reconcile" => {
                arguments.only(&["objectClass", "mailbox", "folders", "known"])?;
                let known = serde_json::from_value(Value::Object(arguments.object("known")?.clone()));
                let known = known.map_err(|_| arguments.wrong("known", "revisions by uid are wanted, strings"))?;
                Ok(Call::Reconcile(class()?, arguments.container_of(class()?)?, known))
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
            _ => {
                let of_org_contacts = operation.strip_prefix("orgContacts.");
                let call = of_org_contacts.map_or(Ok(None), |name| OrgContactCall::read(name, &arguments))?;
                let unknown =
                    || Error::new(Kind::Unsupported, format!("there is no operation {operation}; wit/json.wit lists them"));
                call.map(Call::OrgContact).ok_or_else(unknown)
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
        from_json::parse_input(object, version, &format!("{path}.{name}.")).map(Box::new)
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
