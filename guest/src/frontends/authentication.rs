//! Who calls: `X-OpenIDM-Username` and `X-OpenIDM-Password`, or Basic (RFC 7617), or the password as a bearer token (RFC 6750).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, header};
use percent_encoding::percent_decode_str;
use subtle::ConstantTimeEq;

use crate::error::{Error, Kind, Result};
use crate::settings::Gateway;

/// Whether the caller gives the name and the password that the operator has set, or the password as a token. Fails where none is
/// set: then no one may call.
pub fn is_known(headers: &HeaderMap, gateway: &Gateway) -> Result<bool> {
    let Some((name, password)) = &gateway.caller else {
        let problem = "This gateway has no credentials configured and refuses every request: set GATEWAY_USERNAME and \
                       GATEWAY_PASSWORD in its environment";
        return Err(Error::new(Kind::Configuration, problem));
    };
    // Who has a token needs no name.
    let with_token = || bearer(headers).map(|token| (name.clone(), token));
    let given = from_openidm(headers).or_else(|| from_basic(headers)).or_else(with_token);
    // Both comparisons always run, each in the same time wherever the texts differ: a timing tells nothing.
    Ok(given.is_some_and(|(given_name, given_password)| {
        let same_name = given_name.as_bytes().ct_eq(name.as_bytes());
        let same_password = given_password.as_bytes().ct_eq(password.expose().as_bytes());
        bool::from(same_name & same_password)
    }))
}

fn bearer(headers: &HeaderMap) -> Option<String> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
}

fn from_openidm(headers: &HeaderMap) -> Option<(String, String)> {
    let value = |name: &str| {
        let bytes = headers.get(name)?.as_bytes();
        Some(extended_value(std::str::from_utf8(bytes).ok()?))
    };
    Some((value("x-openidm-username")?, value("x-openidm-password")?))
}

/// A value in RFC 5987's form `UTF-8''caf%C3%A9`, decoded; any other as it is, also one that only looks like it.
fn extended_value(text: &str) -> String {
    decoded(text).unwrap_or_else(|| text.to_owned())
}

/// The rules are those of OpenIDM's `HeaderUtil`: two charsets, a language that counts for nothing, and what RFC 3986 lets stand
/// in a segment of a path.
fn decoded(text: &str) -> Option<String> {
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

fn from_basic(headers: &HeaderMap) -> Option<(String, String)> {
    let (scheme, encoded) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    let decoded = scheme.eq_ignore_ascii_case("basic").then(|| STANDARD.decode(encoded.trim()).ok())??;
    let (name, password) = std::str::from_utf8(&decoded).ok()?.split_once(':')?;
    Some((name.to_owned(), password.to_owned()))
}
