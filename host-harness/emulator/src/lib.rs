//! An in-memory Microsoft Graph for contacts, on plain HTTP.
//!
//! It is the default backend of the command and of every end-to-end test. It behaves as Graph does where that is documented or
//! was observed, and says in a comment where neither is so; it never behaves as a client would like it. What Graph has and the
//! emulator does not answers 501 `NotImplemented`, which Graph gives for nothing that is emulated here.
//!
//! ```no_run
//! # async fn example() -> anyhow::Result<()> {
//! use graph_emulator::{Emulator, Options, User};
//!
//! let emulator = Emulator::start("127.0.0.1:0".parse()?, Options::default()).await?;
//! emulator.add_user(User::new("671fa173-ad81-41c3-89bf-af939426eee7", "AdeleV@contoso.com"));
//! println!("GET {}/v1.0/users/AdeleV@contoso.com/contacts", emulator.endpoint());
//! # Ok(())
//! # }
//! ```
//!
//! One file a matter: `schema` is the table of properties that everything else reads; `server` speaks HTTP; `exchange` takes
//! each request, or each item of a `batch`, through the record, the throttle and the faults; `route` and `query` read the URL;
//! `service` dispatches to the `directory` of users, organizational contacts and groups, to `contacts` and to `folders`, which read
//! and change the `store`: a `mailbox` for each user, with a `tree` of folders, and a `journal` of what happened. `sign_in` issues
//! tokens.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod align;
mod answer;
mod base64;
mod batch;
mod batch_item;
mod body;
mod cloud;
mod contact;
mod contacts;
mod delta;
mod delta_token;
mod deltas;
mod directory;
mod error;
mod exchange;
mod extended;
mod extensions;
mod fault;
mod filter;
mod folders;
mod gzip;
mod ids;
mod journal;
mod mailbox;
mod open_extension;
mod page;
mod percent;
mod photo;
mod plan;
mod prefer;
mod query;
mod recorded;
mod route;
mod schema;
mod server;
mod service;
mod sign_in;
mod store;
#[cfg(test)]
mod tests;
mod throttle;
mod translate;
mod tree;
mod user;

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Context;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub use cloud::{Cloud, CloudError};
pub use deltas::{Delta, Expired};
pub use directory::Removal;
pub use fault::{Fault, FaultKind, Reply};
pub use plan::{FaultPlan, FaultPlanError};
pub use recorded::Recorded;
pub use sign_in::{Proof, Registration};
pub use throttle::Throttle;
pub use user::User;

use body::Write;
use directory::Kind;
use error::{GraphError, Outcome};
use mailbox::Mailbox;
use route::UserKey;
use schema::Version;
use server::Shared;

/// How an emulator runs.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The only bearer token that is accepted; None accepts every one that is not empty.
    pub token: Option<String>,
}

/// A running emulator. It stops, and closes its connections, when it is dropped.
///
/// All methods may be called while requests are under way; each takes effect between two requests.
#[derive(Debug)]
pub struct Emulator {
    address: SocketAddr,
    shared: Arc<Shared>,
    server: JoinHandle<()>,
}

impl Emulator {
    /// Listens on an address; port 0 takes a free port. Must be called within a tokio runtime.
    ///
    /// Fails if the address cannot be had, for example because the port is taken.
    pub async fn start(listen: SocketAddr, options: Options) -> anyhow::Result<Self> {
        let listener =
            TcpListener::bind(listen).await.with_context(|| format!("the Graph emulator cannot listen on {listen}"))?;
        let address = listener.local_addr().context("the Graph emulator cannot tell its address")?;
        let shared = Arc::new(Shared::new(options.token));
        let server = tokio::spawn(server::serve(listener, Arc::clone(&shared)));
        Ok(Self { address, shared, server })
    }

    /// Where it listens: scheme, address and port, for example `http://127.0.0.1:49152`. No version, no trailing slash.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Adds a user, with an empty mailbox if the user has one. A user with the same id is replaced, its contacts gone.
    pub fn add_user(&self, user: User) {
        self.shared.lock().store.add_user(user);
    }

