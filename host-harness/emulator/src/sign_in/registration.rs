//! App registrations: the applications and managed identities that can sign in.

use std::time::Duration;

/// An application or a managed identity that can sign in.
#[derive(Debug, Clone)]
pub struct AppRegistration {
    /// The tenant, as in the URL of the token endpoint.
    pub tenant: String,
    /// The id of the application.
    pub client_id: String,
    /// The URL of Microsoft Graph in the cloud of the tenant. Tokens are for this resource only.
    pub graph: String,
    /// The credential of the application.
    pub credential: ClientCredential,
    /// The lifetime of its tokens.
    pub lifetime: Duration,
}

/// The credential of an application.
#[derive(Debug, Clone)]
pub enum ClientCredential {
    /// A client secret.
    Secret(String),
    /// An expired client secret.
    ExpiredSecret(String),
    /// A certificate: PEM of it and of its public key.
    Certificate(String),
    /// A federated token of another issuer. The emulator only compares it.
    Federated(String),
    /// A managed identity of the machine.
    Machine,
    /// A managed identity of a web application, with the value of its `X-IDENTITY-HEADER`.
    WebApplication(String),
}
