//! Where access tokens come from.

use std::path::PathBuf;
use std::sync::Arc;

use super::certificate::SigningCertificate;
use super::secret::Secret;
use crate::http_client::endpoint::Endpoint;

/// How the host authenticates at Microsoft's sign-in service, which issues the access tokens.
#[derive(Debug, Clone, PartialEq)]
pub enum TokenSource {
    /// A client secret of the application.
    ClientSecret(Application, Secret),
    /// A certificate registered with the application. Its key signs a new assertion for each token.
    Certificate(Application, Arc<SigningCertificate>),
    /// A token of another issuer that the application trusts (workload identity federation), in a file that another program
    /// renews. The file is read for each token.
    WorkloadIdentity(Application, PathBuf),
    /// The managed identity of the Azure machine, container or web application.
    ManagedIdentity(ManagedIdentity),
}

/// An application in Microsoft Entra.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Application {
    /// The id of the directory, or one of its domains.
    pub tenant: String,
    /// The id of the application.
    pub client_id: String,
    /// The sign-in service.
    pub login: Endpoint,
}

impl Application {
    /// Returns the URL that issues its tokens, which is also the audience of its assertions.
    pub(super) fn token_endpoint(&self) -> String {
        format!("{}/{}/oauth2/v2.0/token", self.login, self.tenant)
    }
}

/// A managed identity.
#[derive(Debug, Clone, PartialEq)]
pub struct ManagedIdentity {
    /// A user-assigned identity; `None` is the system-assigned one.
    pub user_assigned: Option<UserAssignedIdentity>,
    /// The endpoint that issues its tokens.
    pub endpoint: IdentityEndpoint,
}

/// A user-assigned managed identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UserAssignedIdentity {
    /// Named by the id of its application.
    ClientId(String),
    /// Named by the id of its object.
    ObjectId(String),
    /// Named by the id of its Azure resource.
    ResourceId(String),
}

/// The endpoint that issues a managed identity's tokens.
#[derive(Debug, Clone, PartialEq)]
pub enum IdentityEndpoint {
    /// The instance metadata service (IMDS), without the path: `http://169.254.169.254` on an Azure machine.
    Metadata(String),
    /// App Service, Functions and Container Apps: `IDENTITY_ENDPOINT` and `IDENTITY_HEADER` of the environment.
    AppService {
        /// The URL, with its path.
        endpoint: String,
        /// The header that authenticates the application.
        header: Secret,
    },
}

impl IdentityEndpoint {
    /// The instance metadata service of an Azure machine.
    pub const METADATA: &'static str = "http://169.254.169.254";
}

impl TokenSource {
    /// Returns whose tokens these are, for messages.
    pub(super) fn subject(&self) -> String {
        match self {
            Self::ClientSecret(application, _) | Self::Certificate(application, _) | Self::WorkloadIdentity(application, _) => {
                format!("the application {} of {}", application.client_id, application.tenant)
            }
            Self::ManagedIdentity(ManagedIdentity { user_assigned, .. }) => match user_assigned {
                None => "the system-assigned managed identity".to_owned(),
                Some(
                    UserAssignedIdentity::ClientId(id)
                    | UserAssignedIdentity::ObjectId(id)
                    | UserAssignedIdentity::ResourceId(id),
                ) => {
                    format!("the managed identity {id}")
                }
            },
        }
    }
}