    /// Adds an organizational contact to the directory, and gives its id: the member `id` if there is one, which is a GUID in Graph.
    /// One with the same id is replaced. All properties of the type may be set, those too that no request may.
    ///
    /// Fails if that is no JSON object, or has what is no property of an orgContact, or not of its type.
    pub fn add_org_contact(&self, contact: &Value) -> anyhow::Result<String> {
        self.add_object(Kind::OrgContact, contact)
    }

    /// Adds a group without members, otherwise as [`Emulator::add_org_contact`].
    pub fn add_group(&self, group: &Value) -> anyhow::Result<String> {
        self.add_object(Kind::Group, group)
    }

    fn add_object(&self, kind: Kind, object: &Value) -> anyhow::Result<String> {
        let values = object.as_object().context("an object of the directory is a JSON object")?;
        let mut state = self.shared.lock();
        let version = state.store.cloud.version(Version::V1);
        state.store.directory.add_values(kind, values, version).map_err(refused)
    }

    /// Makes a user, a contact or a group a member of a group, each named by its id.
    ///
    /// Fails if one of them is not there, and if it is one already.
    pub fn add_member(&self, group: &str, member: &str) -> anyhow::Result<()> {
        self.shared.lock().store.directory.add_member(group, member).map_err(refused)
    }

    /// Says whom a user or an organizational contact reports to, each named by its id.
    ///
    /// Fails if one of them is not there, and if the manager is a group.
    pub fn set_manager(&self, of: &str, manager: &str) -> anyhow::Result<()> {
        self.shared.lock().store.directory.set_manager(of, Some(manager)).map_err(refused)
    }

    /// Changes properties of a user, an organizational contact or a group as whatever it is synchronized with would; null clears.
    ///
    /// Fails as [`Emulator::add_org_contact`], and if there is no such object.
    pub fn change_object(&self, id: &str, properties: &Value) -> anyhow::Result<()> {
        let values = properties.as_object().context("the properties of an object are a JSON object")?;
        let mut state = self.shared.lock();
        let version = state.store.cloud.version(Version::V1);
        state.store.directory.change(id, values, version).map_err(refused)
    }

    /// Removes a user, an organizational contact or a group. A delta query tells it as `removal` says.
    ///
    /// Fails if there is no such object.
    pub fn remove_object(&self, id: &str, removal: Removal) -> anyhow::Result<()> {
        self.shared.lock().store.directory.remove(id, removal).map_err(refused)
    }

    /// Lets requests to v1.0 update and delete organizational contacts that are not synchronized from on premises. Until then beta
    /// alone does. Graph's documentation calls them read-only; its v1.0 refused in 2025, when Microsoft announced to change that
    /// (entra-powershell#1287), and its metadata have had both operations again since October 2025 (msgraph-metadata#899).
    pub fn writable_org_contacts(&self, writable: bool) {
        self.shared.lock().store.directory.writable_contacts = writable;
    }

    /// Says who `/me` is, by id or userPrincipalName. Until then it is the first user.
    pub fn set_me(&self, user: impl Into<String>) {
        self.shared.lock().store.set_me(user.into());
    }

    /// Puts a contact into a user's default folder, as a `POST` to v1.0 would, and gives its id. It is not recorded as a
    /// request, and meets no fault.
    ///
    /// Fails as Graph would: on an unknown user, a user without a mailbox, or a body that is not a contact of v1.0.
    pub fn add_contact(&self, user: &str, contact: &Value) -> anyhow::Result<String> {
        self.add_contact_to(user, "contacts", contact)
    }

    /// Puts a contact into one of a user's folders, named by its id; otherwise as [`Emulator::add_contact`].
    pub fn add_contact_to(&self, user: &str, folder: &str, contact: &Value) -> anyhow::Result<String> {
        let object = contact.as_object().context("a contact is a JSON object")?.clone();
        let version = self.shared.lock().store.cloud.version(Version::V1);
        let changes = body::contact(object, version, Write::Create).map_err(refused)?;
        let created =
            self.in_mailbox(user, |mailbox| mailbox.create(&[folder.to_owned()], &changes, version).map(|one| one.id.clone()));
        created.map_err(refused)
    }

