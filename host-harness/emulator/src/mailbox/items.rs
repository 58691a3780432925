//! One user's contacts and folders.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::mailbox::align::ContactValues;
use crate::mailbox::contact::Contact;
use crate::mailbox::contact_body::{ContactChanges, PARENT_FOLDER};
use crate::mailbox::distribution_list::DistributionList;
use crate::mailbox::folder_tree::{Folder, FolderTree};
use crate::mailbox::ids::{self, Ids};
use crate::mailbox::journal::{ItemEvent, Journal};
use crate::odata::edm::Version;
use crate::odata::error::{GraphError, Outcome};

/// A mailbox. Paths of folders are as in [`FolderTree::find_by_path`], except that an empty one stands for everything that
/// `/contacts` reaches.
#[derive(Debug)]
pub(crate) struct Mailbox {
    ids: Ids,
    tree: FolderTree,
    contacts: Vec<Contact>,
    pub(crate) distribution_lists: Vec<DistributionList>,
    /// The log of contacts, by folder.
    pub(crate) contact_log: Journal,
    /// The log of folders, by parent.
    pub(crate) folder_log: Journal,
}

impl Mailbox {
    pub(crate) fn new() -> Self {
        let mut ids = Ids::new();
        let tree = FolderTree::new(&mut ids);
        let mut folder_log = Journal::default();
        folder_log.add(&tree.default_folder().parent, &tree.default_folder().id, ItemEvent::Upserted);
        Self { ids, tree, contacts: Vec::new(), distribution_lists: Vec::new(), contact_log: Journal::default(), folder_log }
    }

    pub(crate) fn tree(&self) -> &FolderTree {
        &self.tree
    }

    /// Returns the contacts of a folder. Without one, these are the default folder's in v1.0, and the whole mailbox's in beta.
    pub(crate) fn list_contacts(&self, path: &[String], version: Version) -> Outcome<Vec<&Contact>> {
        let folder = match version {
            Version::Beta if path.is_empty() => None,
            _ => Some(self.tree.find_by_path(path)?),
        };
        Ok(self.contacts.iter().filter(|contact| folder.is_none_or(|folder| folder.id == contact.folder)).collect())
    }

    /// Returns a contact, with or without its folder. An id without a folder is valid in the whole mailbox, in v1.0 too.
    pub(crate) fn get(&self, path: &[String], id: &str) -> Outcome<&Contact> {
        self.find_index(path, id).map(|index| &self.contacts[index])
    }

