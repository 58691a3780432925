//! The results of several requests, each at the position of its request.

use crate::error::{Error, ErrorKind, Result};

/// Returns the only result.
pub(in crate::operations) fn take_single<T>(results: Vec<Result<T>>) -> Result<T> {
    results.into_iter().next().unwrap_or_else(|| Err(build_not_started_error()))
}

/// Creates the error that stands for a result until there is one.
pub(in crate::operations) fn build_not_started_error() -> Error {
    Error::new(ErrorKind::Internal, "the operation was not started")
}
