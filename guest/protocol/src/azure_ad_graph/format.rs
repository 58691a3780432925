//! The forms of JSON that responses have: with OData's annotations, without, or verbose.
//! <https://www.odata.org/documentation/odata-version-3-0/json-verbose-format/>

use http::{HeaderMap, StatusCode, header};

use super::failure::Failure;

/// A form.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Format {
    /// `application/json;odata=minimalmetadata`, and what is answered where nothing is said.
    Minimal,
    /// `application/json;odata=nometadata`
    Plain,
    /// `application/json;odata=verbose`
    Verbose,
}

impl Format {
    /// The form that a request asks for, by `$format` or else by `Accept`. Where what is asked for is none of them, the failure
    /// says so.
    pub fn of(headers: &HeaderMap, option: Option<&str>) -> Result<Format, Failure> {
        let accepted: Vec<String> = match option {
            Some("json") => return Ok(Format::Minimal),
            Some(option) => vec![option.to_owned()],
            None => headers
                .get_all(header::ACCEPT)
                .iter()
                .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
                .collect(),
        };
        let mut ranges: Vec<(f32, &str)> = accepted
            .iter()
            .flat_map(|value| value.split(','))
            .map(str::trim)
            .filter(|range| !range.is_empty())
            .map(|range| (quality(range), range))
            .collect();
        if ranges.is_empty() {
            return Ok(Format::Minimal);
        }
        ranges.sort_by(|a, b| b.0.total_cmp(&a.0));
        ranges.iter().filter(|(quality, _)| *quality > 0.0).find_map(|(_, range)| Format::of_range(range)).ok_or_else(|| {
            Failure::new(
                StatusCode::NOT_ACCEPTABLE,
                "Headers_HeaderNotSupported",
                "Only JSON is answered, and no XML: accept application/json, with odata=minimalmetadata, odata=nometadata or \
                 odata=verbose.",
            )
        })
    }

    fn of_range(range: &str) -> Option<Format> {
        let mut parts = range.split(';').map(str::trim);
        let media_type = parts.next().unwrap_or_default().to_ascii_lowercase();
        let odata = parts.find_map(|part| {
            let (name, value) = part.split_once('=')?;
            name.trim().eq_ignore_ascii_case("odata").then(|| value.trim().trim_matches('"').to_ascii_lowercase())
        });
        match (media_type.as_str(), odata.as_deref()) {
            ("application/json", None | Some("minimalmetadata" | "light")) | ("*/*" | "application/*", _) => {
                Some(Format::Minimal)
            }
            ("application/json", Some("nometadata")) => Some(Format::Plain),
            ("application/json", Some("verbose")) => Some(Format::Verbose),
            _ => None,
        }
    }

    /// The type of what is answered in this form.
    pub fn media_type(self) -> &'static str {
        match self {
            Format::Minimal => "application/json;odata=minimalmetadata;streaming=true;charset=utf-8",
            Format::Plain => "application/json;odata=nometadata;streaming=true;charset=utf-8",
            Format::Verbose => "application/json;odata=verbose;charset=utf-8",
        }
    }
}

fn quality(range: &str) -> f32 {
    let q = range.split(';').find_map(|part| part.trim().strip_prefix("q="));
    q.and_then(|q| q.parse().ok()).unwrap_or(1.0)
}
