//! What the component exports: the interfaces of `wit/`, the HTTP handler and the command.

use std::io::Write;
use std::time::Duration;

use super::bindings::exports::graph_contacts::connector::connector::{
    KnownObject, SearchOptions, SearchResult, SyncDelta, SyncResult, ValueOutcome,
};
use super::bindings::exports::graph_contacts::connector::requests::HttpRequest;
use super::bindings::exports::graph_contacts::connector::types::{
    ChangeOutcome, ChangedContact, ChangedOrgContact, Contact, ContactChange, ContactDelta, ContactProperty, Container,
    DirectoryObject, Error, Folder, OpenExtension, OrgContact, OrgContactDelta, OrgContactPage, OrgContactProperty,
    OrgContactQuery, Picture, Selection,
};
use super::bindings::exports::graph_contacts::connector::{
    connector as connector_interface, contacts, json, org_contacts, requests,
};
use super::bindings::exports::wasi::cli::run;
use super::bindings::exports::wasi::http::incoming_handler;
use serde_json::{Map, Value};

use super::org_contact_records::{self as org_records, directory_object, into_org_contact, org_contact};
use super::records::{self, into_contact, into_container};
use crate::invoke::call::Call;
use crate::invoke::json as by_name;
use crate::transport::{self, Wasi};
use crate::{command, curl, dispatch};
use connector::bounded_json;
use connector::error::{self, Kind};
use connector::graph::address::Mailbox;
use connector::graph::request::GraphRequest;
use connector::graph::service::Service;
use connector::graph::{contacts as graph, users};
use connector::operations::connector::Connector;
use connector::operations::directory::org_contacts::Relationship;
use connector::operations::icf::filter::Filter;
use connector::operations::icf::object_class::ObjectClass;
use connector::operations::icf::schema::schema;
use connector::operations::icf::search::{Search, sort_keys};
use connector::operations::icf::user_class;
use connector::operations::mailbox::changes::Change;
use connector::operations::mailbox::create::create_request;
use connector::operations::mailbox::update::update_request;
use connector::operations::send::authorized::{Authorized, Credential};
use connector::operations::send::network::Offline;
use connector::settings::Settings;

struct Component;
super::bindings::export!(Component with_types_in super::bindings);

type Answer<T> = Result<T, Error>;

/// The settings, from the environment that the host gives this instance.
fn settings() -> error::Result<Settings> {
    crate::settings::read(|name| std::env::var(name).ok())
}

