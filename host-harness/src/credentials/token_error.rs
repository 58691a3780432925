//! Why there is no access token.

/// Why there is no access token. It shows no secret, no assertion and no token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// The sign-in service refused, or the credential is missing. A retry fails until the configuration changes.
    #[error("no access token for {subject}: {reason}")]
    Refused {
        /// Whose token was requested.
        subject: String,
        /// What is wrong, and what to do.
        reason: String,
    },
    /// The sign-in service is unreachable or unavailable. A retry may succeed.
    #[error("no access token for {subject} at present: {reason}")]
    Unavailable {
        /// Whose token was requested.
        subject: String,
        /// What happened.
        reason: String,
    },
}

/// Explains the error codes of Microsoft's sign-in service that a wrong setting causes
/// (<https://learn.microsoft.com/en-us/entra/identity-platform/reference-error-codes>). They only appear in messages.
pub(super) fn explain(code: i64) -> Option<&'static str> {
    Some(match code {
        7_000_215 => "the client secret is wrong: give the secret's value, not its id",
        7_000_222 => "the client secret has expired: create a new one",
        700_016 => "the directory has no such application: check client-id and tenant",
        700_027 => "the certificate is not registered with the application, or the key does not match it",
        700_021 => "the assertion is for another application: check client-id",
        700_023 => "the assertion is for another sign-in service: check cloud and login-endpoint",
        7_000_218 => "the sign-in service received neither secret nor assertion",
        70_011 => "this sign-in service does not have the scope: check cloud",
        90_002 => "there is no such directory: check tenant and cloud",
        500_011 => "the directory does not know this Microsoft Graph: check cloud",
        70_021 => "the application does not trust the token in token-file: check its federated credentials",
        _ => return None,
    })
}
