//! The credential of requests to Microsoft Graph.

use std::fmt;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::Arc;

use http::HeaderValue;

use super::source::TokenSource;
use super::token_error::TokenError;
use super::tokens::TokenCache;
use crate::http_client::client::build_client;
use crate::http_client::egress_config::EgressConfig;
use crate::observability::metrics::meter::Meter;

/// The credential that the host adds to each request to Microsoft Graph. The component never sees it.
///
/// Clones share the token.
#[derive(Clone, Default)]
pub struct Credential(CredentialKind);

#[derive(Clone, Default)]
enum CredentialKind {
    #[default]
    None,
    Fixed(HeaderValue),
    Issued(Arc<TokenCache>),
}

impl Credential {
    /// Creates a credential for requests without `Authorization`.
    pub fn none() -> Self {
        Self(CredentialKind::None)
    }

    /// Creates a credential of a fixed access token, without the word `Bearer`. White space around it is removed, because files
    /// and shells add some.
    ///
    /// # Errors
    ///
    /// If the token is empty, or has characters that an access token cannot have. The error does not show the token.
    pub fn bearer(token: &str) -> Result<Self, CredentialError> {
        let token = token.trim();
        if token.is_empty() {
            return Err(CredentialError::Empty);
        }
        if let Some(position) = token.bytes().position(|byte| !byte.is_ascii_graphic()) {
            return Err(CredentialError::NotAToken { position: position + 1 });
        }
        let mut value =
            HeaderValue::try_from(format!("Bearer {token}")).map_err(|_| CredentialError::NotAToken { position: 1 })?;
        value.set_sensitive(true);
        Ok(Self(CredentialKind::Fixed(value)))
    }

    /// Creates a credential whose access tokens come from `source`: requested when first needed, cached, and renewed before they
    /// expire. `audience` is scheme and host of the Microsoft Graph that they are for, such as `https://graph.microsoft.com`.
    ///
    /// # Errors
    ///
    /// If the HTTP client cannot be set up.
    pub fn from_source(source: TokenSource, audience: impl Into<String>) -> anyhow::Result<Self> {
        let client = build_client(&EgressConfig::default())?;
        Ok(Self::from_source_with(source, audience.into(), client, Meter::default()))
    }

    /// Creates the same with an HTTP client and a meter.
    pub(crate) fn from_source_with(source: TokenSource, audience: String, client: reqwest::Client, meter: Meter) -> Self {
        Self(CredentialKind::Issued(Arc::new(TokenCache::new(source, audience, client, meter))))
    }

    /// Returns whether requests have no `Authorization`.
    pub fn is_none(&self) -> bool {
        matches!(self.0, CredentialKind::None)
    }

    /// Returns a number that clones of the credential have in common, and others do not have.
    pub(crate) fn identity(&self, hasher: &RandomState) -> u64 {
        match &self.0 {
            CredentialKind::None => 0,
            CredentialKind::Fixed(value) => hasher.hash_one(value.as_bytes()),
            CredentialKind::Issued(tokens) => hasher.hash_one(Arc::as_ptr(tokens)),
        }
    }

    /// Returns the value of `Authorization`, marked sensitive.
    ///
    /// # Errors
    ///
    /// If a token has to be requested, and the request fails.
    pub(crate) async fn authorization(&self) -> Result<Option<HeaderValue>, TokenError> {
        match &self.0 {
            CredentialKind::None => Ok(None),
            CredentialKind::Fixed(value) => Ok(Some(value.clone())),
            CredentialKind::Issued(tokens) => tokens.authorization().await.map(Some),
        }
    }

    /// Discards a token that Microsoft Graph has rejected.
    pub(crate) fn discard(&self, value: &HeaderValue) {
        if let CredentialKind::Issued(tokens) = &self.0 {
            tokens.discard(value);
        }
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            CredentialKind::None => f.write_str("Credential(none)"),
            CredentialKind::Fixed(_) => f.write_str("Credential(bearer)"),
            CredentialKind::Issued(tokens) => write!(f, "Credential({})", tokens.subject()),
        }
    }
}

/// Why a text is not an access token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CredentialError {
    /// The text is empty.
    #[error("the access token is empty")]
    Empty,
    /// A character is not visible ASCII.
    #[error("character {position} of the access token is invalid: give only the token, on one line, without \"Bearer\"")]
    NotAToken {
        /// The position of the character, from 1.
        position: usize,
    },
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::credentials::secret::Secret;

    #[tokio::test]
    async fn debug_and_errors_hide_secrets() {
        let credential = Credential::bearer("eyJhbGciOi.JIUzI1NiJ9").unwrap();
        let value = credential.authorization().await.unwrap();
        assert_eq!(format!("{credential:?} {value:?}"), "Credential(bearer) Some(Sensitive)");
        let secret = Secret::new("openidm-admin");
        assert_eq!(format!("{secret} {secret:?}"), "[secret] [secret]");
        let error = Credential::bearer("abc def").unwrap_err();
        assert_eq!(error, CredentialError::NotAToken { position: 4 });
        assert!(!format!("{error} {error:?}").contains("abc"));
    }

    #[tokio::test]
    async fn bearer_token_is_trimmed_and_validated() {
        let credential = Credential::bearer(" token\r\n").unwrap();
        assert_eq!(credential.authorization().await.unwrap().unwrap(), "Bearer token");
        assert_eq!(Credential::bearer(" \n").unwrap_err(), CredentialError::Empty);
        assert!(Credential::bearer("a\r\nX-Injected: 1").is_err());
        assert!(Credential::bearer("sécret").is_err());
    }
}
