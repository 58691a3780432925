//! The settings of the connector, as values. Where they come from is the caller's business.

use http::HeaderMap;
use protocol::login::Login;
use subtle::ConstantTimeEq;

use crate::graph::service::Service;
use crate::operations::connector::OperationSettings;
use crate::operations::send::authorized::Credential;
use crate::secret::Secret;

/// The settings of the connector.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// The Microsoft Graph that requests go to.
    pub service: Service,
    /// What authorizes requests, where the host does not add it.
    pub credential: Credential,
    /// How operations are carried out.
    pub operation: OperationSettings,
    /// What the REST frontends need.
    pub gateway: GatewaySettings,
}

/// The settings of the REST frontends.
#[derive(Clone, Debug, PartialEq)]
pub struct GatewaySettings {
    /// The name and the password of the caller. `None` where the operator has not set them: then nobody may call.
    pub caller: Option<(String, Secret)>,
    /// The names of the directory in paths of the Azure AD Graph API: its id and its domains. Empty where those paths are not served.
    pub directory: Vec<String>,
    /// The name of the system in paths of OpenIDM: `/openidm/system/{system}/...`.
    pub system: String,
}

impl GatewaySettings {
    /// Checks whether a request has the name and the password of the caller, or the password as a token. `None` where the operator has
    /// not set them.
    pub fn is_caller(&self, headers: &HeaderMap) -> Option<bool> {
        let (name, password) = self.caller.as_ref()?;
        let (given_name, given_password) = match Login::from_headers(headers) {
            Some(Login::Password(name, password)) => (name, password),
            // Who has the token needs no name.
            Some(Login::Token(token)) => (name.clone(), token),
            None => return Some(false),
        };
        // Both comparisons always run, each in the same time wherever the texts differ: a timing tells nothing.
        let same_name = given_name.as_bytes().ct_eq(name.as_bytes());
        let same_password = given_password.as_bytes().ct_eq(password.expose().as_bytes());
        Some(bool::from(same_name & same_password))
    }
}
