//! The query parameters of every request: `api-version` and `$format`.

use http::StatusCode;

use super::failure::Failure;
use super::version::ApiVersion;
use crate::shorten::shorten;

/// Parses `$format`. An empty one is none.
pub fn parse_format_option(query: &str) -> Option<String> {
    let mut options = form_urlencoded::parse(query.as_bytes());
    let named = options.find(|(name, value)| name.eq_ignore_ascii_case("$format") && !value.trim().is_empty());
    named.map(|(_, value)| value.into_owned())
}

/// Parses `api-version`.
///
/// # Errors
///
/// If the parameter is missing, or does not name a version.
pub fn parse_api_version(query: &str) -> Result<ApiVersion, Failure> {
    // The page "Azure AD Graph API reference" prints the parameter without a value. The page describes 1.6.
    if query.split('&').any(|parameter| parameter == "api-version") {
        return Ok(ApiVersion::V1_6);
    }
    let named = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name.eq_ignore_ascii_case("api-version"));
    let names = || ApiVersion::ALL.map(ApiVersion::name).join(", ");
    match named.map(|(_, value)| value.into_owned()).filter(|value| !value.is_empty()) {
        None => Err(Failure::new(
            StatusCode::BAD_REQUEST,
            "Request_DataContractVersionMissing",
            format!("The query parameter api-version is missing: add one of {}.", names()),
        )),
        Some(name) => ApiVersion::from_name(&name).ok_or_else(|| {
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
