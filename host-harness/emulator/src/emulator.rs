//! The emulator, as its owner sees it.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Context;
use http::StatusCode;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::directory::object_kind::ObjectKind;
use crate::directory::object_log::Removal;
use crate::faults::delta_state::{DeltaBehaviour, SyncStateError};
use crate::faults::fault::Fault;
use crate::faults::plan::FaultPlan;
use crate::faults::throttle::Throttle;
use crate::features::Features;
use crate::mailbox::contact_body::{self, WriteOperation};
use crate::mailbox::items::Mailbox;
use crate::mailbox::path::UserKey;
use crate::odata::edm::Version;
use crate::odata::error::{GraphError, Outcome};
use crate::server::http1;
use crate::server::request_log::RecordedRequest;
use crate::server::shared::Shared;
use crate::sign_in::registration::AppRegistration;
use crate::user::User;
use crate::variation::setting::Variation;

/// The settings of an emulator.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The only bearer token that Graph accepts. With None, Graph accepts every token that is not empty.
    pub token: Option<String>,
    /// How the responses vary. With None, a request always gets the same response.
    pub variation: Option<Variation>,
}

/// A running emulator. It stops and closes its connections when it is dropped.
///
/// All methods may be called while requests are in flight. Each takes effect between two requests.
#[derive(Debug)]
pub struct Emulator {
    address: SocketAddr,
    shared: Arc<Shared>,
    server: JoinHandle<()>,
}

impl Emulator {
    /// Starts an emulator that listens on an address; port 0 selects a free port. Call it within a tokio runtime.
    ///
    /// Fails if the address is not available, for example because the port is taken.
    pub async fn start(listen: SocketAddr, options: Options) -> anyhow::Result<Self> {
        let listener =
            TcpListener::bind(listen).await.with_context(|| format!("the Graph emulator cannot listen on {listen}"))?;
        let address = listener.local_addr().context("the Graph emulator cannot read its own address")?;
        let shared = Arc::new(Shared::new(options.token, options.variation));
        let server = tokio::spawn(http1::serve(listener, Arc::clone(&shared)));
        Ok(Self { address, shared, server })
    }

    /// Returns the base URL: scheme, address and port, for example `http://127.0.0.1:49152`. It has no version and no trailing
    /// slash.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Adds a user, with an empty mailbox if [`User::mailbox`] says so. Replaces a user with the same id, contacts included.
    pub fn add_user(&self, user: User) {
        self.shared.lock().store.add_user(user);
    }

    /// Adds an organizational contact to the directory and returns its id: the member `id` if there is one (Graph's ids are
    /// GUIDs). Replaces an object with the same id. Sets all properties of the type, those that no request may set included.
    ///
    /// Fails on a value that is not a JSON object, on an unknown property, and on a value of the wrong type.
    pub fn add_org_contact(&self, contact: &Value) -> anyhow::Result<String> {
        self.add_object(ObjectKind::OrgContact, contact)
    }

    /// Adds a group without members, otherwise as [`Emulator::add_org_contact`].
    pub fn add_group(&self, group: &Value) -> anyhow::Result<String> {
        self.add_object(ObjectKind::Group, group)
    }

    fn add_object(&self, kind: ObjectKind, object: &Value) -> anyhow::Result<String> {
        let values = object.as_object().context("an object of the directory: expected a JSON object")?;
        let mut state = self.shared.lock();
        let version = state.store.features.adjust_version(Version::V1);
        state.store.directory.add_values(kind, values, version).map_err(to_anyhow)
    }

    /// Adds a user, a contact or a group to the members of a group, each named by its id.
    ///
    /// Fails if one of them does not exist, or is a member already.
    pub fn add_member(&self, group: &str, member: &str) -> anyhow::Result<()> {
        self.shared.lock().store.directory.add_member(group, member).map_err(to_anyhow)
    }

    /// Sets the manager of a user or an organizational contact, each named by its id.
    ///
    /// Fails if one of them does not exist, or if the manager is a group.
    pub fn set_manager(&self, of: &str, manager: &str) -> anyhow::Result<()> {
        self.shared.lock().store.directory.set_manager(of, Some(manager)).map_err(to_anyhow)
    }

