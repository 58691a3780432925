//! Checks how a tenant's application authenticates path Microsoft Graph.

use std::sync::Arc;

use super::checker::Checker;
use crate::credentials::certificate::SigningCertificate;
use crate::credentials::credential::Credential;
use crate::credentials::secret::Secret;
use crate::credentials::source::{Application, IdentityEndpoint, ManagedIdentity, TokenSource, UserAssignedIdentity};
use crate::http_client::endpoint::Endpoint;
use crate::tenants::config::file;
use crate::tenants::config::position::SettingPath;
use crate::tenants::tenant::CredentialSpec;
use protocol::cloud::Cloud;

/// The beginning of a PEM file (RFC 7468).
const PEM_BEGIN: &[u8] = b"-----BEGIN ";

impl Checker<'_> {
    pub(super) fn check_credential(
        &mut self,
        credential: file::Credential,
        cloud: Cloud,
        path: &SettingPath,
    ) -> Option<CredentialSpec> {
        Some(match credential {
            file::Credential::AccessToken(file::Secret { file, env }) => {
                let path = path.key("access-token");
                let token = self.check_secret([("file", file), ("env", env)], &path)?;
                if let Err(error) = Credential::bearer(token.expose()) {
                    self.report(&path, error.to_string());
                }
                CredentialSpec::AccessToken(token)
            }
            file::Credential::ClientSecret(one) => {
                let path = path.key("client-secret");
                let application = self.check_application(one.tenant, one.client_id, one.login_endpoint, cloud, &path);
                let secret = self.check_secret([("secret-file", one.secret_file), ("secret-env", one.secret_env)], &path);
                CredentialSpec::Issued(TokenSource::ClientSecret(application?, secret?))
            }
            file::Credential::Certificate(one) => {
                let path = path.key("certificate");
                let application = self.check_application(one.tenant, one.client_id, one.login_endpoint, cloud, &path);
                let password = [("password-file", one.password_file), ("password-env", one.password_env)];
                let certificate = self.check_certificate(one.certificate_file, one.key_file, password, &path);
                CredentialSpec::Issued(TokenSource::Certificate(application?, Arc::new(certificate?)))
            }
            file::Credential::WorkloadIdentity(one) => {
                let path = path.key("workload-identity");
                let application = self.check_application(one.tenant, one.client_id, one.login_endpoint, cloud, &path);
                let token_path = path.key("token-file");
                let file = self.require(one.token_file, &token_path)?;
                let token_file = self.directory.join(&file);
                self.read_secret_file(&file, &token_path);
                CredentialSpec::Issued(TokenSource::WorkloadIdentity(application?, token_file))
            }
            file::Credential::ManagedIdentity(one) => self.check_managed_identity(one, &path.key("managed-identity"))?,
        })
    }

    fn check_application(
        &mut self,
        tenant: Option<String>,
        client_id: Option<String>,
        login: Option<String>,
        cloud: Cloud,
        path: &SettingPath,
    ) -> Option<Application> {
        let tenant = self.require(tenant, &path.key("tenant"));
        let client_id = self.require(client_id, &path.key("client-id"));
        let is_valid = |text: &String| {
            !text.is_empty()
                && !text.starts_with('.')
                && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte))
        };
        if tenant.as_ref().is_some_and(|tenant| !is_valid(tenant)) {
            self.report(&path.key("tenant"), "expected the id of a directory or a domain");
        }
        if client_id.as_ref().is_some_and(|client_id| !is_valid(client_id)) {
            self.report(&path.key("client-id"), "expected the id of an application");
        }
        let login = match login {
            Some(login) => self.parse::<Endpoint>(&login, &path.key("login-endpoint")),
            None => {
                let published = cloud.login.and_then(|login| login.parse().ok());
                if published.is_none() {
                    self.report(&path.key("login-endpoint"), format!("is missing: the cloud {cloud} publishes none"));
                }
                published
            }
        };
        Some(Application { tenant: tenant?, client_id: client_id?, login: login? })
    }

    /// Reads a certificate from PEM, or from a PKCS#12 file, which may have a password.
    fn check_certificate(
        &mut self,
        certificate: Option<String>,
        key: Option<String>,
        password: [(&str, Option<String>); 2],
        path: &SettingPath,
    ) -> Option<SigningCertificate> {
        let certificate_path = path.key("certificate-file");
        let certificate = self.require(certificate, &certificate_path);
        let certificate = certificate.and_then(|file| self.read_secret_file(&file, &certificate_path));
        let key = match key {
            Some(file) => self.read_secret_file(&file, &path.key("key-file")),
            None => certificate.clone(),
        };
        let has_password = password.iter().any(|(_, named)| named.is_some());
        let password = if has_password { Some(self.check_secret(password, path)?) } else { None };
        let (certificate, key) = (certificate?, key?);
        let is_pem = certificate.windows(PEM_BEGIN.len()).any(|part| part == PEM_BEGIN);
        let signing = match password {
            Some(_) if is_pem => {
                self.report(path, "has a password for a PEM file: only a PKCS#12 file has a password");
                return None;
            }
            None if is_pem => SigningCertificate::from_pem(&certificate, &key),
            password => SigningCertificate::from_pkcs12(&certificate, password.as_ref().map_or("", Secret::expose)),
        };
        signing.map_err(|error| self.report(&certificate_path, format!("{error:#}"))).ok()
    }

    fn check_managed_identity(&mut self, one: file::ManagedIdentity, path: &SettingPath) -> Option<CredentialSpec> {
        let mut identities = [
            one.client_id.map(UserAssignedIdentity::ClientId),
            one.object_id.map(UserAssignedIdentity::ObjectId),
            one.resource_id.map(UserAssignedIdentity::ResourceId),
        ]
        .into_iter()
        .flatten();
        let user_assigned = identities.next();
        if identities.next().is_some() {
            self.report(path, "has several of client-id, object-id and resource-id: give one of them");
        }
        let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let endpoint = match (one.metadata_endpoint, variable("IDENTITY_ENDPOINT"), variable("IDENTITY_HEADER")) {
            (Some(endpoint), ..) => {
                if endpoint != IdentityEndpoint::METADATA {
                    self.parse::<Endpoint>(&endpoint, &path.key("metadata-endpoint"))?;
                }
                IdentityEndpoint::Metadata(endpoint)
            }
            (None, Some(endpoint), Some(header)) => IdentityEndpoint::AppService { endpoint, header: Secret::new(header) },
            (None, ..) => IdentityEndpoint::Metadata(IdentityEndpoint::METADATA.to_owned()),
        };
        Some(CredentialSpec::Issued(TokenSource::ManagedIdentity(ManagedIdentity { user_assigned, endpoint })))
    }
}
