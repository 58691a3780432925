//! The configuration file as it is written. The JSON schema is made of these types, and their descriptions are its.
//!
//! Everything is optional here, so that what is missing is found together with everything else that is wrong.

use schemars::JsonSchema;
use serde::Deserialize;

/// The tenants of a gateway, and who may call them.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
#[schemars(title = "graph-contacts tenants")]
pub(super) struct File {
    /// TLS for the gateway's own port; without it the gateway speaks plain HTTP.
    pub(super) tls: Option<Tls>,
    /// Who may call.
    #[schemars(required)]
    pub(super) callers: Option<Vec<Caller>>,
    /// On whose behalf calls go to Microsoft Graph.
    #[schemars(required)]
    pub(super) tenants: Option<Vec<Tenant>>,
    /// How long requests may run on when the gateway is told to stop, in seconds: 0 to 3600. 10 where this is left out.
    #[schemars(range(max = 3600))]
    pub(super) drain_seconds: Option<u64>,
}

/// TLS for the gateway's own port. Files are relative to this one.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(super) struct Tls {
    /// The gateway's certificate and those between it and the root, in PEM.
    #[schemars(required)]
    pub(super) certificate_file: Option<String>,
    /// The certificate's private key, in PEM.
    #[schemars(required)]
    pub(super) key_file: Option<String>,
    /// The certificates, in PEM, of those who sign callers' certificates. With it a caller without a certificate is not
    /// answered at all; who it is that calls is told by its password or token in any case.
    pub(super) client_ca_file: Option<String>,
}

/// Somebody who may call: with a password, or with a bearer token.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(super) struct Caller {
    /// The name, which tenants list, and which is sent with a password as X-OpenIDM-Username or in Basic.
    #[schemars(required, length(min = 1))]
    pub(super) name: Option<String>,
    /// The hash of a password, as `graph-contacts config hash-password` makes it: $argon2id$...
    pub(super) password_hash: Option<String>,
    /// The hash of a bearer token, as `graph-contacts config new-token` makes it: sha256:...
    pub(super) token_hash: Option<String>,
}

/// A party on whose behalf calls go to Microsoft Graph. Its calls run in sandboxes of its own.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(super) struct Tenant {
    /// The name of the system in the paths: /openidm/system/NAME/...
    #[schemars(required, regex(pattern = "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"))]
    pub(super) name: Option<String>,
    /// The names of those who may call.
    #[schemars(required)]
    pub(super) callers: Option<Vec<String>>,
    /// What they may do; all of it where this is left out.
    pub(super) operations: Option<Vec<String>>,
    /// Microsoft's cloud: global, us-gov-l4, us-gov-l5, china, bleu, delos or govsg. global where this is left out.
    pub(super) cloud: Option<String>,
    /// Where Microsoft Graph is, without the version, if not where the cloud has it.
    pub(super) endpoint: Option<String>,
    /// v1.0 or beta. v1.0 where this is left out.
    pub(super) api_version: Option<String>,
    /// How often a request is repeated at most, after failures that may pass: 0 to 10. 3 where this is left out.
    #[schemars(range(max = 10))]
    pub(super) max_retries: Option<u32>,
    /// Whether a new contact carries a key, by which it is found again when an answer got lost. true where this is left out.
    pub(super) exactly_once: Option<bool>,
    /// The id and the domains of the directory, as programs for the Azure AD Graph API name it in their paths. Those are not served
    /// where this is left out.
    pub(super) directory: Option<Vec<String>>,
    /// What proves the application to Microsoft Graph: one of these.
    #[schemars(required)]
    pub(super) credential: Option<Credential>,
    /// What one call may use, and how many there may be.
    pub(super) limits: Limits,
}

/// What proves the application to Microsoft Graph.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Credential {
    /// A secret of the application's.
    ClientSecret(ClientSecret),
    /// A certificate that is registered with the application.
    Certificate(Certificate),
    /// A token of another issuer whom the application trusts (workload identity federation).
    WorkloadIdentity(WorkloadIdentity),
    /// The identity that Azure gives the machine, container or web application.
    ManagedIdentity(ManagedIdentity),
    /// A fixed access token: for trials, as it lasts for about an hour.
    AccessToken(Secret),
}

