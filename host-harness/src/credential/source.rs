//! Where access tokens come from.

use std::path::PathBuf;
use std::sync::Arc;

use super::certificate::SigningCertificate;
use super::secret::Secret;
use crate::endpoint::Endpoint;

/// What the host proves itself with to Microsoft's sign-in service, which issues the access tokens.
#[derive(Debug, Clone, PartialEq)]
pub enum TokenSource {
    /// A secret of the application's.
    ClientSecret(Application, Secret),
    /// A certificate that is registered with the application. Its key signs a new assertion for each token.
    Certificate(Application, Arc<SigningCertificate>),
    /// A token of another issuer whom the application trusts (workload identity federation), which somebody else renews in
    /// this file. It is read for each token.
    WorkloadIdentity(Application, PathBuf),
    /// The identity that Azure gives the machine, container or web application.
    ManagedIdentity(ManagedIdentity),
}

/// An application of Microsoft Entra's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Application {
    /// The directory: its id, or one of its domains.
    pub tenant: String,
    /// The application's id.
    pub client_id: String,
    /// Where the sign-in service is.
    pub login: Endpoint,
}

impl Application {
    /// Where its tokens are asked for, which is also the audience of its assertions.
    pub(super) fn token_endpoint(&self) -> String {
        format!("{}/{}/oauth2/v2.0/token", self.login, self.tenant)
    }
}

/// A managed identity.
#[derive(Debug, Clone, PartialEq)]
pub struct ManagedIdentity {
    /// Which of several; the system's own where this is `None`.
    pub which: Option<WhichIdentity>,
    /// Who is asked for it.
    pub host: IdentityHost,
}

/// A managed identity that a user assigned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WhichIdentity {
    /// By the id of its application.
    ClientId(String),
    /// By the id of its object.
    ObjectId(String),
    /// By the id of its Azure resource.
    ResourceId(String),
}

/// Who is asked for a managed identity's tokens.
#[derive(Debug, Clone, PartialEq)]
pub enum IdentityHost {
    /// The instance metadata service (IMDS), without the path: `http://169.254.169.254` on an Azure machine.
    Metadata(String),
    /// App Service, Functions, Container Apps: the variables `IDENTITY_ENDPOINT` and `IDENTITY_HEADER` of the environment.
    AppService {
        /// The address, with its path.
        endpoint: String,
        /// What shows that it is the application that asks.
        header: Secret,
    },
}

impl IdentityHost {
    /// The instance metadata service of an Azure machine.
    pub const METADATA: &'static str = "http://169.254.169.254";
}

impl TokenSource {
    /// For messages: who asks for a token.
    pub(super) fn subject(&self) -> String {
        match self {
            Self::ClientSecret(application, _) | Self::Certificate(application, _) | Self::WorkloadIdentity(application, _) => {
                format!("the application {} of {}", application.client_id, application.tenant)
            }
            Self::ManagedIdentity(ManagedIdentity { which, .. }) => match which {
                None => "the managed identity of the system".to_owned(),
                Some(WhichIdentity::ClientId(id) | WhichIdentity::ObjectId(id) | WhichIdentity::ResourceId(id)) => {
                    format!("the managed identity {id}")
                }
            },
        }
    }
}
