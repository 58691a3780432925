//! Errors about the cookie of a search.

use crate::error::Error;

/// Creates the error about the cookie of another search.
pub(super) fn build_other_search_error() -> Error {
    build_cookie_error(
        "the cookie is of another search: repeat the filter, the fields and the sort keys of the first page, or begin without it",
    )
}

/// Creates the error about a cookie.
pub(super) fn build_cookie_error(problem: &str) -> Error {
    Error::invalid_attribute("_pagedResultsCookie", problem)
}
