//! An in-memory Microsoft Graph for contacts, on plain HTTP.
//!
//! It is the default backend of the command and of every end-to-end test. It behaves as Graph does where that is documented or
//! was observed, and says in a comment where neither is so; it never behaves as a client would like it. What Graph has and the
//! emulator does not answers 501 `NotImplemented`, which Graph gives for nothing that is emulated here.
//!
//! ```no_run
//! # async fn example() -> anyhow::Result<()> {
//! use graph_contacts_host::emulator::{Emulator, Options, User};
//!
//! let emulator = Emulator::start("127.0.0.1:0".parse()?, Options::default()).await?;
//! emulator.add_user(User::new("671fa173-ad81-41c3-89bf-af939426eee7", "AdeleV@contoso.com"));
//! println!("GET {}/v1.0/users/AdeleV@contoso.com/contacts", emulator.endpoint());
//! # Ok(())
//! # }
//! ```
//!
//! One file a matter: `schema` is the table of properties that everything else reads; `server` speaks HTTP and carries out
//! faults; `route` and `query` read the URL; `service` dispatches to `users`, `contacts` and `folders`, which read and change the
//! `store`.

mod align;
mod answer;
mod body;
mod contact;
mod contacts;
mod error;
mod extended;
mod fault;
mod filter;
mod folders;
mod ids;
mod page;
mod percent;
mod prefer;
mod query;
mod recorded;
mod route;
mod schema;
mod server;
mod service;
mod store;
#[cfg(test)]
mod tests;
mod user;
mod users;

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Context;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub use fault::{Fault, FaultKind, Reply};
pub use recorded::Recorded;
pub use user::User;

use body::Write;
use error::GraphError;
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

    /// Says who `/me` is, by id or userPrincipalName. Until then it is the first user.
    pub fn set_me(&self, user: impl Into<String>) {
        self.shared.lock().store.set_me(user.into());
    }

    /// Puts a contact into a user's default folder, as a `POST` to v1.0 would, and gives its id. It is not recorded as a
    /// request, and meets no fault.
    ///
    /// Fails as Graph would: on an unknown user, a user without a mailbox, or a body that is not a contact of v1.0.
    pub fn add_contact(&self, user: &str, contact: &Value) -> anyhow::Result<String> {
        let refused = |error: GraphError| anyhow::anyhow!("{} ({}): {}", error.code, error.status, error.message);
        let object = contact.as_object().context("a contact is a JSON object")?.clone();
        let changes = body::contact(object, Version::V1, Write::Create).map_err(refused)?;
        let mut state = self.shared.lock();
        let mailbox = state.store.mailbox(&UserKey::Named(user.to_owned())).map_err(refused)?;
        Ok(mailbox.create(None, &changes, Version::V1).map_err(refused)?.id.clone())
    }

    /// The requests received, oldest first; of very many, the last ten thousand.
    pub fn requests(&self) -> Vec<Recorded> {
        self.shared.lock().requests.all()
    }

    /// Forgets the requests received so far.
    pub fn clear_requests(&self) {
        self.shared.lock().requests.clear();
    }

    /// Adds a fault behind those injected before.
    pub fn inject(&self, fault: Fault) {
        self.shared.lock().faults.inject(fault);
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
