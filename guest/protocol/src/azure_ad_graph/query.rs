//! The two query parameters that every request can have.

use http::StatusCode;

use super::failure::Failure;
use super::version::Version;
use crate::shorten::shorten;

/// Returns the value of `$format`.
pub fn format_option(query: &str) -> Option<String> {
    let named = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name.eq_ignore_ascii_case("$format"));
    named.map(|(_, value)| value.into_owned())
}

/// Returns the version that `api-version` names.
///
/// # Errors
///
/// If the parameter is missing, or there is no such version.
pub fn api_version(query: &str) -> Result<Version, Failure> {
    // The page "Azure AD Graph API reference" prints its requests so, and is about 1.6.
    if query.split('&').any(|parameter| parameter == "api-version") {
        return Ok(Version::V1_6);
    }
    let named = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name.eq_ignore_ascii_case("api-version"));
    let names = || Version::ALL.map(Version::name).join(", ");
    match named.map(|(_, value)| value.into_owned()).filter(|value| !value.is_empty()) {
        None => Err(Failure::new(
            StatusCode::BAD_REQUEST,
            "Request_DataContractVersionMissing",
            format!("The query parameter api-version is missing: it is one of {}.", names()),
        )),
        Some(name) => Version::named(&name).ok_or_else(|| {
            Failure::new(
                StatusCode::BAD_REQUEST,
                "Request_InvalidDataContractVersion",
                format!(
                    "The specified api-version is invalid. The value must exactly match a supported version: {}. It is '{}'.",
                    names(),
                    shorten(&name)
                ),
            )
        }),
    }
}
