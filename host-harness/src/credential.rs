//! What the host proves itself with to Microsoft Graph, and what callers prove themselves with to the gateway.

use std::fmt;

use http::HeaderValue;

/// What the host puts on every request to Microsoft Graph. The component never sees it.
#[derive(Clone, Default)]
pub struct Credential(Option<HeaderValue>);

impl Credential {
    /// Requests go out without `Authorization`.
    pub fn none() -> Self {
        Self(None)
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
        Ok(Self(Some(value)))
    }

    /// Whether there is nothing to put on.
    pub fn is_none(&self) -> bool {
        self.0.is_none()
    }

    /// The value of `Authorization`, marked sensitive.
    pub(crate) fn authorization(&self) -> Option<&HeaderValue> {
        self.0.as_ref()
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Credential(bearer)" } else { "Credential(none)" })
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

/// A text that is not to be seen: it shows as `[secret]`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Takes the text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text, for those who have to hand it on.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_shows_a_secret() {
        let credential = Credential::bearer("eyJhbGciOi.JIUzI1NiJ9").unwrap();
        assert_eq!(format!("{credential:?} {:?}", credential.authorization()), "Credential(bearer) Some(Sensitive)");
        let secret = Secret::new("openidm-admin");
        assert_eq!(format!("{secret} {secret:?}"), "[secret] [secret]");
        let error = Credential::bearer("abc def").unwrap_err();
        assert_eq!(error, CredentialError::NotAToken { position: 4 });
        assert!(!format!("{error} {error:?}").contains("abc"));
    }

    #[test]
    fn a_token_is_trimmed_and_checked() {
        let credential = Credential::bearer(" token\r\n").unwrap();
        assert_eq!(credential.authorization().unwrap(), "Bearer token");
        assert_eq!(Credential::bearer(" \n").unwrap_err(), CredentialError::Empty);
        assert!(Credential::bearer("a\r\nX-Injected: 1").is_err());
        assert!(Credential::bearer("sécret").is_err());
    }
}
