//! The `Prefer` header (RFC 7240): which preferences Outlook takes, and what it says it applied.

use http::HeaderMap;

/// What a request prefers. Nothing of it is remembered for the next request, the next page included: a client that follows
/// `@odata.nextLink` without the header gets the default page size (changelog of the crate `io-msgraph`, 0.5.0).
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Prefer {
    /// `odata.maxpagesize`: contacts on a page.
    pub(crate) page_size: Option<usize>,
    /// `IdType="ImmutableId"`. The emulator's ids never change, so it only answers that it applied the preference.
    pub(crate) immutable_ids: bool,
    /// `return=minimal`: of changed directory objects, only what changed (<https://learn.microsoft.com/graph/api/orgcontact-delta>).
    pub(crate) minimal: bool,
}

impl Prefer {
    /// Reads every `Prefer` line; what it does not know it ignores, as the RFC asks.
    pub(crate) fn parse(headers: &HeaderMap) -> Self {
        let mut prefer = Self::default();
        let lines = headers.get_all("prefer").into_iter().filter_map(|line| line.to_str().ok());
        // No preference that is read here has a comma inside its quotes.
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

    /// The value of `Preference-Applied`; only a list has a page size.
    pub(crate) fn to_applied(&self, list: bool) -> Option<String> {
        let page_size = self.page_size.filter(|_| list).map(|size| format!("odata.maxpagesize={size}"));
        let id_type = self.immutable_ids.then(|| "IdType=\"ImmutableId\"".to_owned());
        let applied: Vec<String> = page_size.into_iter().chain(id_type).collect();
        (!applied.is_empty()).then(|| applied.join(","))
    }
}
