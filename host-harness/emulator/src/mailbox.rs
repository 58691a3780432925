//! One user's contacts and the folders they are in.

use jiff::Timestamp;
use serde_json::json;

use super::align::Values;
use super::body::Changes;
use super::contact::Contact;
use super::error::{GraphError, Outcome};
use super::ids::{self, Ids};
use super::journal::{Event, Journal};
use super::schema::Version;
use super::tree::{Folder, Tree};

/// A mailbox. A path of folders is as in [`Tree::at`], except that an empty one stands for all that `/contacts` reaches.
#[derive(Debug)]
pub(super) struct Mailbox {
    ids: Ids,
    tree: Tree,
    contacts: Vec<Contact>,
    /// What happened to contacts, by folder.
    pub(super) contact_log: Journal,
    /// What happened to folders, by parent.
    pub(super) folder_log: Journal,
}

impl Mailbox {
    pub(super) fn new() -> Self {
        let mut ids = Ids::new();
        let tree = Tree::new(&mut ids);
        let mut folder_log = Journal::default();
        folder_log.add(&tree.default().parent, &tree.default().id, Event::Put);
        Self { ids, tree, contacts: Vec::new(), contact_log: Journal::default(), folder_log }
    }

    pub(super) fn tree(&self) -> &Tree {
        &self.tree
    }

    /// The contacts of a folder; without one the default folder's in v1.0, and the whole mailbox's in beta.
    pub(super) fn list(&self, path: &[String], version: Version) -> Outcome<Vec<&Contact>> {
        let folder = match version {
            Version::Beta if path.is_empty() => None,
            _ => Some(self.tree.at(path)?),
        };
        Ok(self.contacts.iter().filter(|contact| folder.is_none_or(|folder| folder.id == contact.folder)).collect())
    }

    /// A contact, through its folder or without one. An id without a folder is good in the whole mailbox, in v1.0 too.
    pub(super) fn get(&self, path: &[String], id: &str) -> Outcome<&Contact> {
        self.position(path, id).map(|place| &self.contacts[place])
    }

    /// The contact of that id, wherever it is.
    pub(super) fn find(&self, id: &str) -> Option<&Contact> {
        self.contacts.iter().find(|contact| contact.id == id)
    }

    pub(super) fn create(&mut self, path: &[String], changes: &Changes, version: Version) -> Outcome<&Contact> {
        let folder = self.tree.at(path)?.id.clone();
        let now = Timestamp::now();
        let mut contact = Contact {
            id: self.ids.item(),
            folder,
            created: now,
            modified: now,
            change_key: self.ids.change_key(),
            values: Values::from_iter([("flag".to_owned(), json!({"flagStatus": "notFlagged"}))]),
            extended: Vec::new(),
            extensions: Vec::new(),
            photo: None,
        };
        contact.apply(changes, version)?;
        self.contact_log.add(&contact.folder, &contact.id, Event::Put);
        let place = self.contacts.len();
        self.contacts.push(contact);
        Ok(&self.contacts[place])
    }

    /// Changes a contact, unless the change fails; it has to leave the contact alone then.
    pub(super) fn change(
        &mut self,
        path: &[String],
        id: &str,
        change: impl FnOnce(&mut Contact) -> Outcome<()>,
    ) -> Outcome<&Contact> {
        let place = self.position(path, id)?;
        let contact = &mut self.contacts[place];
        change(contact)?;
        contact.modified = Timestamp::now();
        contact.change_key = self.ids.change_key();
        self.contact_log.add(&contact.folder, &contact.id, Event::Put);
        Ok(contact)
    }

    pub(super) fn delete(&mut self, path: &[String], id: &str, check: impl FnOnce(&Contact) -> Outcome<()>) -> Outcome<()> {
        let place = self.position(path, id)?;
        check(&self.contacts[place])?;
        let contact = self.contacts.remove(place);
        self.contact_log.add(&contact.folder, &contact.id, Event::Gone);
        Ok(())
    }

    /// Moves a contact into another folder. Its id stays, as an immutable id does; to move it to where it is does nothing.
    pub(super) fn relocate(&mut self, id: &str, folder: &str) -> Outcome<()> {
        let target = self.tree.find(folder)?.id.clone();
        let place = self.position(&[], id)?;
        let contact = &mut self.contacts[place];
        if contact.folder != target {
            self.contact_log.add(&contact.folder, id, Event::Gone);
            self.contact_log.add(&target, id, Event::Arrived);
            contact.folder = target;
            contact.change_key = self.ids.change_key();
        }
        Ok(())
    }

    pub(super) fn create_folder(&mut self, parent: &[String], name: &str) -> Outcome<&Folder> {
        let parent = self.tree.at(parent)?.id.clone();
        let folder = self.tree.add(&parent, name, &mut self.ids)?;
        self.folder_log.add(&parent, &folder.id, Event::Put);
        Ok(folder)
    }

    pub(super) fn rename_folder(&mut self, path: &[String], name: &str) -> Outcome<&Folder> {
        let id = self.tree.at(path)?.id.clone();
        let folder = self.tree.rename(&id, name)?;
        self.folder_log.add(&folder.parent, &folder.id, Event::Put);
        Ok(folder)
    }

    /// Deletes a folder with all that is in it, at any depth.
    pub(super) fn delete_folder(&mut self, path: &[String]) -> Outcome<()> {
        let id = self.tree.at(path)?.id.clone();
        for folder in self.tree.remove(&id)? {
            self.contacts.retain(|contact| contact.folder != folder.id);
            self.folder_log.add(&folder.parent, &folder.id, Event::Gone);
        }
        Ok(())
    }

    fn position(&self, path: &[String], id: &str) -> Outcome<usize> {
        let folder = if path.is_empty() { None } else { Some(self.tree.at(path)?) };
        if !ids::is_well_formed(id) {
            return Err(GraphError::malformed_id());
        }
        let is_it = |contact: &Contact| contact.id == id && folder.is_none_or(|folder| folder.id == contact.folder);
        self.contacts.iter().position(is_it).ok_or_else(GraphError::item_not_found)
    }
}
