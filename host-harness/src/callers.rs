//! Who calls the gateway of several tenants, and how they prove it.

mod guesses;

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use anyhow::Context as _;
use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, Params, PasswordHasher as _, PasswordVerifier as _};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use http::{HeaderMap, header};
use percent_encoding::percent_decode_str;
use tokio::sync::Semaphore;

pub(crate) use self::guesses::{Guesses, TooMany};

/// Passwords that are compared with their hashes at a time. Each takes tens of MiB and a core for tens of milliseconds, and
/// anybody can ask for it.
const COMPARISONS: usize = 2;
/// The mark before a token's hash.
const TOKEN_MARK: &str = "sha256:";

/// What somebody proves with who they are.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Proof {
    /// A password, by its Argon2 hash in PHC format.
    Password(String),
    /// A bearer token, by its SHA-256.
    Token([u8; 32]),
}

impl Proof {
    /// A password's hash, as [`hash_password`] makes it.
    pub(crate) fn password(hash: &str) -> Result<Self, &'static str> {
        const PROBLEM: &str = "is no Argon2 hash: `graph-contacts config hash-password` makes one";
        let parsed = PasswordHash::new(hash).map_err(|_| PROBLEM)?;
        let named = argon2::Algorithm::try_from(parsed.algorithm.as_str()).is_ok();
        let complete = parsed.hash.is_some() && parsed.salt.is_some() && Params::try_from(&parsed).is_ok();
        if named && complete { Ok(Self::Password(hash.to_owned())) } else { Err(PROBLEM) }
    }

    /// A token's hash, as [`new_token`] makes it.
    pub(crate) fn token(hash: &str) -> Result<Self, &'static str> {
        const PROBLEM: &str = "is no hash of a token: `graph-contacts config new-token` makes one, sha256: and 64 digits";
        let digits = hash.strip_prefix(TOKEN_MARK).filter(|digits| digits.len() == 64).ok_or(PROBLEM)?;
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(digits.as_bytes().chunks(2)) {
            let pair = str::from_utf8(pair).map_err(|_| PROBLEM)?;
            // The parser would take a sign, too.
            *byte = u8::from_str_radix(pair, 16).ok().filter(|_| !pair.contains('+')).ok_or(PROBLEM)?;
        }
        Ok(Self::Token(bytes))
    }
}

/// The hash of a password, for `password-hash` in the configuration: Argon2id with a salt of its own.
///
/// # Errors
///
/// If the password is empty, or the machine gives no random numbers.
pub fn hash_password(password: &str) -> anyhow::Result<String> {
    anyhow::ensure!(!password.is_empty(), "the password is empty");
    let hash = Argon2::default().hash_password(password.as_bytes()).map_err(|error| anyhow::anyhow!("{error}"));
    Ok(hash.context("cannot hash the password")?.to_string())
}

