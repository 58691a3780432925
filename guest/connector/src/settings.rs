//! The settings of the connector, as values. The caller reads them from wherever it keeps them.

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
    /// The service that requests go to.
    pub service: Service,
    /// The credential, if the host does not add one.
    pub credential: Credential,
    /// The settings of operations.
    pub operation: OperationSettings,
    /// The settings of the REST frontends.
    pub gateway: GatewaySettings,
}

/// The settings of the REST frontends.
#[derive(Clone, Debug, PartialEq)]
pub struct GatewaySettings {
    /// The name and the password of the caller. `None` if the operator has not set them: then nobody is authorized.
    pub caller: Option<(String, Secret)>,
    /// The names of the directory in paths of the Azure AD Graph API: its id and its domains. Empty if those paths are not served.
    pub directory: Vec<String>,
    /// The name of the system in paths of OpenIDM: `/openidm/system/{system}/...`.
    pub system: String,
}

impl GatewaySettings {
    /// Checks whether a request has the name and the password of the caller, or the password as a token. `None` if the operator has not
    /// set them.
    pub fn is_caller(&self, headers: &HeaderMap) -> Option<bool> {
        let (name, password) = self.caller.as_ref()?;
        let (given_name, given_password) = match Login::from_headers(headers) {
            Some(Login::Password(name, password)) => (name, password),
            // A token comes without a name.
            Some(Login::Token(token)) => (name.clone(), token),
            None => return Some(false),
        };
        // Both comparisons always run, each in constant time, so that the time says nothing about the texts.
        let same_name = given_name.as_bytes().ct_eq(name.as_bytes());
        let same_password = given_password.as_bytes().ct_eq(password.expose().as_bytes());
        Some(bool::from(same_name & same_password))
    }
}
