//! The identity of a mailbox and of a folder: the id of the user, and no folder for the default one, whatever name a caller has.
//!
//! A user has an id and a user principal name. The name has no case and can change, and the id does neither. The default folder
//! has an id, and is meant if no folder is named. So every uid has the user's id, and a contact has one uid.

use protocol::graph_path::is_guid;
use serde_json::{Map, Value, json};

use crate::contact::{Contact, Version};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::address::{Container, Mailbox};
use crate::graph::{folders, users};
use crate::operations::connector::Connector;
use crate::operations::icf::container::{FOLDERS, MAILBOX};
use crate::operations::icf::search::Search;
use crate::operations::icf::uid::Uid;

/// The well-known name of the default folder. (alcionai/corso addresses it so.)
const DEFAULT_FOLDER: &str = "contacts";

impl Connector<'_> {
    /// Returns the mailbox under the id of its user. The id is read once in an operation, unless the name is the id.
    ///
    /// If the application may not read users, the name stays, in lower case.
    pub(in crate::operations) fn identify_mailbox(&self, mailbox: &Mailbox) -> Result<Mailbox> {
        let name = mailbox.name().to_lowercase();
        if let Some(known) = self.get_identified(&name) {
            return Ok(known);
        }
        let identified = match self.send(&users::get(self.service(), mailbox, &["id"])?) {
            Ok(user) => match user.get("id").and_then(Value::as_str) {
                Some(id) if is_guid(id) => Mailbox::User(id.to_lowercase()),
                Some(id) => Mailbox::User(id.to_owned()),
                None => {
                    let problem = "expected an id of the user in the response of Microsoft Graph, found none";
                    return Err(Error::new(ErrorKind::Unavailable, problem));
                }
            },
            Err(error) if error.kind == ErrorKind::PermissionDenied => Mailbox::from_name(&name),
            Err(error) => return Err(error),
        };
        let known = &mut self.identities.borrow_mut().mailboxes;
        known.insert(identified.name().to_lowercase(), identified.clone());
        known.insert(name, identified.clone());
        Ok(identified)
    }

    /// Returns the mailbox with that name, in lower case, if no request is needed for it.
    fn get_identified(&self, name: &str) -> Option<Mailbox> {
        if is_guid(name) {
            return Some(Mailbox::User(name.to_owned()));
        }
        self.identities.borrow().mailboxes.get(name).cloned()
    }

    /// Returns the id of the default folder of a mailbox, if the service tells. It is read once in an operation.
    fn find_default_folder(&self, mailbox: &Mailbox) -> Result<Option<String>> {
        if let Some(known) = self.identities.borrow().default_folders.get(mailbox.name()) {
            return Ok(known.clone());
        }
        let id = match self.send(&folders::get(self.service(), mailbox, DEFAULT_FOLDER)?) {
            Ok(folder) => folder.get("id").and_then(Value::as_str).map(str::to_owned),
            Err(error) if matches!(error.kind, ErrorKind::UnknownUid | ErrorKind::InvalidAttributeValue) => None,
            Err(error) => return Err(error),
        };
        self.identities.borrow_mut().default_folders.insert(mailbox.name().to_owned(), id.clone());
        Ok(id)
    }

    /// Returns the container, with the mailbox under the id of its user, and without the default folder. Only the last folder
    /// counts, because the id of a folder identifies it.
    pub(in crate::operations) fn identify_container(&self, container: &Container) -> Result<Container> {
        let mailbox = self.identify_mailbox(&container.mailbox)?;
        let folder = match container.folders.last() {
            Some(folder) if folder.eq_ignore_ascii_case(DEFAULT_FOLDER) => None,
            Some(folder) if self.find_default_folder(&mailbox)?.as_ref() == Some(folder) => None,
            folder => folder.cloned(),
        };
        Ok(Container { mailbox, folders: folder.into_iter().collect() })
    }

    /// Returns the container of a contact of a list. In beta the list of the default folder has the contacts of all folders.
    pub(in crate::operations) fn locate(&self, listed: &Container, contact: &Contact) -> Result<Container> {
        match contact.parent_folder_id.value() {
            Some(folder) if self.service().version == Version::Beta && listed.folders.is_empty() => {
                self.identify_container(&Container { folders: vec![folder.clone()], ..listed.clone() })
            }
            _ => Ok(listed.clone()),
        }
    }

    /// Parses a uid, with whatever names of its mailbox and its folder.
    pub(in crate::operations) fn identify_uid(&self, uid: &str) -> Result<Uid> {
        let (uid, is_identified) = Uid::parse(uid)?;
        let container = if is_identified {
            Container { mailbox: self.identify_mailbox(&uid.container.mailbox)?, ..uid.container }
        } else {
            self.identify_container(&uid.container)?
        };
        Ok(Uid { container, id: uid.id })
    }

    /// Returns the attributes of an update of the object with that uid, with the identities of the mailbox and the folder. The
    /// name of no user stays.
    pub(in crate::operations) fn identify_attributes(
        &self,
        uid: &Uid,
        attributes: &Map<String, Value>,
    ) -> Result<Map<String, Value>> {
        let keep_unknown = |error: Error| if error.kind == ErrorKind::UnknownUid { Ok(()) } else { Err(error) };
        let mut attributes = attributes.clone();
        if let Some(Value::String(name)) = attributes.get_mut(MAILBOX) {
            let identified = self.identify_mailbox(&Mailbox::from_name(name));
            identified.map(|mailbox| mailbox.name().clone_into(name)).or_else(keep_unknown)?;
        }
        if let Some(Value::String(text)) = attributes.get_mut("_id") {
            self.identify_uid(text).map(|uid| *text = uid.encode()).or_else(keep_unknown)?;
        }
        if let Some(Value::Array(named)) = attributes.get_mut(FOLDERS)
            && let Some(folder) = named.last().and_then(Value::as_str).map(str::to_owned)
            && uid.container.folders.last() != Some(&folder)
        {
            let named_container = Container { folders: vec![folder], ..uid.container.clone() };
            *named = self.identify_container(&named_container)?.folders.into_iter().map(|folder| json!(folder)).collect();
        }
        Ok(attributes)
    }

    /// Returns a search whose filter has the identities of mailboxes, and uids as objects have them.
    ///
    /// Only the mailboxes that all results have to be in are read.
    pub(in crate::operations) fn identify_search(&self, search: &Search) -> Result<Search> {
        let of_uid = search.find_required_value("_id").and_then(|id| Uid::decode(id).ok()).map(|uid| uid.container.mailbox);
        let named = search.find_required_value(MAILBOX).map(Mailbox::from_name);
        let is_by_id = of_uid.is_some();
        for mailbox in of_uid.iter().chain(&named) {
            match self.identify_mailbox(mailbox) {
                // The search for a uid finds nothing.
                Err(error) if is_by_id && error.kind == ErrorKind::UnknownUid => {}
                result => result.map(|_| ())?,
            }
        }
        let mut search = search.clone();
        search.filter.replace_values(&mut |field, value| match field {
            MAILBOX => Ok(self.get_identified(&value.to_lowercase()).map(|mailbox| mailbox.name().to_owned())),
            "_id" => match Uid::decode(value) {
                Ok(uid) if self.get_identified(&uid.container.mailbox.name().to_lowercase()).is_some() => {
                    self.identify_uid(value).map(|uid| Some(uid.encode()))
                }
                _ => Ok(None),
            },
            _ => Ok(None),
        })?;
        Ok(search)
    }
}
