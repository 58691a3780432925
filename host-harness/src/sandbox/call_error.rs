//! Why a call returned nothing.

use std::time::Duration;

use wasmtime::component::ResourceTableError;
use wasmtime::{PoolConcurrencyLimitError, Trap};

use crate::limit_signal::{ExceededLimit, LimitSignal};
use crate::limits::Limits;

/// Why a call of the component returned nothing of its own. Each limit has a variant, whose message names the setting in
/// [`Limits`], and after it the one of a tenant's configuration if there is one.
///
/// The sandbox of such a call is dropped; the next call has its own.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// All sandboxes were in use, and none became free in time. Nothing was done.
    #[error(
        "all {concurrency} sandboxes were busy for {} s: try again, or allow more (Limits::concurrency; calls)", waited.as_secs_f32()
    )]
    Busy {
        /// The number of calls that may run at a time.
        concurrency: usize,
        /// How long this call waited.
        waited: Duration,
    },
    /// The tenants' calls together left no sandbox for a further one of this tenant. Nothing was done.
    #[error(
        "all sandboxes were busy for {} s, because many tenants are: nothing was done, try again (Limits::concurrency)",
        waited.as_secs_f32()
    )]
    OthersBusy {
        /// How long this call waited.
        waited: Duration,
    },
    /// The caller's other calls were in progress, as many as it may have. Nothing was done.
    #[error(
        "the caller had {calls} calls in progress for {} s: nothing was done, try again, or allow more (calls of the caller)",
        waited.as_secs_f32()
    )]
    CallerBusy {
        /// The number of calls that the caller may have at a time.
        calls: usize,
        /// How long this call waited.
        waited: Duration,
    },
    /// Other calls wrote to the same contact, mailbox or idempotency key until this call's deadline. Nothing was done.
    #[error(
        "other calls wrote to the same object for {} s (Settings::deadline; deadline-seconds): nothing was done, try again",
        waited.as_secs_f32()
    )]
    TargetBusy {
        /// How long this call waited.
        waited: Duration,
    },
    /// The call exceeded its deadline and the grace after it. It may have taken effect.
    #[error(
        "the call was ended after {} s (Settings::deadline and Limits::grace; deadline-seconds): it may have taken effect",
        after.as_secs_f32()
    )]
    TimedOut {
        /// How long it ran.
        after: Duration,
    },
    /// The call used more CPU time than allowed. It may have taken effect.
    #[error(
        "the call was ended because it computed for more than {} s (Limits::cpu_time; cpu-seconds): it may have taken effect",
        limit.as_secs_f32()
    )]
    OutOfCpuTime {
        /// The maximum CPU time.
        limit: Duration,
    },
    /// The component requested more memory than allowed. The call may have taken effect.
    #[error(
        "the call was ended because it needed more than {} MiB of memory (Limits::memory; memory-mib): it may have taken effect",
        limit >> 20
    )]
    OutOfMemory {
        /// The maximum, in bytes.
        limit: usize,
    },
    /// The component requested a larger table than allowed. The call may have taken effect.
    #[error(
        "the call was ended because it needed a table of more than {limit} entries (Limits::table_elements): it may have taken effect"
    )]
    OutOfTableElements {
        /// The maximum number of entries.
        limit: usize,
    },
    /// The component's function calls were nested too deep. The call may have taken effect.
    #[error(
        "the call was ended because its functions needed more than {} KiB of stack (Limits::stack): it may have taken effect",
        limit >> 10
    )]
    StackExhausted {
        /// The size of the stack, in bytes.
        limit: usize,
    },
    /// The component sent more requests to Microsoft Graph than allowed. The call may have taken effect.
    #[error(
        "the call was ended because it made more than {limit} requests (Limits::requests; requests): it may have taken effect"
    )]
    TooManyRequests {
        /// The maximum number of requests.
        limit: usize,
    },
    /// The body of the response was longer than allowed. The call may have taken effect.
    #[error(
        "the call was ended because its response had more than {limit} bytes (Limits::gateway_response_bytes; answer-mib): it may \
         have taken effect"
    )]
    ResponseTooLarge {
        /// The maximum size of the body, in bytes.
        limit: usize,
    },
    /// The component passed more data to the host at a time than allowed, as a result or an argument. The call may have taken
    /// effect.
    #[error(
        "the call was ended because it passed more than {limit} bytes at a time (Limits::hostcall_bytes): it may have taken effect"
    )]
    TooMuchData {
        /// The maximum, in bytes.
        limit: usize,
    },
    /// The component held more handles, or had the host hold more resources, than allowed. The call may have taken effect.
    #[error(
        "the call was ended because it held more than {handles} handles (Limits::handles) or {resources} resources \
         (Limits::resources): it may have taken effect"
    )]
    TooManyHandles {
        /// The maximum number of handles.
        handles: usize,
        /// The maximum number of requests, bodies and streams that the host holds for a call.
        resources: usize,
    },
    /// The call wanted to write, and the audit log, which is required, cannot be written. Nothing was written.
    #[error("the audit log cannot be written, and audit-required is set: nothing was written, try again")]
    AuditUnavailable,
    /// The pool of sandboxes was empty. Nothing was done.
    #[error("no memory for another sandbox ({0}): lower Limits::concurrency, or allow the process more memory")]
    PoolExhausted(wasmtime::Error),
    /// The component trapped. It may have taken effect.
    #[error("the component failed: {}", .0.root_cause())]
    Trapped(wasmtime::Error),
}

impl CallError {
    /// Returns the word for it in the audit log and in the metrics.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Busy { .. } => "busy",
            Self::OthersBusy { .. } => "others-busy",
            Self::CallerBusy { .. } => "caller-busy",
            Self::TargetBusy { .. } => "write-queue",
            Self::TimedOut { .. } => "deadline",
            Self::OutOfCpuTime { .. } => "cpu-time",
            Self::OutOfMemory { .. } => "memory",
            Self::OutOfTableElements { .. } => "table-elements",
            Self::StackExhausted { .. } => "stack",
            Self::TooManyRequests { .. } => "requests",
            Self::ResponseTooLarge { .. } => "answer-bytes",
            Self::TooMuchData { .. } => "hostcall-bytes",
            Self::TooManyHandles { .. } => "handles",
            Self::AuditUnavailable => "audit",
            Self::PoolExhausted(_) => "pool",
            Self::Trapped(_) => "trap",
        }
    }

    /// Converts an error of wasmtime in a call with these limits.
    pub(crate) fn from_wasmtime(error: wasmtime::Error, limits: &Limits, signal: &LimitSignal) -> Self {
        if let Some(exceeded) = signal.exceeded() {
            return exceeded.into();
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

impl From<ExceededLimit> for CallError {
    fn from(exceeded: ExceededLimit) -> Self {
        match exceeded {
            ExceededLimit::Memory(limit) => Self::OutOfMemory { limit },
            ExceededLimit::TableElements(limit) => Self::OutOfTableElements { limit },
            ExceededLimit::Requests(limit) => Self::TooManyRequests { limit },
            ExceededLimit::AuditLog => Self::AuditUnavailable,
            ExceededLimit::ResponseBytes(limit) => Self::ResponseTooLarge { limit },
        }
    }
}
