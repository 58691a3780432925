//! How a request to the gateway carries its caller's credential: `X-OpenIDM-Username` and `X-OpenIDM-Password`, or Basic (RFC 7617), or a
//! bearer token (RFC 6750).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, header};
use percent_encoding::percent_decode_str;

/// The header with the caller's name.
pub const USERNAME: &str = "x-openidm-username";
/// The header with the caller's password.
pub const PASSWORD: &str = "x-openidm-password";

/// What a gateway says that has no login configured, and refuses every request.
pub const NOT_CONFIGURED: &str = "This gateway has no credentials configured and refuses every request: set GATEWAY_USERNAME and \
                                  GATEWAY_PASSWORD in its environment";

/// What a request proves its caller with.
#[derive(Clone, PartialEq)]
pub enum Login {
    /// A name and a password.
    Password(String, String),
    /// A bearer token.
    Token(String),
}

impl Login {
    /// Returns the login in a request's headers. OpenIDM's headers go before `Authorization`.
    pub fn from_headers(headers: &HeaderMap) -> Option<Login> {
        from_openidm(headers).or_else(|| from_authorization(headers))
    }
}

fn from_openidm(headers: &HeaderMap) -> Option<Login> {
    let value = |name: &str| {
        let bytes = headers.get(name)?.as_bytes();
        Some(decode_extended(std::str::from_utf8(bytes).ok()?))
    };
    Some(Login::Password(value(USERNAME)?, value(PASSWORD)?))
}

fn from_authorization(headers: &HeaderMap) -> Option<Login> {
    let (scheme, credentials) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    if scheme.eq_ignore_ascii_case("bearer") {
        return Some(Login::Token(credentials.trim().to_owned()));
    }
    let decoded = scheme.eq_ignore_ascii_case("basic").then(|| STANDARD.decode(credentials.trim()).ok())??;
    let (name, password) = std::str::from_utf8(&decoded).ok()?.split_once(':')?;
    Some(Login::Password(name.to_owned(), password.to_owned()))
}

/// Decodes a value in RFC 5987's form `UTF-8''caf%C3%A9`. Any other value is returned as it is, also one that only looks like it.
fn decode_extended(text: &str) -> String {
    try_decode_extended(text).unwrap_or_else(|| text.to_owned())
}

/// Decodes a value by the rules of OpenIDM's `HeaderUtil`: two charsets, a language that is ignored, and the characters that RFC 3986
/// allows in a path segment.
fn try_decode_extended(text: &str) -> Option<String> {
    let (charset, rest) = text.split_once('\'')?;
    let (language, encoded) = rest.split_once('\'')?;
    let is_language =
        language.is_empty() || language.len() > 1 && language.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let is_safe = encoded.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~!$&()*+,;=:@%".contains(&b));
    let is_escape = |after: &str| after.as_bytes().get(..2).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit));
    if encoded.is_empty() || !is_language || !is_safe || !encoded.split('%').skip(1).all(is_escape) {
        return None;
    }
    let bytes: Vec<u8> = percent_decode_str(encoded).collect();
    match charset.to_ascii_lowercase().as_str() {
        "utf-8" => String::from_utf8(bytes).ok(),
        // Its 256 characters are the first of Unicode.
        "iso-8859-1" => Some(bytes.into_iter().map(char::from).collect()),
        _ => None,
    }
}