/// A new bearer token of 256 random bits, and its hash for `token-hash` in the configuration.
///
/// # Errors
///
/// If the machine gives no random numbers.
pub fn new_token() -> anyhow::Result<(String, String)> {
    let mut bytes = [0; 32];
    aws_lc_rs::rand::fill(&mut bytes).ok().context("the machine gives no random numbers")?;
    let token = URL_SAFE_NO_PAD.encode(bytes);
    let digits: String = sha256(token.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    Ok((token, format!("{TOKEN_MARK}{digits}")))
}

/// Everybody who may call some tenant.
pub(crate) struct Callers {
    by_password: HashMap<String, Arc<Known>>,
    by_token: HashMap<[u8; 32], Arc<str>>,
    comparisons: Arc<Semaphore>,
    guesses: Arc<Guesses>,
    salt: [u8; 32],
}

/// Somebody with a password.
struct Known {
    name: Arc<str>,
    hash: String,
    /// A quick hash of the password that was right last, with this process's own salt: a caller sends its password with every
    /// request, and comparing it with the slow hash each time would be most of a request's cost.
    remembered: Mutex<Option<[u8; 32]>>,
}

impl Callers {
    /// Callers by name.
    ///
    /// # Errors
    ///
    /// If the machine gives no random numbers.
    pub(crate) fn new(callers: impl IntoIterator<Item = (String, Proof)>) -> anyhow::Result<Self> {
        let mut salt = [0; 32];
        aws_lc_rs::rand::fill(&mut salt).ok().context("the machine gives no random numbers")?;
        let comparisons = Arc::new(Semaphore::new(COMPARISONS));
        let mut all = Self { by_password: HashMap::new(), by_token: HashMap::new(), comparisons, guesses: Arc::default(), salt };
        for (name, proof) in callers {
            match proof {
                Proof::Password(hash) => {
                    let known = Known { name: Arc::from(name.as_str()), hash, remembered: Mutex::default() };
                    all.by_password.insert(name, Arc::new(known));
                }
                Proof::Token(hash) => {
                    all.by_token.insert(hash, Arc::from(name));
                }
            }
        }
        Ok(all)
    }

    /// The same, for whom wrong passwords count on that others before had.
    pub(crate) fn after(self, before: &Self) -> Self {
        Self { guesses: Arc::clone(&before.guesses), ..self }
    }

    /// The name of the caller whose proof a request carries: `X-OpenIDM-Username` and `X-OpenIDM-Password`, else Basic
    /// (RFC 7617), else a bearer token. `None` where it is nobody's.
    ///
    /// # Errors
    ///
    /// If there were too many wrong passwords of that name, or from that address: then none is compared.
    pub(crate) async fn identify(&self, headers: &HeaderMap, from: Option<IpAddr>) -> Result<Option<Arc<str>>, TooMany> {
        if let Some((name, password)) = from_openidm(headers).or_else(|| from_basic(headers)) {
            return self.with_password(&name, password, from).await;
        }
        Ok(self.with_token(headers))
    }

    fn with_token(&self, headers: &HeaderMap) -> Option<Arc<str>> {
        let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
        // The tokens are long and random, so that the time of a look-up by their hash tells nothing.
        let known = scheme.eq_ignore_ascii_case("bearer").then(|| self.by_token.get(&sha256(token.trim().as_bytes())))?;
        known.cloned()
    }

    async fn with_password(&self, name: &str, password: String, from: Option<IpAddr>) -> Result<Option<Arc<str>>, TooMany> {
        self.guesses.may_try(name, from)?;
        let known = self.by_password.get(name).cloned();
        let quick = sha256(&[self.salt.as_slice(), password.as_bytes()].concat());
        if let Some(known) = &known {
            let remembered = *known.remembered.lock().unwrap_or_else(PoisonError::into_inner);
            if remembered.is_some_and(|right| verify_slices_are_equal(&right, &quick).is_ok()) {
                self.guesses.right(name, from);
                return Ok(Some(Arc::clone(&known.name)));
            }
        }
        // It is never closed.
        let Ok(turn) = Arc::clone(&self.comparisons).acquire_owned().await else { return Ok(None) };
        // Those before may have been wrong meanwhile.
        self.guesses.may_try(name, from)?;
        let hash = known.as_ref().map(|known| known.hash.clone());
        let (guesses, tried) = (Arc::clone(&self.guesses), name.to_owned());
        let comparison = tokio::task::spawn_blocking(move || {
            // An unknown name takes as long as a wrong password.
            let right = is_of(&password, hash.as_deref().unwrap_or_else(|| nobody()));
            if right {
                guesses.right(&tried, from)
            } else {
                guesses.wrong(&tried, from)
            }
            // Here and not sooner, as a comparison goes on to its end, and counts, also when nobody waits for it any more.
            drop(turn);
            right
        });
        let right = comparison.await.unwrap_or(false);
        let Some(known) = known.filter(|_| right) else { return Ok(None) };
        *known.remembered.lock().unwrap_or_else(PoisonError::into_inner) = Some(quick);
        Ok(Some(Arc::clone(&known.name)))
    }
}

fn is_of(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

/// A hash that no password has, with the cost of others.
fn nobody() -> &'static str {
    static HASH: OnceLock<String> = OnceLock::new();
    HASH.get_or_init(|| new_token().and_then(|(token, _)| hash_password(&token)).unwrap_or_default())
}

fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, bytes).as_ref());
    hash
}

fn from_openidm(headers: &HeaderMap) -> Option<(String, String)> {
    let value = |name: &str| Some(extended_value(str::from_utf8(headers.get(name)?.as_bytes()).ok()?));
    Some((value(USERNAME)?, value(PASSWORD)?))
}

/// The headers of OpenIDM's login.
pub(crate) const USERNAME: &str = "x-openidm-username";
pub(crate) const PASSWORD: &str = "x-openidm-password";

/// A value in RFC 5987's form `UTF-8''caf%C3%A9`, decoded; any other as it is, also one that only looks like it.
fn extended_value(text: &str) -> String {
    let decoded = text.split_once('\'').and_then(|(charset, rest)| {
        let (_, encoded) = rest.split_once('\'')?;
        let utf8 = charset.eq_ignore_ascii_case("utf-8").then(|| percent_decode_str(encoded).decode_utf8().ok())?;
        utf8.map(|text| text.into_owned())
    });
    decoded.unwrap_or_else(|| text.to_owned())
}

fn from_basic(headers: &HeaderMap) -> Option<(String, String)> {
    let (scheme, encoded) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    let decoded = scheme.eq_ignore_ascii_case("basic").then(|| STANDARD.decode(encoded.trim()).ok())??;
    let (name, password) = str::from_utf8(&decoded).ok()?.split_once(':')?;
    Some((name.to_owned(), password.to_owned()))
}

#[cfg(test)]
mod tests;
