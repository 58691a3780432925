//! What the host proves itself with to Microsoft Graph, and what callers prove themselves with to the gateway.

mod certificate;
mod secret;
mod source;
mod token_error;
mod token_request;
mod tokens;

use std::fmt;
use std::sync::Arc;

use http::HeaderValue;

pub use self::certificate::SigningCertificate;
pub use self::secret::Secret;
pub use self::source::{Application, IdentityHost, ManagedIdentity, TokenSource, WhichIdentity};
pub use self::token_error::TokenError;
use self::tokens::Tokens;
use crate::cloud::Cloud;
use crate::metrics::Meter;
use crate::way_out::WayOut;

/// What the host puts on every request to Microsoft Graph. The component never sees it.
///
/// Clones share the token.
#[derive(Clone, Default)]
pub struct Credential(Kind);

#[derive(Clone, Default)]
enum Kind {
    #[default]
    None,
    Fixed(HeaderValue),
    Issued(Arc<Tokens>),
}

impl Credential {
    /// Requests go out without `Authorization`.
    pub fn none() -> Self {
        Self(Kind::None)
    }

    /// A fixed access token, without the word `Bearer`. White space around it is dropped, as files and shells leave some.
    ///
    /// # Errors
    ///
    /// If nothing is left, or if it has characters that an access token cannot have. The error does not show the token.
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
        Ok(Self(Kind::Fixed(value)))
    }

    /// Tokens for a cloud's Microsoft Graph, which are asked for when the first is needed, kept, and renewed before they end.
    ///
    /// # Errors
    ///
    /// If the HTTP client cannot be set up.
    pub fn issued(source: TokenSource, cloud: Cloud) -> anyhow::Result<Self> {
        Ok(Self::issued_over(source, cloud, crate::outbound::client(&WayOut::default())?, Meter::default()))
    }

    /// The same over a client that there is already; `meter` counts how often tokens are asked for.
    pub(crate) fn issued_over(source: TokenSource, cloud: Cloud, client: reqwest::Client, meter: Meter) -> Self {
        Self(Kind::Issued(Arc::new(Tokens::new(source, cloud, client, meter))))
    }

    /// Whether there is nothing to put on.
    pub fn is_none(&self) -> bool {
        matches!(self.0, Kind::None)
    }

    /// The value of `Authorization`, marked sensitive.
    ///
    /// # Errors
    ///
    /// If a token has to be asked for, and there is none to be had.
    pub(crate) async fn authorization(&self) -> Result<Option<HeaderValue>, TokenError> {
        match &self.0 {
            Kind::None => Ok(None),
            Kind::Fixed(value) => Ok(Some(value.clone())),
            Kind::Issued(tokens) => tokens.authorization().await.map(Some),
        }
    }

    /// Microsoft Graph has not accepted this value of `Authorization`.
    pub(crate) fn refused(&self, value: &HeaderValue) {
        if let Kind::Issued(tokens) = &self.0 {
            tokens.refused(value);
        }
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::None => f.write_str("Credential(none)"),
            Kind::Fixed(_) => f.write_str("Credential(bearer)"),
            Kind::Issued(tokens) => write!(f, "Credential({})", tokens.subject()),
        }
    }
}

/// Why a text is not an access token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CredentialError {
    /// There is no text.
    #[error("the access token is empty")]
    Empty,
    /// Some character is no visible ASCII.
    #[error(
        "character {position} of the access token is not one that a token can have: give the bare token, on one line, without \"Bearer\""
    )]
    NotAToken {
        /// Which character, from 1.
        position: usize,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn nothing_shows_a_secret() {
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
    async fn a_token_is_trimmed_and_checked() {
        let credential = Credential::bearer(" token\r\n").unwrap();
        assert_eq!(credential.authorization().await.unwrap().unwrap(), "Bearer token");
        assert_eq!(Credential::bearer(" \n").unwrap_err(), CredentialError::Empty);
        assert!(Credential::bearer("a\r\nX-Injected: 1").is_err());
        assert!(Credential::bearer("sécret").is_err());
    }
}
