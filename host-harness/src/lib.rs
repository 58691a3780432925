//! The wasmtime host of the graph-contacts component.
//!
//! The component maps contacts and speaks Microsoft Graph; it has no network, no file and no credential of its own. This host
//! gives it what it needs and no more: every call runs in a fresh [`Sandbox`] with [`Limits`], requests leave for one
//! [`Endpoint`] through one pool of connections, and the [`Credential`] is put on them outside of the sandbox.
//!
//! ```no_run
//! use std::path::Path;
//!
//! use graph_contacts_host::bindings::exports::graph_contacts::connector::types::Container;
//! use graph_contacts_host::{Connector, Credential, Gateway, GatewayLogin, Limits, Secret, Settings, gateway};
//!
//! # async fn example(token: &str, password: String) -> anyhow::Result<()> {
//! // Once a process: compiles the component.
//! let connector = Connector::from_file(Path::new("graph_contacts.wasm"), Limits::default())?;
//!
//! // Once a tenant.
//! let settings = Settings {
//!     credential: Credential::bearer(token)?,
//!     gateway: Some(GatewayLogin { username: "openidm-admin".into(), password: Secret::new(password) }),
//!     ..Settings::default()
//! };
//!
//! // A typed call. The outer error is the host's, the inner one the component's.
//! let mailbox = Container { mailbox: "adele.vance@contoso.com".into(), folders: Vec::new() };
//! let contacts = connector
//!     .call(&settings, async |component, store| {
//!         component.graph_contacts_connector_contacts().call_list_contacts(store, &mailbox, None).await
//!     })
//!     .await?;
//! match contacts {
//!     Ok(contacts) => println!("{} contacts", contacts.len()),
//!     Err(error) => println!("{}", error.message),
//! }
//!
//! // Or OpenIDM's REST paths, until told to stop.
//! let listener = gateway::bind("127.0.0.1:8080".parse()?).await?;
//! let gateway = Gateway::start(listener, connector, settings)?;
//! println!("http://{}", gateway.address());
//! gateway.shutdown().await;
//! # Ok(())
//! # }
//! ```
//!
//! A gateway of many tenants is a [`Hosting`] of a configuration file, behind [`Gateway::host`]: there the host checks who calls.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod artifact;
mod audit;
pub mod bindings;
mod breach;
mod call_error;
mod callers;
mod cloud;
mod component;
pub mod config;
mod credential;
mod endpoint;
mod engine;
pub mod gateway;
mod guest_log;
mod limits;
mod listener_tls;
mod metrics;
mod operation;
mod outbound;
mod rate_limit;
mod runtime;
mod sandbox;
mod settings;
mod tenant;
mod tenants;
mod trace_context;
mod way_out;

pub use artifact::Artifacts;
pub use audit::Audit;
pub use call_error::CallError;
pub use callers::{hash_password, new_token};
pub use cloud::{Cloud, UnknownCloud};
pub use component::Connector;
pub use credential::{
    Application, Credential, CredentialError, IdentityHost, ManagedIdentity, Secret, SigningCertificate, TokenError, TokenSource,
    WhichIdentity,
};
pub use endpoint::{Endpoint, EndpointError};
pub use gateway::Gateway;
pub use limits::Limits;
pub use metrics::Metrics;
pub use operation::Operation;
pub use rate_limit::{RateLimit, RateLimitError};
pub use sandbox::Sandbox;
pub use settings::{GatewayLogin, Settings};
pub use tenants::Hosting;
pub use way_out::{WayOut, WayOutError};
