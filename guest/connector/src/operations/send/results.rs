//! Results of several requests, each in the place of its request.

use crate::error::{Error, ErrorKind, Result};

/// The result of the only one of several that there are.
pub(in crate::operations) fn only<T>(results: Vec<Result<T>>) -> Result<T> {
    results.into_iter().next().unwrap_or_else(|| Err(not_begun()))
}

/// What stands in the place of a result until there is one.
pub(in crate::operations) fn not_begun() -> Error {
    Error::new(ErrorKind::Internal, "the operation was not begun")
}
