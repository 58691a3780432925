//! The applications and managed identities that may sign in.

use std::time::Duration;

/// An application, or a managed identity, that may sign in.
#[derive(Debug, Clone)]
pub struct AppRegistration {
    /// The directory, as it stands in the address of the token endpoint.
    pub tenant: String,
    /// The application's id.
    pub client_id: String,
    /// Microsoft Graph's address in the cloud of the directory: tokens are for it alone.
    pub graph: String,
    /// What it proves itself with.
    pub proof: ClientCredential,
    /// How long its tokens are good.
    pub lifetime: Duration,
}

/// What an application proves itself with.
#[derive(Debug, Clone)]
pub enum ClientCredential {
    /// A secret.
    Secret(String),
    /// A secret that has expired.
    ExpiredSecret(String),
    /// A certificate: PEM of it, and of its public key.
    Certificate(String),
    /// A token of another issuer, which is only compared.
    Federated(String),
    /// Being on a machine with this identity.
    Machine,
    /// Being a web application with this identity, which has this header.
    WebApplication(String),
}
