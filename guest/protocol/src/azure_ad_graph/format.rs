//! The formats of JSON responses: with OData's annotations, without them, or verbose.
//! <https://www.odata.org/documentation/odata-version-3-0/json-verbose-format/>

use http::{HeaderMap, HeaderName, StatusCode, header};

use super::failure::Failure;

/// The header with the latest version of OData that a program reads.
pub const MAX_VERSION: HeaderName = HeaderName::from_static("maxdataserviceversion");

/// A format of JSON responses.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Format {
    /// `application/json;odata=minimalmetadata`: the default.
    MinimalMetadata,
    /// `application/json;odata=nometadata`
    NoMetadata,
    /// `application/json;odata=verbose`
    Verbose,
    /// Verbose JSON for a program that reads OData 2 at most.
    Version2,
}

impl Format {
    /// Returns the format that a request asks for: by the `$format` option, or else by `Accept`.
    ///
    /// `application/json` alone is verbose JSON for a program that says that it reads OData 2 at most (`MaxDataServiceVersion: 2.0`), as
    /// in OData 3: <https://www.odata.org/documentation/odata-version-3-0/json-verbose-format/>
    ///
    /// # Errors
    ///
    /// If the request accepts none of the formats.
    pub fn negotiate(headers: &HeaderMap, option: Option<&str>) -> Result<Format, Failure> {
        let accepted: Vec<String> = match option {
            Some("json") => return Ok(Format::default_of(headers)),
            Some(option) => vec![option.to_owned()],
            None => headers
                .get_all(header::ACCEPT)
                .iter()
                .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
                .collect(),
        };
        let mut ranges: Vec<(f64, &str)> = accepted
            .iter()
            .flat_map(|value| value.split(','))
            .map(str::trim)
            .filter(|range| !range.is_empty())
            .map(|range| (parse_quality(range), range))
            .collect();
        if ranges.is_empty() {
            return Ok(Format::default_of(headers));
        }
        ranges.sort_by(|a, b| b.0.total_cmp(&a.0));
        let mut allowed = ranges.iter().filter(|(quality, _)| *quality > 0.0);
        allowed.find_map(|(_, range)| Format::from_media_range(range, Format::default_of(headers))).ok_or_else(|| {
            Failure::new(
                StatusCode::NOT_ACCEPTABLE,
                "Headers_HeaderNotSupported",
                "The API returns JSON, not XML: accept application/json with odata=minimalmetadata, odata=nometadata or \
                 odata=verbose.",
            )
        })
    }

    /// Returns the format of `application/json` without parameters. OData 1 and 2 have only verbose JSON.
    fn default_of(headers: &HeaderMap) -> Format {
        if is_for_version2(headers) { Format::Version2 } else { Format::MinimalMetadata }
    }

    /// Checks whether this is verbose JSON.
    pub fn is_verbose(self) -> bool {
        matches!(self, Format::Verbose | Format::Version2)
    }

    /// Returns the format that a media range of `Accept` allows.
    fn from_media_range(range: &str, default: Format) -> Option<Format> {
        let mut parts = range.split(';').map(str::trim);
        let media_type = parts.next().unwrap_or_default().to_ascii_lowercase();
        let odata = parts.find_map(|part| {
            let (name, value) = part.split_once('=')?;
            name.trim().eq_ignore_ascii_case("odata").then(|| value.trim().trim_matches('"').to_ascii_lowercase())
        });
        match (media_type.as_str(), odata.as_deref()) {
            ("application/json", None) | ("*/*" | "application/*", _) => Some(default),
            ("application/json", Some("minimalmetadata" | "light")) => Some(Format::MinimalMetadata),
            ("application/json", Some("nometadata")) => Some(Format::NoMetadata),
            ("application/json", Some("verbose")) => Some(Format::Verbose),
            _ => None,
        }
    }

    /// Returns the media type of responses in this format.
    pub fn media_type(self) -> &'static str {
        match self {
            Format::MinimalMetadata => "application/json;odata=minimalmetadata;streaming=true;charset=utf-8",
            Format::NoMetadata => "application/json;odata=nometadata;streaming=true;charset=utf-8",
            Format::Verbose | Format::Version2 => "application/json;odata=verbose;charset=utf-8",
        }
    }
}

/// Checks whether a program reads OData 2 at most: `MaxDataServiceVersion: 2.0`.
pub fn is_for_version2(headers: &HeaderMap) -> bool {
    let version = headers.get(MAX_VERSION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    ["1.", "2."].iter().any(|major| version.trim_start().starts_with(major))
}

/// Parses the quality of a media range, which is 1 by default.
fn parse_quality(range: &str) -> f64 {
    let q = range.split(';').find_map(|part| part.trim().strip_prefix("q="));
    q.and_then(|q| q.parse().ok()).unwrap_or(1.0)
}