/// A secret of the application's: one of secret-file and secret-env.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(super) struct ClientSecret {
    /// The directory: its id, or one of its domains.
    #[schemars(required)]
    pub(super) tenant: Option<String>,
    /// The application's id.
    #[schemars(required)]
    pub(super) client_id: Option<String>,
    /// The sign-in service, if not the cloud's.
    pub(super) login_endpoint: Option<String>,
    /// The file that has the secret, relative to this one. White space around it is dropped.
    pub(super) secret_file: Option<String>,
    /// The variable of the gateway's environment that has the secret.
    pub(super) secret_env: Option<String>,
}

/// A certificate that is registered with the application, in PEM or in a PKCS#12 file.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(super) struct Certificate {
    /// The directory: its id, or one of its domains.
    #[schemars(required)]
    pub(super) tenant: Option<String>,
    /// The application's id.
    #[schemars(required)]
    pub(super) client_id: Option<String>,
    /// The sign-in service, if not the cloud's.
    pub(super) login_endpoint: Option<String>,
    /// The file that has the certificate, relative to this one.
    #[schemars(required)]
    pub(super) certificate_file: Option<String>,
    /// The file that has the unencrypted RSA key, if not the certificate's.
    pub(super) key_file: Option<String>,
    /// The file that has the password of a PKCS#12 file, relative to this one. White space around it is dropped.
    pub(super) password_file: Option<String>,
    /// The variable of the gateway's environment that has the password of a PKCS#12 file.
    pub(super) password_env: Option<String>,
}

/// A token of another issuer whom the application trusts, in a file that somebody else keeps new.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(super) struct WorkloadIdentity {
    /// The directory: its id, or one of its domains.
    #[schemars(required)]
    pub(super) tenant: Option<String>,
    /// The application's id.
    #[schemars(required)]
    pub(super) client_id: Option<String>,
    /// The sign-in service, if not the cloud's.
    pub(super) login_endpoint: Option<String>,
    /// The file, relative to this one; on AKS what AZURE_FEDERATED_TOKEN_FILE says.
    #[schemars(required)]
    pub(super) token_file: Option<String>,
}

/// The identity that Azure gives the machine, container or web application. Without any of the ids it is the system's own.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(super) struct ManagedIdentity {
    /// Another identity, by the id of its application.
    pub(super) client_id: Option<String>,
    /// Another identity, by the id of its object.
    pub(super) object_id: Option<String>,
    /// Another identity, by the id of its Azure resource.
    pub(super) resource_id: Option<String>,
    /// The instance metadata service, if not http://169.254.169.254. Without it, IDENTITY_ENDPOINT and IDENTITY_HEADER of the
    /// gateway's environment count where they are set, as on App Service.
    pub(super) metadata_endpoint: Option<String>,
}

/// A secret, which is never in this file itself: one of the two.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(super) struct Secret {
    /// The file that has it, relative to this one. White space around it is dropped.
    pub(super) file: Option<String>,
    /// The variable of the gateway's environment that has it.
    pub(super) env: Option<String>,
}

/// What one call may use, and how many there may be.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(super) struct Limits {
    /// Memory of one sandbox, in MiB: 8 to 128. 128 where this is left out.
    #[schemars(range(min = 8, max = 128))]
    pub(super) memory_mib: Option<u64>,
    /// Time that one call may compute, in seconds: 0.1 to 60. 10 where this is left out.
    #[schemars(range(min = 0.1, max = 60.0))]
    pub(super) cpu_seconds: Option<f64>,
    /// Time that one call may take in all, in whole seconds: 1 to 3600. 30 where this is left out.
    #[schemars(range(min = 1, max = 3600))]
    pub(super) deadline_seconds: Option<u64>,
    /// Requests under way for one mailbox at a time: 1 to 32. 4 where this is left out, which is Outlook's own limit.
    #[schemars(range(min = 1, max = 32))]
    pub(super) mailbox_requests: Option<u64>,
    /// Calls that run at a time; others wait. 1 to 64. 16 where this is left out.
    #[schemars(range(min = 1, max = 64))]
    pub(super) calls: Option<u64>,
    /// The body of one response of Microsoft Graph, in MiB: 1 to 64. 64 where this is left out.
    #[schemars(range(min = 1, max = 64))]
    pub(super) response_mib: Option<u64>,
    /// Requests to Microsoft Graph that one call may make, a batch being one: 1 to 100000. 5000 where this is left out.
    #[schemars(range(min = 1, max = 100_000))]
    pub(super) requests: Option<u64>,
    /// The body of the answer to one call, in MiB: 1 to 1024. 256 where this is left out.
    #[schemars(range(min = 1, max = 1024))]
    pub(super) answer_mib: Option<u64>,
}
