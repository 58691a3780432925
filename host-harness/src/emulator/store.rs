//! What the emulator remembers: users, their mailboxes, and the contacts in them.

use jiff::Timestamp;
use serde_json::json;

use super::align::Values;
use super::body::Changes;
use super::contact::Contact;
use super::error::{GraphError, Outcome};
use super::ids::{self, Ids};
use super::route::UserKey;
use super::schema::Version;
use super::user::User;

/// The directory.
#[derive(Debug, Default)]
pub(super) struct Store {
    accounts: Vec<Account>,
    me: Option<String>,
}

#[derive(Debug)]
struct Account {
    user: User,
    mailbox: Mailbox,
}

impl Store {
    /// Adds a user; one with the same id is replaced, its contacts gone.
    pub(super) fn add_user(&mut self, user: User) {
        self.accounts.retain(|account| !account.user.id.eq_ignore_ascii_case(&user.id));
        self.accounts.push(Account { user, mailbox: Mailbox::new() });
    }

    /// Who `/me` is; without this, the first user.
    pub(super) fn set_me(&mut self, key: String) {
        self.me = Some(key);
    }

    pub(super) fn users(&self) -> impl Iterator<Item = &User> {
        self.accounts.iter().map(|account| &account.user)
    }

    pub(super) fn user(&self, key: &UserKey) -> Outcome<&User> {
        let name = self.name(key);
        let user = self.users().find(|user| name.is_none_or(|name| user.is_named(name)));
        user.ok_or_else(|| GraphError::unknown_resource(name.unwrap_or("me")))
    }

    pub(super) fn mailbox(&mut self, key: &UserKey) -> Outcome<&mut Mailbox> {
        let name = self.name(key).map(str::to_owned);
        let account = self.accounts.iter_mut().find(|account| name.as_ref().is_none_or(|name| account.user.is_named(name)));
        match account {
            Some(account) if account.user.mailbox => Ok(&mut account.mailbox),
            Some(_) => Err(GraphError::no_mailbox()),
            None => Err(GraphError::unknown_mailbox()),
        }
    }

    /// The name to look for; None is whoever comes first.
    fn name<'a>(&'a self, key: &'a UserKey) -> Option<&'a str> {
        match key {
            UserKey::Me => self.me.as_deref(),
            UserKey::Named(name) => Some(name),
        }
    }
}

/// A folder of contacts.
#[derive(Debug, Clone)]
pub(super) struct Folder {
    pub(super) id: String,
    pub(super) parent: String,
    pub(super) display_name: String,
}

/// The contacts of one user.
#[derive(Debug)]
pub(super) struct Mailbox {
    ids: Ids,
    /// The folder that Graph also answers to as `contacts`; further folders would stand beside it.
    pub(super) default_folder: Folder,
    contacts: Vec<Contact>,
}

impl Mailbox {
    fn new() -> Self {
        let mut ids = Ids::new();
        let (parent, id) = (ids.folder(), ids.folder());
        Self { ids, default_folder: Folder { id, parent, display_name: "Contacts".to_owned() }, contacts: Vec::new() }
    }

    /// The folder of that id or well-known name (alcionai/corso addresses the default one as `Contacts`).
    pub(super) fn folder(&self, key: &str) -> Outcome<&Folder> {
        if key.eq_ignore_ascii_case("contacts") || key == self.default_folder.id {
            return Ok(&self.default_folder);
        }
        Err(if ids::is_well_formed(key) { GraphError::item_not_found() } else { GraphError::malformed_id() })
    }

    /// The contacts of a folder, or those that `/contacts` covers: the default folder in v1.0, the whole mailbox in beta.
    pub(super) fn list(&self, folder: Option<&str>, version: Version) -> Outcome<Vec<&Contact>> {
        let folder = match (folder, version) {
            (Some(key), _) => Some(self.folder(key)?),
            (None, Version::V1) => Some(&self.default_folder),
            (None, Version::Beta) => None,
        };
        Ok(self.contacts.iter().filter(|contact| folder.is_none_or(|folder| folder.id == contact.folder)).collect())
    }

    /// A contact, through its folder or without one.
    pub(super) fn get(&self, folder: Option<&str>, id: &str) -> Outcome<&Contact> {
        self.position(folder, id).map(|place| &self.contacts[place])
    }

    pub(super) fn create(&mut self, folder: Option<&str>, changes: &Changes, version: Version) -> Outcome<&Contact> {
        let folder = folder.map_or(Ok(&self.default_folder), |key| self.folder(key))?.id.clone();
        let now = Timestamp::now();
        let mut contact = Contact {
            id: self.ids.item(),
            folder,
            created: now,
            modified: now,
            change_key: self.ids.change_key(),
            values: Values::from_iter([("flag".to_owned(), json!({"flagStatus": "notFlagged"}))]),
            extended: Vec::new(),
        };
        contact.apply(changes, version)?;
        let place = self.contacts.len();
        self.contacts.push(contact);
        Ok(&self.contacts[place])
    }

    /// Applies a change, after the caller's check of the contact as it is.
    pub(super) fn update(
        &mut self,
        folder: Option<&str>,
        id: &str,
        check: impl FnOnce(&Contact) -> Outcome<()>,
        changes: &Changes,
        version: Version,
    ) -> Outcome<&Contact> {
        let place = self.position(folder, id)?;
        let contact = &mut self.contacts[place];
        check(contact)?;
        contact.apply(changes, version)?;
        contact.modified = Timestamp::now();
        contact.change_key = self.ids.change_key();
        Ok(contact)
    }

    pub(super) fn delete(&mut self, folder: Option<&str>, id: &str, check: impl FnOnce(&Contact) -> Outcome<()>) -> Outcome<()> {
        let place = self.position(folder, id)?;
        check(&self.contacts[place])?;
        self.contacts.remove(place);
        Ok(())
    }

    fn position(&self, folder: Option<&str>, id: &str) -> Outcome<usize> {
        let folder = folder.map(|key| self.folder(key)).transpose()?;
        if !ids::is_well_formed(id) {
            return Err(GraphError::malformed_id());
        }
        let is_it = |contact: &Contact| contact.id == id && folder.is_none_or(|folder| folder.id == contact.folder);
        self.contacts.iter().position(is_it).ok_or_else(GraphError::item_not_found)
    }
}