    /// Moves a contact into another of the user's folders, named by its id or as `contacts`: Graph has no operation for it, a
    /// person with Outlook does it. The contact keeps its id, as those do that ask for immutable ids.
    ///
    /// Fails on an unknown user, contact or folder.
    pub fn move_contact(&self, user: &str, contact: &str, folder: &str) -> anyhow::Result<()> {
        self.in_mailbox(user, |mailbox| mailbox.relocate(contact, folder)).map_err(refused)
    }

    /// Puts a folder into a user's mailbox, beside the other ones in `parent`, and gives its id. The parent is named by its id;
    /// what `/contactFolders` lists lies in `contacts`.
    ///
    /// Fails as Graph would: on an unknown user, an unknown parent, or a name that is taken.
    pub fn add_folder(&self, user: &str, parent: &str, name: &str) -> anyhow::Result<String> {
        let create = |mailbox: &mut Mailbox| mailbox.create_folder(&[parent.to_owned()], name).map(|folder| folder.id.clone());
        self.in_mailbox(user, create).map_err(refused)
    }

    /// Says which of Microsoft's clouds this is. Until then it is the global one.
    pub fn cloud(&self, cloud: Cloud) {
        self.shared.lock().store.cloud = cloud;
    }

    /// Changes how delta queries answer from now on.
    pub fn delta(&self, delta: Delta) {
        self.shared.lock().store.deltas.behave(delta);
    }

    /// Makes every state token that was given out so far too old, those of pages included: each is answered with this from now
    /// on. Tokens that are given out later are good.
    pub fn expire_delta_tokens(&self, expired: Expired) {
        self.shared.lock().store.deltas.expire(expired);
    }

    fn in_mailbox<T>(&self, user: &str, action: impl FnOnce(&mut Mailbox) -> Outcome<T>) -> Outcome<T> {
        let mut state = self.shared.lock();
        action(state.store.mailbox(&UserKey::Named(user.to_owned()))?)
    }

    /// The requests received, oldest first; of very many, the last ten thousand.
    pub fn requests(&self) -> Vec<Recorded> {
        self.shared.lock().requests.all()
    }

    /// Forgets the requests received so far, and how many there were at once.
    pub fn clear_requests(&self) {
        let mut state = self.shared.lock();
        state.requests.clear();
        state.traffic.clear();
    }

    /// Sets the limits of every mailbox, in place of those before. At first there are none.
    pub fn throttle(&self, throttle: Throttle) {
        self.shared.lock().traffic.throttle = throttle;
    }

    /// The most requests that were under way at once for a user's mailbox, those refused by the throttle among them; each item of
    /// a batch is one. 0 for an unknown user.
    pub fn most_concurrent(&self, user: &str) -> usize {
        let state = self.shared.lock();
        state.store.user(&UserKey::Named(user.to_owned())).map_or(0, |user| state.traffic.most(&user.id))
    }

    /// Adds a fault behind those injected before.
    pub fn inject(&self, fault: Fault) {
        self.shared.lock().faults.inject(fault);
    }

    /// Adds the faults of a plan behind those injected before; limits of mailboxes and the behaviour of delta queries are replaced
    /// where the plan has them.
    pub fn plan(&self, plan: FaultPlan) {
        let mut state = self.shared.lock();
        plan.faults.into_iter().for_each(|fault| state.faults.inject(fault));
        if let Some(throttle) = plan.throttle {
            state.traffic.throttle = throttle;
        }
        if let Some(delta) = plan.delta {
            state.store.deltas.behave(delta);
        }
    }

    /// Takes all faults back.
    pub fn clear_faults(&self) {
        self.shared.lock().faults.clear();
    }

    /// Waits for the end of the server, which by itself only comes if it panics: for a command that does nothing else.
    pub async fn finished(&mut self) {
        let _ = (&mut self.server).await;
    }

    /// Stops, and returns when the port is free again.
    pub async fn stop(mut self) {
        self.server.abort();
        self.finished().await;
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        self.server.abort();
    }
}

fn refused(error: GraphError) -> anyhow::Error {
    anyhow::anyhow!("{} ({}): {}", error.code, error.status, error.message)
}
