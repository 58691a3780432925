//! What the emulator remembers: the directory, and the mailboxes of its users.

use super::cloud::Cloud;
use super::deltas::Deltas;
use super::directory::{Directory, Object};
use super::error::{GraphError, Outcome};
use super::mailbox::Mailbox;
use super::route::UserKey;
use super::user::User;

/// Everything there is.
#[derive(Debug, Default)]
pub(super) struct Store {
    pub(super) directory: Directory,
    me: Option<String>,
    pub(super) deltas: Deltas,
    pub(super) cloud: Cloud,
}

impl Store {
    /// Adds a user; one with the same id is replaced, its contacts gone.
    pub(super) fn add_user(&mut self, user: User) {
        self.directory.add(user.into_object());
    }

    /// Who `/me` is; without this, the first user.
    pub(super) fn set_me(&mut self, key: String) {
        self.me = Some(key);
    }

    /// Whether delta queries on contacts and folders are missing.
    pub(super) fn is_without_delta(&self) -> bool {
        self.deltas.delta.unavailable || self.cloud == Cloud::China
    }

    pub(super) fn user(&self, key: &UserKey) -> Outcome<&Object> {
        let name = self.name(key);
        self.directory.user(name).ok_or_else(|| GraphError::unknown_resource(name.unwrap_or("me")))
    }

    pub(super) fn mailbox(&mut self, key: &UserKey) -> Outcome<&mut Mailbox> {
        let name = self.name(key).map(str::to_owned);
        match self.directory.user_mut(name.as_deref()) {
            Some(user) => user.mailbox.as_mut().ok_or_else(GraphError::no_mailbox),
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
