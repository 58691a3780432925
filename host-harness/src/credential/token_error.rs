//! Why there is no access token.

/// Why there is no access token. No secret, no assertion and no token shows in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// The service that issues tokens does not want to, or what it was to be asked with is not there. It will not help to ask
    /// again before something is changed.
    #[error("there is no access token for {subject}: {reason}")]
    Refused {
        /// Who asked.
        subject: String,
        /// What is wrong, and what to do.
        reason: String,
    },
    /// The service cannot be reached, or has no time. It may help to ask again.
    #[error("there is no access token for {subject} for now: {reason}")]
    Unavailable {
        /// Who asked.
        subject: String,
        /// What happened.
        reason: String,
    },
}

/// What the numbers of Microsoft's sign-in service mean that come of a wrong setting
/// (<https://learn.microsoft.com/en-us/entra/identity-platform/reference-error-codes>). They are for people: nothing is decided
/// by them.
pub(super) fn meaning(code: i64) -> Option<&'static str> {
    Some(match code {
        7_000_215 => "the client secret is wrong: give the secret's value, not its id",
        7_000_222 => "the client secret has expired: make a new one",
        700_016 => "the directory has no such application: check client-id and tenant",
        700_027 => "the certificate is not registered with the application, or the key is another's",
        700_021 => "the assertion is another application's: check client-id",
        700_023 => "the assertion is for another sign-in service: check cloud and login-endpoint",
        7_000_218 => "the sign-in service got neither secret nor assertion",
        70_011 => "the scope is not one of this sign-in service's: check cloud",
        90_002 => "there is no such directory: check tenant and cloud",
        500_011 => "the directory does not know this Microsoft Graph: check cloud",
        70_021 => "the application trusts no token like the one in token-file: check its federated credentials",
        _ => return None,
    })
}
