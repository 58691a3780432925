//! How a caller authenticates: by the hash of a password, or by the hash of a bearer token.

use anyhow::Context as _;
use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, Params, PasswordHasher as _};
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The prefix of a token's hash.
const TOKEN_HASH_PREFIX: &str = "sha256:";

/// How a caller authenticates.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Proof {
    /// A password, by its Argon2 hash in PHC format.
    Password(String),
    /// A bearer token, by its SHA-256.
    Token([u8; 32]),
}

impl Proof {
    /// Parses the hash of a password, as [`hash_password`] creates it.
    pub(crate) fn parse_password_hash(hash: &str) -> Result<Self, &'static str> {
        const PROBLEM: &str = "expected an Argon2 hash: create one with `graph-contacts config hash-password`";
        let parsed = PasswordHash::new(hash).map_err(|_| PROBLEM)?;
        let is_argon2 = argon2::Algorithm::try_from(parsed.algorithm.as_str()).is_ok();
        let is_complete = parsed.hash.is_some() && parsed.salt.is_some() && Params::try_from(&parsed).is_ok();
        if is_argon2 && is_complete { Ok(Self::Password(hash.to_owned())) } else { Err(PROBLEM) }
    }

    /// Parses the hash of a token, as [`generate_token`] creates it.
    pub(crate) fn parse_token_hash(hash: &str) -> Result<Self, &'static str> {
        const PROBLEM: &str = "expected sha256: and 64 hexadecimal digits: create them with `graph-contacts config new-token`";
        let digits = hash.strip_prefix(TOKEN_HASH_PREFIX).filter(|digits| digits.len() == 64).ok_or(PROBLEM)?;
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(digits.as_bytes().chunks(2)) {
            let pair = str::from_utf8(pair).map_err(|_| PROBLEM)?;
            // The parser also accepts a sign.
            *byte = u8::from_str_radix(pair, 16).ok().filter(|_| !pair.contains('+')).ok_or(PROBLEM)?;
        }
        Ok(Self::Token(bytes))
    }
}

/// Returns the hash of a password for `password-hash` in the configuration: Argon2id with a random salt.
///
/// # Errors
///
/// If the password is empty, or the machine has no random numbers.
pub fn hash_password(password: &str) -> anyhow::Result<String> {
    anyhow::ensure!(!password.is_empty(), "the password is empty");
    let hash = Argon2::default().hash_password(password.as_bytes()).map_err(|error| anyhow::anyhow!("{error}"));
    Ok(hash.context("cannot hash the password")?.to_string())
}

/// Returns a bearer token of 256 random bits, and its hash for `token-hash` in the configuration.
///
/// # Errors
///
/// If the machine has no random numbers.
pub fn generate_token() -> anyhow::Result<(String, String)> {
    let mut bytes = [0; 32];
    aws_lc_rs::rand::fill(&mut bytes).ok().context("the machine has no random numbers")?;
    let token = URL_SAFE_NO_PAD.encode(bytes);
    let digits: String = sha256(token.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    Ok((token, format!("{TOKEN_HASH_PREFIX}{digits}")))
}

pub(super) fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, bytes).as_ref());
    hash
}
