//! Why a call gave no answer.

use std::time::Duration;

use wasmtime::Trap;

/// Why a call of the component gave no answer of its own.
///
/// The sandbox of such a call is gone; the next call has its own.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// As many calls ran as may run at a time, and none ended in time. Nothing was done.
    #[error(
        "all {concurrency} sandboxes were busy for {} s: try again, or allow more (Limits::concurrency)", waited.as_secs_f32()
    )]
    Busy {
        /// How many calls may run at a time.
        concurrency: usize,
        /// How long this one waited.
        waited: Duration,
    },
    /// The call ran longer than its deadline and the grace after it. It may have taken effect.
    #[error("the call was ended after {} s: it may have taken effect", after.as_secs_f32())]
    TimedOut {
        /// How long it ran.
        after: Duration,
    },
    /// The call computed longer than it may. It may have taken effect.
    #[error("the call was ended because it computed for more than {} s (Limits::cpu_time): it may have taken effect", limit.as_secs_f32())]
    OutOfCpuTime {
        /// How long it may compute.
        limit: Duration,
    },
    /// The component trapped, or went beyond one of its [`Limits`](crate::Limits). It may have taken effect.
    #[error("the component failed: {}", .0.root_cause())]
    Trapped(wasmtime::Error),
}

impl CallError {
    pub(crate) fn from_wasmtime(error: wasmtime::Error, cpu_time: Duration) -> Self {
        match error.downcast_ref::<Trap>() {
            Some(Trap::Interrupt) => Self::OutOfCpuTime { limit: cpu_time },
            _ => Self::Trapped(error),
        }
    }
}