/// Runs an operation with the settings of this instance.
fn with<T>(operation: impl FnOnce(&Connector<'_, Authorized<Wasi>>) -> error::Result<T>) -> error::Result<T> {
    let settings = settings()?;
    let network = Authorized::new(Wasi, settings.credential.clone());
    operation(&Connector::new(&settings.service, &network, &settings.terms))
}

impl contacts::Guest for Component {
    fn list_contacts(container: Container, selection: Option<Selection>) -> Answer<Vec<Contact>> {
        let container = into_container(container);
        let mut listed = Vec::new();
        with(|connector| {
            let selection = selected(selection, connector.service());
            connector.list_contacts(&container, &selection, |contact| {
                listed.push(contact.into());
                Ok(())
            })
        })?;
        Ok(listed)
    }

    fn get_contact(container: Container, id: String, selection: Option<Selection>) -> Answer<Contact> {
        let container = into_container(container);
        Ok(with(|connector| connector.get_contact(&container, &id, &selected(selection, connector.service())))?.into())
    }

    fn create_contact(container: Container, contact: Contact, idempotency_key: Option<String>) -> Answer<Contact> {
        let (container, contact) = (into_container(container), into_contact(contact, &[])?);
        Ok(with(|connector| connector.create_contact(&container, &contact, idempotency_key.as_deref()))?.into())
    }

    fn update_contact(container: Container, id: String, set: Contact, clear: Vec<ContactProperty>) -> Answer<Contact> {
        let wanted = into_contact(set, &clear)?;
        Ok(with(|connector| connector.update_contact(&into_container(container), &id, &wanted))?.into())
    }

    fn batch(container: Container, changes: Vec<ContactChange>) -> Answer<Vec<ChangeOutcome>> {
        let container = into_container(container);
        let changes: Vec<Change> = changes
            .into_iter()
            .enumerate()
            .map(|(place, change)| records::into_change(change, place))
            .collect::<error::Result<_>>()?;
        let results = with(|connector| Ok(connector.change_contacts(&container, &changes)))?;
        Ok(results.into_iter().map(records::change_outcome).collect())
    }

    fn delete_contact(container: Container, id: String) -> Answer<()> {
        Ok(with(|connector| connector.delete_contact(&into_container(container), &id))?)
    }

    fn permanently_delete_contact(container: Container, id: String) -> Answer<()> {
        Ok(with(|connector| connector.permanently_delete_contact(&into_container(container), &id))?)
    }

    fn delta(container: Container, token: Option<String>) -> Answer<ContactDelta> {
        let delta = with(|connector| connector.contact_delta(&into_container(container), token.as_deref()))?;
        let change = |(id, contact): (String, Option<_>)| ChangedContact { id, contact: contact.map(Contact::from) };
        Ok(ContactDelta { changes: delta.changes.into_iter().map(change).collect(), token: delta.token, more: delta.more })
    }

    fn get_photo(container: Container, id: String) -> Answer<Picture> {
        let picture = with(|connector| connector.get_photo(&into_container(container), &id))?;
        Ok(Picture { media_type: picture.media_type, content: picture.content })
    }

    fn put_photo(container: Container, id: String, jpeg: Vec<u8>) -> Answer<()> {
        Ok(with(|connector| connector.put_photo(&into_container(container), &id, jpeg))?)
    }

    fn put_extension(container: Container, id: String, extension: OpenExtension) -> Answer<()> {
        let properties = object(&extension.properties)?;
        Ok(with(|connector| connector.put_extension(&into_container(container), &id, &extension.name, &properties))?)
    }

    fn delete_extension(container: Container, id: String, name: String) -> Answer<()> {
        Ok(with(|connector| connector.delete_extension(&into_container(container), &id, &name))?)
    }

    fn list_folders(container: Container) -> Answer<Vec<Folder>> {
        let folders = with(|connector| connector.list_folders(&into_container(container)))?;
        Ok(folders.into_iter().map(Folder::from).collect())
    }

    fn get_folder(mailbox: String, id: String) -> Answer<Folder> {
        Ok(with(|connector| connector.get_folder(&Mailbox::named(&mailbox), &id))?.into())
    }

    fn create_folder(container: Container, display_name: String) -> Answer<Folder> {
        Ok(with(|connector| connector.create_folder(&into_container(container), &display_name))?.into())
    }

    fn rename_folder(mailbox: String, id: String, display_name: String) -> Answer<Folder> {
        Ok(with(|connector| connector.rename_folder(&Mailbox::named(&mailbox), &id, &display_name))?.into())
    }

    fn delete_folder(mailbox: String, id: String, permanently: bool) -> Answer<()> {
        Ok(with(|connector| connector.delete_folder(&Mailbox::named(&mailbox), &id, permanently))?)
    }
}

impl org_contacts::Guest for Component {
    fn list_org_contacts(query: OrgContactQuery) -> Answer<OrgContactPage> {
        let search = org_records::into_search(query)?;
        let mut contacts = Vec::new();
        let found = with(|connector| {
            connector.list_org_contacts(&search, &mut |contact| {
                contacts.push(org_contact(contact));
                Ok(())
            })
        })?;
        Ok(org_records::page(contacts, found))
    }

    fn get_org_contact(id: String) -> Answer<OrgContact> {
        Ok(with(|connector| connector.get_org_contact(&id)).map(org_contact)?)
    }

    fn update_org_contact(id: String, set: OrgContact, clear: Vec<OrgContactProperty>) -> Answer<OrgContact> {
        let wanted = into_org_contact(set, &clear);
        Ok(with(|connector| connector.update_org_contact(&id, &wanted)).map(org_contact)?)
    }

    fn delete_org_contact(id: String) -> Answer<()> {
        Ok(with(|connector| connector.delete_org_contact(&id))?)
    }

    fn delta(token: Option<String>) -> Answer<OrgContactDelta> {
        let delta = with(|connector| connector.org_contact_delta(token.as_deref()))?;
        let change = |(id, contact): (String, Option<_>)| ChangedOrgContact { id, contact: contact.map(org_contact) };
        Ok(OrgContactDelta { changes: delta.changes.into_iter().map(change).collect(), token: delta.token, more: delta.more })
    }

    fn get_manager(id: String) -> Answer<Option<DirectoryObject>> {
        Ok(with(|connector| connector.org_contact_manager(&id))?.map(directory_object))
    }

    fn list_direct_reports(id: String) -> Answer<Vec<DirectoryObject>> {
        related(&id, Relationship::DirectReports)
    }

    fn list_member_of(id: String) -> Answer<Vec<DirectoryObject>> {
        related(&id, Relationship::MemberOf)
    }

    fn list_transitive_member_of(id: String) -> Answer<Vec<DirectoryObject>> {
        related(&id, Relationship::TransitiveMemberOf)
    }

    fn get_member_groups(id: String) -> Answer<Vec<String>> {
        Ok(with(|connector| connector.org_contact_member_groups(&id))?)
    }

    fn check_member_groups(id: String, group_ids: Vec<String>) -> Answer<Vec<String>> {
        Ok(with(|connector| connector.org_contact_check_member_groups(&id, &group_ids))?)
    }

    fn get_by_ids(ids: Vec<String>) -> Answer<Vec<OrgContact>> {
        Ok(with(|connector| connector.org_contacts_by_ids(&ids))?.into_iter().map(org_contact).collect())
    }
}

/// Those that an organizational contact is related to.
fn related(id: &str, relationship: Relationship) -> Answer<Vec<DirectoryObject>> {
    let related = with(|connector| connector.org_contact_related(id, relationship))?;
    Ok(related.into_iter().map(directory_object).collect())
}

impl connector_interface::Guest for Component {
    fn schema() -> Answer<String> {
        Ok(schema(settings()?.service.version).to_string())
    }

    fn test() -> Answer<()> {
        Ok(with(|connector| connector.test())?)
    }

    fn get(object_class: String, uid: String, attributes_to_get: Vec<String>) -> Answer<String> {
        let class = ObjectClass::read(&object_class)?;
        let names: Vec<&str> = attributes_to_get.iter().map(String::as_str).collect();
        let object = with(|connector| connector.get_object(class, &uid, &names))?;
        Ok(Value::Object(object).to_string())
    }

    fn search(object_class: String, filter: String, options: SearchOptions) -> Answer<SearchResult> {
        let class = ObjectClass::read(&object_class)?;
        let search = Search {
            filter: Filter::parse(&filter)?,
            attributes: options.attributes_to_get,
            page_size: options.page_size.map(|size| usize::try_from(size).unwrap_or(usize::MAX)),
            cookie: options.cookie,
            offset: usize::try_from(options.offset).unwrap_or(usize::MAX),
            sort: sort_keys(&options.sort_keys.join(",")),
            words: None,
            count: false,
        };
        let mut objects = Vec::new();
        let found = with(|connector| {
            connector.search_objects(class, &search, &mut |object| {
                objects.push(Value::Object(object).to_string());
                Ok(())
            })
        })?;
        Ok(SearchResult { objects, cookie: found.cookie })
    }

    fn sync(object_class: String, container: Container, token: Option<String>) -> Answer<SyncResult> {
        let (class, container) = (ObjectClass::read(&object_class)?, into_container(container));
        let sync = with(|connector| connector.sync_objects(class, &container, token.as_deref()))?;
        let deltas = sync.changes.into_iter().map(records::sync_delta).collect();
        Ok(SyncResult { deltas, token: sync.token, more: sync.more })
    }

    fn latest_sync_token(object_class: String, container: Container) -> Answer<String> {
        let (class, container) = (ObjectClass::read(&object_class)?, into_container(container));
        Ok(with(|connector| connector.latest_sync_token(class, &container))?)
    }

    fn reconcile(object_class: String, container: Container, known: Vec<KnownObject>) -> Answer<Vec<SyncDelta>> {
        let (class, container) = (ObjectClass::read(&object_class)?, into_container(container));
        let known = known.into_iter().map(|object| (object.uid, object.revision)).collect();
        let deltas = with(|connector| connector.reconcile(class, &container, &known))?;
        Ok(deltas.into_iter().map(records::sync_delta).collect())
    }

    fn create(object_class: String, attributes: String, idempotency_key: Option<String>) -> Answer<String> {
        let (class, attributes) = (ObjectClass::read(&object_class)?, object(&attributes)?);
        let created = with(|connector| connector.create_object(class, &attributes, idempotency_key.as_deref()))?;
        Ok(by_name::uid_of(&created))
    }

    fn update(
        object_class: String,
        uid: String,
        revision: Option<String>,
        attributes: String,
        idempotency_key: Option<String>,
    ) -> Answer<Vec<ValueOutcome>> {
        let (class, attributes) = (ObjectClass::read(&object_class)?, object(&attributes)?);
        let (revision, key) = (revision.as_deref(), idempotency_key.as_deref());
        let updated = with(|connector| connector.update_object(class, &uid, revision, &attributes, key))?;
        Ok(updated.outcomes.into_iter().map(records::outcome).collect())
    }

    fn delete(object_class: String, uid: String, revision: Option<String>) -> Answer<()> {
        let class = ObjectClass::read(&object_class)?;
        Ok(with(|connector| connector.delete_object(class, &uid, revision.as_deref())).map(|_| ())?)
    }
}

impl json::Guest for Component {
    fn invoke(operation: String, arguments: String) -> Result<String, String> {
        let answer = with(|connector| by_name::invoke(connector, &operation, &arguments));
        answer.map(|value| value.to_string()).map_err(|error| error.to_json().to_string())
    }
}

impl requests::Guest for Component {
    fn build_list(container: Container, selection: Option<Selection>) -> Answer<HttpRequest> {
        let service = settings()?.service;
        one(graph::list(&service, &into_container(container), &selected(selection, &service)))
    }

    fn build_get(container: Container, id: String, selection: Option<Selection>) -> Answer<HttpRequest> {
        let service = settings()?.service;
        one(graph::get(&service, &into_container(container), &id, &selected(selection, &service)))
    }

    fn build_create(container: Container, contact: Contact, idempotency_key: Option<String>) -> Answer<HttpRequest> {
        let contact = into_contact(contact, &[])?;
        one(create_request(&settings()?.service, &into_container(container), &contact, idempotency_key.as_deref()))
    }

    fn build_update(
        container: Container,
        id: String,
        stored: Contact,
        set: Contact,
        clear: Vec<ContactProperty>,
    ) -> Answer<Option<HttpRequest>> {
        let (stored, wanted) = (into_contact(stored, &[])?, into_contact(set, &clear)?);
        let request = update_request(&settings()?.service, &into_container(container), &id, &stored, &wanted)?;
        request.map(|request| one(Ok(request))).transpose()
    }

    fn build_delete(container: Container, id: String) -> Answer<HttpRequest> {
        one(graph::delete(&settings()?.service, &into_container(container), &id))
    }

    fn build_test() -> Answer<HttpRequest> {
        one(users::probe(&settings()?.service))
    }

    fn build(operation: String, arguments: String) -> Answer<Vec<HttpRequest>> {
        let settings = settings()?;
        let call = Call::read(&operation, &arguments, settings.service.version)?;
        let requests = call.requests(&Connector::new(&settings.service, &Offline, &settings.terms))?;
        Ok(requests.into_iter().map(records::request).collect::<error::Result<_>>()?)
    }

    fn build_get_user(uid: String, attributes_to_get: Vec<String>) -> Answer<Vec<HttpRequest>> {
        let names: Vec<&str> = attributes_to_get.iter().map(String::as_str).collect();
        let requests = user_class::get_requests(&settings()?.service, &uid, &names)?;
        Ok(requests.into_iter().map(records::request).collect::<error::Result<_>>()?)
    }

    fn build_update_user(uid: String, attributes: String, stored: Vec<Contact>) -> Answer<Vec<HttpRequest>> {
        let stored = stored.into_iter().map(|contact| into_contact(contact, &[])).collect::<error::Result<Vec<_>>>()?;
        let find = |id: &str, _: &connector::graph::selection::Selection| {
            let found = stored.iter().find(|contact| contact.id.value().is_some_and(|known| known == id));
            found
                .cloned()
                .ok_or_else(|| error::Error::attribute("stored", format!("it lacks the contact {id}, which is to be updated")))
        };
        let requests = user_class::update_requests(&settings()?.service, &uid, &object(&attributes)?, find)?;
        Ok(requests.into_iter().map(records::request).collect::<error::Result<_>>()?)
    }
}

/// The selection that a program makes; without one, everything.
fn selected(selection: Option<Selection>, service: &Service) -> connector::graph::selection::Selection {
    selection.map(|selection| records::into_selection(selection, service.version)).unwrap_or_default()
}

/// The attributes of an object, from the text of a JSON object.
fn object(attributes: &str) -> error::Result<Map<String, Value>> {
    let wrong = |problem: String| error::Error::new(Kind::InvalidAttributeValue, problem);
    match bounded_json::read(attributes.as_bytes()) {
        Ok(Value::Object(attributes)) => Ok(attributes),
        Ok(_) => Err(wrong("the attributes are JSON, but not an object".to_owned())),
        Err(problem) => Err(wrong(format!("the attributes are not JSON: {problem}"))),
    }
}

fn one(request: error::Result<GraphRequest>) -> Answer<HttpRequest> {
    Ok(records::request(request?)?)
}

impl run::Guest for Component {
    fn run() -> Result<(), ()> {
        let command = command::parse(std::env::args().skip(1), std::io::stdin());
        let done = command.and_then(|command| match command {
            // Help needs no settings.
            command::Command::Help => command::print(command::USAGE, std::io::stdout()),
            command::Command::Invoke(operation, arguments) => {
                let answer = with(|connector| by_name::invoke(connector, operation, &arguments.to_string()))?;
                command::print(&format!("{answer:#}\n"), std::io::stdout())
            }
            command::Command::DryRun(operation, arguments) => {
                let requests = with(|connector| {
                    Call::read(operation, &arguments.to_string(), connector.service().version)?.requests(connector)
                })?;
                let commands: Vec<String> = requests.iter().map(curl::command).collect();
                command::print(&commands.join("\n"), std::io::stdout())
            }
        });
        done.map_err(|error| {
            // Where standard error is closed there is no one left to tell.
            let _ = writeln!(std::io::stderr(), "error: {error}");
        })
    }
}

impl incoming_handler::Guest for Component {
    fn handle(request: incoming_handler::IncomingRequest, response_out: incoming_handler::ResponseOutparam) {
        let settings = settings();
        let timeout = settings.as_ref().map_or(Duration::from_secs(30), |settings| settings.terms.timeout);
        let credential = settings.as_ref().map_or(Credential::OfHost, |settings| settings.credential.clone());
        let network = Authorized::new(Wasi, credential);
        transport::serve(request, response_out, timeout, |head, body, writer| {
            dispatch::handle(head, body, &settings, &network, writer);
        });
    }
}
