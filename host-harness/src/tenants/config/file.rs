//! The types of the configuration file as written. The JSON schema is generated from them and their doc comments.
//!
//! Everything is optional, so that a missing setting is reported together with all other errors.

use schemars::JsonSchema;
use serde::Deserialize;

/// Tenants of a gateway and their callers.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
#[schemars(title = "graph-contacts tenants")]
pub(super) struct File {
    /// TLS for the gateway's port. Without it the gateway serves plain HTTP.
    pub(super) tls: Option<Tls>,
    /// Callers of the gateway.
    #[schemars(required)]
    pub(super) callers: Option<Vec<Caller>>,
    /// Tenants whose contacts the gateway serves.
    #[schemars(required)]
    pub(super) tenants: Option<Vec<Tenant>>,
    /// Time for running requests to complete when the gateway stops, in seconds: 0 to 3600. Default: 10.
    #[schemars(range(max = 3600))]
    pub(super) drain_seconds: Option<u64>,
    /// Whether a write is refused if the audit log has no line before it. If false, it is carried out and counted. Default: false.
    pub(super) audit_required: Option<bool>,
}

/// TLS for the gateway's port. Paths are relative to this file.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(super) struct Tls {
    /// Certificate chain of the gateway without the root, in PEM.
    #[schemars(required)]
    pub(super) certificate_file: Option<String>,
    /// Private key of the certificate, in PEM.
    #[schemars(required)]
    pub(super) key_file: Option<String>,
    /// CA certificates of client certificates, in PEM. With it, the gateway refuses connections without a client certificate.
    /// Callers still authenticate by password or token.
    pub(super) client_ca_file: Option<String>,
}

/// Caller with a password or with a bearer token.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(super) struct Caller {
    /// Name that tenants list, and that the caller sends with a password as X-OpenIDM-Username or in Basic.
    #[schemars(required, length(min = 1))]
    pub(super) name: Option<String>,
    /// Hash of a password, as `graph-contacts config hash-password` prints it: $argon2id$...
    pub(super) password_hash: Option<String>,
    /// Hash of a bearer token, as `graph-contacts config new-token` prints it: sha256:...
    pub(super) token_hash: Option<String>,
    /// Concurrent calls of the caller to all of its tenants; further ones wait. 1 to 64. Default: 32.
    #[schemars(range(min = 1, max = 64))]
    pub(super) calls: Option<u64>,
}

/// Tenant whose contacts the gateway serves. Its calls run in its own sandboxes.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(super) struct Tenant {
    /// System name in the paths: /openidm/system/NAME/...
    #[schemars(required, regex(pattern = "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"))]
    pub(super) name: Option<String>,
    /// Names of the callers that may call this tenant.
    #[schemars(required)]
    pub(super) callers: Option<Vec<String>>,
    /// Operations that they may do; ["all"] for every one. Default: ["read", "query", "test"].
    pub(super) operations: Option<Vec<String>>,
    /// Microsoft cloud: global, us-gov-l4, us-gov-l5, china, bleu, delos, usnat or ussec. Default: global.
    pub(super) cloud: Option<String>,
    /// Microsoft Graph endpoint, without the version. Default: the cloud's.
    pub(super) endpoint: Option<String>,
    /// Microsoft Graph version: v1.0 or beta. Default: v1.0.
    pub(super) api_version: Option<String>,
    /// Maximum number of retries of a request after a transient failure: 0 to 10. Default: 3.
    #[schemars(range(max = 10))]
    pub(super) max_retries: Option<u32>,
    /// Whether a new contact stores a key, to find it again if the response was lost. Default: true.
    pub(super) exactly_once: Option<bool>,
    /// Directory id and domains in paths of the Azure AD Graph API. Those paths are not served without it.
    pub(super) directory: Option<Vec<String>>,
    /// Credential of the application at Microsoft Graph: one of these.
    #[schemars(required)]
    pub(super) credential: Option<Credential>,
    /// Limits of the tenant's calls.
    pub(super) limits: Limits,
}

/// Credential of the application at Microsoft Graph.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Credential {
    /// Client secret of the application.
    ClientSecret(ClientSecret),
    /// Certificate registered with the application.
    Certificate(Certificate),
    /// Token of another issuer that the application trusts (workload identity federation).
    WorkloadIdentity(WorkloadIdentity),
    /// Managed identity of the Azure machine, container or web application.
    ManagedIdentity(ManagedIdentity),
    /// Fixed access token, for tests: it expires after about an hour.
    AccessToken(Secret),
}

