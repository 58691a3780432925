//! What proves a tenant's application to Microsoft Graph.

use std::sync::Arc;

use super::{Checker, Place, file};
use crate::cloud::Cloud;
use crate::credential::{
    Application, Credential, IdentityHost, ManagedIdentity, Secret, SigningCertificate, TokenSource, WhichIdentity,
};
use crate::endpoint::Endpoint;
use crate::tenant::CredentialSpec;

/// How what is in PEM begins (RFC 7468).
const PEM: &[u8] = b"-----BEGIN ";

impl Checker<'_> {
    pub(super) fn credential(&mut self, credential: file::Credential, cloud: Cloud, at: &Place) -> Option<CredentialSpec> {
        Some(match credential {
            file::Credential::AccessToken(file::Secret { file, env }) => {
                let at = at.key("access-token");
                let token = self.secret([("file", file), ("env", env)], &at)?;
                if let Err(error) = Credential::bearer(token.expose()) {
                    self.wrong(&at, error.to_string());
                }
                CredentialSpec::AccessToken(token)
            }
            file::Credential::ClientSecret(one) => {
                let at = at.key("client-secret");
                let application = self.application(one.tenant, one.client_id, one.login_endpoint, cloud, &at);
                let secret = self.secret([("secret-file", one.secret_file), ("secret-env", one.secret_env)], &at);
                CredentialSpec::Issued(TokenSource::ClientSecret(application?, secret?))
            }
            file::Credential::Certificate(one) => {
                let at = at.key("certificate");
                let application = self.application(one.tenant, one.client_id, one.login_endpoint, cloud, &at);
                let password = [("password-file", one.password_file), ("password-env", one.password_env)];
                let certificate = self.certificate(one.certificate_file, one.key_file, password, &at);
                CredentialSpec::Issued(TokenSource::Certificate(application?, Arc::new(certificate?)))
            }
            file::Credential::WorkloadIdentity(one) => {
                let at = at.key("workload-identity");
                let application = self.application(one.tenant, one.client_id, one.login_endpoint, cloud, &at);
                let token_at = at.key("token-file");
                let file = self.required(one.token_file, &token_at)?;
                let path = self.directory.join(&file);
                self.content(file, &token_at);
                CredentialSpec::Issued(TokenSource::WorkloadIdentity(application?, path))
            }
            file::Credential::ManagedIdentity(one) => self.managed_identity(one, &at.key("managed-identity"))?,
        })
    }

    fn application(
        &mut self,
        tenant: Option<String>,
        client_id: Option<String>,
        login: Option<String>,
        cloud: Cloud,
        at: &Place,
    ) -> Option<Application> {
        let tenant = self.required(tenant, &at.key("tenant"));
        let client_id = self.required(client_id, &at.key("client-id"));
        let is_id = |text: &String| {
            !text.is_empty()
                && !text.starts_with('.')
                && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte))
        };
        if tenant.as_ref().is_some_and(|tenant| !is_id(tenant)) {
            self.wrong(&at.key("tenant"), "is neither the id of a directory nor a domain");
        }
        if client_id.as_ref().is_some_and(|client_id| !is_id(client_id)) {
            self.wrong(&at.key("client-id"), "is not the id of an application");
        }
        let login = match login {
            Some(login) => self.parsed::<Endpoint>(&login, &at.key("login-endpoint")),
            None => cloud.login().parse().ok(),
        };
        Some(Application { tenant: tenant?, client_id: client_id?, login: login? })
    }

    /// A certificate in PEM, or in a PKCS#12 file, which may have a password.
    fn certificate(
        &mut self,
        certificate: Option<String>,
        key: Option<String>,
        password: [(&str, Option<String>); 2],
        at: &Place,
    ) -> Option<SigningCertificate> {
        let certificate_at = at.key("certificate-file");
        let certificate = self.required(certificate, &certificate_at);
        let certificate = certificate.and_then(|file| self.content(file, &certificate_at));
        let key = match key {
            Some(file) => self.content(file, &at.key("key-file")),
            None => certificate.clone(),
        };
        let has_password = password.iter().any(|(_, named)| named.is_some());
        let password = if has_password { Some(self.secret(password, at)?) } else { None };
        let (certificate, key) = (certificate?, key?);
        let is_pem = certificate.windows(PEM.len()).any(|part| part == PEM);
        let signing = match password {
            Some(_) if is_pem => {
                self.wrong(at, "has a password for a file in PEM: a password belongs to a PKCS#12 file");
                return None;
            }
            None if is_pem => SigningCertificate::from_pem(&certificate, &key),
            password => SigningCertificate::from_pkcs12(&certificate, password.as_ref().map_or("", Secret::expose)),
        };
        signing.map_err(|error| self.wrong(&certificate_at, format!("{error:#}"))).ok()
    }

    fn managed_identity(&mut self, one: file::ManagedIdentity, at: &Place) -> Option<CredentialSpec> {
        let mut which = [
            one.client_id.map(WhichIdentity::ClientId),
            one.object_id.map(WhichIdentity::ObjectId),
            one.resource_id.map(WhichIdentity::ResourceId),
        ]
        .into_iter()
        .flatten();
        let identity = which.next();
        if which.next().is_some() {
            self.wrong(at, "has several of client-id, object-id and resource-id: an identity is named by one of them");
        }
        let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let host = match (one.metadata_endpoint, variable("IDENTITY_ENDPOINT"), variable("IDENTITY_HEADER")) {
            (Some(host), ..) => {
                let host_at = at.key("metadata-endpoint");
                if host != IdentityHost::METADATA {
                    self.parsed::<Endpoint>(&host, &host_at)?;
                }
                IdentityHost::Metadata(host)
            }
            (None, Some(endpoint), Some(header)) => IdentityHost::AppService { endpoint, header: Secret::new(header) },
            (None, ..) => IdentityHost::Metadata(IdentityHost::METADATA.to_owned()),
        };
        Some(CredentialSpec::Issued(TokenSource::ManagedIdentity(ManagedIdentity { which: identity, host })))
    }
}
