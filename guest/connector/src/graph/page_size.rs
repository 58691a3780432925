//! The number of rows that a request for a page asks for: `Prefer: odata.maxpagesize`, or `$top`.
//! <https://learn.microsoft.com/en-us/graph/query-parameters>

use http::{HeaderValue, Uri};

use super::request::GraphRequest;

/// The preference, in the header `Prefer`.
const PREFERENCE: &str = "odata.maxpagesize=";

/// Returns the number of rows that a request asks for. `None` if the service decides.
pub fn get(request: &GraphRequest) -> Option<usize> {
    let preferred = read_preferences(request).find_map(|part| part.strip_prefix(PREFERENCE)?.parse().ok());
    preferred.or_else(|| request.uri().query()?.split('&').find_map(parse_top))
}

/// Returns the request with another number of rows. A request that names none gets the preference.
pub fn set(request: &GraphRequest, rows: usize) -> GraphRequest {
    let kept = read_preferences(request).filter(|part| !part.starts_with(PREFERENCE));
    let preferences = std::iter::once(format!("{PREFERENCE}{rows}")).chain(kept.map(str::to_owned)).collect::<Vec<_>>();
    let replaced = replace_top(request.uri(), rows);
    let preferences = HeaderValue::try_from(preferences.join(",")).ok().filter(|_| replaced.is_none());
    let request = request.clone();
    match (replaced, preferences) {
        (Some(uri), _) => request.with_uri(uri),
        (None, Some(preferences)) => request.with_preferences(preferences),
        (None, None) => request,
    }
}

/// Returns an address with another value of `$top`, if it has this query option.
fn replace_top(uri: &Uri, rows: usize) -> Option<Uri> {
    let query = uri.query().filter(|query| query.split('&').any(|option| parse_top(option).is_some()))?;
    let replace = |option| if parse_top(option).is_some() { format!("$top={rows}") } else { option.to_owned() };
    let options: Vec<String> = query.split('&').map(replace).collect();
    let address = uri.to_string();
    format!("{}?{}", address.split_once('?')?.0, options.join("&")).parse().ok()
}

fn read_preferences(request: &GraphRequest) -> impl Iterator<Item = &str> {
    let values = request.headers().get_all("prefer").iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).map(str::trim)
}

/// Returns the value of `$top`, if the query option is that one.
fn parse_top(option: &str) -> Option<usize> {
    let (name, value) = option.split_once('=')?;
    let is_top = ["$top", "%24top"].iter().any(|known| name.eq_ignore_ascii_case(known));
    is_top.then(|| value.parse().ok())?
}
