//! The `Prefer` header (RFC 7240): the preferences that Outlook supports, and those that it applied.

use http::HeaderMap;

/// The preferences of a request. They do not extend to the next page: a client that follows `@odata.nextLink` without the header
/// gets the default page size (changelog of the crate `io-msgraph`, 0.5.0).
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Prefer {
    /// `odata.maxpagesize`: contacts on a page.
    pub(crate) page_size: Option<usize>,
    /// `IdType="ImmutableId"`. The emulator's ids never change, so it only confirms the preference.
    pub(crate) immutable_ids: bool,
    /// `return=minimal`: for changed directory objects, only the changed properties
    /// (<https://learn.microsoft.com/graph/api/orgcontact-delta>).
    pub(crate) minimal: bool,
}

impl Prefer {
    /// Parses every `Prefer` header, and ignores unknown preferences, as the RFC asks.
    pub(crate) fn parse(headers: &HeaderMap) -> Self {
        let mut prefer = Self::default();
        let lines = headers.get_all("prefer").into_iter().filter_map(|line| line.to_str().ok());
        // None of these preferences has a comma inside its quotes.
        for preference in lines.flat_map(|line| line.split([',', ';'])) {
            let (name, value) = preference.split_once('=').unwrap_or((preference, ""));
            let value = value.trim().trim_matches('"');
            match name.trim().to_ascii_lowercase().as_str() {
                "odata.maxpagesize" | "maxpagesize" => prefer.page_size = value.parse().ok().filter(|size| *size > 0),
                "return" => prefer.minimal = value.eq_ignore_ascii_case("minimal"),
                "idtype" => prefer.immutable_ids = value.eq_ignore_ascii_case("ImmutableId"),
                _ => {}
            }
        }
        prefer
    }

    /// Renders the value of `Preference-Applied`. Only a list has a page size.
    pub(crate) fn to_applied(&self, list: bool) -> Option<String> {
        let page_size = self.page_size.filter(|_| list).map(|size| format!("odata.maxpagesize={size}"));
        let id_type = self.immutable_ids.then(|| "IdType=\"ImmutableId\"".to_owned());
        let applied: Vec<String> = page_size.into_iter().chain(id_type).collect();
        (!applied.is_empty()).then(|| applied.join(","))
    }
}
