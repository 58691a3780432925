//! The contents of the emulator: the directory, and the mailboxes of its users.

use crate::directory::object::Object;
use crate::directory::registry::Directory;
use crate::directory::resource::Key;
use crate::faults::delta_state::DeltaState;
use crate::features::Features;
use crate::mailbox::items::Mailbox;
use crate::mailbox::path::UserKey;
use crate::odata::error::{GraphError, Outcome};
use crate::user::User;

/// The contents of the emulator.
#[derive(Debug, Default)]
pub(crate) struct Store {
    pub(crate) directory: Directory,
    me: Option<String>,
    pub(crate) deltas: DeltaState,
    pub(crate) features: Features,
}

impl Store {
    /// Adds a user. Replaces one with the same id, contacts included.
    pub(crate) fn add_user(&mut self, user: User) {
        self.directory.add(user.into_object());
    }

    /// Sets the user of `/me`. By default, it is the first user.
    pub(crate) fn set_me(&mut self, key: String) {
        self.me = Some(key);
    }

    /// Returns whether contacts and folders have delta queries.
    pub(crate) fn has_delta(&self) -> bool {
        self.features.delta && !self.deltas.behaviour.unavailable
    }

    pub(crate) fn find_user(&self, key: &UserKey) -> Outcome<&Object> {
        let name = self.resolve_name(key);
        self.directory.find_user(name).ok_or_else(|| GraphError::unknown_resource(name.unwrap_or("me")))
    }

    pub(crate) fn find_mailbox(&mut self, key: &UserKey) -> Outcome<&mut Mailbox> {
        let name = self.resolve_name(key).map(str::to_owned);
        match self.directory.find_user_mut(name.as_deref()) {
            Some(user) => user.mailbox.as_mut().ok_or_else(GraphError::no_mailbox),
            None => Err(GraphError::unknown_mailbox()),
        }
    }

    /// Returns the name to look up; None is the first user.
    fn resolve_name<'a>(&'a self, key: &'a UserKey) -> Option<&'a str> {
        match key {
            UserKey::Me => self.me.as_deref(),
            UserKey::Named(name) => Some(name),
        }
    }

    /// Returns the object that a path names.
    pub(crate) fn find_object(&self, key: &Key) -> Outcome<&Object> {
        match key {
            Key::User(key) => self.find_user(key),
            Key::Of(kind, id) => {
                self.directory.find(id).ok().filter(|object| object.kind == *kind).ok_or_else(|| GraphError::unknown_resource(id))
            }
            Key::Any(id) => self.directory.find(id),
        }
    }
}