    /// Changes properties of a user, an organizational contact or a group, as the directory's synchronization would; null clears.
    ///
    /// Fails as [`Emulator::add_org_contact`], and if the object does not exist.
    pub fn change_object(&self, id: &str, properties: &Value) -> anyhow::Result<()> {
        let values = properties.as_object().context("the properties of an object: expected a JSON object")?;
        let mut state = self.shared.lock();
        let version = state.store.features.adjust_version(Version::V1);
        state.store.directory.change(id, values, version).map_err(to_anyhow)
    }

    /// Removes a user, an organizational contact or a group. Delta queries give `removal` as the reason.
    ///
    /// Fails if the object does not exist.
    pub fn remove_object(&self, id: &str, removal: Removal) -> anyhow::Result<()> {
        self.shared.lock().store.directory.remove(id, removal).map_err(to_anyhow)
    }

    /// Lets v1.0 update and delete organizational contacts that are not synchronized from on premises. By default, only beta
    /// does.
    ///
    /// Graph's documentation calls organizational contacts read-only. In 2025 v1.0 refused both operations, and Microsoft
    /// announced a change (entra-powershell#1287). Its metadata have had both again since October 2025 (msgraph-metadata#899).
    pub fn set_org_contacts_writable(&self, writable: bool) {
        self.shared.lock().store.directory.writable_contacts = writable;
    }

    /// Moves the source of authority of an organizational contact, named by its id, to the cloud or back to the premises.
    ///
    /// Fails if the object does not exist.
    pub fn set_cloud_managed(&self, id: &str, is_cloud_managed: bool) -> anyhow::Result<()> {
        let mut state = self.shared.lock();
        state.store.directory.find_mut(id).map_err(to_anyhow)?.is_cloud_managed = is_cloud_managed;
        Ok(())
    }

    /// Sets the user of `/me`, by id or userPrincipalName. By default, it is the first user.
    pub fn set_me(&self, user: impl Into<String>) {
        self.shared.lock().store.set_me(user.into());
    }

    /// Adds a contact to a user's default folder, as a `POST` to v1.0 would, and returns its id. Neither the request log nor any
    /// fault sees it.
    ///
    /// Fails as Graph would: on an unknown user, a user without a mailbox, or a body that is not a contact of v1.0.
    pub fn add_contact(&self, user: &str, contact: &Value) -> anyhow::Result<String> {
        self.add_contact_to(user, "contacts", contact)
    }

    /// Adds a contact to one of a user's folders, named by its id, otherwise as [`Emulator::add_contact`].
    pub fn add_contact_to(&self, user: &str, folder: &str, contact: &Value) -> anyhow::Result<String> {
        let object = contact.as_object().context("a contact: expected a JSON object")?.clone();
        let version = self.shared.lock().store.features.adjust_version(Version::V1);
        let changes = contact_body::parse_contact(object, version, WriteOperation::Create).map_err(to_anyhow)?;
        let created = self
            .change_mailbox(user, |mailbox| mailbox.create(&[folder.to_owned()], &changes, version).map(|one| one.id.clone()));
        created.map_err(to_anyhow)
    }

    /// Moves a contact to another of the user's folders, named by its id or as `contacts`. Graph has no operation for it; people
    /// do it in Outlook. The contact keeps its id, as with immutable ids.
    ///
    /// Fails on an unknown user, contact or folder.
    pub fn move_contact(&self, user: &str, contact: &str, folder: &str) -> anyhow::Result<()> {
        self.change_mailbox(user, |mailbox| mailbox.relocate(contact, folder)).map_err(to_anyhow)
    }

    /// Adds a folder to a user's mailbox below `parent`, and returns its id. The parent is named by its id; the folders that
    /// `/contactFolders` lists are below `contacts`.
    ///
    /// Fails as Graph would: on an unknown user, an unknown parent, or a name that is taken.
    pub fn add_folder(&self, user: &str, parent: &str, name: &str) -> anyhow::Result<String> {
        let parent = [parent.to_owned()];
        let create = |mailbox: &mut Mailbox| mailbox.create_folder(&parent, name, None).map(|folder| folder.id.clone());
        self.change_mailbox(user, create).map_err(to_anyhow)
    }

