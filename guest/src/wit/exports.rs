//! The exports of the component: the interfaces of `wit/`, the HTTP handler and the command.

use std::io::Write;
use std::time::Duration;

use super::bindings::exports::graph_contacts::connector::connector::{
    KnownObject, SearchOptions, SearchResult, SyncDelta, SyncResult, ValueOutcome,
};
use super::bindings::exports::graph_contacts::connector::requests::HttpRequest;
use super::bindings::exports::graph_contacts::connector::types::{
    ChangeOutcome, ChangedContact, ChangedOrgContact, Contact, ContactChange, ContactDelta, ContactPage, ContactProperty,
    Container, DirectoryObject, Error, Folder, OpenExtension, OrgContact, OrgContactDelta, OrgContactPage, OrgContactProperty,
    OrgContactQuery, Picture, Selection,
};
use super::bindings::exports::graph_contacts::connector::{
    connector as connector_interface, contacts, json, org_contacts, requests,
};
use super::bindings::exports::wasi::cli::run;
use super::bindings::exports::wasi::http::incoming_handler;
use serde_json::{Map, Value};

use super::org_contact_records::{into_org_contact, into_search, to_directory_object, to_org_contact, to_page};
use super::records::{self, into_contact, into_container};
use crate::invoke::arguments::parse_object;
use crate::invoke::objects::read_uid;
use crate::invoke::table;
use crate::transport::{self, Wasi};
use crate::{command, curl, dispatch};
use connector::contact::folder::FolderChanges;
use connector::error;
use connector::graph::address::Mailbox;
use connector::graph::request::GraphRequest;
use connector::graph::service::Service;
use connector::graph::{contacts as graph, users};
use connector::operations::connector::Connector;
use connector::operations::directory::org_contacts::Relationship;
use connector::operations::icf::filter::Filter;
use connector::operations::icf::object_class::ObjectClass;
use connector::operations::icf::schema::build_schema;
use connector::operations::icf::search::{Search, parse_sort_keys};
use connector::operations::icf::user_class;
use connector::operations::icf::user_contacts::write_contact_value;
use connector::operations::mailbox::create::build_create_request;
use connector::operations::mailbox::idempotency_key::IdempotencyKey;
use connector::operations::mailbox::update::build_update_request;
use connector::operations::memory_budget::MemoryBudget;
use connector::operations::send::authorized::{AuthorizedNetwork, Credential};
use connector::operations::send::network::Offline;
use connector::settings::Settings;

pub(super) struct Component;
super::bindings::export!(Component with_types_in super::bindings);

/// The result of a typed function.
type TypedResult<T> = Result<T, Error>;

/// Returns the settings of this instance, from its environment.
fn settings() -> error::Result<Settings> {
    crate::settings::read(|name| std::env::var(name).ok())
}