    /// Returns the contacts directly in a folder.
    pub(crate) fn contacts_in<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = &'a Contact> {
        self.contacts.iter().filter(move |contact| contact.folder == folder)
    }

    /// Returns the contact with that id, in any folder.
    pub(crate) fn find(&self, id: &str) -> Option<&Contact> {
        self.contacts.iter().find(|contact| contact.id == id)
    }

    pub(crate) fn create(&mut self, path: &[String], changes: &ContactChanges, version: Version) -> Outcome<&Contact> {
        let folder = self.tree.find_by_path(path)?.id.clone();
        // A new contact has no values of these yet. One in another folder than that of the address was created in the latter
        // (O365/python-o365#764), so the emulator refuses it.
        for (property, value) in changes.managed.iter().filter(|(_, value)| !value.is_null()) {
            if property.name != PARENT_FOLDER || self.tree.find_value(value)?.id != folder {
                return Err(GraphError::set_action());
            }
        }
        let now = Timestamp::now();
        let mut contact = Contact {
            id: self.ids.create_item_id(),
            folder,
            created: now,
            modified: now,
            change_key: self.ids.create_change_key(),
            values: ContactValues::from_iter([("flag".to_owned(), json!({"flagStatus": "notFlagged"}))]),
            extended: Vec::new(),
            extensions: Vec::new(),
            photo: None,
        };
        contact.apply(changes, version)?;
        self.contact_log.add(&contact.folder, &contact.id, ItemEvent::Upserted);
        let index = self.contacts.len();
        self.contacts.push(contact);
        Ok(&self.contacts[index])
    }

    /// Updates a contact, and moves it if the body names another folder. `check` can refuse the update.
    pub(crate) fn update(
        &mut self,
        path: &[String],
        id: &str,
        changes: &ContactChanges,
        version: Version,
        check: impl FnOnce(&Contact) -> Outcome<()>,
    ) -> Outcome<&Contact> {
        let index = self.find_index(path, id)?;
        let target = match changes.parent_folder() {
            Some(value) => self.tree.find_value(value)?.id.clone(),
            None => self.contacts[index].folder.clone(),
        };
        let contact = &mut self.contacts[index];
        check(contact)?;
        contact.check_managed(changes)?;
        contact.apply(changes, version)?;
        contact.modified = Timestamp::now();
        contact.change_key = self.ids.create_change_key();
        if contact.folder == target {
            self.contact_log.add(&target, id, ItemEvent::Upserted);
        } else {
            self.contact_log.add(&contact.folder, id, ItemEvent::Removed);
            self.contact_log.add(&target, id, ItemEvent::MovedIn);
            contact.folder = target;
        }
        Ok(contact)
    }

    /// Changes a contact. If the change fails, it must leave the contact as it was.
    pub(crate) fn change(
        &mut self,
        path: &[String],
        id: &str,
        change: impl FnOnce(&mut Contact) -> Outcome<()>,
    ) -> Outcome<&Contact> {
        let index = self.find_index(path, id)?;
        let contact = &mut self.contacts[index];
        change(contact)?;
        contact.modified = Timestamp::now();
        contact.change_key = self.ids.create_change_key();
        self.contact_log.add(&contact.folder, &contact.id, ItemEvent::Upserted);
        Ok(contact)
    }

    pub(crate) fn delete(&mut self, path: &[String], id: &str, check: impl FnOnce(&Contact) -> Outcome<()>) -> Outcome<()> {
        let index = self.find_index(path, id)?;
        check(&self.contacts[index])?;
        let contact = self.contacts.remove(index);
        self.contact_log.add(&contact.folder, &contact.id, ItemEvent::Removed);
        Ok(())
    }

    /// Moves a contact to another folder. It keeps its id, as with immutable ids. A move to its own folder has no effect.
    pub(crate) fn relocate(&mut self, id: &str, folder: &str) -> Outcome<()> {
        let target = self.tree.find(folder)?.id.clone();
        let index = self.find_index(&[], id)?;
        let contact = &mut self.contacts[index];
        if contact.folder != target {
            self.contact_log.add(&contact.folder, id, ItemEvent::Removed);
            self.contact_log.add(&target, id, ItemEvent::MovedIn);
            contact.folder = target;
            contact.change_key = self.ids.create_change_key();
        }
        Ok(())
    }

    /// Creates a folder. `named` is the parent in the body, which is that of the path; that Graph refuses another is unverified.
    pub(crate) fn create_folder(&mut self, parent: &[String], name: &str, named: Option<&Value>) -> Outcome<&Folder> {
        let parent = self.tree.find_by_path(parent)?.id.clone();
        if let Some(named) = named.filter(|named| !named.is_null())
            && self.tree.find_value(named)?.id != parent
        {
            return Err(GraphError::set_action());
        }
        let folder = self.tree.add(&parent, name, &mut self.ids)?;
        self.folder_log.add(&parent, &folder.id, ItemEvent::Upserted);
        Ok(folder)
    }

    /// Gives a folder a name and a parent, each if there is one.
    pub(crate) fn update_folder(&mut self, path: &[String], name: Option<&str>, parent: Option<&Value>) -> Outcome<&Folder> {
        let before = self.tree.find_by_path(path)?.clone();
        if name.is_none() && parent.is_none() {
            return self.tree.find(&before.id);
        }
        let parent = parent.map(|value| Ok(self.tree.find_value(value)?.id.clone())).transpose()?;
        let folder = self.tree.update(&before.id, name, parent.as_deref())?;
        if folder.parent == before.parent {
            self.folder_log.add(&folder.parent, &folder.id, ItemEvent::Upserted);
        } else {
            self.folder_log.add(&before.parent, &folder.id, ItemEvent::Removed);
            self.folder_log.add(&folder.parent, &folder.id, ItemEvent::MovedIn);
        }
        Ok(folder)
    }

    /// Deletes a folder with everything in it, at any depth.
    pub(crate) fn delete_folder(&mut self, path: &[String]) -> Outcome<()> {
        let id = self.tree.find_by_path(path)?.id.clone();
        for folder in self.tree.remove(&id)? {
            self.contacts.retain(|contact| contact.folder != folder.id);
            self.folder_log.add(&folder.parent, &folder.id, ItemEvent::Removed);
        }
        Ok(())
    }

    pub(crate) fn create_distribution_list(&mut self, display_name: String) -> &DistributionList {
        let now = Timestamp::now();
        let (id, change_key) = (self.ids.create_item_id(), self.ids.create_change_key());
        self.distribution_lists.push(DistributionList {
            id,
            display_name,
            change_key,
            created: now,
            modified: now,
            members: Vec::new(),
        });
        &self.distribution_lists[self.distribution_lists.len() - 1]
    }

    pub(crate) fn find_distribution_list(&self, id: &str) -> Outcome<&DistributionList> {
        self.find_list_index(id).map(|index| &self.distribution_lists[index])
    }

    /// Changes a list. If the change fails, it must leave the list as it was.
    pub(crate) fn change_distribution_list(
        &mut self,
        id: &str,
        change: impl FnOnce(&mut DistributionList) -> Outcome<()>,
    ) -> Outcome<&DistributionList> {
        let index = self.find_list_index(id)?;
        let list = &mut self.distribution_lists[index];
        change(list)?;
        list.modified = Timestamp::now();
        list.change_key = self.ids.create_change_key();
        Ok(list)
    }

    pub(crate) fn delete_distribution_list(
        &mut self,
        id: &str,
        check: impl FnOnce(&DistributionList) -> Outcome<()>,
    ) -> Outcome<()> {
        let index = self.find_list_index(id)?;
        check(&self.distribution_lists[index])?;
        self.distribution_lists.remove(index);
        Ok(())
    }

    fn find_list_index(&self, id: &str) -> Outcome<usize> {
        if !ids::is_well_formed(id) {
            return Err(GraphError::malformed_id());
        }
        self.distribution_lists.iter().position(|list| list.id == id).ok_or_else(GraphError::item_not_found)
    }

    fn find_index(&self, path: &[String], id: &str) -> Outcome<usize> {
        let folder = if path.is_empty() { None } else { Some(self.tree.find_by_path(path)?) };
        if !ids::is_well_formed(id) {
            return Err(GraphError::malformed_id());
        }
        let is_it = |contact: &Contact| contact.id == id && folder.is_none_or(|folder| folder.id == contact.folder);
        self.contacts.iter().position(is_it).ok_or_else(GraphError::item_not_found)
    }
}
