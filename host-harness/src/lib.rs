//! The wasmtime host of the graph-contacts component.
//!
//! The component maps contacts and speaks Microsoft Graph. It has no network, no file and no credential of its own. This host
//! provides what it needs and nothing more: each call runs in a new [`Sandbox`] with [`Limits`], its requests go only to one
//! [`Endpoint`], and the host adds the [`Credential`] outside the sandbox.
//!
//! ```no_run
//! use std::path::Path;
//!
//! use graph_contacts_host::bindings::exports::graph_contacts::connector::types::Container;
//! use graph_contacts_host::{ComponentHost, Credential, Gateway, GatewayLogin, Limits, Secret, Settings, gateway};
//!
//! # async fn example(token: &str, password: String) -> anyhow::Result<()> {
//! // Once per process: compiles the component.
//! let host = ComponentHost::from_file(Path::new("graph_contacts.wasm"), Limits::default())?;
//!
//! // Once per tenant.
//! let settings = Settings {
//!     credential: Credential::bearer(token)?,
//!     gateway: Some(GatewayLogin { username: "openidm-admin".into(), password: Secret::new(password) }),
//!     ..Settings::default()
//! };
//!
//! // A typed call. The outer error is the host's, the inner one the component's.
//! let mailbox = Container { mailbox: "adele.vance@contoso.com".into(), folders: Vec::new() };
//! let contacts = host
//!     .call(&settings, async |component, store| {
//!         component.graph_contacts_connector_contacts().call_list_contacts(store, &mailbox, None).await
//!     })
//!     .await?;
//! match contacts {
//!     Ok(contacts) => println!("{} contacts", contacts.len()),
//!     Err(error) => println!("{}", error.message),
//! }
//!
//! // Or OpenIDM's REST paths, until the gateway is shut down.
//! let listener = gateway::bind("127.0.0.1:8080".parse()?).await?;
//! let gateway = Gateway::start(listener, host, settings)?;
//! println!("http://{}", gateway.address());
//! gateway.shutdown().await;
//! # Ok(())
//! # }
//! ```
//!
//! A multi-tenant gateway is a [`TenantRegistry`] of a configuration file, behind [`Gateway::start_multi_tenant`]. There the host
//! authenticates the callers.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod credentials;
mod egress;
pub mod gateway;
mod http_client;
mod limit_signal;
mod limits;
mod observability;
mod sandbox;
mod settings;
mod tenants;

pub use credentials::certificate::SigningCertificate;
pub use credentials::credential::{Credential, CredentialError};
pub use credentials::secret::Secret;
pub use credentials::source::{Application, IdentityEndpoint, ManagedIdentity, TokenSource, UserAssignedIdentity};
pub use credentials::token_error::TokenError;
pub use egress::rate_limit::{RateLimit, RateLimitError};
pub use gateway::Gateway;
pub use http_client::egress_config::{EgressConfig, EgressConfigError};
pub use http_client::endpoint::{Endpoint, EndpointError};
pub use limits::Limits;
pub use observability::audit_log::AuditLog;
pub use observability::log_queue::LogQueue;
pub use observability::metrics::counters::Metrics;
pub use protocol::cloud::{Cloud, UnknownCloud};
pub use protocol::operation::Operation;
#[cfg(feature = "artifacts")]
pub use sandbox::artifacts::Artifacts;
pub use sandbox::bindings;
pub use sandbox::call_error::CallError;
pub use sandbox::component_host::ComponentHost;
pub use sandbox::context::Sandbox;
pub use settings::{GatewayLogin, Settings};
pub use tenants::callers::proof::{generate_token, hash_password};
pub use tenants::config;
pub use tenants::tenant_registry::TenantRegistry;
