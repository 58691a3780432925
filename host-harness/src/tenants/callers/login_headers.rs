//! The headers of a request that carry a caller's login.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, header};
use percent_encoding::percent_decode_str;

/// The headers of OpenIDM's login.
pub(crate) const USERNAME: &str = "x-openidm-username";
pub(crate) const PASSWORD: &str = "x-openidm-password";

/// Returns the user name and password of a request: those of OpenIDM's headers, else of Basic (RFC 7617).
pub(super) fn username_and_password(headers: &HeaderMap) -> Option<(String, String)> {
    from_openidm(headers).or_else(|| from_basic(headers))
}

/// Returns the bearer token of a request.
pub(super) fn bearer_token(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn from_openidm(headers: &HeaderMap) -> Option<(String, String)> {
    let value = |name: &str| Some(decode_extended(str::from_utf8(headers.get(name)?.as_bytes()).ok()?));
    Some((value(USERNAME)?, value(PASSWORD)?))
}

/// Decodes a value in the form of RFC 5987, `UTF-8''caf%C3%A9`. Any other value, even one that looks similar, is unchanged.
fn decode_extended(text: &str) -> String {
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
