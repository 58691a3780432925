//! Why a call gave no answer.

use std::time::Duration;

use wasmtime::component::ResourceTableError;
use wasmtime::{PoolConcurrencyLimitError, Trap};

use crate::breach::{Breach, Excess};
use crate::limits::Limits;

/// Why a call of the component gave no answer of its own. Every limit has its own, with a text that names the setting: that of
/// [`Limits`], and after it that of a tenant in a configuration where there is one.
///
/// The sandbox of such a call is gone; the next call has its own.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// As many calls ran as may run at a time, and none ended in time. Nothing was done.
    #[error(
        "all {concurrency} sandboxes were busy for {} s: try again, or allow more (Limits::concurrency; calls)", waited.as_secs_f32()
    )]
    Busy {
        /// How many calls may run at a time.
        concurrency: usize,
        /// How long this one waited.
        waited: Duration,
    },
    /// The call ran longer than its deadline and the grace after it. It may have taken effect.
    #[error(
        "the call was ended after {} s (Settings::deadline and Limits::grace; deadline-seconds): it may have taken effect",
        after.as_secs_f32()
    )]
    TimedOut {
        /// How long it ran.
        after: Duration,
    },
    /// The call computed longer than it may. It may have taken effect.
    #[error(
        "the call was ended because it computed for more than {} s (Limits::cpu_time; cpu-seconds): it may have taken effect",
        limit.as_secs_f32()
    )]
    OutOfCpuTime {
        /// How long it may compute.
        limit: Duration,
    },
    /// The component asked for more memory than it may have. The call may have taken effect.
    #[error(
        "the call was ended because it needed more than {} MiB of memory (Limits::memory; memory-mib): it may have taken effect",
        limit >> 20
    )]
    OutOfMemory {
        /// How much it may have, in bytes.
        limit: usize,
    },
    /// The component asked for a larger table than it may have. The call may have taken effect.
    #[error(
        "the call was ended because it needed a table of more than {limit} entries (Limits::table_elements): it may have taken effect"
    )]
    OutOfTableElements {
        /// How many entries a table may have.
        limit: usize,
    },
    /// The component's calls were nested too deep. The call may have taken effect.
    #[error(
        "the call was ended because its functions were nested deeper than {} KiB of stack hold (Limits::stack): it may have taken effect",
        limit >> 10
    )]
    StackExhausted {
        /// The size of the stack, in bytes.
        limit: usize,
    },
    /// The component made more requests to Microsoft Graph than a call may. The call may have taken effect.
    #[error(
        "the call was ended because it made more than {limit} requests (Limits::requests; requests): it may have taken effect"
    )]
    TooManyRequests {
        /// How many requests a call may make.
        limit: usize,
    },
    /// The body of the answer was longer than it may be. The call may have taken effect.
    #[error(
        "the call was ended because its answer had more than {limit} bytes (Limits::answer_bytes; answer-mib): it may have taken effect"
    )]
    AnswerTooLarge {
        /// How many bytes the body of an answer may have.
        limit: usize,
    },
    /// The component handed the host more at a time than it may, a result or an argument. The call may have taken effect.
    #[error(
        "the call was ended because it handed over more than {limit} bytes at a time (Limits::hostcall_bytes): it may have taken effect"
    )]
    TooMuchData {
        /// How many bytes may be handed over at a time.
        limit: usize,
    },
    /// The component held more handles, or had the host hold more resources, than it may. The call may have taken effect.
    #[error(
        "the call was ended because it held more than {handles} handles (Limits::handles) or {resources} resources \
         (Limits::resources): it may have taken effect"
    )]
    TooManyHandles {
        /// How many handles it may hold.
        handles: usize,
        /// How many requests, bodies and streams the host may hold for it.
        resources: usize,
    },
    /// The pool that sandboxes are taken from was empty. Nothing was done.
    #[error("there was no room for another sandbox ({0}): lower Limits::concurrency, or allow the process more memory")]
    PoolExhausted(wasmtime::Error),
    /// The component trapped. It may have taken effect.
    #[error("the component failed: {}", .0.root_cause())]
    Trapped(wasmtime::Error),
}

impl CallError {
    /// The word for it in the audit log.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Busy { .. } => "busy",
            Self::TimedOut { .. } => "deadline",
            Self::OutOfCpuTime { .. } => "cpu-time",
            Self::OutOfMemory { .. } => "memory",
            Self::OutOfTableElements { .. } => "table-elements",
            Self::StackExhausted { .. } => "stack",
            Self::TooManyRequests { .. } => "requests",
            Self::AnswerTooLarge { .. } => "answer-bytes",
            Self::TooMuchData { .. } => "hostcall-bytes",
            Self::TooManyHandles { .. } => "handles",
            Self::PoolExhausted(_) => "pool",
            Self::Trapped(_) => "trap",
        }
    }

    /// What an error of wasmtime means for a call with these limits.
    pub(crate) fn from_wasmtime(error: wasmtime::Error, limits: &Limits, breach: &Breach) -> Self {
        if let Some(excess) = breach.found() {
            return excess.into();
        }
        match error.downcast_ref::<Trap>() {
            Some(Trap::Interrupt) => return Self::OutOfCpuTime { limit: limits.cpu_time },
            Some(Trap::StackOverflow) => return Self::StackExhausted { limit: limits.stack },
            _ => {}
        }
        if error.is::<PoolConcurrencyLimitError>() {
            return Self::PoolExhausted(error);
        }
        // wasmtime has no public types for these two.
        let cause = error.root_cause().to_string();
        if cause.contains("fuel allocated for hostcalls has been exhausted") {
            return Self::TooMuchData { limit: limits.hostcall_bytes };
        }
        if cause.contains("store handle limit exceeded") || matches!(error.downcast_ref(), Some(ResourceTableError::Full)) {
            return Self::TooManyHandles { handles: limits.handles, resources: limits.resources };
        }
        Self::Trapped(error)
    }
}

impl From<Excess> for CallError {
    fn from(excess: Excess) -> Self {
        match excess {
            Excess::Memory(limit) => Self::OutOfMemory { limit },
            Excess::TableElements(limit) => Self::OutOfTableElements { limit },
            Excess::Requests(limit) => Self::TooManyRequests { limit },
            Excess::Answer(limit) => Self::AnswerTooLarge { limit },
        }
    }
}