/// Client secret of the application: one of secret-file and secret-env.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(super) struct ClientSecret {
    /// Id of the directory, or one of its domains.
    #[schemars(required)]
    pub(super) tenant: Option<String>,
    /// Id of the application.
    #[schemars(required)]
    pub(super) client_id: Option<String>,
    /// Sign-in endpoint. Default: the cloud's.
    pub(super) login_endpoint: Option<String>,
    /// File of the secret, relative to this file. White space around the secret is removed.
    pub(super) secret_file: Option<String>,
    /// Environment variable of the gateway with the secret.
    pub(super) secret_env: Option<String>,
}

/// Certificate registered with the application, in PEM or in a PKCS#12 file.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(super) struct Certificate {
    /// Id of the directory, or one of its domains.
    #[schemars(required)]
    pub(super) tenant: Option<String>,
    /// Id of the application.
    #[schemars(required)]
    pub(super) client_id: Option<String>,
    /// Sign-in endpoint. Default: the cloud's.
    pub(super) login_endpoint: Option<String>,
    /// File of the certificate, relative to this file.
    #[schemars(required)]
    pub(super) certificate_file: Option<String>,
    /// File of the unencrypted RSA key. Default: the certificate's file.
    pub(super) key_file: Option<String>,
    /// File of the PKCS#12 password, relative to this file. White space around the password is removed.
    pub(super) password_file: Option<String>,
    /// Environment variable of the gateway with the PKCS#12 password.
    pub(super) password_env: Option<String>,
}

/// Token of another issuer that the application trusts, in a file that another program renews.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(super) struct WorkloadIdentity {
    /// Id of the directory, or one of its domains.
    #[schemars(required)]
    pub(super) tenant: Option<String>,
    /// Id of the application.
    #[schemars(required)]
    pub(super) client_id: Option<String>,
    /// Sign-in endpoint. Default: the cloud's.
    pub(super) login_endpoint: Option<String>,
    /// File of the token, relative to this file; on AKS the value of AZURE_FEDERATED_TOKEN_FILE.
    #[schemars(required)]
    pub(super) token_file: Option<String>,
}

/// Managed identity of the Azure machine, container or web application. Without an id it is the system-assigned one.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(super) struct ManagedIdentity {
    /// User-assigned identity, by the id of its application.
    pub(super) client_id: Option<String>,
    /// User-assigned identity, by the id of its object.
    pub(super) object_id: Option<String>,
    /// User-assigned identity, by the id of its Azure resource.
    pub(super) resource_id: Option<String>,
    /// Instance metadata service. Default: IDENTITY_ENDPOINT and IDENTITY_HEADER of the gateway's environment if they are set, as
    /// on App Service, else http://169.254.169.254.
    pub(super) metadata_endpoint: Option<String>,
}

/// Secret, which is never in this file itself: one of file and env.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(super) struct Secret {
    /// File of the secret, relative to this file. White space around the secret is removed.
    pub(super) file: Option<String>,
    /// Environment variable of the gateway with the secret.
    pub(super) env: Option<String>,
}

/// Limits of the tenant's calls.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(super) struct Limits {
    /// Memory of one sandbox in MiB: 8 to 128. Default: 128.
    #[schemars(range(min = 8, max = 128))]
    pub(super) memory_mib: Option<u64>,
    /// CPU time of one call in seconds: 0.1 to 60. Default: 10.
    #[schemars(range(min = 0.1, max = 60.0))]
    pub(super) cpu_seconds: Option<f64>,
    /// Deadline of one call in whole seconds: 1 to 3600. Default: 30.
    #[schemars(range(min = 1, max = 3600))]
    pub(super) deadline_seconds: Option<u64>,
    /// Concurrent requests for one mailbox: 1 to 32. Default: 4, which is Outlook's limit.
    #[schemars(range(min = 1, max = 32))]
    pub(super) mailbox_requests: Option<u64>,
    /// Concurrent calls; further ones wait. 1 to 64. Default: 16.
    #[schemars(range(min = 1, max = 64))]
    pub(super) calls: Option<u64>,
    /// Body of one response from Microsoft Graph in MiB: 1 to 64. Default: 64.
    #[schemars(range(min = 1, max = 64))]
    pub(super) response_mib: Option<u64>,
    /// Requests of one call to Microsoft Graph, where a batch is one: 1 to 100000. Default: 5000.
    #[schemars(range(min = 1, max = 100_000))]
    pub(super) requests: Option<u64>,
    /// Body of the response to one call in MiB: 1 to 1024. Default: 256.
    #[schemars(range(min = 1, max = 1024))]
    pub(super) answer_mib: Option<u64>,
}
