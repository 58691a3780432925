//! What the emulator remembers: users, and their mailboxes.

use super::cloud::Cloud;
use super::deltas::Deltas;
use super::error::{GraphError, Outcome};
use super::mailbox::Mailbox;
use super::route::UserKey;
use super::user::User;

/// The directory.
#[derive(Debug, Default)]
pub(super) struct Store {
    accounts: Vec<Account>,
    me: Option<String>,
    pub(super) deltas: Deltas,
    pub(super) cloud: Cloud,
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

    /// Whether delta queries on contacts and folders are missing.
    pub(super) fn is_without_delta(&self) -> bool {
        self.deltas.delta.unavailable || self.cloud == Cloud::China
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