    /// Sets the features of this Graph, for example to those of a national cloud. By default, it has all.
    pub fn set_features(&self, features: Features) {
        self.shared.lock().store.features = features;
    }

    /// Sets how delta queries behave.
    pub fn set_delta_behaviour(&self, behaviour: DeltaBehaviour) {
        self.shared.lock().store.deltas.set_behaviour(behaviour);
    }

    /// Expires every state token of delta queries that was issued so far, those in links to pages included. From now on Graph
    /// refuses them with this error. Tokens that it issues later are valid.
    pub fn expire_delta_tokens(&self, error: SyncStateError) {
        self.shared.lock().store.deltas.expire(error);
    }

    fn change_mailbox<T>(&self, user: &str, action: impl FnOnce(&mut Mailbox) -> Outcome<T>) -> Outcome<T> {
        let mut state = self.shared.lock();
        action(state.store.find_mailbox(&UserKey::Named(user.to_owned()))?)
    }

    /// Returns the requests received, oldest first, up to the last ten thousand.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.shared.lock().requests.to_vec()
    }

    /// Clears the request log and the counts of [`Emulator::peak_concurrency`].
    pub fn clear_requests(&self) {
        let mut state = self.shared.lock();
        state.requests.clear();
        state.traffic.clear();
    }

    /// Sets the limits of every mailbox, and replaces earlier ones. By default, there are none.
    pub fn set_throttle(&self, throttle: Throttle) {
        self.shared.lock().traffic.throttle = throttle;
    }

    /// Returns the largest number of requests that were in flight at once for a user's mailbox. It includes throttled requests,
    /// and counts each item of a batch as one. For an unknown user it is 0.
    pub fn peak_concurrency(&self, user: &str) -> usize {
        let state = self.shared.lock();
        state.store.find_user(&UserKey::Named(user.to_owned())).map_or(0, |user| state.traffic.peak(&user.id))
    }

    /// Adds a fault after the earlier ones.
    pub fn inject(&self, fault: Fault) {
        self.shared.lock().faults.inject(fault);
    }

    /// Adds the faults of a plan after the earlier ones. Where the plan sets limits of mailboxes or the behaviour of delta
    /// queries, it replaces the earlier settings.
    pub fn apply_plan(&self, plan: FaultPlan) {
        let mut state = self.shared.lock();
        plan.faults.into_iter().for_each(|fault| state.faults.inject(fault));
        if let Some(throttle) = plan.throttle {
            state.traffic.throttle = throttle;
        }
        if let Some(delta) = plan.delta {
            state.store.deltas.set_behaviour(delta);
        }
    }

    /// Removes all faults.
    pub fn clear_faults(&self) {
        self.shared.lock().faults.clear();
    }

    /// Registers an application or a managed identity, so that it can sign in.
    pub fn register(&self, registration: AppRegistration) {
        self.shared.sign_in.register(registration);
    }

    /// Returns how many requests for a token arrived, failed ones included.
    pub fn count_token_requests(&self) -> usize {
        self.shared.sign_in.count_requests()
    }

    /// Makes Graph refuse every token that was issued so far.
    pub fn revoke_tokens(&self) {
        self.shared.sign_in.revoke_tokens();
    }

    /// Makes the sign-in service respond to every request with this status and no body. None ends the outage.
    pub fn set_sign_in_outage(&self, status: Option<StatusCode>) {
        self.shared.sign_in.set_outage(status);
    }

    /// Waits for the end of the server, for a command that does nothing else. The server ends by itself only if it panics.
    pub async fn wait(&mut self) {
        let _ = (&mut self.server).await;
    }

    /// Stops the emulator, and returns when the port is free again.
    pub async fn stop(mut self) {
        self.server.abort();
        self.wait().await;
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        self.server.abort();
    }
}

fn to_anyhow(error: GraphError) -> anyhow::Error {
    anyhow::anyhow!("{} ({}): {}", error.code, error.status, error.message)
}
