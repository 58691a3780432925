//! Creations, each carried out exactly once: after a failure, the caller looks for the object before it is created again.

use serde_json::{Map, Value};

use crate::error::{Error, Result, RetryAdvice};
use crate::graph::request::GraphRequest;
use crate::operations::connector::Connector;
use crate::operations::send::evidence::{Evidence, conclude};
use crate::operations::send::results::{build_not_started_error, take_single};

type Object = Map<String, Value>;

/// The evidence for each of several creations, at its position.
type EvidenceOfEach = Vec<Result<Evidence<Object>>>;

/// A creation that failed and may have taken effect.
pub(in crate::operations) struct FailedCreation {
    /// The position of its request.
    pub(in crate::operations) position: usize,
    /// The error of the last attempt.
    pub(in crate::operations) error: Error,
    /// Whether an attempt before the last one may have taken effect.
    pub(in crate::operations) failed_before: bool,
}

/// A creation without a final result.
struct PendingCreation {
    position: usize,
    failed_before: bool,
    may_be_under_way: bool,
}

impl Connector<'_> {
    /// Sends creations, in batches. Returns the result of each at its position: the object, which `check` accepts.
    ///
    /// After a failure that may have taken effect, `look` returns the evidence for each, after a wait in which the service can
    /// finish. Only a creation that has had no effect is sent again. If it is unknown whether the object exists, the error says
    /// that it may.
    pub(in crate::operations) fn create_each(
        &self,
        requests: &[GraphRequest],
        check: fn(&Object) -> Result<()>,
        look: &dyn Fn(&[FailedCreation]) -> EvidenceOfEach,
    ) -> Vec<Result<Object>> {
        let mut results: Vec<Result<Object>> = requests.iter().map(|_| Err(build_not_started_error())).collect();
        let mut put = |position: usize, result: Result<Object>| {
            if let Some(slot) = results.get_mut(position) {
                *slot = result;
            }
        };
        let first = |position| PendingCreation { position, failed_before: false, may_be_under_way: false };
        let mut pending: Vec<PendingCreation> = (0..requests.len()).map(first).collect();
        let mut attempt = 1;
        while !pending.is_empty() {
            let sent: Vec<GraphRequest> = pending.iter().filter_map(|p| requests.get(p.position).cloned()).collect();
            let mut failed = Vec::new();
            for (creation, outcome) in pending.into_iter().zip(self.send_all(&sent)) {
                match outcome.and_then(|object| check(&object).map_err(mark_created).map(|()| object)) {
                    Ok(created) => put(creation.position, Ok(created)),
                    Err(mut error) => {
                        error.may_have_taken_effect |= creation.failed_before;
                        error.may_be_under_way |= creation.may_be_under_way;
                        match error.may_have_taken_effect {
                            true => failed.push(FailedCreation {
                                position: creation.position,
                                error,
                                failed_before: creation.failed_before,
                            }),
                            false => put(creation.position, Err(error)),
                        }
                    }
                }
            }
            let can_retry = self.wait_before_look(&failed, attempt);
            pending = Vec::new();
            let looks = look(&failed);
            for (FailedCreation { position, error, .. }, evidence) in failed.into_iter().zip(looks) {
                let is_transient = attempt <= self.settings.retry.get_limit(error.retry);
                if matches!(evidence, Ok(Evidence::NotDone)) && can_retry && is_transient {
                    pending.push(PendingCreation { position, failed_before: true, may_be_under_way: error.may_be_under_way });
                } else {
                    put(position, conclude(error, evidence));
                }
            }
            attempt += 1;
        }
        results
    }

    /// Carries out one creation; see [`Connector::create_each`].
    pub(in crate::operations) fn create_one(
        &self,
        request: GraphRequest,
        check: fn(&Object) -> Result<()>,
        look: &dyn Fn(&FailedCreation) -> Result<Evidence<Object>>,
    ) -> Result<Object> {
        take_single(self.create_each(&[request], check, &|failed| failed.iter().map(look).collect()))
    }

    /// Waits until the service can have finished the creations that it may be working on, and accepts others. Returns false if
    /// the deadline does not allow it.
    fn wait_before_look(&self, failed: &[FailedCreation], attempt: u32) -> bool {
        let waits = failed
            .iter()
            .filter(|f| f.error.may_be_under_way || f.error.retry != RetryAdvice::Never)
            .map(|f| f.error.retry_after().unwrap_or_else(|| self.settings.retry.compute_backoff(attempt, self.draw_fraction())));
        match waits.max() {
            None => true,
            Some(wait) if wait >= self.remaining_time() => false,
            Some(wait) => {
                self.network.wait_until(self.network.now().saturating_add(wait));
                true
            }
        }
    }
}

/// Marks the error of a response that says that the object was created, and not which one it is.
fn mark_created(error: Error) -> Error {
    Error { may_have_taken_effect: true, ..error }
}
