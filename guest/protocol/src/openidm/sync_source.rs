//! The source of a `liveSync` of the system: `POST /openidm/system?_action=liveSync&source=system/azuread/contact`, as OpenIDM's
//! scheduler and its users send it (`SystemObjectSetService`, `Id`).

use http::{Method, StatusCode};
use percent_encoding::percent_decode_str;

use super::failure::Failure;
use super::parameters::Parameters;

/// The object class whose changes are requested.
#[derive(Clone, Debug, PartialEq)]
pub struct SyncSource {
    /// The name of the system.
    pub system: String,
    /// The name of the object class.
    pub class: String,
    /// The mailbox whose objects are meant. OpenIDM's ids have the id of an object there, and OpenIDM ignores it.
    pub mailbox: Option<String>,
}

impl SyncSource {
    /// Returns the source of a request to the system. `None` if the request is not a `liveSync`.
    ///
    /// # Errors
    ///
    /// If the parameter is missing or names no object class.
    pub fn from_request(method: &Method, parameters: &Parameters) -> Option<Result<SyncSource, Failure>> {
        // OpenIDM takes both names for the same.
        let is_sync = |action: &str| ["liveSync", "activeSync"].iter().any(|known| known.eq_ignore_ascii_case(action));
        if method != Method::POST || !parameters.action().is_some_and(is_sync) {
            return None;
        }
        Some(match parameters.get("source").map(str::trim).filter(|source| !source.is_empty()) {
            None => Err(Failure::new(
                StatusCode::BAD_REQUEST,
                "liveSync action requires either an explicit source parameter, or needs to be called on a specific provisioner \
                 URI: add source=system/{name}/{object class}",
            )),
            Some(source) => SyncSource::parse(source),
        })
    }

    /// Parses a source. As in OpenIDM, `system/` can be left out.
    fn parse(source: &str) -> Result<SyncSource, Failure> {
        let rest = source.trim_start_matches('/');
        let rest = rest.strip_prefix("system/").unwrap_or(rest);
        let decode = |text: &str| {
            percent_decode_str(text).decode_utf8().ok().filter(|text| !text.is_empty()).map(|text| text.into_owned())
        };
        let mut segments = rest.split('/').map(decode);
        match (segments.next().flatten(), segments.next().flatten()) {
            (Some(system), Some(class)) => Ok(SyncSource { system, class, mailbox: segments.next().flatten() }),
            _ => Err(Failure::new(
                StatusCode::BAD_REQUEST,
                format!("Invalid number of tokens in ID {source}: expected a source such as system/azuread/contact"),
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(method: &str, query: &str) -> Option<Result<(String, String), u16>> {
        let source = SyncSource::from_request(&method.parse().unwrap(), &Parameters::parse(query))?;
        Some(source.map(|source| (source.system, source.class)).map_err(|failure| failure.status.as_u16()))
    }

    #[test]
    fn source_names_system_and_class() {
        let contact = || Some(Ok(("azuread".to_owned(), "contact".to_owned())));
        for source in [
            "system/azuread/contact",
            "azuread/contact",
            "system%2Fazuread%2Fcontact",
            "system/azuread/contact/",
            "/system/azuread/contact/x",
        ] {
            assert_eq!(parse("POST", &format!("_action=liveSync&source={source}")), contact(), "{source}");
        }
        assert_eq!(parse("POST", "_ACTION=livesync&Source=azuread/contact"), contact());
        assert_eq!(parse("POST", "_action=activeSync&source=azuread/contact"), contact());
        assert_eq!(parse("POST", "_action=liveSync&source=a%2520b/contact").unwrap().unwrap().0, "a b");
        let query = Parameters::parse("_action=liveSync&source=system/azuread/contact/adele@contoso.com");
        let source = SyncSource::from_request(&Method::POST, &query).unwrap().unwrap();
        assert_eq!(source.mailbox.as_deref(), Some("adele@contoso.com"));
    }

    #[test]
    fn missing_or_short_source_is_refused() {
        for query in
            ["", "&source=", "&source=%20", "&source=azuread", "&source=system/azuread", "&source=system//contact", "&source=/"]
        {
            assert_eq!(parse("POST", &format!("_action=liveSync{query}")), Some(Err(400)), "{query}");
        }
        assert_eq!(parse("POST", "_action=test"), None);
        assert_eq!(parse("GET", "_action=liveSync"), None);
    }
}