/// Runs an operation with the settings and the network of this instance.
pub(super) fn with_connector<T>(operation: impl FnOnce(&Connector<'_>) -> error::Result<T>) -> error::Result<T> {
    let (mut operation, mut result) = (Some(operation), None);
    run_with_connector(&mut |connector| result = operation.take().map(|operation| operation(connector)))?;
    result.unwrap_or_else(|| Err(error::Error::new(error::ErrorKind::Internal, "the operation did not run")))
}

/// Calls `operation` with a connector. Not generic, so that the component has this code once, and not for each function.
fn run_with_connector(operation: &mut dyn FnMut(&Connector<'_>)) -> error::Result<()> {
    let settings = settings()?;
    let network = AuthorizedNetwork::new(Wasi, settings.credential.clone());
    operation(&Connector::new(&settings.service, &network, &settings.operation));
    Ok(())
}

fn update_folder(mailbox: &str, id: &str, changes: &FolderChanges) -> TypedResult<Folder> {
    Ok(with_connector(|connector| connector.update_folder(&Mailbox::from_name(mailbox), id, changes))?.into())
}

impl contacts::Guest for Component {
    fn list_contacts(container: Container, selection: Option<Selection>) -> TypedResult<Vec<Contact>> {
        let page = list_page(container, selection, None, None, "use list-page, or select fewer properties")?;
        Ok(page.contacts)
    }

    fn list_page(
        container: Container,
        selection: Option<Selection>,
        page_size: u32,
        cookie: Option<String>,
    ) -> TypedResult<ContactPage> {
        list_page(container, selection, Some(page_size), cookie.as_deref(), "use a smaller page size")
    }

    fn get_contact(container: Container, id: String, selection: Option<Selection>) -> TypedResult<Contact> {
        let container = into_container(container);
        Ok(with_connector(|connector| connector.get_contact(&container, &id, &selected(selection, connector.service())))?.into())
    }

    fn create_contact(container: Container, contact: Contact, idempotency_key: Option<String>) -> TypedResult<Contact> {
        let (container, contact) = (into_container(container), into_contact(contact, &[])?);
        Ok(with_connector(|connector| connector.create_contact(&container, &contact, idempotency_key.as_deref()))?.into())
    }

    fn update_contact(container: Container, id: String, set: Contact, clear: Vec<ContactProperty>) -> TypedResult<Contact> {
        let wanted = into_contact(set, &clear)?;
        Ok(with_connector(|connector| connector.update_contact(&into_container(container), &id, &wanted))?.into())
    }

    fn batch(container: Container, changes: Vec<ContactChange>) -> TypedResult<Vec<ChangeOutcome>> {
        let container = into_container(container);
        let changes: Vec<_> = changes
            .into_iter()
            .enumerate()
            .map(|(position, change)| records::into_change(change, position))
            .collect::<error::Result<_>>()?;
        let results = with_connector(|connector| Ok(connector.change_contacts(&container, &changes)))?;
        Ok(results.into_iter().map(records::into_change_outcome).collect())
    }

    fn delete_contact(container: Container, id: String) -> TypedResult<()> {
        Ok(with_connector(|connector| connector.delete_contact(&into_container(container), &id))?)
    }

    fn permanently_delete_contact(container: Container, id: String) -> TypedResult<()> {
        Ok(with_connector(|connector| connector.permanently_delete_contact(&into_container(container), &id))?)
    }

    fn delta(container: Container, token: Option<String>) -> TypedResult<ContactDelta> {
        let delta = with_connector(|connector| connector.get_contact_delta(&into_container(container), token.as_deref()))?;
        let change = |(id, contact): (String, Option<_>)| ChangedContact { id, contact: contact.map(Contact::from) };
        Ok(ContactDelta { changes: delta.changes.into_iter().map(change).collect(), token: delta.token, more: delta.more })
    }

    fn get_photo(container: Container, id: String) -> TypedResult<Picture> {
        let picture = with_connector(|connector| connector.get_photo(&into_container(container), &id))?;
        Ok(Picture { media_type: picture.media_type, content: picture.content })
    }

    fn put_photo(container: Container, id: String, jpeg: Vec<u8>) -> TypedResult<()> {
        Ok(with_connector(|connector| connector.put_photo(&into_container(container), &id, jpeg))?)
    }

    fn put_extension(container: Container, id: String, extension: OpenExtension) -> TypedResult<()> {
        let properties = parse_object("the properties of the extension", &extension.properties)?;
        Ok(with_connector(|connector| connector.put_extension(&into_container(container), &id, &extension.name, &properties))?)
    }

    fn delete_extension(container: Container, id: String, name: String) -> TypedResult<()> {
        Ok(with_connector(|connector| connector.delete_extension(&into_container(container), &id, &name))?)
    }

    fn list_folders(container: Container) -> TypedResult<Vec<Folder>> {
        let folders = with_connector(|connector| connector.list_folders(&into_container(container)))?;
        Ok(folders.into_iter().map(Folder::from).collect())
    }

    fn get_folder(mailbox: String, id: String) -> TypedResult<Folder> {
        Ok(with_connector(|connector| connector.get_folder(&Mailbox::from_name(&mailbox), &id))?.into())
    }

    fn create_folder(container: Container, display_name: String) -> TypedResult<Folder> {
        Ok(with_connector(|connector| connector.create_folder(&into_container(container), &display_name))?.into())
    }

    fn rename_folder(mailbox: String, id: String, display_name: String) -> TypedResult<Folder> {
        update_folder(&mailbox, &id, &FolderChanges::rename(&display_name))
    }

    fn move_folder(mailbox: String, id: String, parent_folder_id: String) -> TypedResult<Folder> {
        update_folder(&mailbox, &id, &FolderChanges::move_to(&parent_folder_id))
    }

    fn delete_folder(mailbox: String, id: String, permanently: bool) -> TypedResult<()> {
        Ok(with_connector(|connector| connector.delete_folder(&Mailbox::from_name(&mailbox), &id, permanently))?)
    }
}

/// Returns a page of contacts, or all. `advice` says what to do if they do not fit into memory.
fn list_page(
    container: Container,
    selection: Option<Selection>,
    size: Option<u32>,
    cookie: Option<&str>,
    advice: &str,
) -> TypedResult<ContactPage> {
    let container = into_container(container);
    let (mut contacts, mut budget) = (Vec::new(), MemoryBudget::default());
    let cookie = with_connector(|connector| {
        let selection = selected(selection, connector.service());
        let size = size.map(|size| usize::try_from(size).unwrap_or(usize::MAX));
        connector.list_contacts_page(&container, &selection, size, cookie, |contact| {
            budget.add(&write_contact_value(&contact, connector.service().version), advice)?;
            contacts.push(contact.into());
            Ok(())
        })
    })?;
    Ok(ContactPage { contacts, cookie })
}

impl org_contacts::Guest for Component {
    fn list_org_contacts(query: OrgContactQuery) -> TypedResult<OrgContactPage> {
        let search = into_search(query)?;
        let (mut contacts, mut budget) = (Vec::new(), MemoryBudget::default());
        let found = with_connector(|connector| {
            connector.list_org_contacts(&search, &mut |contact| {
                let contact = Value::Object(contact);
                budget.add(&contact, "ask for pages, with a page size")?;
                let Value::Object(contact) = contact else { return Ok(()) };
                contacts.push(to_org_contact(contact));
                Ok(())
            })
        })?;
        Ok(to_page(contacts, found))
    }

    fn get_org_contact(id: String) -> TypedResult<OrgContact> {
        Ok(with_connector(|connector| connector.get_org_contact(&id)).map(to_org_contact)?)
    }

    fn update_org_contact(id: String, set: OrgContact, clear: Vec<OrgContactProperty>) -> TypedResult<OrgContact> {
        let wanted = into_org_contact(set, &clear);
        Ok(with_connector(|connector| connector.update_org_contact(&id, &wanted)).map(to_org_contact)?)
    }

    fn delete_org_contact(id: String) -> TypedResult<()> {
        Ok(with_connector(|connector| connector.delete_org_contact(&id))?)
    }

    fn delta(token: Option<String>) -> TypedResult<OrgContactDelta> {
        let delta = with_connector(|connector| connector.get_org_contact_delta(token.as_deref()))?;
        let change = |(id, contact): (String, Option<_>)| ChangedOrgContact { id, contact: contact.map(to_org_contact) };
        Ok(OrgContactDelta { changes: delta.changes.into_iter().map(change).collect(), token: delta.token, more: delta.more })
    }

    fn get_manager(id: String) -> TypedResult<Option<DirectoryObject>> {
        Ok(with_connector(|connector| connector.get_org_contact_manager(&id))?.map(to_directory_object))
    }

    fn list_direct_reports(id: String) -> TypedResult<Vec<DirectoryObject>> {
        list_related(&id, Relationship::DirectReports)
    }

    fn list_member_of(id: String) -> TypedResult<Vec<DirectoryObject>> {
        list_related(&id, Relationship::MemberOf)
    }

    fn list_transitive_member_of(id: String) -> TypedResult<Vec<DirectoryObject>> {
        list_related(&id, Relationship::TransitiveMemberOf)
    }

    fn get_member_groups(id: String) -> TypedResult<Vec<String>> {
        Ok(with_connector(|connector| connector.get_org_contact_member_groups(&id))?)
    }

    fn check_member_groups(id: String, group_ids: Vec<String>) -> TypedResult<Vec<String>> {
        Ok(with_connector(|connector| connector.check_org_contact_member_groups(&id, &group_ids))?)
    }

    fn get_by_ids(ids: Vec<String>) -> TypedResult<Vec<OrgContact>> {
        Ok(with_connector(|connector| connector.get_org_contacts_by_ids(&ids))?.into_iter().map(to_org_contact).collect())
    }
}

/// Lists the objects that an organizational contact is related to.
fn list_related(id: &str, relationship: Relationship) -> TypedResult<Vec<DirectoryObject>> {
    let related = with_connector(|connector| connector.list_org_contact_related(id, relationship))?;
    Ok(related.into_iter().map(to_directory_object).collect())
}

impl connector_interface::Guest for Component {
    fn schema() -> TypedResult<String> {
        Ok(build_schema(&settings()?.service).to_string())
    }

    fn test() -> TypedResult<()> {
        Ok(with_connector(|connector| connector.test())?)
    }

    fn get(object_class: String, uid: String, attributes_to_get: Vec<String>) -> TypedResult<String> {
        let class = ObjectClass::parse(&object_class)?;
        let names: Vec<&str> = attributes_to_get.iter().map(String::as_str).collect();
        let object = with_connector(|connector| connector.get_object(class, &uid, &names))?;
        Ok(Value::Object(object).to_string())
    }

    fn search(object_class: String, filter: String, options: SearchOptions) -> TypedResult<SearchResult> {
        let class = ObjectClass::parse(&object_class)?;
        let search = Search {
            filter: Filter::parse(&filter)?,
            attributes: options.attributes_to_get,
            page_size: options.page_size.map(|size| usize::try_from(size).unwrap_or(usize::MAX)),
            cookie: options.cookie,
            offset: usize::try_from(options.offset).unwrap_or(usize::MAX),
            sort: parse_sort_keys(&options.sort_keys.join(",")),
            words: None,
            count: false,
        };
        let (mut objects, mut budget) = (Vec::new(), MemoryBudget::default());
        let found = with_connector(|connector| {
            connector.search_objects(class, &search, &mut |object| {
                let object = Value::Object(object);
                budget.add(&object, "ask for pages, with a page size, or for fewer attributes")?;
                objects.push(object.to_string());
                Ok(())
            })
        })?;
        Ok(SearchResult { objects, cookie: found.cookie })
    }

    fn sync(object_class: String, container: Container, token: Option<String>) -> TypedResult<SyncResult> {
        let (class, container) = (ObjectClass::parse(&object_class)?, into_container(container));
        let sync = with_connector(|connector| connector.sync_objects(class, &container, token.as_deref()))?;
        let deltas = sync.changes.into_iter().map(records::into_sync_delta).collect();
        Ok(SyncResult { deltas, token: sync.token, more: sync.more })
    }

    fn latest_sync_token(object_class: String, container: Container) -> TypedResult<String> {
        let (class, container) = (ObjectClass::parse(&object_class)?, into_container(container));
        Ok(with_connector(|connector| connector.get_latest_sync_token(class, &container))?)
    }

    fn reconcile(object_class: String, container: Container, known: Vec<KnownObject>) -> TypedResult<Vec<SyncDelta>> {
        let (class, container) = (ObjectClass::parse(&object_class)?, into_container(container));
        let known = known.into_iter().map(|object| (object.uid, object.revision)).collect();
        let deltas = with_connector(|connector| connector.reconcile(class, &container, &known))?;
        Ok(deltas.into_iter().map(records::into_sync_delta).collect())
    }

    fn create(object_class: String, attributes: String, idempotency_key: Option<String>) -> TypedResult<String> {
        let (class, attributes) = (ObjectClass::parse(&object_class)?, parse_attributes(&attributes)?);
        let created = with_connector(|connector| connector.create_object(class, &attributes, idempotency_key.as_deref()))?;
        Ok(read_uid(&created))
    }

    fn update(
        object_class: String,
        uid: String,
        revision: Option<String>,
        attributes: String,
        idempotency_key: Option<String>,
    ) -> TypedResult<Vec<ValueOutcome>> {
        let (class, attributes) = (ObjectClass::parse(&object_class)?, parse_attributes(&attributes)?);
        let (revision, key) = (revision.as_deref(), idempotency_key.as_deref());
        let updated = with_connector(|connector| connector.update_object(class, &uid, revision, &attributes, key))?;
        Ok(updated.outcomes.into_iter().map(records::into_value_outcome).collect())
    }

    fn delete(object_class: String, uid: String, revision: Option<String>) -> TypedResult<()> {
        let class = ObjectClass::parse(&object_class)?;
        Ok(with_connector(|connector| connector.delete_object(class, &uid, revision.as_deref())).map(|_| ())?)
    }
}

impl json::Guest for Component {
    fn invoke(operation: String, arguments: String) -> Result<String, String> {
        let result = with_connector(|connector| table::invoke(connector, &operation, &arguments));
        result.map(|value| value.to_string()).map_err(|error| error.to_json().to_string())
    }
}

impl requests::Guest for Component {
    fn build_list(container: Container, selection: Option<Selection>) -> TypedResult<HttpRequest> {
        let service = settings()?.service;
        one(graph::list(&service, &into_container(container), &selected(selection, &service)))
    }

    fn build_get(container: Container, id: String, selection: Option<Selection>) -> TypedResult<HttpRequest> {
        let service = settings()?.service;
        one(graph::get(&service, &into_container(container), &id, &selected(selection, &service)))
    }

    fn build_create(container: Container, contact: Contact, idempotency_key: Option<String>) -> TypedResult<HttpRequest> {
        let contact = into_contact(contact, &[])?;
        let key = idempotency_key.map(IdempotencyKey::from);
        one(build_create_request(&settings()?.service, &into_container(container), &contact, key.as_ref()))
    }

    fn build_update(
        container: Container,
        id: String,
        stored: Contact,
        set: Contact,
        clear: Vec<ContactProperty>,
    ) -> TypedResult<Option<HttpRequest>> {
        let (stored, wanted) = (into_contact(stored, &[])?, into_contact(set, &clear)?);
        let request = build_update_request(&settings()?.service, &into_container(container), &id, &stored, &wanted)?;
        request.map(|request| one(Ok(request))).transpose()
    }

    fn build_delete(container: Container, id: String) -> TypedResult<HttpRequest> {
        one(graph::delete(&settings()?.service, &into_container(container), &id))
    }

    fn build_test() -> TypedResult<HttpRequest> {
        one(users::probe(&settings()?.service))
    }

    fn build(operation: String, arguments: String) -> TypedResult<Vec<HttpRequest>> {
        let settings = settings()?;
        let connector = Connector::new(&settings.service, &Offline, &settings.operation);
        all(table::build_requests(&connector, &operation, &arguments))
    }

    fn build_get_user(uid: String, attributes_to_get: Vec<String>) -> TypedResult<Vec<HttpRequest>> {
        let names: Vec<&str> = attributes_to_get.iter().map(String::as_str).collect();
        all(user_class::build_get_requests(&settings()?.service, &uid, &names))
    }

    fn build_update_user(uid: String, attributes: String, stored: Vec<Contact>) -> TypedResult<Vec<HttpRequest>> {
        let stored = stored.into_iter().map(|contact| into_contact(contact, &[])).collect::<error::Result<Vec<_>>>()?;
        let find = |id: &str, _: &connector::graph::selection::Selection| {
            let found = stored.iter().find(|contact| contact.id.value().is_some_and(|known| known == id));
            let missing =
                || error::Error::invalid_attribute("stored", format!("the contact {id}, which is to be updated, is missing"));
            found.cloned().ok_or_else(missing)
        };
        all(user_class::build_update_requests(&settings()?.service, &uid, &parse_attributes(&attributes)?, find))
    }
}

/// Returns the selection of a program; without one, everything.
fn selected(selection: Option<Selection>, service: &Service) -> connector::graph::selection::Selection {
    selection.map(|selection| records::into_selection(selection, service.version)).unwrap_or_default()
}

/// Parses the attributes of an object, the text of a JSON object.
fn parse_attributes(text: &str) -> error::Result<Map<String, Value>> {
    parse_object("the attributes", text)
}

fn one(request: error::Result<GraphRequest>) -> TypedResult<HttpRequest> {
    Ok(records::into_http_request(request?)?)
}

fn all(requests: error::Result<Vec<GraphRequest>>) -> TypedResult<Vec<HttpRequest>> {
    Ok(requests?.into_iter().map(records::into_http_request).collect::<error::Result<_>>()?)
}

impl run::Guest for Component {
    fn run() -> Result<(), ()> {
        run_command().map_err(|error| {
            // Where standard error is closed, there is no one to tell.
            let _ = writeln!(std::io::stderr(), "error: {error}");
        })
    }
}

fn run_command() -> error::Result<()> {
    let text = match command::parse(std::env::args().skip(1), std::io::stdin())? {
        // Help needs no settings.
        command::Command::Help => command::format_usage(),
        command::Command::Invoke(operation, arguments) => {
            let arguments = arguments.to_string();
            let mut printer = command::ListPrinter::new(std::io::stdout());
            let mut print = |element: Value| printer.print(&element);
            let streamed = with_connector(|connector| table::stream(connector, operation, &arguments, &mut print).transpose())?;
            if streamed.is_some() {
                return printer.end();
            }
            let result = with_connector(|connector| table::invoke(connector, operation, &arguments))?;
            format!("{result:#}\n")
        }
        command::Command::DryRun(operation, arguments) => {
            let requests = with_connector(|connector| table::build_requests(connector, operation, &arguments.to_string()))?;
            requests.iter().map(curl::format_command).collect::<Vec<_>>().join("\n")
        }
    };
    command::print(&text, std::io::stdout())
}

impl incoming_handler::Guest for Component {
    fn handle(request: incoming_handler::IncomingRequest, response_out: incoming_handler::ResponseOutparam) {
        let settings = settings();
        let timeout = settings.as_ref().map_or(Duration::from_secs(30), |settings| settings.operation.timeout);
        let credential = settings.as_ref().map_or(Credential::Host, |settings| settings.credential.clone());
        let network = AuthorizedNetwork::new(Wasi, credential);
        transport::serve(request, response_out, timeout, |head, body, writer| {
            dispatch::handle(head, body, &settings, &network, writer);
        });
    }
}
