//! The requests that an operation by name would send.

use crate::invoke::call::Call;
use connector::contact::folder;
use connector::error::{Error, Kind, Result};
use connector::graph::address::{Container, Mailbox};
use connector::graph::selection::Selection;
use connector::graph::{Request, contacts, extensions, folders, org_contacts, photo, users};
use connector::operations::connector::Connector;
use connector::operations::directory::org_contact_properties::NEVER_CREATED;
use connector::operations::icf::object_class::ObjectClass::{Contact, ContactFolder, OrgContact, User};
use connector::operations::icf::uid::Uid;
use connector::operations::icf::{contact_search, folder_class, org_contact_class, user_class, user_search};
use connector::operations::mailbox::changes::Change;
use connector::operations::mailbox::contacts::delta_request;
use connector::operations::mailbox::create::create_request;
use connector::operations::mailbox::extensions::put_requests;
use connector::operations::mailbox::update::update_request;
use connector::operations::send::network::Network;

impl Call {
    /// The requests that the operation would send, in their order; of a list the first page. Nothing is written; what is stored
    /// already is read where it decides what would be written.
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
            Call::Delete(container, id, false) => Ok(vec![contacts::delete(service, container, id)?]),
            Call::Delete(container, id, true) => Ok(vec![contacts::permanent_delete(service, container, id)?]),
            Call::Batch(container, changes) => {
                let mut requests = Vec::new();
                for change in changes {
                    let call = match change.clone() {
                        Change::Create(contact, key) => Call::Create(container.clone(), contact, key),
                        Change::Update(id, contact) => Call::Update(container.clone(), id, contact),
                        Change::Delete(id) => Call::Delete(container.clone(), id, false),
                    };
                    requests.extend(call.requests(connector)?);
                }
                Ok(requests)
            }
            Call::Delta(container, token) | Call::Sync(Contact, container, token) => {
                Ok(vec![delta_request(service, container, token.as_deref())?])
            }
            Call::GetPhoto(container, id) => Ok(vec![photo::get(service, container, id)?]),
            Call::PutPhoto(container, id, jpeg) => Ok(vec![photo::put(service, container, id, jpeg.clone())?]),
            Call::PutExtension(container, id, name, properties) => {
                Ok(put_requests(service, container, id, name, properties)?.into())
            }
            Call::DeleteExtension(container, id, name) => Ok(vec![extensions::delete(service, container, id, name)?]),
            Call::ListFolders(container) => Ok(vec![folders::list(service, container)?]),
            Call::GetFolder(mailbox, id) => Ok(vec![folders::get(service, mailbox, id)?]),
            Call::CreateFolder(container, name) => Ok(vec![folders::create(service, container, folder::write_body(name)?)?]),
            Call::RenameFolder(mailbox, id, name) => Ok(vec![folders::update(service, mailbox, id, folder::write_body(name)?)?]),
            Call::DeleteFolder(mailbox, id, false) => Ok(vec![folders::delete(service, mailbox, id)?]),
            Call::DeleteFolder(mailbox, id, true) => Ok(vec![folders::permanent_delete(service, mailbox, id)?]),
            Call::OrgContact(call) => call.requests(connector),
            Call::Schema => Ok(Vec::new()),
            Call::Test => Ok(vec![users::probe(service)?]),
            Call::GetObject(User, uid, names) => {
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                user_class::get_requests(service, uid, &names)
            }
            Call::GetObject(Contact, uid, _) => {
                let uid = Uid::decode(uid)?;
                Ok(vec![contacts::get(service, &uid.container, &uid.id, &Selection::default())?])
            }
            Call::GetObject(ContactFolder, uid, _) => Ok(vec![folder_class::read_request(service, &Uid::decode(uid)?)?]),
            Call::Search(User, search) => Ok(vec![user_search::request(service, search)?]),
            Call::Search(Contact, search) => Ok(vec![contact_search::request(service, search)?]),
            Call::Search(ContactFolder, search) => Ok(vec![folder_class::search_request(service, search)?]),
            Call::CreateObject(Contact, attributes, key) => {
                let (container, contact) = connector.new_contact(attributes)?;
                Ok(vec![create_request(service, &container, &contact, key.as_deref())?])
            }
            Call::CreateObject(ContactFolder, attributes, _) => {
                let (container, name) = connector.new_folder(attributes)?;
                Call::CreateFolder(container, name).requests(connector)
            }
            Call::UpdateObject(User, uid, _, attributes, _) => {
                let container = Container::of(Mailbox::named(uid));
                let read = |id: &str, reading: &Selection| connector.get_contact(&container, id, reading);
                user_class::update_requests(service, uid, attributes, read)
            }
            Call::UpdateObject(Contact, uid, _, attributes, _) => {
                let uid = Uid::decode(uid)?;
                let (contact, extras) = connector.wanted_contact(&uid, attributes)?;
                if !extras.is_empty() {
                    let problem = "what is stored decides what would be sent for extensions and a photo: call the operation";
                    return Err(Error::new(Kind::Unsupported, problem));
                }
                let contact = Box::new(contact);
                Call::Update(uid.container, uid.id, contact).requests(connector)
            }
            // What the folder is called now decides whether anything is sent.
            Call::UpdateObject(ContactFolder, uid, ..) => Ok(vec![folder_class::read_request(service, &Uid::decode(uid)?)?]),
            Call::DeleteObject(Contact, uid, _) => {
                let uid = Uid::decode(uid)?;
                let read = contacts::get(service, &uid.container, &uid.id, &Selection::default())?;
                Ok(vec![read, contacts::delete(service, &uid.container, &uid.id)?])
            }
            Call::DeleteObject(ContactFolder, uid, _) => {
                let uid = Uid::decode(uid)?;
                let read = folder_class::read_request(service, &uid)?;
                Ok(vec![read, folders::delete(service, &uid.container.mailbox, &uid.id)?])
            }
            Call::LatestSyncToken(Contact, container) => Ok(vec![delta_request(service, container, None)?]),
            Call::LatestSyncToken(ContactFolder, container) => Ok(vec![folder_class::sync_request(service, container, None)?]),
            Call::Sync(ContactFolder, container, token) => {
                Ok(vec![folder_class::sync_request(service, container, token.as_deref())?])
            }
            Call::Reconcile(Contact, container, _) => Ok(vec![contacts::list(service, container, &Selection::default())?]),
            Call::Reconcile(ContactFolder, container, _) => Ok(vec![folders::list(service, container)?]),
            Call::GetObject(OrgContact, uid, names) => {
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                org_contact_class::get_requests(service, uid, &names)
            }
            Call::Search(OrgContact, search) => Ok(vec![org_contact_class::search_request(service, search)?]),
            Call::UpdateObject(OrgContact, uid, ..) => org_contact_class::get_requests(service, uid, &[]),
            Call::DeleteObject(OrgContact, uid, _) => {
                let mut requests = org_contact_class::get_requests(service, uid, &[])?;
                requests.push(org_contacts::delete(service, uid)?);
                Ok(requests)
            }
            Call::Sync(OrgContact, _, token) => Ok(vec![org_contact_class::sync_request(service, token.as_deref())?]),
            Call::LatestSyncToken(OrgContact, _) => Ok(vec![org_contact_class::sync_request(service, None)?]),
            Call::Reconcile(OrgContact, ..) => Ok(vec![org_contact_class::reconcile_request(service)?]),
            Call::CreateObject(OrgContact, ..) => Err(Error::new(Kind::Unsupported, NEVER_CREATED)),
            Call::CreateObject(User, ..)
            | Call::DeleteObject(User, ..)
            | Call::Sync(User, ..)
            | Call::LatestSyncToken(User, ..)
            | Call::Reconcile(User, ..) => {
                Err(Error::new(Kind::Unsupported, "there is no such operation on users: this connector writes their contacts"))
            }
        }
    }
}
