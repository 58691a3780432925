//! The position of a search between two pages. Callers have it as an opaque cookie.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::bounded_json;
use crate::error::{Error, Result};
use crate::operations::icf::cookie_error::{build_cookie_error, build_other_search_error};
use crate::operations::icf::sorting::SortPosition;
use crate::operations::icf::trail::Trail;

/// The position of a search: after a row of a section, or after an object of the sorted result.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Cursor {
    /// The section.
    pub(super) section: String,
    /// The address of the page that has the last received row; `None` at the beginning of the section.
    pub(super) link: Option<String>,
    /// The received rows.
    pub(super) trail: Trail,
    /// The last object of a sorted result.
    pub(super) after: Option<SortPosition>,
}

impl Cursor {
    /// Returns the cookie. `search` is the fingerprint of the search.
    pub(super) fn encode(&self, search: u64) -> String {
        let (trail, after) = (self.trail.encode(), self.after.as_ref().map(SortPosition::encode));
        let value = json!({"search": search, "section": self.section, "link": self.link, "trail": trail, "after": after});
        URL_SAFE_NO_PAD.encode(value.to_string())
    }

    /// Checks that a text is a cookie, of any search.
    pub(super) fn check(cookie: &str) -> Result<()> {
        parse(cookie).map(|_| ())
    }

    /// Parses the cookie of the search with that fingerprint.
    ///
    /// # Errors
    ///
    /// If it is not a cookie, or is the cookie of another search.
    pub(super) fn decode(cookie: &str, search: u64) -> Result<Cursor> {
        let unreadable = build_unreadable_error;
        let value = parse(cookie)?;
        let issued_for = value.get("search").and_then(Value::as_u64).ok_or_else(unreadable)?;
        if issued_for != search {
            return Err(build_other_search_error());
        }
        let text = |name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
        let after = match value.get("after") {
            None | Some(Value::Null) => None,
            Some(after) => Some(SortPosition::decode(after).ok_or_else(unreadable)?),
        };
        let trail = value.get("trail").and_then(Trail::decode).ok_or_else(unreadable)?;
        Ok(Cursor { section: text("section").ok_or_else(unreadable)?, link: text("link"), trail, after })
    }
}

fn parse(cookie: &str) -> Result<Value> {
    let bytes = URL_SAFE_NO_PAD.decode(cookie).map_err(|_| build_unreadable_error())?;
    bounded_json::parse(&bytes).map_err(|_| build_unreadable_error())
}

fn build_unreadable_error() -> Error {
    build_cookie_error("expected a cookie of this connector: take it from the previous page")
}
