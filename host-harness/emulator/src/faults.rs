//! What the owner of the emulator makes go wrong: faults, throttling, and the behaviour of delta queries.

pub(crate) mod delta_state;
pub(crate) mod fault;
pub(crate) mod plan;
pub(crate) mod throttle;
