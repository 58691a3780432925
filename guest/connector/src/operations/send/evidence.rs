//! What became of a write whose response is a failure. A status does not prove that a write had no effect: 503, 409 and 412 are
//! reported for writes that took effect (learn.microsoft.com/answers/1465421, msgraph-sdk-ruby 38). So the stored state decides.

use crate::error::{Error, ErrorKind, Result};
use crate::graph::request::GraphRequest;
use crate::operations::connector::Connector;

/// What the stored state says about a write.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::operations) enum Evidence<T> {
    /// The write took effect: this is its result.
    Done(T),
    /// The write has had no effect.
    NotDone,
    /// The write has had no effect, for another reason than the response says.
    Refused(Error),
    /// The state fits both.
    Unknown,
}

impl<T> Evidence<T> {
    /// Converts the result.
    pub(in crate::operations) fn map<U>(self, convert: impl FnOnce(T) -> U) -> Evidence<U> {
        match self {
            Evidence::Done(result) => Evidence::Done(convert(result)),
            Evidence::NotDone => Evidence::NotDone,
            Evidence::Refused(reason) => Evidence::Refused(reason),
            Evidence::Unknown => Evidence::Unknown,
        }
    }
}

impl Connector<'_> {
    /// Returns the result of a write. If it is an error of a write that may have taken effect, `look` reads the stored state.
    /// Without evidence, the error says that the outcome is unknown.
    pub(in crate::operations) fn settle<T>(
        &self,
        written: Result<T>,
        look: impl FnOnce(&Error) -> Result<Evidence<T>>,
    ) -> Result<T> {
        match written {
            Err(error) if error.may_have_taken_effect => {
                let evidence = look(&error);
                conclude(error, evidence)
            }
            other => other,
        }
    }

    /// Sends the deletion of an object that was read. If its response is a failure, `read` shows whether the object still exists.
    pub(in crate::operations) fn delete_existing(&self, deletion: &GraphRequest, read: &GraphRequest) -> Result<()> {
        self.settle(self.send(deletion).map(|_| ()), |_| check_deleted(self.send(read)))
    }

    /// Sends a deletion. If its response is a failure, `read` shows whether the object still exists. That it does not exist does
    /// not show whether it existed before: `unknown-uid` remains.
    pub(in crate::operations) fn send_deletion(&self, deletion: &GraphRequest, read: &GraphRequest) -> Result<()> {
        match self.send(deletion) {
            Err(error) if error.kind == ErrorKind::UnknownUid => Err(error),
            deleted => self.settle(deleted.map(|_| ()), |_| check_deleted(self.send(read))),
        }
    }
}

/// Returns the result of a write that failed with `error`, by the evidence. Without any, the error says that the outcome is
/// unknown.
pub(in crate::operations) fn conclude<T>(error: Error, evidence: Result<Evidence<T>>) -> Result<T> {
    match evidence {
        Ok(Evidence::Done(result)) => Ok(result),
        Ok(Evidence::Refused(reason)) => Err(reason),
        Ok(Evidence::NotDone) if !error.may_be_under_way => Err(error.without_effect()),
        _ => Err(error),
    }
}

/// Returns the evidence for a deletion: what `read` found of the object.
pub(in crate::operations) fn check_deleted<T>(read: Result<T>) -> Result<Evidence<()>> {
    match read {
        Ok(_) => Ok(Evidence::NotDone),
        Err(error) if error.kind == ErrorKind::UnknownUid => Ok(Evidence::Done(())),
        Err(error) => Err(error),
    }
}

/// Creates the error for a condition that failed although the object has the revision. Such conflicts are reported without any
/// condition too (davmail 491).
pub(in crate::operations) fn build_conflict_error(error: Error) -> Error {
    let message = format!("Microsoft Graph was changing the object at the same time: try again later: {}", error.message);
    Error { kind: ErrorKind::Unavailable, message, ..error.without_effect() }
}
