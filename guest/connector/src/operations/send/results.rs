//! Results of several requests, each in the place of its request.

use crate::error::{Error, ErrorKind, Result};

/// The result of the only one of several that there are.
pub(in crate::operations) fn take_single<T>(results: Vec<Result<T>>) -> Result<T> {
    results.into_iter().next().unwrap_or_else(|| Err(build_not_started_error()))
}

/// What stands in the place of a result until there is one.
pub(in crate::operations) fn build_not_started_error() -> Error {
    Error::new(ErrorKind::Internal, "the operation was not begun")
}
